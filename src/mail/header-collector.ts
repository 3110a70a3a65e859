import { HEADER_MAX_BYTES } from './header.ts';

/** Gathers a header until the empty line; linear however small the pieces are. */
export class HeaderCollector {
  #bytes = Buffer.allocUnsafe(1024);
  #size = 0;
  /** Up to here no empty line was found. */
  #searched = 0;

  /** Answers how many bytes of the piece it took when the header is complete (the empty line included), else -1. */
  write(piece: Uint8Array): number {
    const before = this.#size;
    const taken = Math.min(piece.length, HEADER_MAX_BYTES - before);
    this.#grow(before + taken);
    this.#bytes.set(taken === piece.length ? piece : piece.subarray(0, taken), before);
    this.#size += taken;
    const end = this.#emptyLine();
    if (end >= 0) {
      this.#size = end;
      return end - before;
    }
    return this.#size === HEADER_MAX_BYTES ? taken : -1;
  }

  take(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  /** After the empty line, or -1. */
  #emptyLine(): number {
    const have = this.#bytes.subarray(0, this.#size);
    if (this.#size >= 2 && have[0] === 13 && have[1] === 10) return 2;
    const found = have.indexOf('\r\n\r\n', this.#searched, 'latin1');
    this.#searched = Math.max(0, this.#size - 3);
    return found < 0 ? -1 : found + 4;
  }

  #grow(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.min(HEADER_MAX_BYTES, Math.max(size, 4 * this.#bytes.length)));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
  }
}
