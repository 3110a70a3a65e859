import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { SealingKeys } from '../../wire/sealed.ts';
import type { Id } from '../facts.ts';
import { fold } from '../fold.ts';
import type { Db } from './tables.ts';

/** What a verb that changes something has at hand, within its transaction. */
export interface Doing {
  db: Db;
  /** Who is named in the audit. */
  by: string;
  nowMs(): number;
  keys: SealingKeys;
}

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LETTERS = 14;

/** 70 random bits: nobody guesses one, and no two meet. */
export function newId(): Id {
  return Array.from({ length: ID_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

export interface AuditLine {
  organisation: Id | null;
  action: string;
  on: string;
  details?: Record<string, unknown>;
}

const FOLDED_MAX_CHARS = 4_000;

export function writeAudit(doing: Doing, line: AuditLine): Promise<void> {
  return writeAudits(doing, [line]);
}

const LINES_AT_ONCE = 100;

export async function writeAudits(doing: Doing, lines: readonly AuditLine[]): Promise<void> {
  for (const some of chunksOf(lines, LINES_AT_ONCE))
    await doing.db
      .insertInto('audit')
      .values(some.map((line) => auditColumns(doing, line)))
      .execute();
}

function auditColumns({ by, nowMs }: Doing, { organisation, action, on, details = {} }: AuditLine) {
  const json = JSON.stringify(details);
  const folded = fold(`${by}\n${action}\n${on}\n${json}`).slice(0, FOLDED_MAX_CHARS).toWellFormed();
  return { at_ms: nowMs(), who: by, organisation, action, what: on, details: json, folded };
}

/** Never changed by a caller, whatever else they hand in. */
const OURS: ReadonlySet<PropertyKey> = new Set(['id', 'version', 'person', 'createdMs']);

/** Known fields that were given and differ. */
export function differing<T extends object>(before: T, changes: Partial<T>): Partial<T> {
  const given = Object.entries(changes) as [keyof T, unknown][];
  const known = given.filter(([name, value]) => name in before && !OURS.has(name) && value !== undefined);
  return Object.fromEntries(
    known.filter(([name, value]) => !isDeepStrictEqual(value, before[name])),
  ) as Partial<T>;
}

/** Details of the audit: each field that was changed, from and to. */
export function fromTo<T extends object>(before: T, changed: Partial<T>): Record<string, unknown> {
  const names = Object.keys(changed) as (keyof T & string)[];
  return Object.fromEntries(names.map((name) => [name, { from: before[name], to: changed[name] }]));
}

/** Details of the audit of something new: what says something. */
export function toOnly(one: object): Record<string, unknown> {
  const says = (value: unknown): boolean =>
    value !== null && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(
    Object.entries(one)
      .filter(([name, value]) => !OURS.has(name) && says(value))
      .map(([name, value]) => [name, { to: value }]),
  );
}

export const flag = (is: boolean): number => (is ? 1 : 0);

const CHUNK = 500;

/** Databases take only so many values in a statement. */
export function chunksOf<T>(list: readonly T[], size = CHUNK): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
    list.slice(at * size, (at + 1) * size),
  );
}
