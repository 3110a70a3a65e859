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
 *
 * QUIRK(unnamed): a server that ends its lines with LF alone (unnamed-pop3-lf.txt), which its status line shows: then LF is
 * what ends a line in this answer, and a dot between two of them ends the answer.
 */
export class Dots {
  readonly #write: (piece: Buffer) => void;
  readonly #lineEnd: '\r\n' | '\n';
  #before: Before = 'line-start';

  constructor(write: (piece: Buffer) => void, lineEnd: '\r\n' | '\n' = '\r\n') {
    this.#write = write;
    this.#lineEnd = lineEnd;
  }

  /** Answers where the answer ended (behind its last LF), or -1 when it goes on. */
  push(piece: Buffer, from: number): number {
    let at = from;
    /** From here on nothing was given yet. */
    let start = from;
    while (at < piece.length) {
      const byte = piece[at]!;
      if (this.#before === 'inside') {
        const found = piece.indexOf(`${this.#lineEnd}.`, at, 'latin1');
        if (found < 0) {
          this.#before = this.#lineEnd === '\n' ? lfEnding(piece) : ending(piece, at);
          break;
        }
        const behind = found + this.#lineEnd.length;
        this.#give(piece, start, behind);
        at = start = behind + 1;
        this.#before = 'dot';
      } else if (this.#before === 'line-start' && byte === DOT) {
        this.#give(piece, start, at);
        start = ++at;
        this.#before = 'dot';
      } else if (this.#before === 'cr' && byte === LF) {
        at++;
        this.#before = 'line-start';
      } else if (this.#before === 'dot' && byte === LF && this.#lineEnd === '\n') return at + 1;
      else if (this.#before === 'dot' && byte === CR) {
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

function lfEnding(piece: Buffer): Before {
  return piece.at(-1) === LF ? 'line-start' : 'inside';
}

/** What `piece` leaves behind when no line within it begins with a dot. */
function ending(piece: Buffer, from: number): Before {
  const last = piece.length - 1;
  if (piece[last] === CR) return 'cr';
  return piece[last] === LF && last > from && piece[last - 1] === CR ? 'line-start' : 'inside';
}
