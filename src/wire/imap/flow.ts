/**
 * What a command yields while it runs, with back-pressure: above `most` waiting items the socket stops until the
 * consumer has taken them all. Consume flows of one connection in the order in which they were sent: one that nobody
 * reads holds up all behind it. Leaving early (`break`) lets the rest pass unseen; the connection stays usable.
 */
export interface Flow<T> extends AsyncIterable<T> {
  /** All that waits, at least one; null at the end. One promise for many items: the quick way. */
  take(): Promise<T[] | null>;
  /** Nothing more is wanted: what waits is released, the rest passes unseen. Twice is once. */
  leave(): void;
}

/** Bodies that wait for a slow consumer hold memory: above this the socket stops, however few they are. */
const WAITING_BYTES = 1024 * 1024;

interface Valve {
  pause(): void;
  resume(): void;
}

/** The sending side of a Flow. One consumer. */
export class Channel<T> implements Flow<T> {
  readonly #valve: Valve;
  readonly #most: number;
  readonly #release: (item: T) => void;
  #waiting: T[] = [];
  #waitingBytes = 0;
  #paused = false;
  #over = false;
  #left = false;
  #error: unknown = null;
  #wake: (() => void) | null = null;

  /** `release` gets what was put and will never be taken. */
  constructor(valve: Valve, most: number, release: (item: T) => void = () => undefined) {
    this.#valve = valve;
    this.#most = most;
    this.#release = release;
  }

  /** The consumer has gone: nothing needs to be kept. */
  get left(): boolean {
    return this.#left;
  }

  /** `bytes`: what the item holds in memory; many small items or few large ones are enough to stop the socket. */
  put(item: T, bytes = 0): void {
    if (this.#left || this.#over) return;
    this.#waiting.push(item);
    this.#waitingBytes += bytes;
    const enough = this.#waiting.length >= this.#most || this.#waitingBytes >= WAITING_BYTES;
    if (enough && !this.#paused) {
      this.#paused = true;
      this.#valve.pause();
    }
    this.#stir();
  }

  end(): void {
    this.#over = true;
    this.#stir();
  }

  /** What was put before is still given, then this is thrown. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    this.#stir();
  }

  async take(): Promise<T[] | null> {
    for (;;) {
      if (this.#waiting.length > 0) return this.#drain();
      if (this.#error !== null && !this.#left) throw this.#error;
      if (this.#over || this.#left) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let taken: T[] = [];
    let given = 0;
    try {
      for (let items = await this.take(); items !== null; items = await this.take()) {
        taken = items;
        given = 0;
        while (given < taken.length) yield taken[given++]!;
      }
    } finally {
      for (const item of taken.slice(given)) this.#release(item);
      this.leave();
    }
  }

  leave(): void {
    this.#left = true;
    for (const item of this.#drain()) this.#release(item);
    this.#stir();
  }

  #drain(): T[] {
    const items = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#paused) {
      this.#paused = false;
      this.#valve.resume();
    }
    return items;
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
