import type { Account, AccountCheck, Id, TroubleRecord, Version } from '../facts.ts';
import type { Change } from '../records.ts';
import { checkAccountAddress, checkEntered, jsonOf, kept } from '../texts.ts';
import { refold } from './change-people.ts';
import { type Doing, differing, flag, fromTo, newId, toOnly, writeAudit } from './doing.ts';
import { checkSeen, missing, ownRow, refused } from './found.ts';
import { accountOf } from './rows.ts';
import { holds, put } from './secrets.ts';

type Given = Parameters<Change['addAccount']>[1];
type Changes = Parameters<Change['changeAccount']>[3];

/** What was found out about another address, or with another secret, tells nothing any more. */
const UNCHECKED = { checked: null, check_failed: 0 } as const;

async function checkAddress({ db }: Doing, { person, role }: Given, address: string, id: Id): Promise<void> {
  checkEntered({ address });
  checkAccountAddress(address);
  const theirs = db
    .selectFrom('accounts')
    .where('person', '=', person)
    .where('role', '=', role)
    .where('id', '!=', id);
  const rows = await theirs.select('address').execute();
  if (rows.some((row) => row.address === address)) throw refused(address, 'address-taken');
  if (role === 'target' && rows.length > 0) throw refused(address, 'target-taken');
}

export async function addAccount(doing: Doing, organisation: Id, given: Given): Promise<Account> {
  await ownRow(doing.db, 'people', organisation, given.person);
  const id = newId();
  await checkAddress(doing, given, given.address, id);
  const { person, role, address, position } = given;
  const columns = { id, organisation, person, version: 1, role, address, position };
  const begun = { needs_secret: flag(given.needsSecret), has_secret: 0, ...UNCHECKED, amount: null };
  await doing.db
    .insertInto('accounts')
    .values({ ...columns, ...begun })
    .execute();
  await refold(doing, person);
  const added = accountOf(await ownRow(doing.db, 'accounts', organisation, id));
  await writeAudit(doing, {
    organisation,
    action: 'account.added',
    on: address,
    details: toOnly({ role, position }),
  });
  return added;
}

export async function changeAccount(
  doing: Doing,
  organisation: Id,
  id: Id,
  seen: Version,
  changes: Changes,
): Promise<Account> {
  const row = await ownRow(doing.db, 'accounts', organisation, id);
  checkSeen(row.version, seen, row.address);
  const before = { address: row.address, position: row.position, needsSecret: row.needs_secret === 1 };
  const changed = differing(before, changes);
  if (Object.keys(changed).length === 0) return accountOf(row);
  const after = { ...before, ...changed };
  const elsewhere = after.address !== before.address;
  if (elsewhere)
    await checkAddress(doing, { ...accountOf(row), needsSecret: after.needsSecret }, after.address, id);
  const columns = { version: row.version + 1, address: after.address, position: after.position };
  const unknown = elsewhere ? { ...UNCHECKED, amount: null } : {};
  const set = { ...columns, needs_secret: flag(after.needsSecret), ...unknown };
  await doing.db.updateTable('accounts').set(set).where('id', '=', id).execute();
  if (elsewhere) await doing.db.deleteFrom('surveys').where('account', '=', id).execute();
  await refold(doing, row.person);
  const details = fromTo(before, changed);
  await writeAudit(doing, { organisation, action: 'account.changed', on: after.address, details });
  return accountOf(await ownRow(doing.db, 'accounts', organisation, id));
}

export async function removeAccount(doing: Doing, organisation: Id, id: Id): Promise<void> {
  const { address, person } = await ownRow(doing.db, 'accounts', organisation, id);
  await doing.db.deleteFrom('accounts').where('id', '=', id).execute();
  await refold(doing, person);
  await writeAudit(doing, { organisation, action: 'account.removed', on: address });
}

export async function sealSecret(
  doing: Doing,
  organisation: Id,
  account: Id,
  secret: string | null,
): Promise<void> {
  const { db, keys } = doing;
  const row = await ownRow(db, 'accounts', organisation, account);
  if (await holds(db, keys, row, secret)) return;
  if (secret === null) await db.deleteFrom('secrets').where('account', '=', account).execute();
  else await put(db, keys, row, secret);
  const set = { version: row.version + 1, has_secret: flag(secret !== null), ...UNCHECKED };
  await db.updateTable('accounts').set(set).where('id', '=', account).execute();
  const action = secret === null ? 'secret.removed' : 'secret.sealed';
  await writeAudit(doing, { organisation, action, on: row.address });
}

async function note(
  { db }: Doing,
  account: Id,
  set: { checked?: string; check_failed?: number; amount?: string },
) {
  const { numUpdatedRows } = await db
    .updateTable('accounts')
    .set(set)
    .where('id', '=', account)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw missing(account);
}

export function noteCheck(doing: Doing, account: Id, { ok, atMs, trouble }: AccountCheck): Promise<void> {
  const check: AccountCheck = { ok, atMs, trouble: trouble && keptTrouble(trouble) };
  return note(doing, account, { checked: JSON.stringify(check), check_failed: flag(!ok) });
}

export function keptTrouble({ kind, tried, on, answer, atMs }: TroubleRecord): TroubleRecord {
  return {
    kind: kept(kind),
    tried: kept(tried),
    on: kept(on),
    answer: answer === null ? null : kept(answer),
    atMs,
  };
}

export function noteAmount(doing: Doing, account: Id, amount: NonNullable<Account['amount']>): Promise<void> {
  const { messages, bytes, atMs } = amount;
  return note(doing, account, { amount: JSON.stringify({ messages, bytes, atMs }) });
}

const SURVEY_MAX_CHARS = 32 * 1024 * 1024;

export async function noteSurvey({ db }: Doing, account: Id, atMs: number, survey: unknown): Promise<void> {
  const row = await db.selectFrom('accounts').select('address').where('id', '=', account).executeTakeFirst();
  if (!row) throw missing(account);
  const told = { at_ms: atMs, survey: jsonOf(row.address, survey, SURVEY_MAX_CHARS) };
  await db
    .insertInto('surveys')
    .values({ account, ...told })
    .onConflict((conflict) => conflict.column('account').doUpdateSet(told))
    .execute();
}
