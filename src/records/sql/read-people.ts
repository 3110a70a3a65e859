import { type Expression, type SqlBool, sql } from 'kysely';
import type { Account, Id, Pass } from '../facts.ts';
import type { Paged, PeopleQuery, PersonRow } from '../records.ts';
import { chunksOf } from './doing.ts';
import { ownRow } from './found.ts';
import { accountOf, passOf, personOf } from './rows.ts';
import type { Db, PeopleRow } from './tables.ts';
import { pageOf, totalOf, wordsIn } from './text.ts';

/** From what is not begun to what is over, as a person who looks for work would sort them. */
const STATES = [
  'none',
  'waiting',
  'running',
  'resting',
  'stopped',
  'proving',
  'failed',
  'findings',
  'proven',
];
const stateRank = sql`case coalesce(passes.state, 'none') ${sql.join(
  STATES.map((state, rank) => sql`when ${sql.lit(state)} then ${sql.lit(rank)}`),
  sql` `,
)} else ${sql.lit(STATES.length)} end`;

/** Those of no wave come after the last. */
const NO_WAVE = 1_000_000_000;

const ORDERS: Readonly<Record<NonNullable<PeopleQuery['sort']>, Expression<unknown> | null>> = {
  name: null,
  address: sql`people.address_key`,
  site: sql`coalesce(sites.name_key, '')`,
  wave: sql`coalesce(waves.position, ${sql.lit(NO_WAVE)})`,
  state: stateRank,
  entries: sql`coalesce(passes.entries, 0)`,
  left: sql`coalesce(passes."left", 0)`,
};

function foundBy(db: Db, organisation: Id, query: PeopleQuery) {
  let found = db.selectFrom('people').where('people.organisation', '=', organisation);
  for (const column of ['site', 'wave'] as const) {
    const wanted = query[column];
    if (wanted === undefined) continue;
    found = found.where(`people.${column}`, wanted === null ? 'is' : '=', wanted);
  }
  for (const word of wordsIn('people.folded', query.text)) found = found.where(word);
  return found;
}

function stateIn(states: readonly string[]): Expression<SqlBool> {
  if (states.length === 0) return sql<SqlBool>`1 = 0`;
  return sql<SqlBool>`coalesce(passes.state, 'none') in (${sql.join(states)})`;
}

export async function people(db: Db, organisation: Id, query: PeopleQuery): Promise<Paged<PersonRow>> {
  const direction = query.descending ? 'desc' : 'asc';
  const order = ORDERS[query.sort ?? 'name'];
  const { offset, limit } = pageOf(query);
  const found = foundBy(db, organisation, query);
  const joined = found.leftJoin('passes', 'passes.seq', 'people.last_pass');
  const wanted = query.state ? joined.where(stateIn(query.state)) : joined;
  let ids = wanted
    .leftJoin('sites', 'sites.id', 'people.site')
    .leftJoin('waves', 'waves.id', 'people.wave')
    .select('people.id');
  if (order) ids = ids.orderBy(order, direction);
  ids = ids.orderBy('people.sort_name', direction).orderBy('people.id', direction);
  const page = (await ids.limit(limit).offset(offset).execute()).map(({ id }) => id);
  // The last pass matters to the total only where its state was asked for.
  return { rows: await rowsOf(db, page), total: await totalOf(query.state ? wanted : found) };
}

export async function person(db: Db, organisation: Id, id: Id): Promise<PersonRow> {
  const row = await ownRow(db, 'people', organisation, id);
  return (await dressed(db, [row]))[0]!;
}

/** In the order of the ids. */
async function rowsOf(db: Db, ids: readonly Id[]): Promise<PersonRow[]> {
  const rows = new Map<Id, PersonRow>();
  for (const chunk of chunksOf(ids)) {
    const found = await db.selectFrom('people').selectAll().where('id', 'in', chunk).execute();
    for (const row of await dressed(db, found)) rows.set(row.id, row);
  }
  return ids.map((id) => rows.get(id)!);
}

const ACCOUNT_ORDER = ['role', 'position', 'id'] as const;

/** At most a chunk of them. */
async function dressed(db: Db, rows: readonly PeopleRow[]): Promise<PersonRow[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const last = rows.flatMap(({ last_pass: seq }) => (seq === null ? [] : [seq]));
  let accounts = db.selectFrom('accounts').selectAll().where('person', 'in', ids);
  for (const column of ACCOUNT_ORDER) accounts = accounts.orderBy(column);
  const passes =
    last.length === 0 ? [] : await db.selectFrom('passes').selectAll().where('seq', 'in', last).execute();
  return together(rows, (await accounts.execute()).map(accountOf), passes.map(passOf));
}

/** One statement for each table, whatever their number. */
export async function everybody(db: Db, organisation: Id): Promise<PersonRow[]> {
  const all = db.selectFrom('people').where('people.organisation', '=', organisation);
  const rows = await all.selectAll().orderBy('sort_name').orderBy('id').execute();
  let accounts = db.selectFrom('accounts').selectAll().where('organisation', '=', organisation);
  for (const column of ACCOUNT_ORDER) accounts = accounts.orderBy(column);
  const passes = await all
    .innerJoin('passes', 'passes.seq', 'people.last_pass')
    .selectAll('passes')
    .execute();
  return together(rows, (await accounts.execute()).map(accountOf), passes.map(passOf));
}

function together(
  rows: readonly PeopleRow[],
  accounts: readonly Account[],
  passes: readonly Pass[],
): PersonRow[] {
  const theirs = Map.groupBy(accounts, ({ person }) => person);
  const last = new Map(passes.map((pass) => [pass.person, pass]));
  return rows.map((row) => ({
    ...personOf(row),
    accounts: theirs.get(row.id) ?? [],
    lastPass: last.get(row.id) ?? null,
    openFindings: row.open_findings,
  }));
}
