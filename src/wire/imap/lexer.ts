import { Trouble } from '../../trouble.ts';
import type { BodySink } from '../body.ts';
import type { Limits } from './limits.ts';

/** A literal that was poured elsewhere: in the bytes of the response its content is absent. */
export interface Hole {
  /** Where in the response the content would begin: right behind the CRLF of `{n}`. */
  at: number;
  length: number;
  /** Not yet ended: whoever accepts the response ends it. Null when the content was let go. */
  sink: BodySink<unknown> | null;
}

export interface Receiver {
  /** A literal of a message begins. Null lets its content go. */
  body(length: number): BodySink<unknown> | null;
  /** One whole response without its line end, `bytes[from..to)`; valid during the call only. */
  response(bytes: Buffer, from: number, to: number, holes: readonly Hole[]): void;
}

const NO_HOLES: readonly Hole[] = [];
const LF = 10;
const CR = 13;
const SPACE = 32;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;
const HELD_BYTES = 4096;

/**
 * Cuts a stream of bytes into responses (RFC 9051 §7, §4.3): a response is a line, continued after each `{n}` at its end
 * by n bytes and another line. Works at any split of the stream. A line that lies whole in one piece is not copied;
 * literals of messages are poured on and never held. Throws `malformed` when a limit is passed.
 */
export class Lexer {
  readonly #to: Receiver;
  readonly #limits: Limits;
  #held: Buffer = Buffer.allocUnsafe(HELD_BYTES);
  #used = 0;
  /** Where in `#held` the line being read began. */
  #line = 0;
  #holes: Hole[] = [];
  #left = 0;
  #sink: BodySink<unknown> | null = null;
  #collecting = false;

  constructor(to: Receiver, limits: Limits) {
    this.#to = to;
    this.#limits = limits;
  }

  /** Nothing of an unfinished response is held. */
  get empty(): boolean {
    return this.#used === 0 && this.#left === 0;
  }

  /** Inside a literal. */
  get inLiteral(): boolean {
    return this.#left > 0;
  }

  push(piece: Buffer): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#left > 0) {
        at = this.#pour(piece, at);
        continue;
      }
      const lf = piece.indexOf(LF, at);
      if (lf < 0) {
        this.#keep(piece, at, piece.length);
        return;
      }
      this.#lineEnd(piece, at, lf);
      at = lf + 1;
    }
  }

  /** The stream ends here: what was begun will never be whole. */
  abort(): void {
    for (const hole of this.#holes) hole.sink?.abort();
    this.#reset();
    this.#left = 0;
    this.#sink = null;
  }

  #lineEnd(piece: Buffer, at: number, lf: number): void {
    if (this.#used === 0) {
      const end = lf > at && piece[lf - 1] === CR ? lf - 1 : lf;
      if (end === at || piece[end - 1] !== BRACE_CLOSE || !carriesLiterals(piece, at, end)) {
        if (end - at > this.#limits.lineBytes) throw tooMuch('a line', end - at);
        this.#to.response(piece, at, end, NO_HOLES);
        return;
      }
    }
    this.#keep(piece, at, lf + 1);
    const end = this.#used >= 2 && this.#held[this.#used - 2] === CR ? this.#used - 2 : this.#used - 1;
    if (end > this.#line && this.#held[end - 1] === BRACE_CLOSE && carriesLiterals(this.#held, 0, end)) {
      if (this.#openLiteral(end)) return;
    }
    const held = this.#held;
    const holes = this.#holes;
    this.#reset();
    this.#to.response(held, 0, end, holes);
  }

  /** False when the line ends with a brace but announces no literal. */
  #openLiteral(end: number): boolean {
    const held = this.#held;
    let open = end - 2;
    while (open >= this.#line && isDigit(held[open]!)) open--;
    if (open < this.#line || held[open] !== BRACE_OPEN || open === end - 2) return false;
    const length = Number(held.toString('latin1', open + 1, end - 1));
    const body = announcesBody(held, open);
    const most = body ? this.#limits.bodyBytes : this.#limits.literalBytes;
    if (!(length <= most)) throw tooMuch('a literal', length);
    if (body) {
      this.#collecting = false;
      const sink = this.#to.body(length);
      this.#sink = sink;
      this.#holes.push({ at: this.#used, length, sink });
    } else {
      this.#collecting = true;
      this.#sink = null;
    }
    this.#left = length;
    this.#line = this.#used + (this.#collecting ? length : 0);
    return true;
  }

  #pour(piece: Buffer, at: number): number {
    const take = Math.min(this.#left, piece.length - at);
    if (this.#collecting) this.#keep(piece, at, at + take);
    else if (this.#sink !== null) {
      this.#sink.write(at === 0 && take === piece.length ? piece : piece.subarray(at, at + take));
    }
    this.#left -= take;
    return at + take;
  }

  #keep(piece: Buffer, from: number, to: number): void {
    const needed = this.#used + (to - from);
    if (needed > this.#limits.responseBytes) throw tooMuch('a response', needed);
    if (this.#left === 0 && needed - this.#line > this.#limits.lineBytes)
      throw tooMuch('a line', needed - this.#line);
    if (needed > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#held.length * 2));
      this.#held.copy(grown, 0, 0, this.#used);
      this.#held = grown;
    }
    piece.copy(this.#held, this.#used, from, to);
    this.#used = needed;
  }

  #reset(): void {
    this.#used = 0;
    this.#line = 0;
    if (this.#holes.length > 0) this.#holes = [];
    if (this.#held.length > HELD_BYTES * 16) this.#held = Buffer.allocUnsafe(HELD_BYTES);
  }
}

/**
 * Literals occur in untagged data only. Texts for people (`* OK`, `* NO`, `* BAD`, `* BYE`, `* PREAUTH`, tagged and `+`
 * lines) may end with braces that mean nothing; taking those for a literal would wait for bytes that never come.
 */
function carriesLiterals(bytes: Buffer, from: number, to: number): boolean {
  if (to - from < 4 || bytes[from] !== 42 || bytes[from + 1] !== SPACE) return false;
  const word = bytes.toString('latin1', from + 2, Math.min(from + 10, to)).toUpperCase();
  return !/^(OK|NO|BAD|BYE|PREAUTH)( |$)/.test(word);
}

/** Whether the literal announced at `open` is the content of a message: `BODY[…] {`, `BINARY[…] ~{`, `RFC822 {` of a FETCH. */
function announcesBody(bytes: Buffer, open: number): boolean {
  let end = open;
  if (bytes[end - 1] === 126) end--;
  if (bytes[end - 1] !== SPACE) return false;
  end--;
  let start = end;
  while (start > 0 && bytes[start - 1] !== SPACE && bytes[start - 1] !== 40) start--;
  const name = bytes.toString('latin1', start, end).toUpperCase();
  if (
    !name.startsWith('BODY[') &&
    !name.startsWith('BINARY[') &&
    name !== 'RFC822' &&
    name !== 'RFC822.HEADER'
  ) {
    return false;
  }
  return /^\* \d+ FETCH \(/i.test(bytes.toString('latin1', 0, Math.min(30, start)));
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

function tooMuch(what: string, bytes: number): Trouble {
  return new Trouble('malformed', {
    tried: 'converse',
    on: 'IMAP',
    answer: `${what} of ${bytes} bytes is above the limit`,
  });
}
