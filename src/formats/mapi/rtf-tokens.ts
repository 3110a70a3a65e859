/** RTF taken apart: groups, control words, characters. Linear; never fails: what is no token is text. */

export type TokenKind = 'open' | 'close' | 'word' | 'symbol' | 'hex' | 'text' | 'end';

const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;
const CR = 13;
const LF = 10;
const WORD_MAX_CHARS = 32;

/** Moves from token to token; the fields tell of the current one. */
export class RtfTokens {
  readonly bytes: Buffer;
  /** Of a word; of a symbol the character. */
  name = '';
  /** Of a word, where there is one; of `hex` the byte. */
  parameter: number | null = null;
  /** Of a text: its bytes lie from here … */
  from = 0;
  /** … to here. */
  to = 0;
  #at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  next(): TokenKind {
    const { bytes } = this;
    while (bytes[this.#at] === CR || bytes[this.#at] === LF) this.#at++;
    if (this.#at >= bytes.length) return 'end';
    switch (bytes[this.#at]) {
      case OPEN:
        this.#at++;
        return 'open';
      case CLOSE:
        this.#at++;
        return 'close';
      case BACKSLASH:
        return this.#control();
      default:
        return this.#text();
    }
  }

  #text(): TokenKind {
    const { bytes } = this;
    this.from = this.#at;
    while (this.#at < bytes.length) {
      const c = bytes[this.#at]!;
      if (c === OPEN || c === CLOSE || c === BACKSLASH || c === CR || c === LF) break;
      this.#at++;
    }
    this.to = this.#at;
    return 'text';
  }

  #control(): TokenKind {
    const { bytes } = this;
    const start = this.#at + 1;
    let end = start;
    while (end < bytes.length && end - start < WORD_MAX_CHARS && isLetter(bytes[end]!)) end++;
    if (end === start) return this.#symbol();
    this.name = bytes.toString('latin1', start, end);
    this.#at = end;
    this.parameter = this.#number();
    if (bytes[this.#at] === 32) this.#at++;
    if (this.name === 'bin') this.#at = Math.min(bytes.length, this.#at + Math.max(0, this.parameter ?? 0));
    return 'word';
  }

  #number(): number | null {
    const text = this.bytes.toString('latin1', this.#at, this.#at + 11);
    const digits = /^-?\d{1,10}/.exec(text)?.[0];
    if (digits === undefined) return null;
    this.#at += digits.length;
    return Number(digits);
  }

  /** A single character after the backslash; a line end there is a paragraph. */
  #symbol(): TokenKind {
    const c = this.bytes[this.#at + 1];
    const hex =
      c === 39 ? /^[0-9a-f]{2}/i.exec(this.bytes.toString('latin1', this.#at + 2, this.#at + 4)) : null;
    if (hex !== null) {
      this.parameter = Number.parseInt(hex[0], 16);
      this.#at += 4;
      return 'hex';
    }
    this.name = c === undefined ? '' : String.fromCharCode(c);
    this.#at += 2;
    return 'symbol';
  }
}

function isLetter(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90);
}
