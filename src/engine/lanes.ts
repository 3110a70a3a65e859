import type { Item } from '../ledger/ledger.ts';
import { isTrouble } from '../trouble.ts';
import { type Brought, carryChunk } from './carry.ts';
import { type Journey, restAfter, tellTrouble } from './journey.ts';
import { cutByBytes } from './listing.ts';
import type { Load } from './load.ts';
import { readBack } from './readback.ts';
import { CHUNK_BYTES, CHUNK_MESSAGES, stopIfCancelled } from './road.ts';

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
