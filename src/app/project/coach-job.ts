import path from 'node:path';
import type { Account, Id } from '../../records/facts.ts';
import type { PersonRow, Reading } from '../../records/records.ts';
import { Trouble } from '../../trouble.ts';
import { type Address, parseAddress, publicName } from '../address.ts';
import type { DataFolder } from '../data.ts';

/** What a coach must know of one person: where the mail lies, where it goes, and the secrets to it. */
export interface PersonAccounts {
  from: string[];
  to: string | null;
  secrets: Record<string, string>;
  /** By public name: how what a coach tells finds its account again. */
  seen: Map<string, Account>;
}

/**
 * Whether an address may be used from this machine: a host that may be reached, a file that lies where files of this organisation
 * may.
 */
export type Allow = (address: Address, organisation: Id) => Promise<void>;

/** As many as a coach takes. */
export const ACCOUNTS_MAX = 100;

/**
 * The accounts of a person as a coach takes them. Addresses are held to what this machine allows before anything is opened.
 *
 * @throws Trouble `malformed` an address, a missing secret or too many of them, `denied` a host or a file that is not allowed, `busy`
 * what was changed meanwhile
 */
export async function accountsOf(
  organisation: Id,
  person: PersonRow,
  records: Reading,
  allow: Allow,
): Promise<PersonAccounts> {
  const sources = person.accounts.filter(({ role }) => role === 'source');
  if (sources.length > ACCOUNTS_MAX) throw tooMany(person.address);
  const target = person.accounts.find(({ role }) => role === 'target');
  const secrets: Record<string, string> = {};
  const seen = new Map<string, Account>();
  for (const account of person.accounts) {
    const { name, secret } = await opening(organisation, account, records, allow);
    seen.set(name, account);
    if (secret !== null) secrets[name] = secret;
  }
  const inOrder = sources.toSorted((a, b) => a.position - b.position).map(({ address }) => address);
  return { from: inOrder, to: target?.address ?? null, secrets, seen };
}

/**
 * An account's name and what opens it. Its address and its secret are read one after the other: where it was changed in between, the
 * one may belong to a server that the other must not be sent to.
 */
async function opening(organisation: Id, account: Account, records: Reading, allow: Allow) {
  const address = parseAddress(account.address);
  await allow(address, organisation);
  const secret = await records.secretOf(account.id);
  if (secret !== null) {
    const now = await records.person(organisation, account.person);
    if (stillThere(now, account) === null) {
      const on = publicName(address);
      throw new Trouble('busy', { tried: 'read-record', on, answer: 'changed-meanwhile' });
    }
  }
  return { name: publicName(address), secret };
}

/** The account as it is now; null: it is gone, or leads elsewhere, and what was found out about it is worth nothing. */
export function stillThere(
  { accounts }: Pick<PersonRow, 'accounts'>,
  seen: Account | undefined,
): Account | null {
  return accounts.find(({ id, address }) => id === seen?.id && address === seen.address) ?? null;
}

export function tooMany(on: string): Trouble {
  return new Trouble('malformed', { tried: 'write-record', on, answer: 'too-many' });
}

/** One account alone, for its survey. */
export async function accountAlone(
  organisation: Id,
  account: Account,
  records: Reading,
  allow: Allow,
): Promise<PersonAccounts> {
  const { name, secret } = await opening(organisation, account, records, allow);
  return {
    from: [account.address],
    to: null,
    secrets: secret === null ? {} : { [name]: secret },
    seen: new Map([[name, account]]),
  };
}

/** A pass needs both ends. Throws Trouble `missing` (`read-record`) with what lacks. */
export function bothEnds({ from, to }: PersonAccounts, person: PersonRow): { from: string[]; to: string } {
  if (from.length === 0) throw lacks(person, 'no-source');
  if (to === null) throw lacks(person, 'no-target');
  return { from, to };
}

function lacks(person: PersonRow, answer: 'no-source' | 'no-target'): Trouble {
  return new Trouble('missing', { tried: 'read-record', on: person.address, answer });
}

/** Files that people sent, and folders that the operator of this machine put there. */
export function uploadsOf(data: DataFolder): string {
  return path.join(data.root, 'uploads');
}

/** Where files of mail may lie: uploads, and folders that the operator of this machine named. */
export function fileRoots(data: DataFolder, env: NodeJS.ProcessEnv, separator: string): string[] {
  const named = (env.MALLEPOSTE_FILES ?? '').split(separator).filter((one) => one !== '');
  return [uploadsOf(data), ...named];
}
