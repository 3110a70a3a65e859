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

/**
 * For one lane, which puts into one place at a time; reads at once whatever has gathered meanwhile. What cannot be read back
 * now is none the worse: it stays unverified in the ledger, and the scan at the end of the pass reads it again.
 */
export function openReadBehind(journey: Journey): ReadBehind {
  const waiting: { desk: Desk; landed: readonly Landed[] }[] = [];
  let reading: Promise<void> | null = null;
  let ended: Promise<void> = Promise.resolve();
  const readAll = async () => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      const { desk } = next;
      const landed = waiting.splice(0).flatMap((one) => one.landed);
      try {
        await readBack(journey, desk, landed);
      } catch (error) {
        if (!isTrouble(error, 'lost', 'busy')) throw error;
        tellTrouble(journey.road, error, null);
      }
    }
  };
  return {
    add(desk, landed) {
      if (landed.length === 0 || journey.road.options.dryRun) return;
      waiting.push({ desk, landed });
      if (reading) return;
      reading = readAll().finally(() => {
        reading = null;
      });
      ended = reading;
      ended.catch(() => {});
    },
    async keepUp() {
      const behind = waiting.reduce((sum, { landed }) => sum + landed.length, 0);
      if (behind >= CHUNK_MESSAGES) await ended;
    },
    end: () => ended,
  };
}
