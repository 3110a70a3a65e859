const CR = 13;
const LF = 10;
const DOT = 46;
const HELD_CR = Buffer.from('\r');

/** What stands before the next byte: `dot` is one at the start of a line, taken off; `dot-cr` the same and a CR held back. */
type Before = 'line-start' | 'inside' | 'cr' | 'dot' | 'dot-cr';

/**
 * Reads one multi-line answer (RFC 1939 §3): takes one dot off a line that begins with one, ends at the line that is a
 * dot alone. A line ends with CRLF and with nothing else: `LF . CRLF` inside a message is text. What comes out is every
 * byte between the status line and the closing line, the CRLF before that line included. Nothing is held back but a
 * dot and its CR, so memory does not depend on how long the lines are.
 */
export class Dots {
  readonly #write: (piece: Buffer) => void;
  #before: Before = 'line-start';

  constructor(write: (piece: Buffer) => void) {
    this.#write = write;
  }

  /** Answers where the answer ended (behind its last LF), or -1 when it goes on. */
  push(piece: Buffer, from: number): number {
    let at = from;
    /** From here on nothing was given yet. */
    let start = from;
    while (at < piece.length) {
      const byte = piece[at]!;
      if (this.#before === 'inside') {
        const found = piece.indexOf('\r\n.', at, 'latin1');
        if (found < 0) {
          this.#before = ending(piece, at);
          break;
        }
        this.#give(piece, start, found + 2);
        at = start = found + 3;
        this.#before = 'dot';
      } else if (this.#before === 'line-start' && byte === DOT) {
        this.#give(piece, start, at);
        start = ++at;
        this.#before = 'dot';
      } else if (this.#before === 'cr' && byte === LF) {
        at++;
        this.#before = 'line-start';
      } else if (this.#before === 'dot' && byte === CR) {
        start = ++at;
        this.#before = 'dot-cr';
      } else if (this.#before === 'dot-cr' && byte === LF) return at + 1;
      else {
        if (this.#before === 'dot-cr') this.#write(HELD_CR);
        this.#before = 'inside';
      }
    }
    this.#give(piece, start, piece.length);
    return -1;
  }

  #give(piece: Buffer, from: number, to: number): void {
    if (from < to) this.#write(piece.subarray(from, to));
  }
}

/** What `piece` leaves behind when no line within it begins with a dot. */
function ending(piece: Buffer, from: number): Before {
  const last = piece.length - 1;
  if (piece[last] === CR) return 'cr';
  return piece[last] === LF && last > from && piece[last - 1] === CR ? 'line-start' : 'inside';
}
