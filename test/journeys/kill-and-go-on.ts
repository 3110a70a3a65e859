/** A large archive is moved, killed again and again, in bounded memory. */
import assert from 'node:assert/strict';
import type { Random } from '../generate/random.ts';
import { type Errand, run, tellRan } from './engine.ts';

export const KILLS = 4;
const MOST_KB = 200 * 1024;

/** Answers the most memory that any run had, in KB. */
export async function killAndGoOn(random: Random, errand: Errand, messages: number): Promise<number> {
  let peakKb = 0;
  for (let kills = 0; ; kills++) {
    const afterMs = 3_000 + random.below(12_000);
    const signal = kills < KILLS ? { signal: { name: 'SIGKILL' as const, afterMs } } : {};
    const ran = await run('move', errand, { ...signal, limitMs: 1_200_000 });
    peakKb = Math.max(peakKb, ran.peakKb);
    assert.ok(ran.peakKb < MOST_KB, `the engine had ${Math.round(ran.peakKb / 1024)} MB`);
    if (ran.signal === 'SIGKILL') continue;
    assert.equal(ran.code, 0, tellRan(ran));
    assert.partialDeepStrictEqual(ran.summary, { entries: messages, copied: messages, missing: 0, left: 0 });
    return peakKb;
  }
}
