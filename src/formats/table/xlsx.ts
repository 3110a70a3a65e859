import readSheets from 'read-excel-file/node';
import { tableTrouble } from './fault.ts';
import { unguarded } from './guard.ts';
import { CELL_MAX_CHARS, CELLS_MAX, ROWS_MAX, SHEETS_MAX, TEXT_MAX_CHARS } from './limits.ts';
import { isBlank, type Sheet, type TableFile, type TableRow } from './table.ts';
import { sheetExtent } from './xlsx-extent.ts';
import { storedZip, workbookParts } from './xlsx-parts.ts';

/**
 * The values of a workbook; no formula is run, the result it had when it was saved is taken. Throws `malformed`, its answer a
 * `TableFault`.
 */
export async function readXlsx(bytes: Buffer, name: string): Promise<TableFile> {
  const parts = workbookParts(bytes, name);
  const extent = parts.reduce((sum, part) => sum + sheetExtent(part.bytes, name), 0);
  if (extent > CELLS_MAX) throw tableTrouble('unpacks-too-large', name);
  const found = await sheetsOf(storedZip(parts), name);
  if (found.length > SHEETS_MAX) throw tableTrouble('unpacks-too-large', name);
  const budget = { chars: TEXT_MAX_CHARS, rows: ROWS_MAX };
  const sheets = found.map(({ sheet, data }): Sheet => ({ name: sheet, rows: rowsOf(data, budget, name) }));
  if (sheets.every(({ rows }) => rows.length === 0)) throw tableTrouble('empty', name);
  return { kind: 'xlsx', sheets };
}

/** A number keeps its digits as text until it is written out plainly. */
type Value = string | boolean | Date | PlainNumber | null;
interface PlainNumber {
  digits: string;
}

async function sheetsOf(bytes: Buffer, name: string): Promise<{ sheet: string; data: Value[][] }[]> {
  try {
    const parseNumber = (digits: string): PlainNumber => ({ digits });
    return (await readSheets<PlainNumber>(bytes, { trim: false, parseNumber })) as unknown as {
      sheet: string;
      data: Value[][];
    }[];
  } catch (cause) {
    // Whatever stopped the reader stands in this file: it has no kinds of errors of its own.
    throw tableTrouble('damaged', name, undefined, cause);
  }
}

function rowsOf(data: Value[][], budget: { chars: number; rows: number }, name: string): TableRow[] {
  const rows: TableRow[] = [];
  for (const [index, values] of data.entries()) {
    const cells = values.map((value) => cellOf(value, name, index + 1));
    if (isBlank(cells)) continue;
    budget.rows -= 1;
    if (budget.rows < 0) throw tableTrouble('too-many-rows', name, index + 1);
    for (const cell of cells) budget.chars -= cell.length;
    if (budget.chars < 0) throw tableTrouble('unpacks-too-large', name);
    rows.push({ line: index + 1, cells });
  }
  return rows;
}

function cellOf(value: Value, name: string, line: number): string {
  const text = textOf(value);
  if (text.length > CELL_MAX_CHARS) throw tableTrouble('cell-too-long', name, line);
  if (text.includes('\0')) throw tableTrouble('nul', name, line);
  return unguarded(text.replace(/\r\n?/g, '\n'));
}

function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return value instanceof Date ? dateText(value) : plainNumber(value.digits);
}

/** `2026-11-24`, or with its time when there is one. Excel's dates have no zone; the reader gives them as UTC. */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  return date.toISOString().replace(/T00:00:00\.000Z$|\.\d{3}Z$/, '');
}

/** Excel keeps so many; what a binary fraction adds behind them was never typed. */
const DIGITS = 15;

/** `3.3612345678E10` → `33612345678`: as a person would write it, without exponent and without separators. */
export function plainNumber(digits: string): string {
  if (/^-?\d{1,30}$/.test(digits)) return digits;
  const number = Number(digits);
  if (!Number.isFinite(number)) return digits;
  if (Number.isInteger(number)) return BigInt(number).toString();
  return withoutExponent(String(Number(number.toPrecision(DIGITS))));
}

function withoutExponent(text: string): string {
  const [, sign = '', whole = '', decimals = '', exponent] = /^(-?)(\d+)\.?(\d*)e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text;
  // Only fractions come here, and only small ones are written with an exponent.
  return `${sign}0.${'0'.repeat(-Number(exponent) - 1)}${whole}${decimals}`;
}
