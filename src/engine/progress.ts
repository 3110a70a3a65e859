import type { Journey } from './journey.ts';

/** What became of one account in this run. */
export interface Count {
  account: string;
  done: number;
  of: number;
  bytes: number;
  ofBytes: number;
  /** `performance.now()` when it was last told. */
  toldAt: number;
}

/** Told at most this often for each account, and once at its end. */
const TELL_EVERY_MS = 250;

export function startCount(account: string): Count {
  return { account, done: 0, of: 0, bytes: 0, ofBytes: 0, toldAt: Number.NEGATIVE_INFINITY };
}

/** Messages of an account got their outcome. */
export function count(journey: Journey, account: number, messages: number, bytes: number): void {
  const of = journey.progress.get(account);
  if (!of) return;
  of.done += messages;
  of.bytes += bytes;
  const now = performance.now();
  if (now - of.toldAt < TELL_EVERY_MS && of.done < of.of) return;
  of.toldAt = now;
  journey.road.tell({
    event: 'progress',
    account: of.account,
    done: of.done,
    of: Math.max(of.of, of.done),
    bytes: of.bytes,
    ofBytes: Math.max(of.ofBytes, of.bytes),
  });
}
