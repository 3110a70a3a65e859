import assert from 'node:assert/strict';
import { JSON_MAX_CHARS } from '../limits.ts';
import { asked, jobOf, type Law, leasedKeys, START_MS, troubled } from './trial.ts';

export function ending(law: Law): void {
  law('a finished job says how it ended and when, and is held no more', async ({ work, other, clock }) => {
    await work.ask([asked('good'), asked('bad')]);
    await leasedKeys(work, 'w');
    clock.pass(700);
    await work.finish('w', 'good', { is: 'done', told: { entries: 12 } });
    await work.finish('w', 'bad', { is: 'failed', told: 'denied' });
    const { state, told, endedMs, worker, attempts } = await jobOf(other, 'good');
    const expected = {
      state: 'done',
      told: { entries: 12 },
      endedMs: START_MS + 700,
      worker: null,
      attempts: 1,
    };
    assert.deepEqual({ state, told, endedMs, worker, attempts }, expected);
    assert.equal((await jobOf(other, 'bad')).state, 'failed');
    assert.deepEqual(await work.renew('w', ['good'], 1000), { lost: ['good'], stop: [] });
  });

  law('only the holder can finish a job or give it back', async ({ work, other }) => {
    await work.ask([asked('a')]);
    const again = { earliestMs: 0, trouble: null };
    const done = { is: 'done', told: null } as const;
    await troubled('refused', work.finish('one', 'a', done), 'a');
    await leasedKeys(work, 'one');
    await troubled('refused', other.finish('two', 'a', done), 'a');
    await troubled('refused', other.giveBack('two', 'a', again), 'a');
    await troubled('refused', work.finish('one', 'unknown', done), 'unknown');
    await work.finish('one', 'a', done);
    await troubled('refused', work.finish('one', 'a', { is: 'failed', told: null }), 'a');
    await troubled('refused', work.giveBack('one', 'a', again), 'a');
    assert.equal((await jobOf(other, 'a')).state, 'done');
  });

  law(
    'a job that was given back with a trouble keeps it and its attempts',
    async ({ work, other, clock }) => {
      await work.ask([asked('a')]);
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        const [job] = await work.lease('w', 1, 1000, { overall: 1, perSite: 1, sites: 'all' });
        assert.equal(job?.attempts, attempt);
        await work.giveBack('w', 'a', {
          earliestMs: clock.wallMs() + 100,
          trouble: { kind: 'lost', attempt },
        });
        assert.deepEqual(await leasedKeys(other, 'w'), [], 'it rests');
        clock.pass(100);
      }
      assert.deepEqual((await jobOf(other, 'a')).trouble, { kind: 'lost', attempt: 3 });
    },
  );

  law('one given back without a trouble was never begun', async ({ work }) => {
    await work.ask([asked('a')]);
    await leasedKeys(work, 'w');
    await work.giveBack('w', 'a', { earliestMs: START_MS, trouble: { kind: 'busy' } });
    await leasedKeys(work, 'w');
    await work.giveBack('w', 'a', { earliestMs: START_MS, trouble: null });
    const { state, attempts, trouble } = await jobOf(work, 'a');
    assert.deepEqual(
      { state, attempts, trouble },
      { state: 'waiting', attempts: 1, trouble: { kind: 'busy' } },
    );
  });

  law('words beyond the limits are refused, and the job is still held', async ({ work }) => {
    await work.ask([asked('a')]);
    await leasedKeys(work, 'w');
    const long = 'x'.repeat(JSON_MAX_CHARS);
    await troubled('malformed', work.finish('w', 'a', { is: 'done', told: long }), 'a');
    await troubled('malformed', work.giveBack('w', 'a', { earliestMs: 0, trouble: long }), 'a');
    await troubled('malformed', work.giveBack('w', 'a', { earliestMs: Number.NaN, trouble: null }), 'a');
    assert.deepEqual(await work.renew('w', ['a'], 1000), { lost: [], stop: [] });
  });
}
