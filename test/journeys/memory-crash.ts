/** Ways to end and to disturb a run over mailboxes in memory. */
import assert from 'node:assert/strict';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { Behaviour, Fate } from '../../src/stores/memory/mailbox.ts';
import type { MemoryRoad } from './memory-road.ts';

/** Ends the run as SIGKILL would: nothing after it happens. */
class Killed extends Error {}

/** Counts every step that a run takes towards the outside or its ledger, and ends the run at the n-th. */
function countdown(killAt: number) {
  let steps = 0;
  let dead = false;
  const step = () => {
    if (dead) throw new Killed();
    steps++;
    if (steps !== killAt) return;
    dead = true;
    throw new Killed();
  };
  const wrap = (ledger: Ledger): Ledger =>
    new Proxy(ledger, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          step();
          return (value as (...args: unknown[]) => Promise<unknown>).apply(target, args);
        };
      },
    });
  return { step, wrap, steps: () => steps };
}

/** A run that is ended at its n-th step; whether it came so far. */
export async function killedAt(
  road: MemoryRoad,
  killAt: number,
): Promise<{ killed: boolean; steps: number }> {
  const clock = countdown(killAt);
  for (const mailbox of [...road.sources, road.target]) mailbox.behaviour.onCall = clock.step;
  try {
    await road.move({}, clock.wrap);
    return { killed: false, steps: clock.steps() };
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return { killed: true, steps: clock.steps() };
  } finally {
    for (const mailbox of [...road.sources, road.target]) mailbox.behaviour.onCall = () => {};
    road.crash();
  }
}

/** A pseudo-random sequence in [0, 1) that a seed gives again (mulberry32). */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Half of all puts end well; the rest land without an answer, land late, or not at all. */
export function fates(seed: number): Behaviour['fate'] {
  const roll = dice(seed);
  return (): Fate => {
    const n = roll();
    if (n < 0.55) return 'acknowledged';
    if (n < 0.7) return 'landed';
    if (n < 0.85) return 'not-landed';
    // Counted in calls, not in time: a busy machine must not decide whether it lands before the settle time is over.
    return { late: { calls: 1 + Math.floor(roll() * 3) } };
  };
}

/** Runs until nothing is missing, 20 times at most, each ended by nothing but a lost connection; then once more in peace. */
export async function movedThroughLosses(road: MemoryRoad, seed: number): Promise<void> {
  for (let run = 0; run < 20; run++) {
    try {
      if ((await road.move()).missing === 0) break;
    } catch (error) {
      assert.equal((error as { kind?: string }).kind, 'lost', `SEED=${seed}: ${(error as Error).stack}`);
    }
  }
  road.target.behaviour.fate = () => 'acknowledged';
  await road.move();
}
