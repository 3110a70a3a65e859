import { Trouble } from '../../trouble.ts';

/** Why a file is no table that can be read; each has its sentence in every language. */
export const TABLE_FAULTS = [
  /** Nothing in it, or blanks only. */
  'empty',
  'file-too-large',
  'too-many-rows',
  'too-many-columns',
  /** A cell, or what stands behind a quotation mark that is not closed, is longer than `CELL_MAX_CHARS`. */
  'cell-too-long',
  /** The workbook unpacks to more than `UNPACKED_MAX_BYTES`, or has more sheets or cells than are read. */
  'unpacks-too-large',
  /** Text with NUL among it, as UTF-16 without its mark has. */
  'nul',
  /** A picture, a PDF, a program. */
  'binary',
  /** The Excel of before 2007, or another file of its kind. */
  'old-xls',
  /** A workbook behind a password. */
  'encrypted',
  /** OpenDocument, XLSB, a web page or XML under another name, a plain zip. */
  'other-format',
  /** A workbook whose parts are missing or contradict each other. */
  'damaged',
  'unclosed-quote',
  /** It says by its mark that it is UTF-8 or UTF-16, and is not; or it is in no encoding that we know. */
  'encoding',
  /** Within all limits, and still more work than a file is allowed to make. */
  'too-much',
] as const;
export type TableFault = (typeof TABLE_FAULTS)[number];

/** `malformed` (`read-file`); its answer is the fault, `on` the file's name and, where it is known, `:` and the line. */
export function tableTrouble(fault: TableFault, name: string, line?: number, cause?: unknown): Trouble {
  const on = line === undefined ? name : `${name}:${line}`;
  return new Trouble('malformed', { tried: 'read-file', on, answer: fault, cause });
}

/** The fault a Trouble of this folder tells of; null for any other. */
export function tableFaultOf(trouble: Trouble): TableFault | null {
  return TABLE_FAULTS.find((fault) => fault === trouble.answer && trouble.tried === 'read-file') ?? null;
}
