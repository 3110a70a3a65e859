/**
 * Formula injection: a cell that begins with one of these is run by a spreadsheet that opens the CSV. An apostrophe before it
 * makes it text. Apostrophes that stood there are kept, so that `unguarded` gives back exactly what `guarded` was given.
 */
const RUNS = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const GUARDED = /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

export function guarded(cell: string): string {
  return RUNS.test(cell) ? `'${cell}` : cell;
}

export function unguarded(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}

/** For a workbook, whose text is never run: only what `unguarded` would take something off is guarded. */
export function escaped(cell: string): string {
  return GUARDED.test(cell) ? `'${cell}` : cell;
}
