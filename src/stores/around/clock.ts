import { setTimeout as delay } from 'node:timers/promises';

/** Time as the stores around stores see it; another one in tests. */
export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Ends early, without error, when the signal is raised. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const realClock: Clock = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },
};
