import type { AuditEntry, GateTick, Group, Id, Operator, Organisation, Site, Wave } from '../facts.ts';
import type { Page, Paged } from '../records.ts';
import { organisationRow, ownRow } from './found.ts';
import { auditOf, groupOf, operatorOf, organisationOf, siteOf, tickOf, waveOf } from './rows.ts';
import type { Db } from './tables.ts';
import { pageOf, totalOf, wordsIn } from './text.ts';

export async function organisations(db: Db): Promise<Organisation[]> {
  const rows = await db.selectFrom('organisations').selectAll().orderBy('name_key').execute();
  return rows.map(organisationOf);
}

export async function organisation(db: Db, id: Id): Promise<Organisation> {
  return organisationOf(await organisationRow(db, id));
}

export async function sites(db: Db, organisation: Id): Promise<Site[]> {
  const found = db.selectFrom('sites').selectAll().where('organisation', '=', organisation);
  return (await found.orderBy('name_key').execute()).map(siteOf);
}

export async function waves(db: Db, organisation: Id): Promise<Wave[]> {
  const found = db.selectFrom('waves').selectAll().where('organisation', '=', organisation);
  return (await found.orderBy('position').orderBy('id').execute()).map(waveOf);
}

export async function wave(db: Db, organisation: Id, id: Id): Promise<Wave> {
  return waveOf(await ownRow(db, 'waves', organisation, id));
}

export async function ticks(db: Db, wave: Id): Promise<GateTick[]> {
  const found = db.selectFrom('ticks').selectAll().where('wave', '=', wave);
  return (await found.orderBy('gate').execute()).map(tickOf);
}

export async function groups(db: Db, organisation: Id): Promise<Group[]> {
  const found = db.selectFrom('groups').selectAll().where('organisation', '=', organisation);
  return (await found.orderBy('name_key').orderBy('id').execute()).map(groupOf);
}

/** Of an organisation: those who have a role there, or everywhere. They are few. */
export async function operators(db: Db, organisation?: Id): Promise<Operator[]> {
  const all = (await db.selectFrom('operators').selectAll().orderBy('name').orderBy('id').execute()).map(
    operatorOf,
  );
  if (organisation === undefined) return all;
  const here = (of: Id | null): boolean => of === null || of === organisation;
  return all.filter(({ roles }) => roles.some((role) => here(role.organisation)));
}

export async function operatorOfUser(db: Db, user: string): Promise<Operator | null> {
  const row = await db.selectFrom('operators').selectAll().where('user', '=', user).executeTakeFirst();
  return row ? operatorOf(row) : null;
}

/** Newest first; null: everywhere. */
export async function audit(
  db: Db,
  organisation: Id | null,
  query: Page & { text?: string },
): Promise<Paged<AuditEntry>> {
  let found = db.selectFrom('audit');
  if (organisation !== null) found = found.where('organisation', '=', organisation);
  for (const word of wordsIn('audit.folded', query.text)) found = found.where(word);
  const { offset, limit } = pageOf(query);
  const newest = found.orderBy('id', 'desc');
  if (!query.text) {
    const rows = await newest.selectAll().limit(limit).offset(offset).execute();
    return { rows: rows.map(auditOf), total: await totalOf(found) };
  }
  // All texts are looked through once, not once for the page and once for the total.
  const ids = (await newest.select('id').execute()).map(({ id }) => id);
  const page = ids.slice(offset, offset + limit);
  if (page.length === 0) return { rows: [], total: ids.length };
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .where('id', 'in', page)
    .orderBy('id', 'desc')
    .execute();
  return { rows: rows.map(auditOf), total: ids.length };
}

export async function setting(db: Db, organisation: Id | null, name: string): Promise<unknown> {
  const found = db
    .selectFrom('settings')
    .select('value')
    .where('organisation', '=', organisation ?? '');
  const row = await found.where('name', '=', name).executeTakeFirst();
  return row ? JSON.parse(row.value) : null;
}

export async function survey(db: Db, account: Id): Promise<{ atMs: number; survey: unknown } | null> {
  const row = await db.selectFrom('surveys').selectAll().where('account', '=', account).executeTakeFirst();
  return row ? { atMs: row.at_ms, survey: JSON.parse(row.survey) } : null;
}
