import { CONTINUE, type Piece } from './command.ts';
import type { Limits } from './limits.ts';

/** A command on its way out. */
export interface Outgoing {
  pieces: Iterator<Piece>;
  /** The bytes could not be made (a body that cannot be read): the stream is out of step, the connection must end. */
  broken(error: unknown): void;
}

type Write = (bytes: Uint8Array, done: () => void) => void;

const BUFFER_BYTES = 64 * 1024;

/**
 * Puts commands on the wire in order. Everything is copied into a few buffers of 64 KiB that return when the kernel has
 * taken them: small commands leave together in one write, large bodies are asked for no faster than they leave, and
 * memory is bounded by `outgoingBytes` whatever is queued.
 */
export class Outbox {
  readonly #write: Write;
  readonly #queue: Outgoing[] = [];
  readonly #free: Buffer[] = [];
  #unborn: number;
  #buffer: Buffer | null = null;
  #used = 0;
  #piece: Uint8Array | null = null;
  #offset = 0;
  #waiting: Outgoing | null = null;
  #pumping = false;
  #scheduled = false;
  #closed = false;
  #inFlight = 0;

  constructor(write: Write, limits: Limits) {
    this.#write = write;
    this.#unborn = Math.max(2, Math.ceil(limits.outgoingBytes / BUFFER_BYTES));
  }

  /** Commands added in one turn leave together. */
  add(outgoing: Outgoing): void {
    this.#queue.push(outgoing);
    this.#schedule();
  }

  /** A literal waits for `+`. */
  get waiting(): boolean {
    return this.#waiting !== null;
  }

  /** Bytes are with the kernel, or more are to come. */
  get busy(): boolean {
    return this.#inFlight > 0 || (this.#queue.length > 0 && this.#waiting === null);
  }

  /** `+` came: the literal may follow. */
  proceed(): void {
    this.#waiting = null;
    this.#pump();
  }

  /** The command was answered. When its literal still waited, nothing more of it is sent. */
  answered(outgoing: Outgoing): void {
    if (this.#waiting !== outgoing) return;
    this.#waiting = null;
    this.#queue.shift();
    outgoing.pieces.return?.();
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    for (const outgoing of this.#queue) outgoing.pieces.return?.();
    this.#queue.length = 0;
    this.#piece = null;
    this.#waiting = null;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    try {
      while (this.#waiting === null && this.#step());
      if (this.#used > 0) this.#flush();
    } finally {
      this.#pumping = false;
    }
  }

  /** One piece, or as much of it as there is room for. False: nothing to do, or no room until a buffer returns. */
  #step(): boolean {
    if (this.#piece !== null) return this.#copy();
    const outgoing = this.#queue[0];
    if (outgoing === undefined) return false;
    let next: IteratorResult<Piece>;
    try {
      next = outgoing.pieces.next();
    } catch (error) {
      this.#queue.shift();
      outgoing.broken(error);
      return !this.#closed;
    }
    if (next.done) this.#queue.shift();
    else if (next.value === CONTINUE) this.#waiting = outgoing;
    else return this.#put(next.value);
    return true;
  }

  #put(piece: string | Uint8Array): boolean {
    if (typeof piece === 'string') {
      if (this.#buffer !== null && this.#used + piece.length <= BUFFER_BYTES) {
        this.#used += this.#buffer.write(piece, this.#used, 'latin1');
        return true;
      }
      this.#piece = Buffer.from(piece, 'latin1');
    } else this.#piece = piece;
    this.#offset = 0;
    return this.#copy();
  }

  #copy(): boolean {
    const piece = this.#piece!;
    while (this.#offset < piece.length) {
      if (this.#buffer === null && !this.#acquire()) return false;
      const take = Math.min(BUFFER_BYTES - this.#used, piece.length - this.#offset);
      this.#buffer!.set(
        this.#offset === 0 && take === piece.length
          ? piece
          : piece.subarray(this.#offset, this.#offset + take),
        this.#used,
      );
      this.#used += take;
      this.#offset += take;
      if (this.#used === BUFFER_BYTES) this.#flush();
    }
    this.#piece = null;
    return true;
  }

  #acquire(): boolean {
    const free = this.#free.pop();
    if (free !== undefined) this.#buffer = free;
    else if (this.#unborn > 0) {
      this.#unborn--;
      this.#buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    } else return false;
    return true;
  }

  #flush(): void {
    const buffer = this.#buffer!;
    const used = this.#used;
    this.#buffer = null;
    this.#used = 0;
    this.#inFlight++;
    this.#write(buffer.subarray(0, used), () => {
      this.#inFlight--;
      this.#free.push(buffer);
      this.#pump();
    });
  }
}
