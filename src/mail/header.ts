/**
 * The header of a message, read without changing a byte (RFC 5322 §2.2). Values are binary strings: one character for
 * each byte, so that nothing is lost before a charset is known.
 */

/** A header longer than this is cut there; what follows counts as body. */
export const HEADER_MAX_BYTES = 1024 * 1024;

const CR = 13;
const LF = 10;
const COLON = 58;
const SPACE = 32;
const TAB = 9;

/** A field as it stands: offsets into the bytes it was read from. */
export interface Field {
  /** As written; empty for a line that is no field. */
  name: string;
  /** Of the first byte of its first line. */
  start: number;
  /** Of the byte after the colon (of `start` where there is none). */
  value: number;
  /** After the last byte of its last line, the line end excluded. */
  end: number;
  /** After the line end. */
  next: number;
}

/**
 * Where the header ends: after the line end of its last line, and where the body begins (after the empty line). Line
 * ends may be CRLF, LF, CR, in any mixture. Without an empty line all is header, up to the limit.
 */
export function headerEnd(bytes: Uint8Array): { end: number; body: number } {
  const limit = Math.min(bytes.length, HEADER_MAX_BYTES);
  let at = 0;
  while (at < limit) {
    if (isLineEnd(bytes[at]!)) return { end: at, body: afterLineEnd(bytes, at) };
    at = afterLineEnd(bytes, lineEnd(bytes, at, limit));
  }
  const end = Math.min(at, limit);
  return { end, body: end };
}

/** The fields in order; lines that are no field come with an empty name. An mbox `From ` line in front is left out. */
export function* fields(bytes: Uint8Array, end = headerEnd(bytes).end): Iterable<Field> {
  let at = afterFromLine(bytes, end);
  while (at < end) {
    const start = at;
    let stop = lineEnd(bytes, at, end);
    at = Math.min(afterLineEnd(bytes, stop), end);
    while (at < end && isBlank(bytes[at]!)) {
      stop = lineEnd(bytes, at, end);
      at = Math.min(afterLineEnd(bytes, stop), end);
    }
    const colon = colonOf(bytes, start, stop);
    if (colon < 0) yield { name: '', start, value: start, end: stop, next: at };
    else {
      const name = binary(bytes, start, colon).trimEnd();
      yield { name, start, value: colon + 1, end: stop, next: at };
    }
  }
}

/** A field's value, unfolded (RFC 5322 §2.2.3), outer white space removed. A binary string. */
export function unfolded(bytes: Uint8Array, from: number, to: number): string {
  return unfold(binary(bytes, from, to));
}

function unfold(text: string): string {
  return (text.indexOf('\n') < 0 && text.indexOf('\r') < 0 ? text : text.replace(/[\r\n]+/g, '')).trim();
}

/** Every value of the fields called `name`, unfolded, in order. */
export function valuesOf(bytes: Uint8Array, name: string): string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (const field of fields(bytes)) {
    if (field.name.toLowerCase() === wanted) values.push(unfolded(bytes, field.value, field.end));
  }
  return values;
}

/** Names to look for, made ready once: by their first letter. */
export class FieldNames {
  readonly names: readonly string[];
  /** Which names begin with this byte, in either case. */
  readonly byLetter: readonly (readonly number[] | undefined)[];
  readonly codes: readonly Uint8Array[];

  constructor(names: readonly string[]) {
    this.names = names.map((name) => name.toLowerCase());
    this.codes = this.names.map((name) => Buffer.from(name, 'latin1'));
    const byLetter: (number[] | undefined)[] = new Array(256).fill(undefined);
    this.codes.forEach((code, index) => {
      for (const letter of [code[0]!, code[0]! & 0xdf]) {
        byLetter[letter] = [...(byLetter[letter] ?? []), index];
      }
    });
    this.byLetter = byLetter;
  }
}

/** What one pass over a header tells. */
export interface HeaderScan {
  /** The first value of each name asked for, unfolded, as binary strings; undefined where there is none. */
  values: (string | undefined)[];
  /** Where the header ends and the body begins, as `headerEnd` tells. */
  end: number;
  body: number;
  eightBit: boolean;
  /** The first line (an mbox `From ` line aside) is no field. */
  noHeader: boolean;
  /** Some line is neither a field nor the continuation of one. */
  stray: boolean;
}

/** Header end, oddities and named fields in one pass. */
export function scanHeader(bytes: Uint8Array, wanted: FieldNames): HeaderScan {
  const limit = Math.min(bytes.length, HEADER_MAX_BYTES);
  const values: (string | undefined)[] = new Array(wanted.names.length).fill(undefined);
  const scan = { values, end: 0, body: 0, eightBit: false, noHeader: false, stray: false };
  const first = afterFromLine(bytes, limit);
  let bits = 0;
  let at = first;
  /** The wanted field we are in, and where its value began. */
  let inside = -1;
  let valueStart = 0;
  let lastStop = first;
  while (at < limit) {
    const c = bytes[at]!;
    if (c === CR || c === LF) break;
    const start = at;
    while (at < limit) {
      const d = bytes[at]!;
      if (d === LF || d === CR) break;
      bits |= d;
      at++;
    }
    if (c !== SPACE && c !== TAB) {
      if (inside >= 0) values[inside] = unfolded(bytes, valueStart, lastStop);
      inside = -1;
      const candidates = wanted.byLetter[c];
      if (candidates !== undefined) {
        for (const index of candidates) {
          if (values[index] !== undefined) continue;
          const value = matches(bytes, start, at, wanted.codes[index]!);
          if (value > 0) {
            inside = index;
            valueStart = value;
            break;
          }
        }
      }
      if (inside < 0 && !scan.stray && colonOf(bytes, start, at) < 0) {
        scan.stray = true;
        scan.noHeader = start === first;
      }
    } else if (start === first) {
      scan.stray = true;
      scan.noHeader = true;
    }
    lastStop = at;
    at = afterLineEnd(bytes, at);
  }
  if (inside >= 0) values[inside] = unfolded(bytes, valueStart, lastStop);
  scan.end = Math.min(at, limit);
  scan.body = at < limit ? afterLineEnd(bytes, at) : scan.end;
  scan.eightBit = bits > 127;
  if (first >= limit || first === scan.end) scan.noHeader = true;
  return scan;
}

/** The offset after the colon when the line from `start` is a field of that name (in lower case), else 0. */
function matches(bytes: Uint8Array, start: number, stop: number, name: Uint8Array): number {
  const n = name.length;
  if (start + n >= stop) return 0;
  for (let i = 1; i < n; i++) {
    const c = bytes[start + i]!;
    if (c !== name[i] && (c < 65 || c > 90 || (c | 0x20) !== name[i])) return 0;
  }
  let at = start + n;
  while (at < stop && isBlank(bytes[at]!)) at++;
  return at < stop && bytes[at] === COLON ? at + 1 : 0;
}

/** Where the colon after a valid field name stands; white space before it is obsolete but allowed (RFC 5322 §4.5). */
function colonOf(bytes: Uint8Array, start: number, stop: number): number {
  let at = start;
  while (at < stop && bytes[at]! > SPACE && bytes[at]! < 127 && bytes[at] !== COLON) at++;
  if (at === start) return -1;
  while (at < stop && isBlank(bytes[at]!)) at++;
  return at < stop && bytes[at] === COLON ? at : -1;
}

/** After an mbox `From ` line (or its `>From ` form), which some exports leave in front. */
function afterFromLine(bytes: Uint8Array, limit: number): number {
  const skip = bytes[0] === 0x3e ? 1 : 0;
  const isFrom =
    bytes[skip] === 0x46 &&
    bytes[skip + 1] === 0x72 &&
    bytes[skip + 2] === 0x6f &&
    bytes[skip + 3] === 0x6d &&
    bytes[skip + 4] === SPACE;
  if (!isFrom || colonOf(bytes, skip, Math.min(limit, skip + 12)) >= 0) return 0;
  return Math.min(afterLineEnd(bytes, lineEnd(bytes, 0, limit)), limit);
}

function lineEnd(bytes: Uint8Array, from: number, limit: number): number {
  let at = from;
  while (at < limit && !isLineEnd(bytes[at]!)) at++;
  return at;
}

/** After the line end at `at`: CRs followed by LF are one. */
function afterLineEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === CR && bytes[at + 1] === LF) return at + 2;
  if (bytes[at] !== CR) return at + 1;
  let look = at + 1;
  while (bytes[look] === CR) look++;
  return bytes[look] === LF ? look + 1 : at + 1;
}

function isLineEnd(c: number): boolean {
  return c === LF || c === CR;
}

function isBlank(c: number): boolean {
  return c === SPACE || c === TAB;
}

/** One character for each byte. */
export function binary(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return asBuffer(bytes).toString('latin1', from, to);
}

/** The same bytes with Buffer's methods; copies nothing. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
