import type { Item } from '../ledger/ledger.ts';
import { isTrouble } from '../trouble.ts';
import { allEnded } from './abreast.ts';
import { carryChunk, type Lane } from './carry.ts';
import { openFlights } from './flights.ts';
import { type Journey, restAfter } from './journey.ts';
import { cutByBytes } from './listing.ts';
import type { Load } from './load.ts';
import { openReadBehind } from './read-behind.ts';
import { CHUNK_BYTES, CHUNK_MESSAGES, CHUNK_PUTS, stopIfCancelled } from './road.ts';

/**
 * Carries everything that waits in these folders. Lanes take parts of folders, so that a large inbox is shared out;
 * each lane reads, identifies, plans, notes the intention, puts, and settles, in batches.
 */
export async function carryAll(journey: Journey, loads: readonly Load[]): Promise<void> {
  const { source } = loads[0]!.listed.account;
  const width = journey.road.options.lanes ?? Math.min(source.traits.lanes, journey.road.target.traits.lanes);
  let stopped = false;
  const goThrough = async (lane: Lane) => {
    try {
      for (let load = nextLoad(loads); load && !stopped; load = nextLoad(loads)) {
        load.lanes++;
        await carryFrom(journey, load, lane).finally(() => load!.lanes--);
      }
      await bear(journey, lane, []);
    } catch (error) {
      stopped = true;
      throw error;
    } finally {
      // Whatever ends the lane: when it has ended, nothing of it may still ask the stores or the ledger.
      await lane.flights.land();
      await lane.behind.end();
    }
  };
  const lanes = Array.from({ length: Math.max(1, width) }, () => openLane(journey));
  await allEnded(lanes.map(goThrough));
}

function nextLoad(loads: readonly Load[]): Load | undefined {
  return loads.filter((load) => !load.exhausted).sort((a, b) => a.lanes - b.lanes)[0];
}

function openLane(journey: Journey): Lane {
  return { flights: openFlights(), behind: openReadBehind(journey) };
}

/** Takes parts of one folder until another lane has taken the last; goes on before all of them have landed. */
async function carryFrom(journey: Journey, load: Load, lane: Lane): Promise<void> {
  while (!load.exhausted) {
    stopIfCancelled(journey.road);
    const items = await takeChunk(journey, load);
    if (items.length === 0) return;
    await lane.behind.keepUp();
    await carryChunk(journey, load, items, lane).catch((error) => bear(journey, lane, [error]));
  }
}

/** Waits for what is under way, and rests after a cut. Throws what waiting cannot mend. */
async function bear(journey: Journey, lane: Lane, told: readonly unknown[]): Promise<void> {
  const errors = [...told, ...(await lane.flights.land())];
  if (errors.length === 0) return;
  await lane.behind.end();
  await restAfter(journey, errors.find((one) => !isTrouble(one, 'lost', 'busy')) ?? errors[0]);
}

function takeChunk(journey: Journey, load: Load): Promise<Item[]> {
  const { together } = journey.road.target.traits;
  // A target that takes few at a time takes them slowly: then the last of a folder must be shared out too.
  const most = Math.min(CHUNK_MESSAGES, (together ?? CHUNK_MESSAGES) * CHUNK_PUTS);
  return journey.exclusively(async () => {
    const waiting = await journey.road.ledger.waiting(load.listed.row.id, load.after, most);
    const items = cutByBytes(waiting, CHUNK_BYTES);
    if (waiting.length < most && items.length === waiting.length) load.exhausted = true;
    load.after = items.at(-1)?.id ?? load.after;
    return items;
  });
}
