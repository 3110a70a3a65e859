import type { Item, Outcome } from '../ledger/ledger.ts';
import { isTrouble, Trouble } from '../trouble.ts';
import { climb } from './climb.ts';
import { decide } from './decide.ts';
import { leave, leaveUnread } from './exceptions.ts';
import type { Flights } from './flights.ts';
import { type Going, identify, intendRungs } from './intend.ts';
import type { Journey } from './journey.ts';
import type { Landed } from './landed.ts';
import type { Load } from './load.ts';
import type { Desk } from './places.ts';
import { arrived, count } from './progress.ts';
import type { ReadBehind } from './read-behind.ts';
import { type Held, receive } from './receive.ts';
import { BATCH_BYTES, BATCH_MESSAGES, FIRST_BATCH_BYTES, folderName } from './road.ts';
import { firstRung, isLocal, type Rung } from './rungs.ts';

/** What a lane has under way. */
export interface Lane {
  flights: Flights;
  behind: ReadBehind;
}

/**
 * Carries some messages of one folder: read, identified, planned, intended, put and settled, in batches. The last batches
 * are still under way when it returns.
 */
export async function carryChunk(
  journey: Journey,
  load: Load,
  items: readonly Item[],
  lane: Lane,
): Promise<void> {
  const { account, folder } = load.listed;
  const desk = await openDesk(journey, load, items);
  if (!desk) return;
  desk.used = true;
  const together = Math.min(BATCH_MESSAGES, journey.road.target.traits.together ?? BATCH_MESSAGES);
  let batch: Held[] = [];
  let bytes = 0;
  const fly = async () => {
    const going = carryBatch(journey, load, desk, batch, lane.behind);
    batch = [];
    bytes = 0;
    await lane.flights.add(going);
  };
  try {
    for await (const got of receive(account.source, folder, items, journey.hold, load.merge)) {
      if ('trouble' in got) {
        await leaveUnread(journey, load, got);
        continue;
      }
      batch.push(got);
      bytes += got.body.size;
      if (batch.length >= together || bytes >= batchBytes(journey)) await fly();
    }
    if (batch.length > 0) await fly();
  } finally {
    for (const held of batch) held.body.release();
  }
}

/** Small at the beginning of a run, so that the target has something to do as soon as the first bytes are here. */
function batchBytes({ bytes }: Journey): number {
  return Math.min(BATCH_BYTES, Math.max(FIRST_BATCH_BYTES, bytes / 4));
}

/** Opens the place; where the target refuses the folder itself, its messages are left with the target's words. */
async function openDesk(journey: Journey, load: Load, items: readonly Item[]): Promise<Desk | null> {
  try {
    return await journey.places.prepare(load.destination);
  } catch (error) {
    if (!isTrouble(error, 'refused')) throw error;
    for (const item of items) await leave(journey, load, item, 'folder-refused', error.answer ?? null);
    return null;
  }
}

/** Decides, intends, puts and settles one batch, to be read back; every body is released whatever happens. */
async function carryBatch(
  journey: Journey,
  load: Load,
  desk: Desk,
  batch: readonly Held[],
  behind: ReadBehind,
): Promise<void> {
  try {
    const copies = load.merge
      ? await journey.exclusively(() => decideAndIntend(journey, load, desk, batch))
      : await intend(journey, load, desk, batch);
    behind.add(desk, await putAll(journey, load, desk, copies));
  } finally {
    for (const held of batch) held.body.release();
  }
}

async function decideAndIntend(
  journey: Journey,
  load: Load,
  desk: Desk,
  batch: readonly Held[],
): Promise<Going[]> {
  const { copies, joined } = await decide(journey, load, batch);
  const joining = batch.filter((held) => !copies.includes(held));
  if (joining.length > 0) {
    await identify(journey, joining);
    await journey.road.ledger.settle(joined);
    const bytes = joining.reduce((sum, held) => sum + held.item.size, 0);
    count(journey, load.listed.account.row.id, joining.length, bytes);
  }
  return intend(journey, load, desk, copies);
}

async function intend(journey: Journey, load: Load, desk: Desk, batch: readonly Held[]): Promise<Going[]> {
  const { target } = journey.road;
  const limit = target.traits.messageMaxBytes;
  const local = isLocal(load.listed.account.source, target);
  const fitting: { held: Held; rung: Rung }[] = [];
  for (const held of batch) {
    const rung = firstRung(journey.learned, held, local);
    if (limit === null || rung.body.size <= limit) fitting.push({ held, rung });
    else await leaveTooLarge(journey, load, held, `${rung.body.size} > ${limit}`);
  }
  return intendRungs(journey, desk, fitting);
}

async function leaveTooLarge(journey: Journey, load: Load, held: Held, sizes: string): Promise<void> {
  await identify(journey, [held]);
  const item = { ...held.item, subject: held.identity.subject };
  await leave(journey, load, item, 'too-large', sizes);
}

/** Answers those that lie there under a known key. */
async function putAll(journey: Journey, load: Load, desk: Desk, copies: readonly Going[]): Promise<Landed[]> {
  const landed: Landed[] = [];
  if (copies.length === 0) return landed;
  const refused: { going: Going; trouble: Trouble }[] = [];
  const outcomes: Outcome[] = [];
  const byStep = new Map(copies.map((going) => [going.parcel.step, going]));
  const began = performance.now();
  try {
    const parcels = copies.map((going) => going.parcel);
    for await (const answer of journey.road.target.put(desk.place, parcels)) {
      const going = byStep.get(answer.step);
      if (!going) throw new Error(`the target answered for step ${answer.step}, which was not put`);
      byStep.delete(answer.step);
      if (answer.is === 'landed') outcomes.push({ is: 'landed', landing: answer.step, key: answer.key });
      else refused.push({ going, trouble: answer.trouble });
      if (answer.is === 'landed') arrived(journey, going, answer.key, landed);
    }
  } catch (error) {
    journey.doubtSince = performance.now();
    throw error;
  } finally {
    journey.slowestPutMs = Math.max(journey.slowestPutMs, performance.now() - began);
    if (outcomes.length) await journey.road.ledger.settle(outcomes);
  }
  if (byStep.size > 0) {
    throw new Trouble('lost', { tried: 'store-message', on: folderName(desk.place.path) });
  }
  for (const { going, trouble } of refused) await climb(journey, load, desk, going, trouble, landed);
  return landed;
}
