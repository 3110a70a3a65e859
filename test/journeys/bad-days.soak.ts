import assert from 'node:assert/strict';
import { run, tellRan } from './engine.ts';
import { openPair, subjects } from './scripted.ts';

/** Bad days that take their time: servers that fall silent are waited for as long as the limits say. */
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

  await using target = await openPair();
  let mute = 1;
  target.target.script(() => ({
    command: ({ name }) => (name === 'APPEND' && mute-- > 0 ? 'stall' : null),
  }));
  const written = await run('move', target.errand, { limitMs: 900_000 });
  assert.equal(written.code, 0, tellRan(written));
  assert.deepEqual(target.arrived(), subjects(12));
}
