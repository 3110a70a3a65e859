import { isTrouble, Trouble } from '../../trouble.ts';

/**
 * So many bytes within any day (24 hours that roll on, not a date): what a provider lets an account move before it locks it. Near
 * the end of it everything rests until enough of it is free again, and then goes on by itself.
 */
export interface AllowanceOptions {
  /** For people: the account. */
  name: string;
  /** Within a day; null: no limit is known, only what the server says counts. */
  bytes: number | null;
  dayMs?: number;
  /** Where what was spent outlives the process. Left out: nowhere. */
  keeper?: SpentKeeper;
  onRest?: (rest: Rest) => void;
  /** Ends a rest: `busy` is thrown. */
  signal?: AbortSignal;
  /** Wall clock, because a day outlives the process; it may jump. */
  now?: () => number;
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface Rest {
  untilMs: number;
  because: 'daily-limit' | 'server';
  /** The server's words. */
  answer: string | null;
}

/** Bytes by the moment their slot of time began, in milliseconds since 1970. */
export type Spent = readonly (readonly [startMs: number, bytes: number])[];

/** Another process may use the same account: what is kept is read, changed and written as one thing. */
export interface SpentKeeper {
  update(change: (spent: Spent) => Spent): Promise<Spent>;
}

const DAY_MS = 86_400_000;
/** A day in slots of a quarter of an hour: what is spent in one is free again when a day has passed since its end. */
const SLOTS = 96;
/** Nearer to the end than this, little is asked for at a time: what is under way when it ends was spent for nothing. */
const NEAR_BYTES = 64 * 1024 * 1024;
/** As large as messages are, until some were seen. */
const USUAL_BYTES = 75_000;
/** Of what is left, as much is asked for at once: others ask, too. */
const AT_ONCE = 4;
/** A rest ends when this much of a day's bytes is free, so that work comes in stretches, not drop by drop. */
const FREE_AGAIN = 0.1;
/**
 * Written down before they are spent, so that a kill forgets nothing and costs at most this much: at most 16 MB, and for small
 * allowances a hundredth.
 */
const AHEAD_MAX_BYTES = 16 * 1024 * 1024;
/** A machine that slept, or a clock that was set, is noticed within this time. */
const NAP_MS = 60_000;
/** Locked though nothing was overspent, and nobody says until when: tried again after this time, and twice that, up to a day. */
const FIRST_LOCK_MS = 3_600_000;

export class Allowance {
  readonly name: string;
  readonly #bytes: number | null;
  readonly #dayMs: number;
  readonly #slotMs: number;
  readonly #ahead: number;
  readonly #options: AllowanceOptions;
  readonly #now: () => number;
  /** As last kept, with what is written ahead. */
  #known: Spent = [];
  /** Spent here and not yet in `#known`; below zero as long as what was written ahead lasts. */
  #unkept = 0;
  #loaded: Promise<void> | null = null;
  #keeping: Promise<void> | null = null;
  #resting: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;
  #locks = 0;
  #messageBytes = USUAL_BYTES;

  constructor(options: AllowanceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#bytes = options.bytes;
    this.#dayMs = options.dayMs ?? DAY_MS;
    this.#slotMs = Math.max(1, Math.floor(this.#dayMs / SLOTS));
    this.#ahead = Math.min(AHEAD_MAX_BYTES, Math.ceil((options.bytes ?? 0) / 100));
    this.#now = options.now ?? Date.now;
  }

  /** Nothing is left. */
  get used(): boolean {
    return this.#bytes !== null && this.#spent() >= this.#bytes;
  }

  spend(bytes: number): void {
    if (this.#bytes === null) return;
    this.#unkept += bytes;
    // What fails is told by who waits next.
    if (this.#unkept > -this.#ahead / 2 && this.#keeping === null)
      this.#keep(this.#ahead).catch((error: unknown) => {
        this.#failure ??= { error };
      });
  }

  /** A message of this size begins to come. */
  message(bytes: number): void {
    this.#messageBytes += (bytes - this.#messageBytes) / 10;
    this.spend(bytes);
  }

  /** How many of so many messages are worth asking for now; at least one. */
  portion(messages: number): number {
    if (this.#bytes === null) return messages;
    const left = this.#bytes - this.#spent();
    if (left > NEAR_BYTES) return messages;
    return Math.min(messages, Math.max(1, Math.floor(left / AT_ONCE / Math.max(1, this.#messageBytes))));
  }

  /** Waits until something is left. Throws `busy` when the signal is raised. */
  async pass(): Promise<void> {
    if (this.#resting !== null) await this.#resting;
    if (this.#bytes === null) return;
    if (this.#failure !== null) throw this.#failure.error;
    this.#loaded ??= this.#keep(this.#ahead);
    await this.#loaded;
    while (this.used) await this.#restOnce(() => this.#restForDay());
  }

  /** After a Trouble: rests where the account is locked, else throws it. */
  async bear(error: unknown): Promise<void> {
    if (!isLock(error)) throw error;
    await this.#restOnce(() => this.#restForServer(error));
  }

  /** Something came: the account is not locked. */
  progress(): void {
    this.#locks = 0;
  }

  /** Writes down what was really spent. */
  async close(): Promise<void> {
    if (this.#loaded === null) return;
    await this.#keeping?.catch(() => undefined);
    await this.#keep(0);
  }

  /** All who use the account rest together, and it is told once. */
  #restOnce(rest: () => Promise<void>): Promise<void> {
    this.#resting ??= rest().finally(() => {
      this.#resting = null;
    });
    return this.#resting;
  }

  async #restForDay(): Promise<void> {
    await this.#keeping?.catch(() => undefined);
    // Others may have spent of the same.
    await this.#keep(0);
    let told = false;
    for (let until = this.#freeAt(); until > this.#now(); until = this.#freeAt()) {
      if (!told) this.#options.onRest?.({ untilMs: until, because: 'daily-limit', answer: null });
      told = true;
      await this.#nap(until);
      this.#known = this.#settled(this.#known, 0);
    }
    await this.#keep(this.#ahead);
  }

  async #restForServer(lock: Trouble): Promise<void> {
    this.#locks += 1;
    const ms = Math.min(lock.retryAfterMs ?? DAY_MS, FIRST_LOCK_MS * 2 ** (this.#locks - 1), DAY_MS);
    const until = this.#now() + Math.min(ms, this.#dayMs);
    this.#options.onRest?.({ untilMs: until, because: 'server', answer: lock.answer ?? null });
    // A clock that is set back does not make it longer.
    for (let left = until - this.#now(); left > 0; ) {
      const before = this.#now();
      await this.#nap(Math.min(until, before + left));
      left -= Math.max(Math.min(left, NAP_MS), this.#now() - before);
    }
  }

  async #nap(until: number): Promise<void> {
    const { signal, sleep = napping } = this.#options;
    const ms = Math.max(1, Math.min(NAP_MS, until - this.#now()));
    if (!signal?.aborted) await sleep(ms, signal);
    if (signal?.aborted) throw new Trouble('busy', { tried: 'converse', on: this.name, retryAfterMs: ms });
  }

  #spent(): number {
    let sum = this.#unkept;
    const now = this.#now();
    for (const [start, bytes] of this.#known) if (this.#counts(start, now)) sum += bytes;
    return sum;
  }

  #counts(start: number, now: number): boolean {
    return start + this.#slotMs + this.#dayMs > now;
  }

  /** When so much has come free that going on is worth it. */
  #freeAt(): number {
    const now = this.#now();
    const enough = (this.#bytes ?? 0) * (1 - FREE_AGAIN);
    let sum = this.#spent();
    let at = now;
    for (const [start, bytes] of this.#known) {
      if (sum <= enough) break;
      if (!this.#counts(start, now)) continue;
      sum -= bytes;
      // A slot that a clock set back has put into the future counts as one of now.
      at = Math.min(start, now) + this.#slotMs + this.#dayMs;
    }
    return sum > enough ? now + this.#slotMs : at;
  }

  /** Writes down what was spent, and `ahead` bytes more. One at a time. */
  #keep(ahead: number): Promise<void> {
    const mine = this.#unkept + ahead;
    this.#unkept -= mine;
    const keeping = this.#change(mine).finally(() => {
      if (this.#keeping === keeping) this.#keeping = null;
    });
    this.#keeping = keeping;
    return keeping;
  }

  async #change(mine: number): Promise<void> {
    const change = (spent: Spent): Spent => this.#settled(spent, mine);
    // Known here at once, whatever becomes of the writing.
    this.#known = change(this.#known);
    const { keeper } = this.#options;
    if (keeper) this.#known = await keeper.update(change);
  }

  /** What is over goes; what lies in the future, because a clock was set, is of now: so nothing can lock for ever. */
  #settled(spent: Spent, mine: number): Spent {
    const now = this.#now();
    const current = now - (now % this.#slotMs);
    const slots = new Map<number, number>();
    const add = (start: number, bytes: number): void => {
      const at = Math.min(start, current);
      if (this.#counts(at, now)) slots.set(at, (slots.get(at) ?? 0) + bytes);
    };
    for (const [start, bytes] of spent) add(start, bytes);
    if (mine > 0) add(current, mine);
    const sorted = [...slots].sort(([a], [b]) => a - b);
    // What was written ahead and not spent is taken back where it was written: as late as can be.
    for (let back = -Math.min(0, mine), n = sorted.length - 1; back > 0 && n >= 0; n -= 1) {
      const [start, bytes] = sorted[n]!;
      sorted[n] = [start, Math.max(0, bytes - back)];
      back -= Math.min(back, bytes);
    }
    return sorted.filter(([, bytes]) => bytes > 0);
  }
}

/** Longer than anyone sits out who waits for an answer: the account is locked. */
function isLock(error: unknown): error is Trouble {
  return isTrouble(error, 'busy') && (error.retryAfterMs ?? 0) > FIRST_LOCK_MS;
}

function napping(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const ended = (): void => resolve();
  signal?.addEventListener('abort', ended, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', ended);
  });
}
