import { test } from 'node:test';
import { damagePst, uprootPst } from './damaged-pst.ts';

test('of a damaged PST all that the damage does not touch is read, and the rest is named', async (t) => {
  const seed = Number(process.env.MALLEPOSTE_SEED ?? Date.now() % 1_000_000);
  const shape = { seed, bytes: 3_000_000, folders: 12, sizes: [2_000, 60_000] as [number, number] };
  t.diagnostic(await damagePst({ seed, shape, rounds: 6, holeBytes: 60_000 }));
});

test('a PST that lost both its trees is read whole', async (t) => {
  const seed = Number(process.env.MALLEPOSTE_SEED ?? Date.now() % 1_000_000);
  const shape = { seed, bytes: 3_000_000, folders: 12, sizes: [2_000, 60_000] as [number, number] };
  t.diagnostic(await uprootPst({ seed, shape }));
});
