import { shownAccount } from '../../prepared/account.ts';
import { isSecretColumn } from '../../prepared/column.ts';
import { foldedName } from '../../prepared/fold.ts';
import {
  type Change,
  type Reason,
  type Severity,
  shownTable,
  type Verdict,
  type VerdictIs,
} from '../../prepared/index.ts';
import type { WantedGroup, WantedPerson } from '../../prepared/wanted.ts';
import type { Import } from './prepare-session.ts';

/** A reason as it travels: the column by its name. */
export interface ShownReason {
  code: string;
  severity: Severity;
  /** What the column says (`address`, `site`, …); null: of the row, or of a column that is not understood. */
  column: string | null;
  /** Its number; null: of the row. */
  cell: number | null;
  value: string | null;
  other: string | null;
}

export interface ImportSummary {
  id: string;
  fileName: string;
  template: string;
  encoding: string;
  headingLine: number;
  headings: { text: string; column: string | null; secret: boolean }[];
  counts: Record<VerdictIs, number> & { ask: number; warn: number };
  newSites: string[];
  newWaves: string[];
  /** What is to be said of the whole file. */
  file: ShownReason[];
  /** Its columns were taken by their order. */
  byOrder: boolean;
  ready: boolean;
}

export interface ImportRow {
  line: number;
  verdict: VerdictIs;
  kind: 'person' | 'shared' | 'group';
  name: string;
  address: string;
  site: string | null;
  accounts: string[];
  changes: { field: string; from: string | null; to: string | null }[];
  reasons: ShownReason[];
  cells: string[];
  /** Line of the row that this one adds an account to. */
  joins: number | null;
}

export function summaryOf(one: Import): ImportSummary {
  const { table, preview } = one;
  const { counts } = preview;
  const rows = reasonsByRow(one);
  const having = (severity: Severity) =>
    rows.filter((some) => some.some((reason) => reason.severity === severity)).length;
  const file = preview.file.map((reason) => shownReason(one, reason));
  const refused = counts.refuse > 0 || file.some(({ severity }) => severity === 'refuse');
  return {
    ...{ id: one.id, fileName: one.fileName, template: table.template, encoding: one.encoding },
    headingLine: table.headingLine,
    headings: shownTable({ ...table, rows: [] }).columns.map((column) => ({
      text: column.heading,
      column: column.is === 'field' ? column.field : null,
      secret: isSecretColumn(column),
    })),
    counts: { ...counts, ask: having('ask'), warn: having('warn') },
    ...{ newSites: preview.sites, newWaves: preview.waves, file, byOrder: table.byOrder },
    ready: !refused && preview.verdicts.length > 0,
  };
}

const reasonsKnown = new WeakMap<Import, ShownReason[][]>();

/** In the order of the verdicts. */
function reasonsByRow(one: Import): ShownReason[][] {
  const known = reasonsKnown.get(one);
  if (known !== undefined) return known;
  const made = one.preview.verdicts.map((verdict) => [
    ...verdict.reasons.map((reason) => shownReason(one, reason)),
    ...newPlaces(one, verdict),
  ]);
  reasonsKnown.set(one, made);
  return made;
}

function shownReason({ table }: Import, { code, severity, column, value, other }: Reason): ShownReason {
  const field = column === null ? null : (table.columns[column]?.field ?? null);
  return { code, severity, column: field, cell: column, value: value === '' ? null : value, other };
}

/** A site that is not there is created when that is confirmed; perhaps it is only written wrongly. */
function newPlaces({ table, places }: Import, { changes }: Verdict): ShownReason[] {
  const found: ShownReason[] = [];
  for (const { field, to } of changes) {
    if (field !== 'site' && field !== 'wave') continue;
    const known = field === 'site' ? places.sites : places.waves;
    if (to === '' || known.has(to)) continue;
    const cell =
      table.columns.find((column) => column.is === 'field' && column.field === field)?.index ?? null;
    const code = field === 'site' ? 'unknown-site' : 'unknown-wave';
    found.push({ code, severity: 'ask', column: field, cell, value: to, other: null });
  }
  return found;
}

export interface RowsQuery {
  offset: number;
  limit: number;
  /** Verdicts, and severities of what is said: any of them. */
  verdict?: readonly string[] | undefined;
  text?: string | undefined;
}

/** Rows of the file, in its order. */
export function rowsOf(one: Import, query: RowsQuery): { rows: ImportRow[]; total: number } {
  const { verdicts } = one.preview;
  const cells = cellsOf(one);
  const reasons = reasonsByRow(one);
  const text = foldedName(query.text ?? '');
  const wanted = new Set(query.verdict ?? []);
  const found: number[] = [];
  for (const [at, verdict] of verdicts.entries()) {
    const asked =
      wanted.size === 0 ||
      wanted.has(verdict.is) ||
      reasons[at]!.some(({ severity }) => wanted.has(severity));
    if (asked && (text === '' || holds(verdict, cells.get(verdict.line), text))) found.push(at);
  }
  const rows = found.slice(query.offset, query.offset + query.limit);
  return { rows: rows.map((at) => rowOf(one, verdicts[at]!, reasons[at]!)), total: found.length };
}

function holds({ name, address }: Verdict, cells: readonly string[] | undefined, text: string): boolean {
  return [name, address, ...(cells ?? [])].some((one) => foldedName(one).includes(text));
}

function rowOf(one: Import, verdict: Verdict, reasons: ShownReason[]): ImportRow {
  const { line, is, what, name, address, joins, changes } = verdict;
  const entry = entriesOf(one).get(line);
  const person = what === 'person' && entry !== undefined ? (entry as WantedPerson) : null;
  const accounts =
    person === null ? [] : [...person.accounts, ...(person.target === null ? [] : [person.target])];
  return {
    ...{ line, verdict: is, name, address, joins, reasons },
    kind: what === 'group' ? 'group' : (person?.kind ?? 'person'),
    site: entry?.site || null,
    accounts: accounts.map((account) => shownAccount(account.address)),
    changes: changes.map(shownChange),
    cells: cellsOf(one).get(line) ?? [],
  };
}

/** Of a password both are empty. */
function shownChange({ field, from, to }: Change): ImportRow['changes'][number] {
  return { field, from: from === '' ? null : from, to: to === '' ? null : to };
}

const entriesKnown = new WeakMap<Import, Map<number, WantedPerson | WantedGroup>>();

function entriesOf(one: Import): Map<number, WantedPerson | WantedGroup> {
  const known = entriesKnown.get(one);
  if (known !== undefined) return known;
  const made = new Map<number, WantedPerson | WantedGroup>();
  for (const entry of [...one.wanted.people, ...one.wanted.groups])
    for (const line of entry.lines) made.set(line, entry);
  entriesKnown.set(one, made);
  return made;
}

const cellsKnown = new WeakMap<Import, Map<number, string[]>>();

/** As they may be shown, as many as there are headings. */
function cellsOf(one: Import): Map<number, string[]> {
  const known = cellsKnown.get(one);
  if (known !== undefined) return known;
  const width = one.table.columns.length;
  const made = new Map(
    shownTable(one.table).rows.map(({ line, cells }) => [
      line,
      Array.from({ length: width }, (_, at) => cells[at] ?? ''),
    ]),
  );
  cellsKnown.set(one, made);
  return made;
}
