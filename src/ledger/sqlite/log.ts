import { closeSync, existsSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const synchronise = promisify(fdatasync);

/**
 * The log (WAL) beside a ledger file, made durable without holding up the event loop: a commit appends to it, and an
 * `fdatasync` of the file on another thread makes all of that safe. SQLite would do the same within the commit, and
 * everybody would wait. It keeps the file and overwrites it from the start; it removes it only when it closes.
 * There are no locks on this file that closing a descriptor could drop.
 */
export class Log {
  readonly #path: string;
  #descriptor: number | null = null;
  #busy = false;
  #closed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws what the system says, as it is */
  async sync(): Promise<void> {
    if (this.#descriptor === null && !existsSync(this.#path)) return;
    // Windows synchronises only what may be written.
    this.#descriptor ??= openSync(this.#path, 'r+');
    this.#busy = true;
    try {
      await synchronise(this.#descriptor);
    } finally {
      this.#busy = false;
      if (this.#closed) this.#release();
    }
  }

  /** Twice is once. */
  close(): void {
    this.#closed = true;
    if (!this.#busy) this.#release();
  }

  #release(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}
