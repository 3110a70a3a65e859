/** What the watchdog needs to know of the connection it guards. */
export interface Guarded {
  /** An answer is owed and reading is not held up by our own side. */
  owed(): boolean;
  /** An APPEND is among what is owed. */
  slow(): boolean;
  inLiteral(): boolean;
  /** The limit that was passed, in words. */
  expired(why: string): void;
}

/** What ends a connection; why each is as it is stands in the `limits.ts` of the protocol. */
export interface WatchLimits {
  /** No byte for so long. */
  silenceMs: number;
  /** The same while the server stores what we sent. */
  appendSilenceMs: number;
  /** Bytes, and none of them an answer or asked for. */
  uselessMs: number;
  /** Fewer bytes of a literal than this in `silenceMs`. */
  paceBytes: number;
}

/** How often it looks, at most. */
const LOOK_MS = 5_000;

/**
 * Ends a connection on which nothing moves. It counts progress, not wall time: a body of hours is fine while it flows.
 * Three ways of not moving: silence; a literal that drips; chatter without any answer.
 */
export class Watchdog {
  readonly #of: Guarded;
  readonly #limits: WatchLimits;
  readonly #lookMs: number;
  #timer: NodeJS.Timeout | null = null;
  #lastByte = 0;
  #lastUse = 0;
  #paceFrom = 0;
  #paceBytes = 0;

  constructor(of: Guarded, limits: WatchLimits) {
    this.#of = of;
    this.#limits = limits;
    this.#lookMs = Math.max(
      10,
      Math.min(LOOK_MS, limits.silenceMs / 4, limits.appendSilenceMs / 4, limits.uselessMs / 4),
    );
  }

  /** Something is owed from now on. */
  start(): void {
    this.#reset();
    this.#timer ??= setInterval(() => this.#look(), this.#lookMs).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Bytes moved, in either direction. */
  moved(bytes: number): void {
    this.#lastByte = performance.now();
    this.#paceBytes += bytes;
  }

  /** An answer, or data that was asked for, or bytes of ours that were taken. */
  useful(): void {
    this.#lastUse = this.#lastByte;
  }

  #reset(): void {
    this.#lastByte = this.#lastUse = this.#paceFrom = performance.now();
    this.#paceBytes = 0;
  }

  #look(): void {
    if (!this.#of.owed()) {
      this.#reset();
      return;
    }
    const now = performance.now();
    const { silenceMs, appendSilenceMs, uselessMs } = this.#limits;
    const silence = this.#of.slow() ? Math.max(silenceMs, appendSilenceMs) : silenceMs;
    if (now - this.#lastByte >= silence) this.#of.expired(`no byte for ${silence} ms`);
    else if (this.#of.inLiteral()) this.#lookAtPace(now);
    else {
      this.#paceFrom = now;
      this.#paceBytes = 0;
      if (now - this.#lastUse >= uselessMs) this.#of.expired(`no answer for ${uselessMs} ms`);
    }
  }

  #lookAtPace(now: number): void {
    const { silenceMs, paceBytes } = this.#limits;
    this.#lastUse = now;
    if (now - this.#paceFrom < silenceMs) return;
    // Silent for half the limit is no drip: if no byte comes, it ends as silence, with the right words.
    if (now - this.#lastByte > silenceMs / 2) return;
    if (this.#paceBytes < paceBytes) this.#of.expired(`${this.#paceBytes} bytes in ${silenceMs} ms`);
    this.#paceFrom = now;
    this.#paceBytes = 0;
  }
}
