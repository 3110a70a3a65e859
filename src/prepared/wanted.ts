import type { TableRow } from '../formats/table/index.ts';
import {
  accountFault,
  accountKey,
  type CheckAccount,
  readAccountCell,
  type Secret,
  secretOf,
  shownAccount,
} from './account.ts';
import { readMailAddress, splitAddresses } from './address.ts';
import { type Column, columnOf, type Field, type PreparedTable } from './column.ts';
import { cleaned, folded, foldedAddress, hasHidden, isGarbled } from './fold.ts';
import { type Reason, type ReasonCode, reason } from './reason.ts';
import { KINDS, type Kind, LANGUAGES, type Language } from './synonyms.ts';
import { GOOGLE_KEEPS_PASSWORD } from './vendor.ts';

/**
 * What a prepared file says. `null`: it has no such column, what is present stays; an empty text: the cell is empty, what is
 * present is emptied (but never a name, a password or an account: nothing is ever taken away by a file that lacks it).
 */
export interface Wanted {
  people: WantedPerson[];
  groups: WantedGroup[];
  /** Rows without an address that can be used. */
  lost: LostRow[];
  /** What was found wrong while reading. */
  reasons: Reason[];
  columns: Column[];
}

interface WantedEntry {
  /** Where it stands; the first gives the place in the preview. */
  lines: number[];
  /** Primary, as written, its domain in lower case. */
  address: string;
  displayName: string | null;
  /** Each once, without the primary. */
  aliases: string[] | null;
  /** Name, as written. */
  site: string | null;
}

export interface WantedPerson extends WantedEntry {
  /** Null also where the cell is empty. */
  kind: 'person' | 'shared' | null;
  givenName: string | null;
  familyName: string | null;
  wave: string | null;
  language: Language | '' | null;
  title: string | null;
  mobile: string | null;
  /** Old boxes, in their order of precedence. */
  accounts: WantedAccount[];
  target: WantedAccount | null;
}

export interface WantedGroup extends WantedEntry {
  members: string[] | null;
}

export interface WantedAccount {
  /** Without password. */
  address: string;
  /** The same for all ways to write it: see `accountKey`. */
  key: string;
  /** SECRET. Null: none is given. */
  secret: Secret | null;
  line: number;
  column: number | null;
}

export interface LostRow {
  line: number;
  /** What can be shown of it. */
  value: string;
}

export interface ReadOptions {
  /** The rules of addresses on the command line. */
  checkAccount: CheckAccount;
  /** Host of the old boxes where the file names users only, as Microsoft's IMAP batch does. */
  imapServer: string | null;
  /** The new mailbox of a mail address, where the organisation has a rule for it and the file gives only a password. */
  targetAddress: ((address: string) => string) | null;
}

/** More addresses than any suite gives one mailbox. */
export const ALIASES_MAX = 400;

/** Several rows of one primary address are one person with several accounts. Never throws; what is wrong is a reason. */
export function readWanted(table: PreparedTable, options: ReadOptions): Wanted {
  const wanted: Wanted = {
    people: [],
    groups: [],
    lost: [],
    reasons: ofTheFile(table),
    columns: table.columns,
  };
  const byAddress = new Map<string, Row[]>();
  for (const row of table.rows) {
    const read = readRow(table, row, options, wanted.reasons);
    if (read.address === null) {
      wanted.lost.push({ line: row.line, value: read.shown });
      continue;
    }
    const key = foldedAddress(read.address);
    const rows = byAddress.get(key);
    if (rows === undefined) byAddress.set(key, [read]);
    else rows.push(read);
  }
  for (const rows of byAddress.values()) {
    if (rows.some((row) => row.kind === 'group')) wanted.groups.push(groupOf(rows, table, wanted.reasons));
    else wanted.people.push(personOf(rows, table, wanted.reasons));
  }
  return wanted;
}

function ofTheFile(table: PreparedTable): Reason[] {
  const reasons: Reason[] = [];
  const at = (column: number | null) => ({ line: 0, column });
  if (table.rows.length === 0) reasons.push(reason('no-rows', at(null), ''));
  // Without headings the first row is data, and may hold a password: nothing of it is told.
  if (columnOf(table, 'address') === null) return [reason('no-address-column', at(null), ''), ...reasons];
  for (const { is, index, heading } of table.columns) {
    if (is === 'twice') reasons.push(reason('duplicate-heading', at(index), heading));
    if (is === 'unknown') reasons.push(reason('unknown-column', at(index), heading));
  }
  return reasons;
}

const TEXTS = ['givenName', 'familyName', 'displayName', 'site', 'wave', 'title', 'mobile'] as const;
type TextField = (typeof TEXTS)[number];

interface Row {
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

function readRow(table: PreparedTable, row: TableRow, options: ReadOptions, reasons: Reason[]): Row {
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

function personOf(rows: Row[], table: PreparedTable, reasons: Reason[]): WantedPerson {
  const kinds = rows.map((row) => row.kind).filter((kind) => kind !== null);
  disagree(rows, 'kind', (row) => row.kind, table, reasons);
  disagree(rows, 'language', (row) => row.language || null, table, reasons);
  for (const row of rows)
    if ((row.members ?? []).length > 0)
      reasons.push(reason('members-ignored', at(row, table, 'members'), ''));
  return {
    ...entryOf(rows, table, reasons),
    kind: (kinds[0] ?? null) as WantedPerson['kind'],
    givenName: textOf(rows, 'givenName', table, reasons),
    familyName: textOf(rows, 'familyName', table, reasons),
    wave: textOf(rows, 'wave', table, reasons),
    language: firstOf(rows, (row) => row.language),
    title: textOf(rows, 'title', table, reasons),
    mobile: textOf(rows, 'mobile', table, reasons),
    accounts: accountsOf(rows, reasons),
    target: targetOf(rows, reasons),
  };
}

function groupOf(rows: Row[], table: PreparedTable, reasons: Reason[]): WantedGroup {
  disagree(rows, 'kind', (row) => row.kind, table, reasons);
  for (const row of rows)
    for (const account of [...row.accounts, row.target])
      if (account !== null) reasons.push(reason('accounts-ignored', account, shownAccount(account.address)));
  return { ...entryOf(rows, table, reasons), members: unionOf(rows, (row) => row.members) };
}

function entryOf(rows: Row[], table: PreparedTable, reasons: Reason[]): WantedEntry {
  const address = rows[0]!.address!;
  const own = foldedAddress(address);
  const aliases = unionOf(rows, (row) => row.aliases);
  return {
    lines: rows.map((row) => row.line),
    address,
    displayName: textOf(rows, 'displayName', table, reasons),
    aliases: aliases?.filter((alias) => foldedAddress(alias) !== own) ?? null,
    site: textOf(rows, 'site', table, reasons),
  };
}

function at(row: Row, table: PreparedTable, field: Field): { line: number; column: number | null } {
  return { line: row.line, column: columnOf(table, field)?.index ?? null };
}

function textOf(rows: Row[], field: TextField, table: PreparedTable, reasons: Reason[]): string | null {
  disagree(rows, field, (row) => row.texts[field] || null, table, reasons);
  return firstOf(rows, (row) => row.texts[field]);
}

/** The first that is not empty: rows that add an account need not say everything again. */
function firstOf<T extends string>(rows: Row[], read: (row: Row) => T | null): T | null {
  return rows.map(read).find((value) => value) ?? read(rows[0]!);
}

function disagree(
  rows: Row[],
  field: Field,
  read: (row: Row) => string | null,
  table: PreparedTable,
  reasons: Reason[],
): void {
  if (rows.length < 2) return;
  const first = rows.map(read).find((value) => value !== null);
  for (const row of rows) {
    const value = read(row);
    if (value !== null && value !== first)
      reasons.push(reason('rows-disagree', at(row, table, field), value, { other: first ?? null }));
  }
}

function unionOf(rows: Row[], read: (row: Row) => string[] | null): string[] | null {
  const lists = rows.map(read).filter((list) => list !== null);
  if (lists.length === 0) return null;
  return [...new Map(lists.flat().map((address) => [foldedAddress(address), address])).values()];
}

function accountsOf(rows: Row[], reasons: Reason[]): WantedAccount[] {
  const found = new Map<string, WantedAccount>();
  for (const account of rows.flatMap((row) => row.accounts)) {
    const before = found.get(account.key);
    if (before === undefined) found.set(account.key, account);
    else {
      reasons.push(reason('account-twice', account, shownAccount(account.address)));
      before.secret ??= account.secret;
    }
  }
  return [...found.values()];
}

function targetOf(rows: Row[], reasons: Reason[]): WantedAccount | null {
  const targets = rows.map((row) => row.target).filter((target) => target !== null);
  const [first] = targets;
  for (const target of targets)
    if (first !== undefined && target.key !== first.key)
      reasons.push(
        reason('rows-disagree', target, shownAccount(target.address), { other: shownAccount(first.address) }),
      );
  return first ?? null;
}
