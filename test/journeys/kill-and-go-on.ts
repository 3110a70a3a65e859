/** A large archive is moved, killed again and again, in bounded memory. */
import assert from 'node:assert/strict';
import type { Event } from '../../src/engine/event.ts';
import type { Random } from '../generate/random.ts';
import { type Errand, run, tellRan } from './engine.ts';

export const KILLS = 4;
const MOST_KB = 200 * 1024;

/** Answers the most memory that any run had, in KB. */
export async function killAndGoOn(random: Random, errand: Errand, messages: number): Promise<number> {
  let peakKb = 0;
  const share = Math.ceil(messages / (KILLS + 1));
  for (let kills = 0; ; kills++) {
    // The first at any time, while it is listed maybe; the others when some of it has been carried.
    const signal = { name: 'SIGKILL' as const, afterMs: 3_000 + random.below(12_000) };
    const carried = 1 + random.below(share);
    const watch = (event: Event) =>
      event.event === 'progress' && event.done >= carried ? ('SIGKILL' as const) : undefined;
    const blow = kills === 0 ? { signal } : kills < KILLS ? { watch } : {};
    const ran = await run('move', errand, { ...blow, limitMs: 1_200_000 });
    peakKb = Math.max(peakKb, ran.peakKb);
    assert.ok(ran.peakKb < MOST_KB, `the engine had ${Math.round(ran.peakKb / 1024)} MB`);
    if (ran.signal === 'SIGKILL') continue;
    assert.equal(ran.code, 0, tellRan(ran));
    assert.partialDeepStrictEqual(ran.summary, { entries: messages, copied: messages, missing: 0, left: 0 });
    return peakKb;
  }
}
