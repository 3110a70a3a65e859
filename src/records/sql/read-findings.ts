import { sql } from 'kysely';
import type { FindingRecord, Id } from '../facts.ts';
import type { FindingGroup, FindingQuery, Paged } from '../records.ts';
import { flag } from './doing.ts';
import { findingOf } from './rows.ts';
import type { Db } from './tables.ts';
import { pageOf, totalOf, wordsIn } from './text.ts';

type Of = Pick<FindingQuery, 'person' | 'wave'>;

/** A wave's are those of the people who are in it now. */
function findingsOf(db: Db, organisation: Id, { person, wave }: Of) {
  let found = db.selectFrom('findings').where('findings.organisation', '=', organisation);
  if (person !== undefined) found = found.where('findings.person', '=', person);
  if (wave === undefined) return found;
  return found.where('findings.person', 'in', (those) =>
    those.selectFrom('people').select('id').where('wave', '=', wave),
  );
}

/** As they were noted. */
export async function findings(db: Db, organisation: Id, query: FindingQuery): Promise<Paged<FindingRecord>> {
  let found = findingsOf(db, organisation, query);
  if (query.is)
    found = found.where(
      query.is.length === 0 ? sql<boolean>`1 = 0` : sql<boolean>`findings.kind in (${sql.join(query.is)})`,
    );
  if (query.code !== undefined) found = found.where('findings.code', '=', query.code);
  if (query.cause !== undefined) found = found.where('findings.cause', '=', query.cause);
  if (query.accepted !== undefined) found = found.where('findings.accepted', '=', flag(query.accepted));
  for (const word of wordsIn('findings.folded', query.text)) found = found.where(word);
  const { offset, limit } = pageOf(query);
  const rows = await found
    .selectAll('findings')
    .orderBy('findings.seq')
    .limit(limit)
    .offset(offset)
    .execute();
  return { rows: rows.map(findingOf), total: await totalOf(found) };
}

/** Most first. Counted in two steps, each along the index: people are told apart without a list of them. */
export async function findingGroups(db: Db, organisation: Id, of: Of): Promise<FindingGroup[]> {
  const byPerson = findingsOf(db, organisation, of)
    .groupBy(['kind', 'code', 'cause', 'person'])
    .select(['kind', 'code', 'cause', 'person'])
    .select([sql<number>`count(*)`.as('found'), sql<number>`sum(accepted)`.as('accepted')]);
  const rows = await db
    .selectFrom(byPerson.as('each'))
    .groupBy(['kind', 'code', 'cause'])
    .select(['kind', 'code', 'cause'])
    .select([sql<number>`sum(found)`.as('count'), sql<number>`sum(accepted)`.as('accepted')])
    .select(sql<number>`count(*)`.as('people'))
    .orderBy('count', 'desc')
    .orderBy('kind')
    .orderBy(sql`coalesce(code, '')`)
    .orderBy('cause')
    .execute();
  return rows.map(({ kind, code, cause, count, accepted, people }) => ({
    ...{ is: kind, code, cause, count: Number(count), accepted: Number(accepted), people: Number(people) },
  }));
}
