import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';
import type { Connection } from './connection.ts';

export interface DeflatedEvents {
  bytes(piece: Buffer): void;
  /** The inflater cannot take more, or can again. */
  full(full: boolean): void;
  broken(): void;
}

/** Both directions of a connection as raw DEFLATE streams (RFC 4978 §4). */
export class Deflated {
  readonly #inflater = createInflateRaw();
  readonly #deflater = createDeflateRaw();
  #events: DeflatedEvents | null = null;
  /** Compressed pieces the kernel has not taken, and who waits until it has. */
  #outgoing = 0;
  #waiting: (() => void)[] = [];

  constructor(write: (bytes: Uint8Array, done: () => void) => void) {
    this.#deflater.on('data', (piece: Buffer) => {
      this.#outgoing++;
      write(piece, () => {
        this.#outgoing--;
        this.#settle();
      });
    });
    this.#inflater.on('data', (piece: Buffer) => this.#events?.bytes(piece));
    this.#inflater.on('drain', () => this.#events?.full(false));
    this.#inflater.on('error', () => this.#events?.broken());
    this.#deflater.on('error', () => this.#events?.broken());
  }

  listen(events: DeflatedEvents): void {
    this.#events = events;
  }

  /** The piece is copied: its buffer is used again by the socket. */
  inflate(piece: Buffer): void {
    if (!this.#inflater.write(Buffer.from(piece))) this.#events?.full(true);
  }

  /** `done` when what it became is with the kernel. */
  write(bytes: Uint8Array, done: () => void): void {
    this.#deflater.write(bytes);
    // Each write must be readable at the other end at once.
    this.#deflater.flush(constants.Z_SYNC_FLUSH, () => {
      this.#waiting.push(done);
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#outgoing > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  }

  pause(): void {
    this.#inflater.pause();
  }

  resume(): void {
    this.#inflater.resume();
  }

  close(): void {
    this.#events = null;
    this.#inflater.destroy();
    this.#deflater.destroy();
  }
}

/** COMPRESS DEFLATE (RFC 4978 §3). Nothing else may be under way. False when the server has none. Throws `refused`, `lost`. */
export async function compress(conn: Connection): Promise<boolean> {
  if (!conn.has('COMPRESS=DEFLATE')) return false;
  await conn.run({
    tried: 'converse',
    on: '',
    pieces: () => ['COMPRESS DEFLATE'],
    // The very next byte is compressed: switched here, not after the promise.
    done: () => conn.deflate((write) => new Deflated(write)),
  });
  return true;
}
