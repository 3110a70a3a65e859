import { type Attempt, Trouble } from '../../trouble.ts';
import type { MultiLine } from './command.ts';

const LF = 10;

/** Takes a multi-line answer line by line, without line ends, one character per byte. Throws `malformed` above its caps. */
export class Rows implements MultiLine {
  readonly #take: (line: string) => void;
  readonly #tried: Attempt;
  readonly #lineBytes: number;
  readonly #most: number;
  #pending = '';
  #count = 0;

  constructor(take: (line: string) => void, caps: { tried: Attempt; lineBytes: number; lines: number }) {
    this.#take = take;
    this.#tried = caps.tried;
    this.#lineBytes = caps.lineBytes;
    this.#most = caps.lines;
  }

  begin(): void {}

  write(piece: Buffer): void {
    let at = 0;
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, at)) {
      this.#row(this.#pending + piece.toString('latin1', at, end));
      this.#pending = '';
      at = end + 1;
    }
    if (at < piece.length) this.#pending += piece.toString('latin1', at);
    if (this.#pending.length > this.#lineBytes) throw this.#trouble(`a line above ${this.#lineBytes} bytes`);
  }

  #row(line: string): void {
    if (line.length > this.#lineBytes) throw this.#trouble(`a line above ${this.#lineBytes} bytes`);
    if (++this.#count > this.#most) throw this.#trouble(`more than ${this.#most} lines`);
    this.#take(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  #trouble(answer: string): Trouble {
    return new Trouble('malformed', { tried: this.#tried, on: '', answer });
  }
}
