import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { FindingRecord, Id } from '../facts.ts';
import type { FindingGroup, FindingQuery, Page, Paged } from '../records.ts';
import { flag } from './doing.ts';
import { findingOf } from './rows.ts';
import type { Db, Tables } from './tables.ts';
import { pageOf, totalOf, wordsIn } from './text.ts';

type Of = Pick<FindingQuery, 'person' | 'wave'>;

/** A wave's are those of the people who are in it now. Those of few are found through them, not through the organisation. */
function findingsOf(db: Db, organisation: Id, { person, wave }: Of) {
  const all = db.selectFrom('findings');
  if (person === undefined && wave === undefined)
    return all.where('findings.organisation', '=', organisation);
  const theirs = (those: ExpressionBuilder<Tables, 'findings'>) => {
    let found = those
      .selectFrom('people')
      .select('people.id')
      .where('people.organisation', '=', organisation);
    if (person !== undefined) found = found.where('people.id', '=', person);
    return wave === undefined ? found : found.where('people.wave', '=', wave);
  };
  return all.where('findings.person', 'in', theirs);
}

/** As they were noted. */
export async function findings(db: Db, organisation: Id, query: FindingQuery): Promise<Paged<FindingRecord>> {
  let found = findingsOf(db, organisation, query);
  if (query.is) found = found.where(kindIn(query.is));
  if (query.code !== undefined) found = found.where('findings.code', '=', query.code);
  if (query.cause !== undefined) found = found.where('findings.cause', '=', query.cause);
  if (query.accepted !== undefined) found = found.where('findings.accepted', '=', flag(query.accepted));
  for (const word of wordsIn('findings.folded', query.text)) found = found.where(word);
  const { seqs, total } = query.text ? await searchedPage(found, query) : await page(found, query);
  if (seqs.length === 0) return { rows: [], total };
  const rows = await db.selectFrom('findings').selectAll().where('seq', 'in', seqs).orderBy('seq').execute();
  return { rows: rows.map(findingOf), total };
}

function kindIn(kinds: readonly string[]): Expression<SqlBool> {
  return kinds.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`findings.kind in (${sql.join(kinds)})`;
}

type Found = SelectQueryBuilder<Tables, 'findings', object>;

/** The numbers alone first: they lie in an index. */
async function page(found: Found, query: Page): Promise<{ seqs: number[]; total: number }> {
  const { offset, limit } = pageOf(query);
  const rows = await found
    .select('findings.seq')
    .orderBy('findings.seq')
    .limit(limit)
    .offset(offset)
    .execute();
  return { seqs: rows.map(({ seq }) => seq), total: await totalOf(found) };
}

/** Looking through all texts once, not once for the page and once for the total. */
async function searchedPage(found: Found, query: Page): Promise<{ seqs: number[]; total: number }> {
  const { offset, limit } = pageOf(query);
  const rows = await found.select('findings.seq').orderBy('findings.seq').execute();
  return { seqs: rows.slice(offset, offset + limit).map(({ seq }) => seq), total: rows.length };
}

/** Most first. */
export async function findingGroups(db: Db, organisation: Id, of: Of): Promise<FindingGroup[]> {
  const rows = await findingsOf(db, organisation, of)
    .groupBy(['kind', 'code', 'cause'])
    .select(['kind', 'code', 'cause'])
    .select([sql<number>`count(*)`.as('count'), sql<number>`sum(accepted)`.as('accepted')])
    .select(sql<number>`count(distinct person)`.as('people'))
    .orderBy('count', 'desc')
    .orderBy('kind')
    .orderBy(sql`coalesce(code, '')`)
    .orderBy('cause')
    .execute();
  return rows.map(({ kind, code, cause, count, accepted, people }) => ({
    ...{ is: kind, code, cause, count: Number(count), accepted: Number(accepted), people: Number(people) },
  }));
}
