import { isTrouble } from '../trouble.ts';
import { type Journey, tellTrouble } from './journey.ts';
import type { Landed } from './landed.ts';
import type { Desk } from './places.ts';
import { readBack } from './readback.ts';
import { CHUNK_MESSAGES } from './road.ts';

/** Reads back what landed while more is carried. */
export interface ReadBehind {
  add(desk: Desk, landed: readonly Landed[]): void;
  /** Waits while it is far behind. Throws `Cancelled`. */
  keepUp(): Promise<void>;
  /** Waits until all is read. Throws `Cancelled`. */
  end(): Promise<void>;
}

/** So much is read together: each reading opens the folder anew. The end of a lane waits for no more. */
const TOGETHER_MESSAGES = 200;
const TOGETHER_BYTES = 2 * 1024 * 1024;

/**
 * For one lane. What cannot be read back now is none the worse: it stays unverified in the ledger, and the scan at the end of
 * the pass reads it again.
 */
export function openReadBehind(journey: Journey): ReadBehind {
  let waiting: { desk: Desk; landed: readonly Landed[] }[] = [];
  let messages = 0;
  let bytes = 0;
  let busy = false;
  let ended: Promise<void> = Promise.resolve();

  /** What waits for the folder that is next. */
  const take = (): { desk: Desk; landed: Landed[] } | null => {
    const desk = waiting[0]?.desk;
    if (!desk) return null;
    const landed = waiting.filter((one) => one.desk === desk).flatMap((one) => one.landed);
    waiting = waiting.filter((one) => one.desk !== desk);
    messages -= landed.length;
    bytes -= sizeOf(landed);
    return { desk, landed };
  };
  const readAll = async () => {
    for (let next = take(); next; next = take()) {
      try {
        await readBack(journey, next.desk, next.landed);
      } catch (error) {
        if (!isTrouble(error, 'lost', 'busy')) throw error;
        tellTrouble(journey.road, error, null);
      }
    }
  };
  const start = () => {
    if (busy || waiting.length === 0) return;
    busy = true;
    // After a failure that is no cut (`Cancelled`) every wait tells it.
    ended = ended.then(readAll).finally(() => {
      busy = false;
    });
    ended.catch(() => {});
  };
  return {
    add(desk, landed) {
      if (landed.length === 0 || journey.road.options.dryRun) return;
      waiting.push({ desk, landed });
      messages += landed.length;
      bytes += sizeOf(landed);
      if (messages >= TOGETHER_MESSAGES || bytes >= TOGETHER_BYTES) start();
    },
    async keepUp() {
      if (messages >= CHUNK_MESSAGES) await ended;
    },
    async end() {
      // What lands while the last is read has its turn too.
      for (start(); busy; start()) await ended;
      await ended;
    },
  };
}

function sizeOf(landed: readonly Landed[]): number {
  return landed.reduce((sum, { step }) => sum + step.size, 0);
}
