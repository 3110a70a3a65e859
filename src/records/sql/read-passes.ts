import { sql } from 'kysely';
import type { Id, Pass, PassCounts } from '../facts.ts';
import type { WaveSums } from '../records.ts';
import { COUNTS, countsOf, passOf } from './rows.ts';
import type { Db } from './tables.ts';

/** In the order in which they were asked. */
export async function passes(db: Db, organisation: Id, of: { person?: Id; wave?: Id }): Promise<Pass[]> {
  let found = db.selectFrom('passes').selectAll().where('organisation', '=', organisation);
  if (of.wave !== undefined) found = found.where('wave', '=', of.wave);
  // Of one person the numbers say the same, along their index.
  if (of.person !== undefined) found = found.where('person', '=', of.person).orderBy('number');
  return (await found.orderBy('seq').execute()).map(passOf);
}

export async function unfinished(db: Db): Promise<(Pass & { organisation: Id })[]> {
  const rows = await db
    .selectFrom('passes')
    .selectAll()
    .where('ended_ms', 'is', null)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({ ...passOf(row), organisation: row.organisation }));
}

/** By wave, in the order of the road, and those of no wave at the end; waves without people have none. */
export async function sums(db: Db, organisation: Id): Promise<WaveSums[]> {
  const byState = await statesOf(db, organisation);
  const wanting = await accountsBy(
    db,
    organisation,
    sql`accounts.needs_secret = 1 and accounts.has_secret = 0`,
  );
  const failed = await accountsBy(db, organisation, sql`accounts.check_failed = 1`);
  return [...Map.groupBy(byState, ({ wave }) => wave)].map(([wave, rows]) => ({
    wave,
    people: added(rows, 'people'),
    states: Object.fromEntries(rows.map(({ state, people }) => [state, Number(people)])),
    counts: countsOf(
      Object.fromEntries(COUNTS.map((name) => [name, added(rows, name)])) as Record<keyof PassCounts, number>,
    ),
    openFindings: added(rows, 'open_findings'),
    secretsMissing: wanting.get(wave) ?? 0,
    checksFailed: failed.get(wave) ?? 0,
  }));
}

type StateSums = Awaited<ReturnType<typeof statesOf>>[number];

function added(rows: readonly StateSums[], name: keyof PassCounts | 'people' | 'open_findings'): number {
  return rows.reduce((sum, row) => sum + Number(row[name]), 0);
}

async function statesOf(db: Db, organisation: Id) {
  return db
    .selectFrom('people')
    .leftJoin('passes', 'passes.seq', 'people.last_pass')
    .leftJoin('waves', 'waves.id', 'people.wave')
    .where('people.organisation', '=', organisation)
    .groupBy(['people.wave', 'waves.position', sql`coalesce(passes.state, 'none')`])
    .orderBy(sql`waves.position is null`)
    .orderBy('waves.position')
    .orderBy('people.wave')
    .orderBy('state')
    .select([
      'people.wave as wave',
      sql<string>`coalesce(passes.state, 'none')`.as('state'),
      sql<number>`count(*)`.as('people'),
      sql<number>`sum(people.open_findings)`.as('open_findings'),
      ...COUNTS.map((name) => sql<number>`coalesce(sum(${sql.ref(`passes.${name}`)}), 0)`.as(name)),
    ])
    .execute();
}

async function accountsBy(
  db: Db,
  organisation: Id,
  condition: ReturnType<typeof sql<boolean>> | ReturnType<typeof sql>,
) {
  const rows = await db
    .selectFrom('accounts')
    .innerJoin('people', 'people.id', 'accounts.person')
    .where('accounts.organisation', '=', organisation)
    .where(sql<boolean>`${condition}`)
    .groupBy('people.wave')
    .select(['people.wave as wave', sql<number>`count(*)`.as('accounts')])
    .execute();
  return new Map(rows.map(({ wave, accounts }) => [wave, Number(accounts)]));
}
