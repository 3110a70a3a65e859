import type { TableRow } from '../formats/table/index.ts';

/** What a column of a prepared file can say of a person or a group. */
export const FIELDS = [
  'givenName',
  'familyName',
  'displayName',
  /** Primary, of the person or group. */
  'address',
  'aliases',
  'site',
  'wave',
  'kind',
  /** Of a group. */
  'members',
  'language',
  /** Address of an old box; numbered. */
  'account',
  /** Of the account with the same number. */
  'password',
  /** User name of the one account, where the server is told elsewhere. */
  'login',
  /** Address of the new mailbox. */
  'target',
  'targetPassword',
  /** By which function Google's password is hashed, which makes it none for us. */
  'passwordHash',
  'mobile',
  'title',
] as const;
export type Field = (typeof FIELDS)[number];

/**
 * - `field`    understood
 * - `unused`   of a known template, and of no use here
 * - `unknown`  not understood
 * - `twice`    an earlier column says the same
 */
export const COLUMN_STATES = ['field', 'unused', 'unknown', 'twice'] as const;
export type ColumnIs = (typeof COLUMN_STATES)[number];

export interface Column {
  /** From 0, in the rows' cells. */
  index: number;
  /** As written. */
  heading: string;
  is: ColumnIs;
  /** Of `field` and `twice`. */
  field: Field | null;
  /** Of accounts and passwords, from 1; else 0. */
  number: number;
}

/** Whose file it is: ours, Google's bulk users, Microsoft's "Add multiple users" or its IMAP batch. */
export const TEMPLATES = ['own', 'google-users', 'microsoft-users', 'microsoft-imap'] as const;
export type Template = (typeof TEMPLATES)[number];

/** A prepared file, understood as far as its columns. Its cells hold passwords as they were typed: see `shownTable`. */
export interface PreparedTable {
  template: Template;
  /** Its headings are in a language that is not known, and were taken by their order. */
  byOrder: boolean;
  /** Empty for CSV. */
  sheet: string;
  /** Where the headings stand. */
  headingLine: number;
  columns: Column[];
  /** What stands below the headings. */
  rows: TableRow[];
}

/** The column that says this; null when there is none. */
export function columnOf(table: Pick<PreparedTable, 'columns'>, field: Field, number = 0): Column | null {
  return (
    table.columns.find((one) => one.is === 'field' && one.field === field && one.number === number) ?? null
  );
}

const SECRET_FIELDS: ReadonlySet<Field | null> = new Set(['password', 'targetPassword']);

export function isSecretColumn(column: Column): boolean {
  return SECRET_FIELDS.has(column.field);
}
