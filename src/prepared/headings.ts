import { type Sheet, type TableRow, unguarded } from '../formats/table/index.ts';
import { shownAccount } from './account.ts';
import {
  type Column,
  columnOf,
  type Field,
  isSecretColumn,
  type PreparedTable,
  type Template,
} from './column.ts';
import { folded } from './fold.ts';
import { HEADINGS, NUMBERED, type VendorField } from './synonyms.ts';
import { GOOGLE_USERS, MICROSOFT_IMAP, MICROSOFT_USERS, MICROSOFT_USERS_OLDER } from './vendor.ts';

/** Above the headings there may stand a title and a date. */
const HEADING_AMONG_ROWS = 10;

type Meanings = ReadonlyMap<string, Field | null>;

const meaningsOf = (template: readonly (readonly [string, Field | null])[]): Meanings =>
  new Map(template.map(([heading, field]) => [folded(heading), field]));

const GOOGLE = meaningsOf(GOOGLE_USERS);
const MICROSOFT = meaningsOf(MICROSOFT_USERS);
const IMAP = meaningsOf(MICROSOFT_IMAP);
const OWN: Meanings = new Map(
  (Object.entries(HEADINGS) as [Exclude<Field, VendorField>, (typeof HEADINGS)['site']][]).flatMap(
    ([field, { fr, en, also }]) => [folded(fr), folded(en), ...also].map((word) => [word, field] as const),
  ),
);

/**
 * What the columns of a file mean. The headings are looked for among the first rows of each sheet; the first sheet that tells
 * of addresses is taken. Where none does, the table has no column of addresses and `readWanted` says so.
 */
export function understand(sheets: readonly Sheet[]): PreparedTable {
  for (const sheet of sheets) {
    const found = ownOrKnown(sheet) ?? byOrder(sheet);
    if (found !== null) return found;
  }
  const sheet = sheets.find(({ rows }) => rows.length > 0) ?? { name: '', rows: [] };
  return tableOf(sheet, 0, 'own', readHeadings(sheet.rows[0]?.cells ?? [], 'own'));
}

function ownOrKnown(sheet: Sheet): PreparedTable | null {
  for (const [at, row] of sheet.rows.slice(0, HEADING_AMONG_ROWS).entries()) {
    const template = templateOf(row.cells);
    const columns = readHeadings(row.cells, template);
    const understood = columns.filter((column) => column.is === 'field').length;
    // A single word `mail` in a title is no heading; a file of one column of addresses is one.
    if (columnOf({ columns }, 'address') === null || (understood < 2 && row.cells.some(isOther))) continue;
    if (template === 'own' && mayBeByOrder(sheet, at, columns))
      return tableOf(sheet, at, 'microsoft-users', orderedColumns(row.cells), true);
    return tableOf(sheet, at, template, columns);
  }
  return null;
}

function isOther(cell: string): boolean {
  return cell.trim() !== '' && OWN.get(folded(cell)) === undefined;
}

function tableOf(
  sheet: Sheet,
  headingAt: number,
  template: Template,
  columns: Column[],
  byOrder = false,
): PreparedTable {
  const headingLine = sheet.rows[headingAt]?.line ?? 1;
  return {
    template,
    byOrder,
    sheet: sheet.name,
    headingLine,
    columns,
    rows: sheet.rows.slice(headingAt + 1),
  };
}

function templateOf(cells: readonly string[]): Template {
  const words = new Set(cells.map(folded));
  const has = (...wanted: string[]) => wanted.every((word) => words.has(word));
  if (has('emailaddressrequired')) return 'google-users';
  if (has('emailaddress', 'username', 'password')) return 'microsoft-imap';
  if (has('username', 'displayname')) return 'microsoft-users';
  return 'own';
}

const KNOWN: Readonly<Record<Template, Meanings>> = {
  own: OWN,
  'google-users': GOOGLE,
  'microsoft-users': MICROSOFT,
  'microsoft-imap': IMAP,
};

function readHeadings(cells: readonly string[], template: Template): Column[] {
  const taken = new Set<string>();
  return cells.map((heading, index) => {
    const { field, number } = meaningOf(heading, template);
    const column: Column = { index, heading, is: 'field', field: field ?? null, number };
    if (field === undefined) return { ...column, is: 'unknown' };
    if (field === null) return { ...column, is: 'unused' };
    const key = `${field} ${number}`;
    if (taken.has(key)) return { ...column, is: 'twice' };
    taken.add(key);
    return column;
  });
}

/** `undefined`: not understood; `null`: understood and of no use. */
function meaningOf(heading: string, template: Template): { field: Field | null | undefined; number: number } {
  const word = folded(heading);
  // What Google adds to what it lets be downloaded.
  if (template === 'google-users' && word.endsWith('readonly')) return { field: null, number: 0 };
  const [, stem = word, digits] = /^(.*?\D)(\d{1,2})$/.exec(word) ?? [];
  const meanings = KNOWN[template];
  const plain = template === 'own' ? (meanings.get(stem) ?? accountPassword(word)) : meanings.get(word);
  const field = plain ?? (word === '' ? null : plain);
  if (field === undefined || field === null || !NUMBERED.has(field))
    return { field: template === 'own' && digits !== undefined ? meanings.get(word) : field, number: 0 };
  const number = Number(digits ?? /\d+/.exec(word)?.[0] ?? 1);
  return number >= 1 ? { field, number } : { field: undefined, number: 0 };
}

/** `Compte 2 : mot de passe`, `Account 2 password`. */
function accountPassword(word: string): Field | undefined {
  return /^(compte|account|boite|mailbox)\d{1,2}(motdepasse|mdp|password)$/.test(word)
    ? 'password'
    : undefined;
}

/** Most rows of such a file must have an address where the order says so. */
const ADDRESSES_MIN_SHARE = 0.8;
const LOOKED_AT_ROWS = 200;

/** A file with Microsoft's number of columns whose headings are in another language. */
function byOrder(sheet: Sheet): PreparedTable | null {
  const [heading] = sheet.rows;
  if (heading === undefined || !mayBeByOrder(sheet, 0, readHeadings(heading.cells, 'own'))) return null;
  return tableOf(sheet, 0, 'microsoft-users', orderedColumns(heading.cells), true);
}

function mayBeByOrder(sheet: Sheet, at: number, columns: readonly Column[]): boolean {
  const order = orderOf(columns.length);
  if (order === null || columns.some((column) => column.heading.trim() === '')) return false;
  const rows = sheet.rows.slice(at + 1, at + 1 + LOOKED_AT_ROWS);
  const addresses = rows.filter((row) => /^[^@\s]+@[^@\s]+$/.test(row.cells[0]?.trim() ?? '')).length;
  if (addresses === 0 || addresses < rows.length * ADDRESSES_MIN_SHARE) return false;
  // A heading that is understood and stands elsewhere says that the order is not Microsoft's.
  return columns.every(
    ({ field, index }) => field === null || PLACELESS.has(field) || order[index]![1] === field,
  );
}

/** Words that Microsoft's other columns share with ours: `Adresse` is a street there, `Bureau` an office. */
const PLACELESS: ReadonlySet<Field> = new Set<Field>(['address', 'site']);

function orderOf(count: number): typeof MICROSOFT_USERS | null {
  return [MICROSOFT_USERS, MICROSOFT_USERS_OLDER].find((order) => order.length === count) ?? null;
}

function orderedColumns(cells: readonly string[]): Column[] {
  const order = orderOf(cells.length)!;
  return cells.map((heading, index) => {
    const field = order[index]![1];
    return { index, heading, is: field === null ? 'unused' : 'field', field, number: 0 };
  });
}

/** One cell otherwise; the rest is shared. A line or column that is not there changes nothing. */
export function correct(table: PreparedTable, line: number, column: number, text: string): PreparedTable {
  if (table.columns[column] === undefined) return table;
  const rows = table.rows.map((row) => (row.line === line ? withCell(row, column, text) : row));
  return { ...table, rows };
}

function withCell(row: TableRow, column: number, text: string): TableRow {
  const cells = Array.from(
    { length: Math.max(row.cells.length, column + 1) },
    (_, at) => row.cells[at] ?? '',
  );
  cells[column] = unguarded(text);
  return { ...row, cells };
}

/** Without a row, which is then not imported. */
export function without(table: PreparedTable, line: number): PreparedTable {
  return { ...table, rows: table.rows.filter((row) => row.line !== line) };
}

/** A person says what a column is; null: it is of no use. A column that said the same before is then `twice`. */
export function assign(table: PreparedTable, index: number, field: Field | null, number = 0): PreparedTable {
  const columns = table.columns.map((column): Column => {
    if (column.index === index) return { ...column, is: field === null ? 'unused' : 'field', field, number };
    const same =
      field !== null && column.is === 'field' && column.field === field && column.number === number;
    return same ? { ...column, is: 'twice' } : column;
  });
  return { ...table, columns };
}

/** Instead of a password, however long it is. */
export const HIDDEN_PASSWORD = '••••••';

/** As it may be shown and kept: passwords hidden, also those within addresses of accounts. */
export function shownTable(table: PreparedTable): PreparedTable {
  const rows = table.rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell, index) => shownCell(table.columns[index], cell)),
  }));
  return { ...table, columns: table.columns.map((column) => shownColumn(column, table)), rows };
}

/** Where no column tells of addresses, the headings are data, perhaps. */
function shownColumn(column: Column, table: PreparedTable): Column {
  if (column.is !== 'unknown' || columnOf(table, 'address') !== null) return column;
  return { ...column, heading: HIDDEN_PASSWORD };
}

function shownCell(column: Column | undefined, cell: string): string {
  if (cell === '') return '';
  // What stands in a column that is not understood may be anything.
  if (column === undefined || column.is === 'unknown') return cell.length > 0 ? HIDDEN_PASSWORD : '';
  if (isSecretColumn(column)) return HIDDEN_PASSWORD;
  return column.field === 'account' || column.field === 'target' ? shownAccount(cell) : cell;
}
