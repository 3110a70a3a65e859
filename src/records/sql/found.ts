import { sql } from 'kysely';
import { Trouble } from '../../trouble.ts';
import type { Id, Version } from '../facts.ts';
import type { RefusalCode } from '../records.ts';
import type { Db, Tables } from './tables.ts';

export function missing(on: string): Trouble {
  return new Trouble('missing', { tried: 'read-record', on });
}

export function refused(on: string, answer: RefusalCode): Trouble {
  return new Trouble('refused', { tried: 'write-record', on, answer });
}

/** @throws Trouble `missing` (`read-record`) */
export async function organisationRow(db: Db, id: Id) {
  const row = await db.selectFrom('organisations').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw missing(id);
  return row;
}

/** Tables whose rows belong to an organisation and are changed by version. */
export type Owned = 'sites' | 'waves' | 'people' | 'groups' | 'accounts';

/**
 * The row of this organisation; what belongs to another one is not there.
 *
 * @throws Trouble `missing` (`read-record`)
 */
export async function ownRow<T extends Owned>(db: Db, table: T, organisation: Id, id: Id) {
  // The union of five tables is more than Kysely's types can follow: the statement is written out.
  const answer = await sql<
    OwnRow<T>
  >`select * from ${sql.table(table)} where id = ${id} and organisation = ${organisation}`.execute(db);
  const row = answer.rows[0];
  if (!row) throw missing(id);
  return row;
}

type OwnRow<T extends Owned> = Tables[T];

/**
 * A site, wave or person that somebody names beside.
 *
 * @throws Trouble `missing` (`read-record`), `refused` (`write-record`) `elsewhere`
 */
export async function checkBeside(
  db: Db,
  table: 'sites' | 'waves' | 'people',
  organisation: Id,
  id: Id,
): Promise<void> {
  const row = await db.selectFrom(table).select('organisation').where('id', '=', id).executeTakeFirst();
  if (!row) throw missing(id);
  if (row.organisation !== organisation) throw refused(id, 'elsewhere');
}

/** @throws Trouble `refused` (`write-record`) `changed-meanwhile` */
export function checkSeen(version: Version, seen: Version, on: string): void {
  if (version !== seen) throw refused(on, 'changed-meanwhile');
}
