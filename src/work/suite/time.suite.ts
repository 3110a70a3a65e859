import assert from 'node:assert/strict';
import { asked, jobOf, type Law, leasedKeys, MINUTE_MS, START_MS, troubled } from './trial.ts';

const DONE = { is: 'done', told: null } as const;
const YEAR_MS = 365 * 24 * 3600_000;

export function time(law: Law): void {
  law('what a killed worker held is free when its lease ran out, and not before', async (bed) => {
    const { work, other, clock } = bed;
    await work.ask([asked('a'), asked('b')]);
    await leasedKeys(work, 'killed');
    clock.pass(MINUTE_MS - 1);
    assert.deepEqual(await other.expired(), []);
    assert.deepEqual(await leasedKeys(other, 'next'), []);
    clock.pass(1);
    assert.deepEqual(await leasedKeys(other, 'next', 1), ['a']);
    const { attempts, silences, worker } = await jobOf(work, 'a');
    assert.deepEqual({ attempts, silences, worker }, { attempts: 2, silences: 1, worker: 'next' });
    assert.equal((await jobOf(work, 'b')).state, 'waiting');
    assert.deepEqual(await other.expired(), [], 'leasing freed them all');
  });

  law('a worker that lost its lease is told so and cannot finish', async ({ work, other, clock }) => {
    await work.ask([asked('a')]);
    await leasedKeys(work, 'slow');
    clock.pass(MINUTE_MS);
    assert.deepEqual(await leasedKeys(other, 'next'), ['a']);
    assert.deepEqual(await work.renew('slow', ['a'], MINUTE_MS), { lost: ['a'], stop: [] });
    await troubled('refused', work.finish('slow', 'a', DONE));
    await troubled('refused', work.giveBack('slow', 'a', { earliestMs: 0, trouble: null }));
    await other.finish('next', 'a', DONE);
  });

  law('a lease that was freed is lost, though nobody took it', async ({ work, other, clock }) => {
    await work.ask([asked('a')]);
    await leasedKeys(work, 'slow');
    clock.pass(MINUTE_MS);
    assert.deepEqual(await other.expired(), ['a']);
    assert.deepEqual(await other.expired(), []);
    await troubled('refused', work.finish('slow', 'a', DONE));
    assert.equal((await jobOf(work, 'a')).state, 'waiting');
  });

  law('a worker that slept over its lease goes on where nobody came', async ({ work, clock }) => {
    await work.ask([asked('a'), asked('b')]);
    await leasedKeys(work, 'slow');
    clock.pass(5 * MINUTE_MS);
    await work.finish('slow', 'a', DONE);
    assert.deepEqual(await work.renew('slow', ['b'], MINUTE_MS), { lost: [], stop: [] });
    clock.pass(MINUTE_MS - 1);
    assert.deepEqual(await work.expired(), []);
  });

  law('a renewed lease lasts from the renewing', async ({ work, clock }) => {
    await work.ask([asked('a')]);
    await leasedKeys(work, 'w');
    for (let turn = 0; turn < 5; turn += 1) {
      clock.pass(MINUTE_MS - 1);
      assert.deepEqual(await work.renew('w', ['a', 'a'], MINUTE_MS), { lost: [], stop: [] });
    }
    assert.deepEqual(await work.expired(), []);
    assert.deepEqual(await work.renew('another', ['a', 'b'], MINUTE_MS), { lost: ['a', 'b'], stop: [] });
  });

  law('a clock set back makes no lease last, and ends none', async ({ work, other, clock }) => {
    await work.ask([asked('a'), asked('b')]);
    await leasedKeys(work, 'w');
    clock.set(-YEAR_MS);
    clock.pass(MINUTE_MS - 1);
    assert.deepEqual(await leasedKeys(other, 'next'), [], 'nothing runs twice');
    clock.pass(1);
    assert.deepEqual(await leasedKeys(other, 'next'), ['a', 'b'], 'nothing is stuck');
  });

  law('a clock set forward ends no lease', async ({ work, other, clock }) => {
    await work.ask([asked('a')]);
    await leasedKeys(work, 'w');
    clock.set(YEAR_MS);
    assert.deepEqual(await other.expired(), []);
    assert.deepEqual(await leasedKeys(other, 'next'), []);
    clock.set(-YEAR_MS);
    clock.pass(MINUTE_MS);
    assert.deepEqual(await other.expired(), ['a']);
  });

  law('a clock set back delays nothing', async ({ work, clock }) => {
    await work.ask([asked('due'), asked('soon', { earliestMs: START_MS + 1000 })]);
    clock.set(YEAR_MS);
    await work.ask([asked('asked while it was ahead', { earliestMs: START_MS + YEAR_MS + 1000 })]);
    clock.set(-2 * YEAR_MS);
    assert.deepEqual(await leasedKeys(work, 'w'), ['due']);
    clock.pass(1000);
    assert.deepEqual(await leasedKeys(work, 'w'), ['soon', 'asked while it was ahead']);
  });

  law('a clock set forward, as after a sleep, makes due what it says', async ({ work, clock }) => {
    await work.ask([asked('tonight', { earliestMs: START_MS + 10 * MINUTE_MS })]);
    clock.set(10 * MINUTE_MS);
    assert.deepEqual(await leasedKeys(work, 'w'), ['tonight']);
  });
}
