import { CsvError, type Options, parse } from 'csv-parse/sync';
import { isTrouble } from '../../trouble.ts';
import { tableTrouble } from './fault.ts';
import { unguarded } from './guard.ts';
import { CELL_MAX_CHARS, COLUMNS_MAX, LINES_MAX, ROWS_MAX } from './limits.ts';
import { type Delimiter, isBlank, type Sheet, type TableFile, type TableRow } from './table.ts';
import { decodeText } from './text.ts';

const DELIMITERS: Delimiter[] = [',', ';', '\t'];
const SEPARATOR_LINE = /^sep=(.)\n/i;
const SAMPLE_CHARS = 64 * 1024;
/** Of Excel itself: it may write a blank row so wide. */
const SHEET_COLUMNS_MAX = 16_384;
/** A row of the longest cells; what is longer stands behind a quotation mark that is not closed. */
const RECORD_MAX_CHARS = COLUMNS_MAX * CELL_MAX_CHARS;

/** Throws `malformed`, its answer a `TableFault`. */
export function readCsv(bytes: Buffer, name: string): TableFile {
  const { text, encoding } = decodeText(bytes, name);
  // A first line by which Excel is told the delimiter.
  const told = SEPARATOR_LINE.exec(text);
  const body = told === null ? text : text.slice(told[0].length);
  const delimiter = DELIMITERS.find((one) => one === told?.[1]) ?? delimiterOf(body);
  const rows = readRows(body, delimiter, told === null ? 0 : 1, name);
  if (rows.length === 0) throw tableTrouble('empty', name);
  const sheet: Sheet = { name: '', rows };
  return { kind: 'csv', encoding, delimiter, sheets: [sheet] };
}

/** The one that stands most often in the first line that has any, outside of quotation marks. */
export function delimiterOf(text: string): Delimiter {
  const sample = text.slice(0, SAMPLE_CHARS).replace(/"(?:[^"]|"")*"/g, '');
  for (const line of sample.split('\n')) {
    const counts = DELIMITERS.map((one) => line.split(one).length);
    const most = Math.max(...counts);
    if (most > 1) return DELIMITERS[counts.indexOf(most)]!;
  }
  return ',';
}

function readRows(text: string, delimiter: Delimiter, linesBefore: number, name: string): TableRow[] {
  const rows: TableRow[] = [];
  let line = 1 + linesBefore;
  const take = (written: string[], lastLine: number): null => {
    const record = written.map(unguarded);
    const begins = line;
    line = lastLine + linesBefore + 1;
    if (begins > LINES_MAX) throw tableTrouble('too-many-rows', name, begins);
    if (isBlank(record)) return null;
    if (record.length > COLUMNS_MAX) throw tableTrouble('too-many-columns', name, begins);
    if (record.some((cell) => cell.length > CELL_MAX_CHARS))
      throw tableTrouble('cell-too-long', name, begins);
    if (rows.length === ROWS_MAX) throw tableTrouble('too-many-rows', name, begins);
    rows.push({ line: begins, cells: record });
    return null;
  };
  const options: Options = {
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: RECORD_MAX_CHARS,
    // A row of nothing but delimiters has no size: it is stopped by its count.
    cast: (cell, { index }) => {
      if (index >= SHEET_COLUMNS_MAX) throw tableTrouble('too-many-columns', name, line);
      return cell;
    },
    on_record: (record, { lines }) => take(record as string[], lines),
  };
  try {
    parse(text, options);
  } catch (cause) {
    if (isTrouble(cause) || !(cause instanceof CsvError)) throw cause;
    const fault = cause.code === 'CSV_QUOTE_NOT_CLOSED' ? 'unclosed-quote' : 'cell-too-long';
    throw tableTrouble(fault, name, line, cause);
  }
  return rows;
}
