import { Trouble } from '../../trouble.ts';
import type { Hole } from './lexer.ts';

/** Anything IMAP can say: a string or atom (one character per byte), NIL, or a list. */
export type Value = string | null | Value[];

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const OPEN = 40;
const CLOSE = 41;
const BACKSLASH = 92;
const BRACE_OPEN = 123;

/** Reads one response from left to right. Every method throws `malformed` where the bytes are not what it reads. */
export class Cursor {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
  readonly holes: readonly Hole[];
  readonly #nesting: number;

  constructor(bytes: Buffer, at: number, end: number, holes: readonly Hole[], nesting: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.holes = holes;
    this.#nesting = nesting;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** The byte that comes, or -1 at the end. */
  peek(): number {
    return this.at < this.end ? this.bytes[this.at]! : -1;
  }

  /** Steps over spaces, as many as there are: servers send two where one belongs. */
  space(): void {
    while (this.at < this.end && this.bytes[this.at] === SPACE) this.at++;
  }

  take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  expect(byte: number): void {
    if (!this.take(byte)) throw this.malformed(`expected ${String.fromCharCode(byte)}`);
  }

  /** Digits, at most 2^53 − 1. */
  number(): number {
    const from = this.at;
    let value = 0;
    while (this.at < this.end) {
      const digit = this.bytes[this.at]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      this.at++;
    }
    if (this.at === from || value > Number.MAX_SAFE_INTEGER) throw this.malformed('expected a number');
    return value;
  }

  /** Digits of any length up to 20 (63-bit mod-sequences, RFC 7162 §7), as text. */
  digits(): string {
    const from = this.at;
    while (this.at < this.end && this.bytes[this.at]! >= 48 && this.bytes[this.at]! <= 57) this.at++;
    if (this.at === from || this.at - from > 20) throw this.malformed('expected digits');
    return this.bytes.toString('latin1', from, this.at);
  }

  /** Up to a space, parenthesis, quote or the end. Wider than the RFC's atom on purpose: keywords hold what they hold. */
  atom(): string {
    const from = this.at;
    while (this.at < this.end) {
      const byte = this.bytes[this.at]!;
      if (byte === SPACE || byte === OPEN || byte === CLOSE || byte === QUOTE || byte === CR || byte === LF)
        break;
      this.at++;
    }
    if (this.at === from) throw this.malformed('expected a word');
    return this.bytes.toString('latin1', from, this.at);
  }

  /** A quoted string or a literal. */
  string(): string {
    return this.peek() === QUOTE ? this.#quoted() : this.#literal();
  }

  astring(): string {
    const byte = this.peek();
    return byte === QUOTE || this.atLiteral() ? this.string() : this.atom();
  }

  /** NIL is null. */
  nstring(): string | null {
    const byte = this.peek();
    if (byte === QUOTE || this.atLiteral()) return this.string();
    const word = this.atom();
    if (word.length === 3 && word.toUpperCase() === 'NIL') return null;
    return word;
  }

  value(depth = 0): Value {
    if (this.peek() !== OPEN) return this.nstring();
    if (depth >= this.#nesting) throw this.malformed('nested too deep');
    this.at++;
    const list: Value[] = [];
    for (this.space(); !this.take(CLOSE); this.space()) list.push(this.value(depth + 1));
    return list;
  }

  /** A flat list of words, e.g. flags; NIL is empty. */
  words(): string[] {
    if (this.peek() !== OPEN) {
      const word = this.nstring();
      return word === null ? [] : [word];
    }
    this.at++;
    const words: string[] = [];
    for (this.space(); !this.take(CLOSE); this.space()) words.push(this.astring());
    return words;
  }

  rest(): string {
    const text = this.bytes.toString('latin1', this.at, this.end);
    this.at = this.end;
    return text;
  }

  /** The content of the literal at the cursor was poured elsewhere: steps over its announcement. */
  hole(): Hole | null {
    if (!this.atLiteral() || this.holes.length === 0) return null;
    const begin = this.#announcement().begin;
    const hole = this.holes.find((one) => one.at === begin);
    if (hole === undefined) return null;
    this.at = begin;
    return hole;
  }

  malformed(what: string): Trouble {
    const near = this.bytes.toString('latin1', Math.max(0, this.at - 40), Math.min(this.end, this.at + 40));
    return new Trouble('malformed', { tried: 'converse', on: 'IMAP', answer: `${what} near: ${near}` });
  }

  atLiteral(): boolean {
    const byte = this.peek();
    return byte === BRACE_OPEN || (byte === 126 && this.bytes[this.at + 1] === BRACE_OPEN);
  }

  #quoted(): string {
    const from = this.at + 1;
    const close = this.bytes.indexOf(QUOTE, from);
    if (close < 0 || close >= this.end) throw this.malformed('a quote without end');
    const plain = this.bytes.toString('latin1', from, close);
    if (!plain.includes('\\')) {
      this.at = close + 1;
      return plain;
    }
    let text = '';
    let at = from;
    for (;;) {
      if (at >= this.end) throw this.malformed('a quote without end');
      let byte = this.bytes[at++]!;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        if (at >= this.end) throw this.malformed('a quote without end');
        byte = this.bytes[at++]!;
      }
      text += String.fromCharCode(byte);
    }
    this.at = at;
    return text;
  }

  #literal(): string {
    const { begin, length } = this.#announcement();
    const hole = this.holes.length > 0 && this.holes.some((one) => one.at === begin);
    if (hole || begin + length > this.end) throw this.malformed('a literal out of place');
    this.at = begin + length;
    return this.bytes.toString('latin1', begin, this.at);
  }

  #announcement(): { begin: number; length: number } {
    const from = this.at;
    if (this.peek() === 126) this.at++;
    this.expect(BRACE_OPEN);
    const length = this.number();
    this.expect(125);
    this.take(CR);
    this.expect(LF);
    const begin = this.at;
    this.at = from;
    return { begin, length };
  }
}

/** What a tagged answer or `* OK`, `* NO`, `* BAD`, `* BYE`, `* PREAUTH` says (RFC 9051 §7.1). */
export interface Status {
  is: 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH';
  /** Response code in upper case without brackets, e.g. `APPENDUID`; null when there is none. */
  code: string | null;
  /** What follows the code inside the brackets. */
  facts: string;
  text: string;
}

/** Reads `OK [CODE facts] text`, the cursor standing on the first word. Null when it is another word. */
export function readStatus(cursor: Cursor): Status | null {
  const word = cursor.atom().toUpperCase();
  if (word !== 'OK' && word !== 'NO' && word !== 'BAD' && word !== 'BYE' && word !== 'PREAUTH') return null;
  cursor.space();
  const rest = cursor.rest();
  const close = rest.startsWith('[') ? codeEnd(rest) : -1;
  if (close < 0) return { is: word, code: null, facts: '', text: rest };
  const inside = rest.slice(1, close);
  const gap = inside.indexOf(' ');
  return {
    is: word,
    code: (gap < 0 ? inside : inside.slice(0, gap)).toUpperCase(),
    facts: gap < 0 ? '' : inside.slice(gap + 1),
    text: rest.slice(close + 1).trimStart(),
  };
}

/** The bracket that closes the code: keywords within PERMANENTFLAGS may hold brackets of their own. */
function codeEnd(text: string): number {
  let depth = 0;
  let quoted = false;
  for (let at = 1; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === ']' && depth <= 0) return at;
  }
  return text.indexOf(']');
}

/** Untagged data other than a status: `* 12 EXISTS`, `* LIST (…) …`. */
export interface Untagged {
  /** Upper case. */
  name: string;
  /** The number before the name; null when there is none. */
  number: number | null;
  /** A fresh cursor behind the name and its space. */
  cursor(): Cursor;
}
