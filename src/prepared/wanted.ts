import { type CheckAccount, type Secret, shownAccount } from './account.ts';
import { type Column, columnOf, type Field, type PreparedTable } from './column.ts';
import { foldedAddress } from './fold.ts';
import { type Reason, reason } from './reason.ts';
import { type Row, readRow, type TextField } from './row.ts';
import type { Language } from './synonyms.ts';

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
