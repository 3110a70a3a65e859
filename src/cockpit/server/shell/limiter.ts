/** How many at once, and how fast room comes back. */
export interface Rate {
  burst: number;
  /** One more every so many milliseconds. */
  everyMs: number;
}

/** Counts by key. Memory is bounded: of too many keys, those that were seen longest ago are forgotten. */
export interface Limiter {
  /** Takes one. Null: there was room; else how many milliseconds until there is. What is refused is not counted. */
  take(key: string): number | null;
  /** Gives one back. */
  giveBack(key: string): void;
  forget(key: string): void;
  readonly size: number;
}

const KEYS_MAX = 50_000;

/**
 * The generic cell rate algorithm: one number a key, the moment at which all that was taken has flowed off. `nowMs` must not go
 * back when somebody sets the clock.
 */
export function limiter(
  { burst, everyMs }: Rate,
  { keysMax = KEYS_MAX, nowMs = () => performance.now() }: { keysMax?: number; nowMs?: () => number } = {},
): Limiter {
  const fullAt = new Map<string, number>();
  const room = burst * everyMs;
  const put = (key: string, at: number): void => {
    fullAt.delete(key);
    fullAt.set(key, at);
    if (fullAt.size > keysMax) makeRoom(fullAt, nowMs(), keysMax);
  };
  return {
    take(key) {
      const now = nowMs();
      const next = Math.max(fullAt.get(key) ?? now, now) + everyMs;
      if (next - now > room) return Math.ceil(next - now - room);
      put(key, next);
      return null;
    },
    giveBack(key) {
      const at = fullAt.get(key);
      if (at !== undefined) put(key, at - everyMs);
    },
    forget: (key) => void fullAt.delete(key),
    get size() {
      return fullAt.size;
    },
  };
}

/** First those that count no more; then the oldest tenth, so that this is not done for every key of a flood. */
function makeRoom(fullAt: Map<string, number>, now: number, keysMax: number): void {
  for (const [key, at] of fullAt) if (at <= now) fullAt.delete(key);
  let over = fullAt.size - Math.floor(keysMax * 0.9);
  for (const key of fullAt.keys()) {
    if (over-- <= 0) return;
    fullAt.delete(key);
  }
}
