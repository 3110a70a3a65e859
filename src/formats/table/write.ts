import { stringify } from 'csv-stringify/sync';
import writeSheet from 'write-excel-file/node';
import { escaped, guarded } from './guard.ts';
import type { Delimiter } from './table.ts';

export interface CsvStyle {
  delimiter: Delimiter;
  /** UTF-8 with its mark: without it Excel takes accents for Windows-1252. */
  bom: boolean;
  /** Whether cells that a spreadsheet would run get an apostrophe; `readTable` takes it off again. */
  guard: boolean;
}

/** What Excel opens by a double click where a comma stands in numbers. */
export const FOR_EXCEL: CsvStyle = { delimiter: ';', bom: true, guard: true };

/** UTF-8, lines ended by CR LF. Line ends within a cell become `\n`. */
export function writeCsv(rows: readonly (readonly string[])[], style: CsvStyle = FOR_EXCEL): Buffer {
  const cells = rows.map((row) =>
    row.map((cell) => (style.guard ? guarded(plainLines(cell)) : plainLines(cell))),
  );
  return Buffer.from(
    stringify(cells, {
      delimiter: style.delimiter,
      record_delimiter: '\r\n',
      bom: style.bom,
      // Blanks at either end, which some programs take off; and a first cell that would be read as `sep=`.
      quoted_match: /^\s|\s$|[\r\n,;\t"]|^sep=/i,
    }),
  );
}

/** A workbook with one sheet, all cells text: nothing in it is ever run. */
export function writeXlsx(rows: readonly (readonly string[])[], sheet: string): Promise<Buffer> {
  const cells = rows.map((row) =>
    row.map((cell) => ({ value: encoded(escaped(plainLines(cell))), type: String })),
  );
  return writeSheet(cells, { sheet: sheetName(sheet), stickyRowsCount: 1 }).toBuffer();
}

function plainLines(cell: string): string {
  return cell.toWellFormed().replace(/\r\n?/g, '\n');
}

/**
 * What XML cannot say, and what the writer of workbooks leaves out as unwise, is written `_xHHHH_` (ECMA-376 part 1 §22.9.2.19);
 * what looks so already is set apart.
 */
function encoded(cell: string): string {
  // The writer keeps its texts by name in an object that has these names already, and would write something else.
  if (Object.hasOwn(Object.prototype, cell)) return inHex(cell);
  return cell
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffd]|\p{Noncharacter_Code_Point}/gu, inHex);
}

function inHex(odd: string): string {
  return odd
    .split('')
    .map((unit) => `_x${unit.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}_`)
    .join('');
}

const SHEET_NAME_MAX_CHARS = 31;

/** Excel refuses others. */
function sheetName(name: string): string {
  return (
    name
      .replace(/[\\/?*[\]:]/g, ' ')
      .slice(0, SHEET_NAME_MAX_CHARS)
      .trim() || '1'
  );
}
