/**
 * Header text: encoded words (RFC 2047) and parameters with their charset and continuations (RFC 2231). Input is a
 * binary string (one character for each byte), output is Unicode.
 */
import { decode, decodeUnlabelled } from './charset.ts';

/** Text in an encoded word may hold spaces, which real mail has and RFC 2047 §2 forbids. */
const WORD = /=\?([^?\s]{1,75})\?([bq])\?([^?]*)\?=/gi;

/** Decodes what is encoded; raw 8-bit text is read as UTF-8 or windows-1252. Never throws. */
export function decodeWords(value: string): string {
  if (value.indexOf('=?') < 0) return decodeRaw(value);
  let text = '';
  let at = 0;
  /** Bytes of neighbouring words of one charset: a character may be split between them. */
  let pending: Buffer[] = [];
  let charset = '';
  for (const match of value.matchAll(WORD)) {
    const gap = value.slice(at, match.index);
    const label = match[1]!.toLowerCase();
    const joined = pending.length > 0 && /^[ \t\r\n]*$/.test(gap);
    if (!joined || label !== charset) {
      if (pending.length > 0) text += decode(Buffer.concat(pending), charset);
      pending = [];
      if (!joined) text += decodeRaw(gap);
    }
    charset = label;
    pending.push(wordBytes(match[2]!, match[3]!));
    at = match.index + match[0].length;
  }
  if (pending.length > 0) text += decode(Buffer.concat(pending), charset);
  return text + decodeRaw(value.slice(at));
}

function wordBytes(encoding: string, text: string): Buffer {
  if (encoding === 'b' || encoding === 'B') return Buffer.from(text, 'base64');
  const plain = text
    .replace(/_/g, ' ')
    .replace(/=([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}

function decodeRaw(text: string): string {
  return /[\x80-\xff]/.test(text) ? decodeUnlabelled(Buffer.from(text, 'latin1')) : text;
}

/** A structured value such as Content-Type: `text/plain; charset=utf-8`. */
export interface Parameterised {
  /** What stands before the first semicolon, lower case, without white space and comments. */
  value: string;
  /** By name in lower case; decoded. The first of a name counts. */
  parameters: ReadonlyMap<string, string>;
}

/** No more than this of a value is looked at. */
const VALUE_MAX_CHARS = 16_384;
const PARAMETERS_MAX = 100;

/** RFC 2045 §5.1 with RFC 2231; takes what real mail writes instead (missing quotes, stray semicolons). */
export function parseParameterised(text: string): Parameterised {
  const input = text.slice(0, VALUE_MAX_CHARS);
  const pieces = splitAtSemicolons(input);
  const value = (pieces.shift() ?? '').replace(/\s+/g, '').toLowerCase();
  const raw = new Map<string, string>();
  for (const piece of pieces.slice(0, PARAMETERS_MAX)) {
    const equals = piece.indexOf('=');
    if (equals < 0) continue;
    const name = piece.slice(0, equals).trim().toLowerCase();
    if (name !== '' && !raw.has(name)) raw.set(name, piece.slice(equals + 1).trim());
  }
  return { value, parameters: joinContinuations(raw) };
}

/** Quotes are resolved and comments left out on the way. */
function splitAtSemicolons(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  let quoted = false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c === '\\' && i + 1 < text.length) piece += text[++i];
      else if (c === '"') quoted = false;
      else piece += c;
    } else if (c === '(') depth++;
    else if (c === ')' && depth > 0) depth--;
    else if (depth > 0) continue;
    else if (c === '"') quoted = true;
    else if (c === ';') {
      pieces.push(piece);
      piece = '';
    } else piece += c;
  }
  pieces.push(piece);
  return pieces;
}

function joinContinuations(raw: ReadonlyMap<string, string>): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of raw) {
    const star = name.indexOf('*');
    if (star < 0) {
      parameters.set(name, decodeWords(value));
      continue;
    }
    const base = name.slice(0, star);
    const section = name.slice(star);
    if (section === '*') parameters.set(base, decodeExtended([{ text: value, encoded: true }]));
    else if (section === '*0' || section === '*0*') parameters.set(base, decodeExtended(sections(raw, base)));
  }
  return parameters;
}

interface Section {
  text: string;
  encoded: boolean;
}

function sections(raw: ReadonlyMap<string, string>, base: string): Section[] {
  const found: Section[] = [];
  for (let i = 0; i < PARAMETERS_MAX; i++) {
    const plain = raw.get(`${base}*${i}`);
    const encoded = raw.get(`${base}*${i}*`);
    if (plain === undefined && encoded === undefined) break;
    found.push({ text: encoded ?? plain!, encoded: encoded !== undefined });
  }
  return found;
}

/** RFC 2231 §4: `charset'language'text` with %XX. */
function decodeExtended(list: readonly Section[]): string {
  let charset: string | null = null;
  const bytes = list.map(({ text, encoded }, index) => {
    let rest = text;
    const parts = encoded && index === 0 ? /^([^']*)'[^']*'/.exec(text) : null;
    if (parts !== null) {
      charset = parts[1]!;
      rest = text.slice(parts[0].length);
    }
    return Buffer.from(encoded ? percentDecoded(rest) : rest, 'latin1');
  });
  return decode(Buffer.concat(bytes), charset);
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
