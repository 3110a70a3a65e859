import type { Tokens } from '../tokens.ts';
import type { AccessToken } from './token-answer.ts';

/** A token that ends sooner is not given out any more, where it lives long enough for that. */
const GOOD_FOR_MS = 60_000;

/** Whether a token may still be given out. One that lives for less than two minutes is good for its first half. */
export function isGood({ gotAt, endsAt }: AccessToken, now = Date.now()): boolean {
  const margin = Math.min(GOOD_FOR_MS, (endsAt - gotAt) / 2);
  // A clock that was put back says nothing of what is left.
  return now >= gotAt && now < endsAt - margin;
}

/**
 * Tokens that are got when they are needed and kept while they are good. All connections of an account share one: whoever
 * asks while another is being got, waits for that one. `refused` is null when the last one has merely ended.
 */
export function renewing(obtain: (refused: string | null) => Promise<AccessToken>): Tokens {
  let current: AccessToken | null = null;
  let underway: Promise<AccessToken> | null = null;
  return {
    async token(refused) {
      if (current !== null && current.text !== refused && isGood(current)) return current.text;
      underway ??= obtain(refused ?? null).finally(() => {
        underway = null;
      });
      current = await underway;
      return current.text;
    },
  };
}
