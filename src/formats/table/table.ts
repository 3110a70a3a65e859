/** A table as text, whatever file it came from. */
export interface TableRow {
  /** Where the row begins in the file, or its number in the sheet; from 1. */
  line: number;
  /** As many as the row has; rows may differ. Line ends within a cell are `\n`. */
  cells: string[];
}

export interface Sheet {
  /** Empty for CSV. */
  name: string;
  /** Blank rows are left out. */
  rows: TableRow[];
}

export type Encoding = 'utf-8' | 'utf-16' | 'windows-1252';
export type Delimiter = ',' | ';' | '\t';

export type TableFile =
  | { kind: 'csv'; encoding: Encoding; delimiter: Delimiter; sheets: [Sheet] }
  | { kind: 'xlsx'; sheets: Sheet[] };

export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}
