import type { Outcome } from '../ledger/ledger.ts';
import { isIncomplete, isRebuilt } from '../mail/rebuild-note.ts';
import type { Entry } from '../stores/entry.ts';
import { digestHold } from '../stores/holds/digest.ts';
import { altersOf } from './alters.ts';
import type { Journey } from './journey.ts';
import type { Landed, Sent } from './landed.ts';
import type { Desk } from './places.ts';
import { folderName, stopIfCancelled } from './road.ts';

/**
 * Reads acknowledged messages again at the target and compares bytes, marks and date: a tagged OK does not mean
 * "stored as sent" (law 3). What is not there (any more) stays unverified; the proof will name it.
 */
export async function readBack(journey: Journey, desk: Desk, landed: readonly Landed[]): Promise<void> {
  if (landed.length === 0) return;
  const { target, ledger } = journey.road;
  const byKey = new Map(landed.map((one) => [one.key, one]));
  const seen: Seen[] = [];
  for await (const got of target.read(desk.place, [...byKey.keys()], digestHold())) {
    stopIfCancelled(journey.road);
    const one = byKey.get(got.key);
    if (!one || got.is === 'unread') continue;
    seen.push({ one, raw: got.body.raw, marks: got.marks, receivedAt: got.receivedAt });
  }
  desk.verified += seen.length;
  await ledger.settle(await verify(journey, desk, seen));
}

/** A message as it was read at the target, and what it should be. */
export interface Seen {
  one: Landed;
  raw: string;
  marks: readonly string[] | null;
  receivedAt: number | null;
}

/** Compares messages with what was sent; tells what the target altered, and what the source could not rebuild. */
export async function verify(journey: Journey, desk: Desk, seen: readonly Seen[]): Promise<Outcome[]> {
  const changed = seen.filter(({ one, raw }) => raw !== one.step.sent).map(({ one }) => one);
  const alters = await altersOf(journey, desk, changed);
  return seen.map(({ one, raw, marks, receivedAt }): Outcome => {
    const classes = alters.get(one.landing) ?? [];
    const altered = [
      ...new Set([...one.step.altered, ...differing(one.step, marks, receivedAt), ...classes]),
    ];
    if (altered.length > 0) tellAltered(journey, one, altered);
    const stored = raw === one.step.sent ? null : raw;
    return { is: 'verified', landing: one.landing, key: one.key, stored, altered };
  });
}

function differing(step: Sent, marks: Entry['marks'] | null, receivedAt: number | null): string[] {
  const classes: string[] = [];
  const kept = new Set(marks?.map((mark) => mark.toLowerCase()));
  if (marks && step.marks.some((mark) => !kept.has(mark.toLowerCase()))) classes.push('mark');
  if (receivedAt !== null && step.receivedAt !== null && receivedAt !== step.receivedAt) classes.push('date');
  return classes;
}

function tellAltered(journey: Journey, one: Landed, classes: string[]): void {
  const listed = journey.listed.get(one.item.folder);
  if (!classes.every(isRebuilt)) journey.altered++;
  if (isIncomplete(classes)) journey.incomplete++;
  journey.road.tell({
    event: 'altered',
    account: listed?.account.source.name ?? '',
    folder: listed ? folderName(listed.folder.path) : '',
    key: one.item.key,
    subject: one.item.subject,
    classes,
    rung: one.step.rung,
  });
}
