import { setTimeout as wait } from 'node:timers/promises';
import { accountFault, readAccountCell, shownAccount } from '../../prepared/account.ts';
import { readMailAddress } from '../../prepared/address.ts';
import type { Account, Id, Pass, PassKind, Person } from '../../records/facts.ts';
import type { PersonRow } from '../../records/records.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { type Address, parseAddress, publicName } from '../address.ts';
import { type UsageCode, usage } from '../usage.ts';
import { ACCOUNTS_MAX, tooMany } from './coach-job.ts';
import type { Project } from './project.ts';
import { isOver } from './runs.ts';
import { isSameDoor } from './same-door.ts';

type Role = Account['role'];

/** An account as somebody entered it, taken apart. */
export interface EnteredAccount {
  /** Without password: as it may be kept. */
  address: string;
  /** SECRET. That stood in the address. */
  secret: string | null;
  needsSecret: boolean;
}

/** What is written of a mailbox into `maildir:` and IMAP; all others are read only. */
const WRITTEN: ReadonlySet<Address['kind']> = new Set(['imap', 'maildir']);

/**
 * Reads the address of an account from a form or a file. A password within is taken out. Files and variables of this machine cannot be
 * named as secrets.
 *
 * @throws Trouble `malformed` (`read-address`), its answer a `UsageCode` or `secret-parameter`
 */
export function enteredAccount(text: string, role: Role): EnteredAccount {
  const { address, password } = readAccountCell(text);
  const on = shownAccount(address);
  const wrong = accountFault(address, accountCode);
  if (wrong?.fault === 'secret-parameter')
    throw new Trouble('malformed', { tried: 'read-address', on, answer: 'secret-parameter' });
  if (wrong !== null) throw usage((wrong.code ?? 'unreadable') as UsageCode, on);
  const read = parseAddress(address);
  if (role === 'target' && !WRITTEN.has(read.kind)) throw usage('only-source', on);
  return { address, secret: password, needsSecret: asksForSecret(read) };
}

/** What the command line would say against an address; null: nothing. Nothing of memory is kept from one process to the next. */
export function accountCode(address: string): string | null {
  try {
    return parseAddress(address).kind === 'memory' ? 'unknown-scheme' : null;
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return error.answer ?? 'unreadable';
  }
}

/** Whether a password or token must be sealed for it: a server's, unless a consent or an application opens it. */
export function needsSecret(address: string): boolean {
  return asksForSecret(parseAddress(address));
}

function asksForSecret(address: Address): boolean {
  return 'host' in address && address.secret.by === 'ask';
}

/** The new mailbox of a mail address, by the organisation's rule: `imaps://{local}@mail.example/`. */
export function targetOf(template: string, address: string): string {
  const at = address.lastIndexOf('@');
  const parts: Record<string, string> = {
    address: encodeURIComponent(address),
    local: encodeURIComponent(address.slice(0, at)),
    domain: address.slice(at + 1),
  };
  return template.replace(/\{(address|local|domain)\}/g, (_, name: string) => parts[name]!);
}

export type PersonFields = Omit<Person, 'id' | 'version'>;

const NOBODY: PersonFields = {
  ...{ kind: 'person', givenName: '', familyName: '', displayName: '', address: '', aliases: [] },
  ...{ site: null, wave: null, language: null, title: '', mobile: '' },
};

/** Adds somebody, with the new mailbox that the organisation's rule gives. Throws Trouble of addresses and records. */
export async function addPerson(
  { records }: Project,
  by: string,
  organisation: Id,
  fields: Partial<PersonFields>,
): Promise<PersonRow> {
  const one = mailAddressesOf({ ...NOBODY, ...fields });
  return records.write(by, async (change) => {
    const { targetTemplate } = await change.organisation(organisation);
    const { id } = await change.addPerson(organisation, one);
    if (targetTemplate !== null) {
      const address = targetOf(targetTemplate, one.address);
      const account = { person: id, role: 'target' as const, position: 0 };
      await change.addAccount(organisation, { ...account, address, needsSecret: needsSecret(address) });
    }
    return change.person(organisation, id);
  });
}

/** Mail addresses as the suites take them; throws Trouble `malformed` (`read-address`). */
export function mailAddressesOf<T extends Partial<PersonFields>>(fields: T): T {
  const read = (text: string): string => {
    const one = readMailAddress(text);
    if ('fault' in one) throw usage('no-mail-address', text);
    return one.address;
  };
  return {
    ...fields,
    ...(fields.address === undefined ? {} : { address: read(fields.address) }),
    ...(fields.aliases === undefined ? {} : { aliases: fields.aliases.map(read) }),
  };
}

export interface GivenAccount {
  role: Role;
  address: string;
  secret?: string | undefined;
}

/** Adds an account and seals what opens it, in one. Throws Trouble of addresses and records. */
export function addAccount(
  { records }: Project,
  by: string,
  organisation: Id,
  person: Id,
  given: GivenAccount,
): Promise<Account> {
  const { address, secret, needsSecret: needs } = enteredAccount(given.address, given.role);
  if (secret !== null && given.secret !== undefined && secret !== given.secret)
    throw usage('two-secrets', shownAccount(address));
  return records.write(by, async (change) => {
    const { accounts } = await change.person(organisation, person);
    const same = accounts.filter(({ role }) => role === given.role).map(({ position }) => position);
    if (same.length >= ACCOUNTS_MAX) throw tooMany(shownAccount(address));
    const { id } = await change.addAccount(organisation, {
      ...{ person, role: given.role, address, needsSecret: needs },
      position: Math.max(-1, ...same) + 1,
    });
    const sealed = given.secret ?? secret;
    if (sealed !== null) await change.sealSecret(organisation, id, sealed);
    return accountIn(await change.person(organisation, person), id);
  });
}

export interface AccountChanges {
  address?: string | undefined;
  position?: number | undefined;
}

/**
 * An address that leads to another server or user forgets what was sealed: it would be sent there. The audit says so. Throws Trouble of
 * addresses and records; `missing` when the account is somebody else's.
 */
export function changeAccount(
  { records }: Project,
  by: string,
  organisation: Id,
  ids: { person: Id; account: Id },
  seen: number,
  { address, position }: AccountChanges,
): Promise<Account> {
  return records.write(by, async (change) => {
    const { role, address: before } = accountIn(await change.person(organisation, ids.person), ids.account);
    const entered = address === undefined ? null : enteredAccount(address, role);
    await change.changeAccount(organisation, ids.account, seen, {
      ...(entered === null ? {} : { address: entered.address, needsSecret: entered.needsSecret }),
      ...(position === undefined ? {} : { position }),
    });
    if (entered?.secret) await change.sealSecret(organisation, ids.account, entered.secret);
    else if (entered !== null && !isSameDoor(before, entered.address))
      await change.sealSecret(organisation, ids.account, null);
    return accountIn(await change.person(organisation, ids.person), ids.account);
  });
}

/** Throws Trouble `missing` (`read-record`): it is nobody's, or somebody else's. */
export function accountIn({ accounts }: PersonRow, id: Id): Account {
  const found = accounts.find((account) => account.id === id);
  if (found === undefined) throw notThere(id);
  return found;
}

export function notThere(on: string): Trouble {
  return new Trouble('missing', { tried: 'read-record', on });
}

/** How the target is called in certificates and findings; null: there is none. */
export function targetName({ accounts }: PersonRow): string | null {
  const target = accounts.find(({ role }) => role === 'target');
  return target === undefined ? null : publicName(parseAddress(target.address));
}

const LOOK_MS = 250;

/**
 * Signs in at every account of a person, and waits for what comes of it: at most `limitMs`, or until whoever asked has gone. The
 * checks go on by themselves. Answers the accounts as they are known then.
 */
export async function checkNow(
  { records, runs, nowMs }: Project,
  organisation: Id,
  person: Id,
  { limitMs, signal }: { limitMs: number; signal: AbortSignal },
): Promise<Account[]> {
  const askedMs = nowMs();
  await runs.check(organisation, [person]);
  for (let waited = 0; ; waited += LOOK_MS) {
    const { accounts } = await records.person(organisation, person);
    const told = accounts.every(({ check }) => check !== null && check.atMs >= askedMs);
    if (told || waited >= limitMs || signal.aborted) return accounts;
    await wait(LOOK_MS);
  }
}

/** One pass of one person. Throws Trouble `refused` (`write-record`, `in-use`): the last one is not over. */
export async function runPass(
  { runs }: Project,
  by: string,
  organisation: Id,
  { id, address }: PersonRow,
  kind: PassKind,
): Promise<Pass> {
  const [pass] = await runs.ask(by, organisation, [id], kind);
  if (pass === undefined)
    throw new Trouble('refused', { tried: 'write-record', on: address, answer: 'in-use' });
  return pass;
}

/** Stops or lets go on the pass that is under way. Throws Trouble `missing` (`read-record`): there is none. */
export async function steerPass(
  { records, runs }: Project,
  by: string,
  organisation: Id,
  { id, address, lastPass }: PersonRow,
  how: 'pause' | 'resume',
): Promise<Pass> {
  if (lastPass === null || isOver(lastPass)) throw notThere(address);
  await runs[how](by, organisation, [id]);
  return (await records.person(organisation, id)).lastPass!;
}
