/** What a table from outside may be at most. A prepared file is written by hand or by a directory: far below all of these. */

/** 100,000 rows of 600 bytes each; Google takes 35 MB. What is larger is no list of people. */
export const FILE_MAX_BYTES = 64 * 1024 * 1024;

/** Ten times the largest organisation the pages are made for. */
export const ROWS_MAX = 100_000;

/** Blank ones included, and those within cells: more than Excel has rows, so that a file it wrote is never refused for these. */
export const LINES_MAX = 2_000_000;

/** Google's template has 29 columns, ours 15 and two for each account. */
export const COLUMNS_MAX = 200;

/** A group of some hundred members in one cell; Excel itself holds 32,767 characters. */
export const CELL_MAX_CHARS = 10_000;

/** Over all sheets of a workbook: rows whose few cells stand far apart would else be filled up with empty ones. */
export const CELLS_MAX = 5_000_000;

/** A workbook has some dozens; each is read. */
export const SHEETS_MAX = 100;

/** The XML of 100,000 rows of 30 cells. It is held twice while it is read. */
export const UNPACKED_MAX_BYTES = 128 * 1024 * 1024;

/** Of all cells together: a text of a workbook is written once and may be meant by a million cells. */
export const TEXT_MAX_CHARS = 64 * 1024 * 1024;

/** Files within a workbook: sheets, styles, pictures. */
export const ENTRIES_MAX = 10_000;

/** The reader of a file has a thread with this much memory of its own, so that no file can take that of the server. */
export const THREAD_MAX_MB = 1024;

/** The largest table within these limits is read within some ten seconds on a slow machine. */
export const THREAD_MAX_MS = 120_000;
