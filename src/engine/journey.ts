import type { Folder } from '../stores/entry.ts';
import type { TravelHold } from '../stores/holds/travel.ts';
import { isTrouble, type Trouble } from '../trouble.ts';
import type { Listed } from './listing.ts';
import { openPlaces, type Places } from './places.ts';
import { type Road, stopIfCancelled } from './road.ts';

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

/** What one run knows while it runs; everything that must outlive it is in the ledger. */
export interface Journey {
  road: Road;
  places: Places;
  /** The target's folders as they were when the run began. */
  targetFolders: readonly Folder[];
  /** The source folders of this run, by the ledger's id. */
  listed: Map<number, Listed>;
  hold: TravelHold;
  /** Which rung this target took for messages with these oddities, after refusing them as they were. */
  learned: Map<string, string>;
  /** What became of each account, by the ledger's id. */
  progress: Map<number, Count>;
  carried: number;
  bytes: number;
  altered: number;
  /** Arrived without a part that could not be read at the source. */
  incomplete: number;
  /** Files and folders at the sources that may hold mail and could not be looked into. */
  unopened: number;
  /** Longest time a put took to be answered, milliseconds. */
  slowestPutMs: number;
  /** `performance.now()` of the latest moment at which a put was cut: from then on the target may still be swallowing. */
  doubtSince: number;
  lossesInARow: number;
  /** `performance.now()` until which a store has asked to be left alone. */
  askedUntil: number;
  /** One at a time: decide by what the ledger knows, and tell it. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

export async function startJourney(
  road: Road,
  hold: TravelHold,
  targetFolders: readonly Folder[],
): Promise<Journey> {
  const learned = JSON.parse((await road.ledger.recall('learned')) ?? '[]') as [string, string][];
  let turn: Promise<unknown> = Promise.resolve();
  return {
    road,
    places: openPlaces(road),
    targetFolders,
    listed: new Map(),
    hold,
    learned: new Map(learned),
    progress: new Map(),
    carried: 0,
    bytes: 0,
    altered: 0,
    incomplete: 0,
    unopened: 0,
    slowestPutMs: 0,
    doubtSince: performance.now(),
    lossesInARow: 0,
    askedUntil: 0,
    exclusively(work) {
      const result = turn.then(work);
      turn = result.catch(() => {});
      return result;
    },
  };
}

const LOSSES_MAX = 8;
const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 30_000;

/**
 * After a connection was lost or the target asked for time: rests, then lets the run go on. Throws what cannot be
 * mended by waiting, and a loss that repeats without a single message landing in between.
 */
export async function restAfter(journey: Journey, error: unknown): Promise<void> {
  if (!isTrouble(error, 'lost', 'busy')) throw error;
  const now = performance.now();
  // Every lane is told the same: it was asked once.
  if (error.retryAfterMs === undefined || now >= journey.askedUntil) journey.lossesInARow++;
  journey.askedUntil = Math.max(journey.askedUntil, now + (error.retryAfterMs ?? 0));
  if (journey.lossesInARow > LOSSES_MAX) throw error;
  const first = journey.road.options.restMs ?? FIRST_REST_MS;
  const inMs = error.retryAfterMs ?? Math.min(LONGEST_REST_MS, first * 2 ** (journey.lossesInARow - 1));
  tellTrouble(journey.road, error, inMs);
  await rest(journey.road, inMs);
}

export function tellTrouble(road: Road, trouble: Trouble, inMs: number | null): void {
  road.tell({
    event: 'trouble',
    kind: trouble.kind,
    tried: trouble.tried,
    on: trouble.on,
    answer: trouble.answer ?? null,
    inMs,
  });
}

/** Waits, and throws `Cancelled` as soon as the run is cancelled. */
export async function rest(road: Road, ms: number): Promise<void> {
  stopIfCancelled(road);
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  road.signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
  stopIfCancelled(road);
}
