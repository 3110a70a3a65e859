import type { Going } from './intend.ts';
import type { Count, Journey } from './journey.ts';
import type { Landed } from './landed.ts';

/** Told at most this often for each account, and once at its end. */
const TELL_EVERY_MS = 250;

export function startCount(account: string): Count {
  return { account, done: 0, of: 0, bytes: 0, ofBytes: 0, toldAt: Number.NEGATIVE_INFINITY };
}

/** Messages of an account got their outcome. */
export function count(journey: Journey, account: number, messages: number, bytes: number): void {
  const of = journey.progress.get(account);
  journey.lossesInARow = 0;
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

/** Counts a message that the target acknowledged. */
export function arrived(journey: Journey, going: Going, key: string | null, landed: Landed[]): void {
  journey.carried++;
  journey.bytes += going.step.size;
  count(journey, going.held.item.account, 1, going.held.item.size);
  if (key === null) return;
  const { item, identity } = going.held;
  const known = { ...item, subject: identity.subject };
  landed.push({ landing: going.parcel.step, key, step: going.step, item: known });
}
