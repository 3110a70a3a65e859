import { isDeepStrictEqual } from 'node:util';
import type { AuditEntry, Id, Operator, OperatorRole, Version } from '../facts.ts';
import { checkEntered, jsonOf } from '../texts.ts';
import { type Doing, differing, flag, fromTo, newId, toOnly, writeAudit } from './doing.ts';
import { checkBeside, checkSeen, missing, organisationRow, refused } from './found.ts';
import { setting } from './read-road.ts';
import { operatorOf } from './rows.ts';

type Fields = Partial<Omit<Operator, 'id' | 'version'>>;

async function kept({ db }: Doing, fields: Fields): Promise<Fields> {
  checkEntered(fields);
  if (!fields.roles) return fields;
  for (const { organisation, site } of fields.roles) {
    if (organisation !== null) await organisationRow(db, organisation);
    if (organisation !== null && site !== null) await checkBeside(db, 'sites', organisation, site);
  }
  return {
    ...fields,
    roles: fields.roles.map(({ role, organisation, site }) => ({ role, organisation, site })),
  };
}

function columns({ version, user, name, email, language, roles, disabled }: Operator) {
  return { version, user, name, email, language, roles: JSON.stringify(roles), disabled: flag(disabled) };
}

async function checkUser({ db }: Doing, { id, user }: Operator): Promise<void> {
  const found = db.selectFrom('operators').select('id').where('user', '=', user).where('id', '!=', id);
  if (await found.executeTakeFirst()) throw refused(user, 'name-taken');
}

/** Where all roles are of one organisation, its own audit tells of them. */
function auditedIn(...roles: OperatorRole[]): Id | null {
  const first = roles[0]?.organisation ?? null;
  return roles.every(({ organisation }) => organisation === first) ? first : null;
}

export async function addOperator(doing: Doing, given: Omit<Operator, 'id' | 'version'>): Promise<Operator> {
  const fields = (await kept(doing, given)) as typeof given;
  const one: Operator = { ...fields, id: newId(), version: 1 };
  await checkUser(doing, one);
  await doing.db
    .insertInto('operators')
    .values({ id: one.id, ...columns(one) })
    .execute();
  const added = operatorOf({ id: one.id, ...columns(one) });
  const line = { organisation: auditedIn(...added.roles), action: 'operator.added', on: added.email };
  await writeAudit(doing, { ...line, details: toOnly(added) });
  return added;
}

export async function changeOperator(
  doing: Doing,
  id: Id,
  seen: Version,
  changes: Fields,
): Promise<Operator> {
  const row = await doing.db.selectFrom('operators').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw missing(id);
  const before = operatorOf(row);
  checkSeen(before.version, seen, before.email);
  const changed = differing(before, await kept(doing, changes));
  if (Object.keys(changed).length === 0) return before;
  const after = { ...before, ...changed, version: before.version + 1 };
  await checkUser(doing, after);
  await doing.db.updateTable('operators').set(columns(after)).where('id', '=', id).execute();
  const line = {
    organisation: auditedIn(...before.roles, ...after.roles),
    action: 'operator.changed',
    on: after.email,
  };
  await writeAudit(doing, { ...line, details: fromTo(before, changed) });
  return after;
}

const SETTING_MAX_CHARS = 4 * 1024 * 1024;

/** Null takes it away. The audit names the parts that changed, not what they are: a part may be a token. */
export async function setSetting(
  doing: Doing,
  organisation: Id | null,
  name: string,
  value: unknown,
): Promise<void> {
  checkEntered({ name });
  if (organisation !== null) await organisationRow(doing.db, organisation);
  const json = jsonOf(name, value, SETTING_MAX_CHARS);
  const before = await setting(doing.db, organisation, name);
  const after: unknown = JSON.parse(json);
  if (isDeepStrictEqual(before, after)) return;
  const key = { organisation: organisation ?? '', name };
  if (after === null) {
    await doing.db
      .deleteFrom('settings')
      .where('organisation', '=', key.organisation)
      .where('name', '=', name)
      .execute();
  } else {
    const insert = doing.db.insertInto('settings').values({ ...key, value: json });
    await insert
      .onConflict((conflict) => conflict.columns(['organisation', 'name']).doUpdateSet({ value: json }))
      .execute();
  }
  const details = { changed: partsChanged(before, after) };
  await writeAudit(doing, { organisation, action: 'setting.changed', on: name, details });
}

function partsChanged(before: unknown, after: unknown): string[] {
  const [from, to] = [before, after].map((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {},
  );
  const names = new Set([...Object.keys(from!), ...Object.keys(to!)]);
  return [...names].filter((name) => !isDeepStrictEqual(from![name], to![name])).sort();
}

const DETAILS_MAX_CHARS = 100_000;

export async function noteAudit(
  doing: Doing,
  { organisation, action, on, details }: Pick<AuditEntry, 'organisation' | 'action' | 'on' | 'details'>,
): Promise<void> {
  checkEntered({ action, on });
  jsonOf(action, details, DETAILS_MAX_CHARS);
  await writeAudit(doing, { organisation, action, on, details });
}
