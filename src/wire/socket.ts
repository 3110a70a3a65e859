import { connect as connectTcp, type Socket as NetSocket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { closedEarly, connectTls, explained, type TlsOptions, wrapTls } from './tls.ts';

/** What a socket tells. After `gone` nothing is told any more. */
export interface SocketEvents {
  /** Valid during the call only: the buffer is used again. */
  bytes(piece: Buffer): void;
  /** Closed by either side; `cause` is null for an orderly end. Once. */
  gone(cause: Error | null): void;
}

/** Read at once; larger reads mean fewer turns of the event loop. */
const READ_BYTES = 256 * 1024;
/** Half-open connections are noticed by the kernel too, not only by the watchdog above. */
const KEEPALIVE_MS = 30_000;

/**
 * One TCP or TLS connection read through one buffer of its own where the runtime can (`onread`), so that reading
 * allocates nothing.
 */
export class Socket {
  #raw: NetSocket | TLSSocket;
  readonly #events: SocketEvents;
  #gone = false;
  #cause: Error | null = null;
  #paused = false;

  private constructor(
    events: SocketEvents,
    on: string,
    open: (read: (piece: Buffer) => void) => NetSocket | TLSSocket,
  ) {
    this.#events = events;
    this.#raw = open((piece) => this.#bytes(piece));
    this.#watch(this.#raw, on);
  }

  /**
   * Resolves when connected (with `tls`: when the handshake is done and the certificate accepted). Rejects with the
   * system's error or a Trouble `denied` (certificate). The caller limits the time: `signal`.
   */
  static async open(
    to: {
      host: string;
      port: number;
      on: string;
      tls: TlsOptions | null;
      upgradable: boolean;
      signal: AbortSignal;
    },
    events: SocketEvents,
  ): Promise<Socket> {
    to.signal.throwIfAborted();
    let ready: Promise<void> | undefined;
    const socket = new Socket(events, to.on, (read) => {
      const onread = {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (length: number, buffer: Uint8Array) => {
          read((buffer as Buffer).subarray(0, length));
          return true;
        },
      };
      if (to.tls !== null) {
        const opened = connectTls(to.host, to.port, to.tls, onread);
        ready = opened.ready;
        return opened.socket;
      }
      // A socket that will be wrapped in TLS later is read by events: the wrapper takes over the reading.
      const raw = to.upgradable
        ? connectTcp({ host: to.host, port: to.port, noDelay: true })
        : connectTcp({ host: to.host, port: to.port, noDelay: true, onread });
      if (to.upgradable) raw.on('data', read);
      ready = new Promise((resolve, reject) => {
        raw.once('connect', () => resolve());
        raw.once('error', reject);
        raw.once('close', () => reject(closedEarly(to.on)));
      });
      return raw;
    });
    const abort = () => socket.destroy(to.signal.reason as Error);
    to.signal.addEventListener('abort', abort, { once: true });
    try {
      await ready;
      to.signal.throwIfAborted();
      socket.#raw.setKeepAlive(true, KEEPALIVE_MS);
      return socket;
    } catch (error) {
      socket.destroy();
      throw to.signal.aborted ? to.signal.reason : error;
    } finally {
      to.signal.removeEventListener('abort', abort);
    }
  }

  /** The handshake over the open connection (STARTTLS). Nothing may be buffered: the caller has made sure. */
  async startTls(options: TlsOptions): Promise<void> {
    const plain = this.#raw;
    plain.removeAllListeners('data');
    const wrapped = wrapTls(plain, options);
    this.#raw = wrapped.socket;
    this.#watch(wrapped.socket, options.on);
    await wrapped.ready;
    wrapped.socket.on('data', (piece: Buffer) => this.#bytes(piece));
  }

  /** `done` when the kernel has taken it: only then may the bytes be used again. Never called after `gone`. */
  write(bytes: Uint8Array, done: () => void): void {
    if (this.#gone) return;
    this.#raw.write(bytes, (error) => {
      if (!error && !this.#gone) done();
    });
  }

  /** At most one more piece is told after it. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#raw.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#raw.resume();
  }

  /** Twice is once. */
  destroy(cause: Error | null = null): void {
    if (this.#cause === null) this.#cause = cause;
    this.#raw.destroy();
    this.#end();
  }

  #bytes(piece: Buffer): void {
    if (!this.#gone) this.#events.bytes(piece);
  }

  #watch(raw: NetSocket | TLSSocket, on: string): void {
    raw.on('error', (error: Error) => {
      if (this.#cause === null) this.#cause = explained(error, on);
    });
    raw.on('end', () => {
      raw.destroy();
      this.#end();
    });
    raw.on('close', () => this.#end());
  }

  #end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#events.gone(this.#cause);
  }
}
