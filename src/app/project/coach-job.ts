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
  ids: Map<string, Id>;
}

/** Whether an address may be used from this machine: a host that may be reached, a file that lies where files may. */
export type Allow = (address: Address) => Promise<void>;

/**
 * The accounts of a person as a coach takes them. Addresses are held to what this machine allows before anything is opened.
 *
 * @throws Trouble `malformed` an address or a missing secret, `denied` a host or a file that is not allowed
 */
export async function accountsOf(person: PersonRow, records: Reading, allow: Allow): Promise<PersonAccounts> {
  const sources = person.accounts.filter(({ role }) => role === 'source');
  const target = person.accounts.find(({ role }) => role === 'target');
  const secrets: Record<string, string> = {};
  const ids = new Map<string, Id>();
  for (const account of person.accounts) {
    const address = parseAddress(account.address);
    await allow(address);
    const name = publicName(address);
    ids.set(name, account.id);
    const secret = await records.secretOf(account.id);
    if (secret !== null) secrets[name] = secret;
  }
  const inOrder = sources.toSorted((a, b) => a.position - b.position).map(({ address }) => address);
  return { from: inOrder, to: target?.address ?? null, secrets, ids };
}

/** One account alone, for its survey. */
export async function accountAlone(
  account: Account,
  records: Reading,
  allow: Allow,
): Promise<PersonAccounts> {
  const address = parseAddress(account.address);
  await allow(address);
  const name = publicName(address);
  const secret = await records.secretOf(account.id);
  return {
    from: [account.address],
    to: null,
    secrets: secret === null ? {} : { [name]: secret },
    ids: new Map([[name, account.id]]),
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

/** Where files of mail may lie: uploads, and folders that the operator of this machine named. */
export function fileRoots(data: DataFolder, env: NodeJS.ProcessEnv, separator: string): string[] {
  const named = (env.MALLEPOSTE_FILES ?? '').split(separator).filter((one) => one !== '');
  return [`${data.root}/uploads`, ...named];
}
