import type { AnswerOf } from '../../api/ask.ts';
import type { RowOf } from '../../components/paged.ts';

export const IMPORT = 'GET /organisations/{organisation}/import/{import}';
export const ROWS = 'GET /organisations/{organisation}/import/{import}/rows';

/** What is said of a row: its sentence stands under `prepared.reason`. */
export interface Reason {
  code: string;
  severity: 'refuse' | 'ask' | 'warn';
  column: string | null;
  /** Number of the cell; null: of the row. */
  cell: number | null;
  value: string | null;
  other: string | null;
}

export interface Heading {
  text: string;
  column: string | null;
  secret: boolean;
}

/** A file on its way, as the server tells it. */
export interface ImportFile extends Omit<AnswerOf<typeof IMPORT>, 'headings'> {
  headings: Heading[];
  headingLine: number;
  /** Of the whole file. */
  file: Reason[];
  byOrder: boolean;
}

export interface ImportRow extends Omit<RowOf<typeof ROWS>, 'reasons'> {
  reasons: Reason[];
  /** Line of the row that this one adds an account to. */
  joins: number | null;
}
