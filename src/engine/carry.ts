import type { Item, ItemIdentity, Outcome, Step, Waiting } from '../ledger/ledger.ts';
import type { Parcel } from '../stores/target.ts';
import { isTrouble, Trouble } from '../trouble.ts';
import { arrival } from './arrival.ts';
import { climb } from './climb.ts';
import { decide } from './decide.ts';
import { leave, leaveUnread } from './exceptions.ts';
import type { Journey } from './journey.ts';
import { restAfter, tellTrouble } from './journey.ts';
import { cutByBytes, type Listed } from './listing.ts';
import type { Destination } from './mapping.ts';
import type { Desk } from './places.ts';
import { count } from './progress.ts';
import { type Landed, readBack } from './readback.ts';
import { type Held, headOf, receive } from './receive.ts';
import {
  BATCH_BYTES,
  BATCH_MESSAGES,
  CHUNK_BYTES,
  CHUNK_MESSAGES,
  folderName,
  stopIfCancelled,
} from './road.ts';
import { firstRung, isLocal, type Rung } from './rungs.ts';

/** A source folder on its way. */
export interface Load {
  listed: Listed;
  destination: Destination;
  /** Whether copies of its messages may already be at the target: then each is asked for before it is put. */
  merge: boolean;
  /** How much waited when it was loaded. */
  waiting: Waiting;
  /** The last item a lane has taken. */
  after: number;
  exhausted: boolean;
  lanes: number;
}

/** Puts of one lane that wait for their answers while the next batch is read: hides the round trip. */
const FLIGHTS_PER_LANE = 2;

/**
 * Carries everything that waits in these folders. Lanes take parts of folders, so that a large inbox is shared out;
 * each lane reads, identifies, plans, notes the intention, puts, and settles, in batches.
 */
export async function carryAll(journey: Journey, loads: readonly Load[]): Promise<void> {
  const { source } = loads[0]!.listed.account;
  const width = journey.road.options.lanes ?? Math.min(source.traits.lanes, journey.road.target.traits.lanes);
  let stopped = false;
  const lane = async () => {
    for (let load = nextLoad(loads); load && !stopped; load = nextLoad(loads)) {
      load.lanes++;
      try {
        await carryFrom(journey, load);
      } catch (error) {
        stopped = true;
        throw error;
      } finally {
        load.lanes--;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.max(1, width) }, lane));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

function nextLoad(loads: readonly Load[]): Load | undefined {
  return loads.filter((load) => !load.exhausted).sort((a, b) => a.lanes - b.lanes)[0];
}

/** Takes parts of one folder until another lane has taken the last. */
async function carryFrom(journey: Journey, load: Load): Promise<void> {
  const behind = readBehind(journey);
  try {
    while (!load.exhausted) {
      stopIfCancelled(journey.road);
      const items = await takeChunk(journey, load);
      if (items.length === 0) break;
      try {
        await behind.read(await carryChunk(journey, load, items));
        journey.lossesInARow = 0;
      } catch (error) {
        await behind.end();
        await restAfter(journey, error);
      }
    }
  } finally {
    // Whatever ends the lane: when it has ended, nothing of it may still ask the stores or the ledger.
    await behind.end();
  }
}

/** What a chunk brought to the target. */
interface Brought {
  desk: Desk;
  landed: Landed[];
}

/**
 * Reads one chunk back while the next is carried. A chunk that cannot be read back now is none the worse: it stays
 * unverified in the ledger, and the scan at the end of the pass reads it again.
 */
function readBehind(journey: Journey) {
  let reading: Promise<void> = Promise.resolve();
  const watch = async ({ desk, landed }: Brought) => {
    try {
      await readBack(journey, desk, landed);
    } catch (error) {
      if (!isTrouble(error, 'lost', 'busy')) throw error;
      tellTrouble(journey.road, error, null);
    }
  };
  return {
    async read(brought: Brought | null): Promise<void> {
      await reading;
      if (!brought || journey.road.options.dryRun) return;
      reading = watch(brought);
      reading.catch(() => {});
    },
    end: () => reading,
  };
}

function takeChunk(journey: Journey, load: Load): Promise<Item[]> {
  return journey.exclusively(async () => {
    const waiting = await journey.road.ledger.waiting(load.listed.row.id, load.after, CHUNK_MESSAGES);
    const items = cutByBytes(waiting, CHUNK_BYTES);
    if (waiting.length < CHUNK_MESSAGES && items.length === waiting.length) load.exhausted = true;
    load.after = items.at(-1)?.id ?? load.after;
    return items;
  });
}

async function carryChunk(journey: Journey, load: Load, items: readonly Item[]): Promise<Brought | null> {
  const { account, folder } = load.listed;
  const desk = await openDesk(journey, load, items);
  if (!desk) return null;
  desk.used = true;
  const flights = takeOff();
  const landed: Landed[] = [];
  let batch: Held[] = [];
  let bytes = 0;
  const fly = async () => {
    const going = carryBatch(journey, load, desk, batch, landed);
    batch = [];
    bytes = 0;
    await flights.add(going);
  };
  try {
    for await (const got of receive(account.source, folder, items, journey.hold, load.merge)) {
      if ('trouble' in got) {
        await leaveUnread(journey, load, got);
        continue;
      }
      batch.push(got);
      bytes += got.body.size;
      if (batch.length >= BATCH_MESSAGES || bytes >= BATCH_BYTES) await fly();
    }
    if (batch.length > 0) await fly();
  } finally {
    for (const held of batch) held.body.release();
    await flights.land();
  }
  flights.check();
  return { desk, landed };
}

/** Batches under way: a new one waits while as many are as may be; the first failure is thrown to whoever asks next. */
function takeOff() {
  const flying = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const check = () => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    check,
    async add(flight: Promise<void>): Promise<void> {
      const watched = flight
        .catch((error: unknown) => void failures.push(error))
        .finally(() => flying.delete(watched));
      flying.add(watched);
      if (flying.size >= FLIGHTS_PER_LANE) await Promise.race(flying);
      check();
    },
    async land(): Promise<void> {
      await Promise.all(flying);
    },
  };
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

/** Decides, intends, puts and settles one batch; every body is released whatever happens. */
async function carryBatch(
  journey: Journey,
  load: Load,
  desk: Desk,
  batch: readonly Held[],
  landed: Landed[],
): Promise<void> {
  try {
    const copies = load.merge
      ? await journey.exclusively(() => decideAndIntend(journey, load, desk, batch))
      : await intend(journey, load, desk, batch);
    await putAll(journey, load, desk, copies, landed);
  } finally {
    for (const held of batch) held.body.release();
  }
}

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

function identify(journey: Journey, batch: readonly Held[]): Promise<void> {
  return journey.road.ledger.identify(batch.map((held) => ({ item: held.item.id, ...readOf(held) })));
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
export function stepFor(desk: Desk, held: Held, rung: Rung): Step {
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
    altered: [...altered, ...rung.classes],
    read: readOf(held),
  };
}

export function keptMarks(desk: Desk, marks: readonly string[]): string[] {
  const { keeps } = desk.place;
  if (keeps === 'any') return [...marks];
  const kept = new Set(keeps.map((mark) => mark.toLowerCase()));
  return marks.filter((mark) => kept.has(mark.toLowerCase()));
}

async function putAll(
  journey: Journey,
  load: Load,
  desk: Desk,
  copies: readonly Going[],
  landed: Landed[],
): Promise<void> {
  if (copies.length === 0) return;
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
}

/** Counts a message that the target acknowledged. */
export function arrived(journey: Journey, going: Going, key: string | null, landed: Landed[]): void {
  journey.carried++;
  journey.bytes += going.step.size;
  count(journey, going.held.item.account, 1, going.held.item.size);
  journey.lossesInARow = 0;
  if (key === null) return;
  const { item, identity } = going.held;
  const known = { ...item, subject: identity.subject };
  landed.push({ landing: going.parcel.step, key, step: going.step, item: known });
}
