import assert from 'node:assert/strict';
import { run, tellRan } from './engine.ts';
import { openPair, subjects } from './scripted.ts';

/** A bad day that takes its time: a source that falls silent is waited for as long as the limits say (a minute). */
export async function soak(seed: number): Promise<void> {
  const silent = 1 + (seed % 12);
  await using source = await openPair();
  let stalls = 1;
  source.source.script(() => ({
    tell: (uid) => (uid === silent && stalls-- > 0 ? 'stall-in-literal' : null),
  }));
  const read = await run('move', source.errand, { limitMs: 600_000 });
  assert.equal(read.code, 0, tellRan(read));
  assert.deepEqual(source.arrived(), subjects(12));
}
