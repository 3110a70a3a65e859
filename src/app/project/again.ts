import type { TroubleKind } from '../../trouble.ts';

/** How a job that did not end well goes on. */
export type Again =
  /** By itself, not before; `counts`: it was an attempt. */
  | { is: 'later'; afterMs: number }
  /** A person must do something first. */
  | { is: 'never' };

const FIRST_MS = 30_000;
const LONGEST_MS = 60 * 60_000;
/** A full mailbox is not emptied within a minute. */
const FULL_MS = 15 * 60_000;
/** A whole day of trying: then somebody should look. */
const ATTEMPTS_MAX = 30;

/**
 * The kind alone decides (`src/trouble.ts`): what waiting can mend is tried again, ever later, for about a day; what only a person
 * can mend is told to a person.
 *
 * @param attempts how often it was begun, this time included
 */
export function againAfter(kind: TroubleKind, attempts: number, retryAfterMs: number | null): Again {
  if (attempts >= ATTEMPTS_MAX) return { is: 'never' };
  switch (kind) {
    case 'busy':
    case 'lost':
      return { is: 'later', afterMs: Math.max(retryAfterMs ?? 0, backOff(attempts)) };
    case 'full':
      return { is: 'later', afterMs: Math.max(retryAfterMs ?? 0, FULL_MS, backOff(attempts)) };
    case 'missing':
    case 'refused':
    case 'denied':
    case 'malformed':
      return { is: 'never' };
  }
}

function backOff(attempts: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempts - 1));
}
