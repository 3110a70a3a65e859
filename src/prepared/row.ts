import type { TableRow } from '../formats/table/index.ts';
import { accountFault, accountKey, readAccountCell, secretOf, shownAccount } from './account.ts';
import { readMailAddress, splitAddresses } from './address.ts';
import { type Column, columnOf, type Field, type PreparedTable } from './column.ts';
import { cleaned, folded, foldedAddress, hasHidden, isGarbled } from './fold.ts';
import { type Reason, type ReasonCode, reason } from './reason.ts';
import { KINDS, type Kind, LANGUAGES, type Language } from './synonyms.ts';
import { GOOGLE_KEEPS_PASSWORD } from './vendor.ts';
import type { ReadOptions, WantedAccount } from './wanted.ts';

/** More addresses than any suite gives one mailbox. */
export const ALIASES_MAX = 400;

const TEXTS = ['givenName', 'familyName', 'displayName', 'site', 'wave', 'title', 'mobile'] as const;
export type TextField = (typeof TEXTS)[number];

/** What one row says, before it is joined with others of its address. */
export interface Row {
  line: number;
  address: string | null;
  shown: string;
  kind: Kind | null;
  texts: Record<TextField, string | null>;
  language: Language | '' | null;
  aliases: string[] | null;
  members: string[] | null;
  accounts: WantedAccount[];
  target: WantedAccount | null;
}

/** A row, and where what is wrong with it goes. */
interface Reading {
  table: PreparedTable;
  row: TableRow;
  reasons: Reason[];
}

/** Reads a row; what is wrong with it goes into `reasons`. */
export function readRow(table: PreparedTable, row: TableRow, options: ReadOptions, reasons: Reason[]): Row {
  const reading: Reading = { table, row, reasons };
  const texts = {} as Row['texts'];
  for (const field of TEXTS) texts[field] = readText(reading, field);
  return {
    line: row.line,
    ...readPrimary(reading),
    kind: readKind(reading),
    texts,
    language: readLanguage(reading),
    aliases: readList(reading, 'aliases'),
    members: readList(reading, 'members'),
    accounts: readAccounts(reading, options),
    target: readTarget(reading, options),
  };
}

function cellOf({ table, row }: Reading, field: Field, number = 0): { text: string; column: Column } | null {
  const column = columnOf(table, field, number);
  return column === null ? null : { text: row.cells[column.index] ?? '', column };
}

function note(
  reading: Reading,
  code: ReasonCode,
  column: Column | null,
  value: string,
  other?: string | null,
): void {
  const at = { line: reading.row.line, column: column?.index ?? null };
  reading.reasons.push(reason(code, at, value, other === undefined ? {} : { other }));
}

function readText(reading: Reading, field: TextField): string | null {
  const cell = cellOf(reading, field);
  if (cell === null) return null;
  const text = cleaned(cell.text);
  if (hasHidden(cell.text)) {
    const at = { line: reading.row.line, column: cell.column.index };
    reading.reasons.push(reason('hidden-characters', at, text, { severity: 'warn' }));
  }
  if (isGarbled(text)) note(reading, 'garbled', cell.column, text);
  return text;
}

function readPrimary(reading: Reading): { address: string | null; shown: string } {
  const cell = cellOf(reading, 'address');
  if (cell === null) return { address: null, shown: '' };
  const shown = cleaned(cell.text);
  if (shown === '') {
    note(reading, 'address-missing', cell.column, '');
    return { address: null, shown };
  }
  const read = readMailAddress(cell.text);
  if ('address' in read) return { address: read.address, shown };
  note(reading, read.fault, cell.column, shown);
  return { address: null, shown };
}

const KIND_WORDS: ReadonlyMap<string, Kind> = new Map(
  (Object.entries(KINDS) as [Kind, (typeof KINDS)[Kind]][]).flatMap(([kind, { fr, en, also }]) =>
    [folded(fr), folded(en), ...also].map((word) => [word, kind] as const),
  ),
);

function readKind(reading: Reading): Kind | null {
  const cell = cellOf(reading, 'kind');
  if (cell === null || cleaned(cell.text) === '') return null;
  const kind = KIND_WORDS.get(folded(cell.text)) ?? null;
  if (kind === null) note(reading, 'bad-kind', cell.column, cleaned(cell.text));
  return kind;
}

function readLanguage(reading: Reading): Language | '' | null {
  const cell = cellOf(reading, 'language');
  if (cell === null) return null;
  const word = folded(cell.text);
  if (word === '') return '';
  for (const language of ['fr', 'en'] as const) if (LANGUAGES[language].includes(word)) return language;
  note(reading, 'bad-language', cell.column, cleaned(cell.text));
  return null;
}

function readList(reading: Reading, field: 'aliases' | 'members'): string[] | null {
  const cell = cellOf(reading, field);
  if (cell === null) return null;
  const found = new Map<string, string>();
  for (const part of splitAddresses(cell.text)) {
    const read = readMailAddress(part);
    if ('fault' in read) note(reading, read.fault, cell.column, cleaned(part));
    else found.set(foldedAddress(read.address), read.address);
  }
  if (field === 'aliases' && found.size > ALIASES_MAX)
    note(reading, 'too-many-aliases', cell.column, String(found.size));
  return [...found.values()];
}

function readAccounts(reading: Reading, options: ReadOptions): WantedAccount[] {
  const login = cellOf(reading, 'login');
  if (login !== null) return readLogin(reading, login, options);
  const accounts: WantedAccount[] = [];
  for (const number of numbersOf(reading.table)) {
    const cell = cellOf(reading, 'account', number);
    const password = cellOf(reading, 'password', number);
    const account = cell === null ? null : readAccount(reading, cell, password, options);
    if (account !== null) accounts.push(account);
    else if (password !== null && password.text !== '' && (cell === null || cleaned(cell.text) === ''))
      note(reading, 'password-without-account', password.column, '');
  }
  return accounts;
}

const numbersByColumns = new WeakMap<readonly Column[], number[]>();

/** Of accounts and passwords, rising; read once for a table. */
function numbersOf({ columns }: PreparedTable): number[] {
  const known = numbersByColumns.get(columns);
  if (known !== undefined) return known;
  const numbers = [...new Set(columns.map((column) => column.number).filter((number) => number > 0))];
  numbers.sort((a, b) => a - b);
  numbersByColumns.set(columns, numbers);
  return numbers;
}

/** The user alone is told; the server is the same for all. */
function readLogin(
  reading: Reading,
  login: { text: string; column: Column },
  options: ReadOptions,
): WantedAccount[] {
  const user = cleaned(login.text);
  if (user === '') return [];
  if (options.imapServer === null) {
    note(reading, 'no-server', login.column, user);
    return [];
  }
  const text = `imaps://${encodeURIComponent(user)}@${options.imapServer}/`;
  const account = readAccount(
    reading,
    { text, column: login.column },
    cellOf(reading, 'password', 1),
    options,
  );
  return account === null ? [] : [account];
}

function readTarget(reading: Reading, options: ReadOptions): WantedAccount | null {
  const password = plainPassword(reading, cellOf(reading, 'targetPassword'));
  const cell = cellOf(reading, 'target') ?? password;
  if (cell === null) return null;
  const told = cell === password ? '' : cell.text;
  const text = cleaned(told) === '' ? ruledTarget(reading, password?.text ?? '', options) : told;
  return text === null ? null : readAccount(reading, { text, column: cell.column }, password, options);
}

/** Where the suite's own template gives a password and no mailbox. */
function ruledTarget(reading: Reading, password: string, { targetAddress }: ReadOptions): string | null {
  if (password === '' || password === GOOGLE_KEEPS_PASSWORD) return null;
  const read = readMailAddress(cellOf(reading, 'address')?.text ?? '');
  if (targetAddress !== null && 'address' in read) return targetAddress(read.address);
  note(reading, 'password-without-account', columnOf(reading.table, 'targetPassword'), '');
  return null;
}

/** A hash is no password to sign in with. */
function plainPassword(
  reading: Reading,
  password: { text: string; column: Column } | null,
): { text: string; column: Column } | null {
  const hash = cellOf(reading, 'passwordHash');
  if (password === null || hash === null || cleaned(hash.text) === '') return password;
  note(reading, 'password-hashed', password.column, cleaned(hash.text));
  return { ...password, text: '' };
}

function readAccount(
  reading: Reading,
  cell: { text: string; column: Column },
  passwordCell: { text: string; column: Column } | null,
  options: ReadOptions,
): WantedAccount | null {
  const { address, password } = readAccountCell(cell.text);
  if (address === '') return null;
  const shown = shownAccount(address);
  const fault = accountFault(address, options.checkAccount);
  if (fault !== null) {
    note(reading, fault.fault, cell.column, shown, fault.code);
    return null;
  }
  // A password keeps its blanks; what Google writes for "as it is" is none.
  const told = passwordCell?.text ?? '';
  const beside = told === '' || told === GOOGLE_KEEPS_PASSWORD ? null : told;
  if (password !== null) {
    const clash = beside !== null && beside !== password;
    note(reading, clash ? 'two-passwords' : 'password-in-address', cell.column, shown);
  }
  const secret = beside ?? password;
  return {
    address,
    key: accountKey(address),
    secret: secret === null ? null : secretOf(secret),
    line: reading.row.line,
    column: cell.column.index,
  };
}
