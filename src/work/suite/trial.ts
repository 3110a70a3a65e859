import assert from 'node:assert/strict';
import { isTrouble, type TroubleKind } from '../../trouble.ts';
import type { Clock } from '../time.ts';
import type { AskedJob, Job, Limits, Work } from '../work.ts';

/** A store of work under test, and its clock. */
export interface Bed {
  work: Work;
  /** The same store as another process has it: opened once more where there is a file. */
  other: Work;
  clock: HandClock;
  /** Gives everything back. */
  end(): Promise<void>;
}

/** Declares one test. */
export type Law = (title: string, run: (bed: Bed) => Promise<void>) => void;

export interface HandClock extends Clock {
  /** Time goes by, for the wall clock too. */
  pass(ms: number): void;
  /** Somebody sets the wall clock forward or back. */
  set(byMs: number): void;
}

export const START_MS = Date.UTC(2027, 2, 1, 8);
export const MINUTE_MS = 60_000;
export const NO_LIMITS: Limits = { overall: 1000, perSite: 1000, sites: 'all' };

export function handClock(): HandClock {
  let [wall, steady] = [START_MS, 5000];
  return {
    wallMs: () => wall,
    steadyMs: () => steady,
    pass(ms) {
      wall += ms;
      steady += ms;
    },
    set(byMs) {
      wall += byMs;
    },
  };
}

/** A job that is due, of a move of its own. */
export function asked(key: string, change: Partial<AskedJob> = {}): AskedJob {
  const plain = { kind: 'move', site: 'Lyon', earliestMs: START_MS, priority: 0, payload: null } as const;
  return { key, of: `move of ${key}`, ...plain, ...change };
}

export async function leasedKeys(
  work: Work,
  worker: string,
  most = 10,
  limits = NO_LIMITS,
): Promise<string[]> {
  return (await work.lease(worker, most, MINUTE_MS, limits)).map(({ key }) => key);
}

export async function jobOf(work: Work, key: string): Promise<Job> {
  const job = await work.job(key);
  assert(job, `${key} is lost`);
  return job;
}

export async function troubled(kind: TroubleKind, doing: Promise<unknown>, on?: string): Promise<void> {
  await assert.rejects(doing, (error) => {
    assert(isTrouble(error, kind), String(error));
    if (on !== undefined) assert.equal(error.on, on);
    return true;
  });
}
