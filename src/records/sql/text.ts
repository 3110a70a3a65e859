import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { searched } from '../fold.ts';
import type { Page } from '../records.ts';
import type { Tables } from './tables.ts';

/** Conditions that all words of a text are in a folded column. */
export function wordsIn(column: string, text: string | undefined): RawBuilder<SqlBool>[] {
  return searched(text ?? '').map(
    (word) => sql<SqlBool>`${sql.ref(column)} like ${`%${word.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`,
  );
}

export async function totalOf<T extends keyof Tables>(
  found: SelectQueryBuilder<Tables, T, object>,
): Promise<number> {
  const row = await found.clearSelect().select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  return Number(row.total);
}

/** Whole and not negative, whatever was asked. */
export function pageOf({ offset, limit }: Page): Page {
  const whole = (number: number): number => (Number.isFinite(number) ? Math.max(0, Math.trunc(number)) : 0);
  return { offset: whole(offset), limit: whole(limit) };
}
