/** What an account may download in a day, as Google keeps to it: then everything is refused, until the day is over. */
export interface DailyLimit {
  bytes: number;
  /** How long a day is. */
  dayMs: number;
  /** Another clock, in milliseconds. */
  now?: () => number;
}

/** Google's words. */
export const LOCKED = 'Account exceeded command or bandwidth limits.';

export class Daily {
  /** How often the account was locked. */
  locks = 0;
  readonly #limit: DailyLimit;
  #spent: { at: number; bytes: number }[] = [];
  #until = 0;

  constructor(limit: DailyLimit) {
    this.#limit = limit;
  }

  /** Sent within the last day. */
  get spent(): number {
    const since = this.#now() - this.#limit.dayMs;
    this.#spent = this.#spent.filter(({ at }) => at > since);
    return this.#spent.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get locked(): boolean {
    return this.#now() < this.#until;
  }

  spend(bytes: number): void {
    this.#spent.push({ at: this.#now(), bytes });
    if (this.locked || this.spent <= this.#limit.bytes) return;
    this.locks++;
    this.#until = this.#now() + this.#limit.dayMs;
  }

  #now(): number {
    return (this.#limit.now ?? Date.now)();
  }
}
