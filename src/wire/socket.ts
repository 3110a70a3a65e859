import { connect as connectTcp, type Socket as NetSocket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { bandwidth } from './bandwidth.ts';
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

interface Unsent {
  bytes: Uint8Array;
  done(): void;
}

/**
 * One TCP or TLS connection read through one buffer of its own where the runtime can (`onread`), so that reading
 * allocates nothing. It keeps to the bandwidth of the process: while that is used up it does not read, so that the other
 * side's TCP is stopped, and does not write.
 */
export class Socket {
  #raw: NetSocket | TLSSocket;
  readonly #events: SocketEvents;
  #gone = false;
  #cause: Error | null = null;
  #paused = false;
  /** Gives up our turn to read on; null while reading is not held up by the bandwidth. */
  #held: (() => void) | null = null;
  /** What the next piece may be is paid for before it comes. */
  #paidBytes = 0;
  /** Waits for its turn; only under a limit. */
  #unsent: Unsent[] = [];
  #sending = false;
  #yield: (() => void) | null = null;

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
      const whole = Buffer.allocUnsafeSlow(READ_BYTES);
      const onread = {
        // Asked before each reading.
        buffer: () => (bandwidth.shareBytes < READ_BYTES ? whole.subarray(0, bandwidth.shareBytes) : whole),
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
    // The handshake is not held up: a server gives it little time.
    this.#held?.();
    this.#held = null;
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
    if (this.#unsent.length === 0 && !bandwidth.limited) {
      this.#raw.write(bytes, (error) => {
        if (!error && !this.#gone) done();
      });
      return;
    }
    this.#unsent.push({ bytes, done });
    if (!this.#sending) this.#sendNext();
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
    if (this.#held === null) this.#raw.resume();
  }

  /** Twice is once. */
  destroy(cause: Error | null = null): void {
    if (this.#cause === null) this.#cause = cause;
    this.#raw.destroy();
    this.#end();
  }

  #bytes(piece: Buffer): void {
    if (this.#gone) return;
    bandwidth.spend(piece.length - this.#paidBytes);
    this.#paidBytes = 0;
    this.#events.bytes(piece);
    if (!bandwidth.limited || this.#gone || this.#held !== null) return;
    if (!bandwidth.owes) this.#payAhead();
    else {
      this.#raw.pause();
      this.#held = bandwidth.whenPaid(() => {
        this.#held = null;
        this.#payAhead();
        if (!this.#paused) this.#raw.resume();
      });
    }
  }

  #payAhead(): void {
    if (!bandwidth.limited) return;
    this.#paidBytes = bandwidth.shareBytes;
    bandwidth.spend(this.#paidBytes);
  }

  /** One share of what waits, when it is our turn. */
  #sendNext(): void {
    this.#sending = true;
    if (bandwidth.owes) {
      this.#yield = bandwidth.whenPaid(() => this.#sendNext());
      return;
    }
    const first = this.#unsent[0]!;
    const share = first.bytes.subarray(0, bandwidth.shareBytes);
    first.bytes = first.bytes.subarray(share.length);
    bandwidth.spend(share.length);
    this.#raw.write(share, (error) => {
      if (error || this.#gone) return;
      if (first.bytes.length === 0) {
        this.#unsent.shift();
        first.done();
      }
      this.#sending = this.#unsent.length > 0;
      if (this.#sending) this.#sendNext();
    });
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
    this.#held?.();
    this.#yield?.();
    this.#unsent = [];
    this.#events.gone(this.#cause);
  }
}
