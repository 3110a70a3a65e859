import type { ItemIdentity, Step } from '../ledger/ledger.ts';
import type { Parcel } from '../stores/target.ts';
import { arrival } from './arrival.ts';
import type { Journey } from './journey.ts';
import type { Desk } from './places.ts';
import { type Held, headOf } from './receive.ts';
import type { Rung } from './rungs.ts';

/** One message with its landing noted in the ledger. */
export interface Going {
  held: Held;
  step: Step;
  parcel: Parcel;
}

/** What the ledger keeps of a message that was read. */
function readOf({ identity, body, marks, receivedAt }: Held): Omit<ItemIdentity, 'item'> {
  const { exact, kin, likely, messageId, subject } = identity;
  return { exact, kin, likely, messageId, subject, size: body.size, marks, receivedAt };
}

/** Writes down what was read of messages that are not put. */
export function identify(journey: Journey, batch: readonly Held[]): Promise<void> {
  return journey.road.ledger.identify(batch.map((held) => ({ item: held.item.id, ...readOf(held) })));
}

/** Notes the intention, durable, before a byte of it goes out. */
export async function intendRungs(
  journey: Journey,
  desk: Desk,
  rungs: readonly { held: Held; rung: Rung }[],
): Promise<Going[]> {
  if (rungs.length === 0) return [];
  const steps = rungs.map(({ held, rung }) => stepFor(desk, held, rung));
  const ids = await journey.road.ledger.intend(steps);
  return rungs.map(({ held, rung }, index) => {
    const step = steps[index]!;
    const { marks, receivedAt } = step;
    return { held, step, parcel: { step: ids[index]!, body: rung.body, marks, receivedAt } };
  });
}

/** What is intended for a message on this rung of the ladder. */
function stepFor(desk: Desk, held: Held, rung: Rung): Step {
  const { identity, item } = held;
  const when = arrival(held.receivedAt, headOf(held.body));
  const marks = keptMarks(desk, held.marks);
  const altered: string[] = [];
  if (when.altered) altered.push('date');
  if (marks.length < held.marks.length) altered.push('keyword');
  return {
    item: item.id,
    place: desk.row.id,
    sent: rung.raw,
    size: rung.body.size,
    exact: identity.exact,
    kin: identity.kin,
    likely: identity.likely,
    messageId: identity.messageId,
    marks,
    receivedAt: when.receivedAt,
    rung: rung.name,
    altered: [...held.rebuilt, ...altered, ...rung.classes],
    read: readOf(held),
  };
}

/** The marks that the place keeps. */
export function keptMarks(desk: Desk, marks: readonly string[]): string[] {
  const { keeps } = desk.place;
  if (keeps === 'any') return [...marks];
  const kept = new Set(keeps.map((mark) => mark.toLowerCase()));
  return marks.filter((mark) => kept.has(mark.toLowerCase()));
}
