/**
 * Thunderbird's index beside an mbox (`NAME.msf`) is a Mork file: dictionaries of numbered columns and values, and rows of cells. Only
 * one thing is wanted of it: how a folder is called whose file could not be called so.
 */

/** Larger indexes are read up to here. */
export const MSF_MAX_BYTES = 4 * 1024 * 1024;
/** No folder has a longer name, as Mork writes it. */
const VALUE_MAX_CHARS = 1000;
/** A value ends at the first parenthesis that has no backslash before it. */
const VALUE = new RegExp(`((?:\\\\[\\s\\S]|[^)\\\\]){0,${VALUE_MAX_CHARS}})\\)`, 'y');
const NUMBER = /([0-9A-F]{1,8})\)/y;
const COLUMNS = '<(a=c)>';
/** What looks like a cell and is none is passed over, but not for ever. */
const TRIES_MAX = 100;

/** Null where the index tells none. */
export function folderNameIn(msf: Uint8Array): string | null {
  const text = Buffer.from(msf.subarray(0, MSF_MAX_BYTES)).toString('latin1');
  const { columns, rest } = split(text);
  const column = /\(\s*([0-9A-F]{1,8})\s*=folderName\)/.exec(columns)?.[1];
  const value = column === undefined ? null : cellOf(rest, column);
  return value === null || value === '' ? null : plain(value);
}

/** Changes are appended: the last cell counts. */
function cellOf(text: string, column: string): string | null {
  const start = `(^${column}`;
  let at = text.lastIndexOf(start);
  for (let tries = 0; at !== -1 && tries < TRIES_MAX; tries += 1) {
    const after = at + start.length;
    const by = text[after];
    const atom = by === '^' ? valueAt(NUMBER, text, after + 1) : null;
    const value = by === '=' ? valueAt(VALUE, text, after + 1) : atom && atomOf(text, atom);
    if (value !== null) return value;
    at = at === 0 ? -1 : text.lastIndexOf(start, at - 1);
  }
  return null;
}

function atomOf(text: string, atom: string): string | null {
  const start = `(${atom}=`;
  let at = text.indexOf(start);
  for (let tries = 0; at !== -1 && tries < TRIES_MAX; tries += 1) {
    const value = valueAt(VALUE, text, at + start.length);
    if (value !== null) return value;
    at = text.indexOf(start, at + 1);
  }
  return null;
}

function valueAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[1] ?? null;
}

/** Columns and values are numbered each for themselves. */
function split(text: string): { columns: string; rest: string } {
  const columns: string[] = [];
  const rest: string[] = [];
  let at = 0;
  for (let start = text.indexOf(COLUMNS); start !== -1; start = text.indexOf(COLUMNS, at)) {
    rest.push(text.slice(at, start));
    const close = text.indexOf('>', start + COLUMNS.length);
    at = close === -1 ? text.length : close;
    columns.push(text.slice(start + COLUMNS.length, at));
  }
  return { columns: columns.join('\n'), rest: [...rest, text.slice(at)].join('\n') };
}

/** `$C3` is a byte, a backslash takes the next character as it is, before a line end it joins two lines. */
function plain(value: string): string {
  const bytes = value.replace(/\$([0-9A-F]{2})|\\(\r?\n|[\s\S])/gi, (_, hex?: string, char?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return char!.endsWith('\n') ? '' : char!;
  });
  return Buffer.from(bytes, 'latin1').toString();
}
