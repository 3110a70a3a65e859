import assert from 'node:assert/strict';
import { asked, jobOf, type Law, leasedKeys, MINUTE_MS, START_MS } from './trial.ts';

const RESTED = { earliestMs: START_MS, trouble: null };

export function stopping(law: Law): void {
  law('a paused move is not leased, nor what is asked of it later, until it is resumed', async (bed) => {
    const { work, other } = bed;
    await work.ask([asked('a', { of: 'marie' }), asked('b')]);
    await work.pause('marie');
    await work.pause('marie');
    await work.ask([asked('c', { of: 'marie', priority: 9 })]);
    assert.deepEqual(await leasedKeys(other, 'w'), ['b']);
    assert.equal((await jobOf(other, 'c')).paused, true);
    await work.resume('marie');
    await work.resume('marie');
    assert.deepEqual(await leasedKeys(other, 'w'), ['c']);
    assert.equal((await jobOf(other, 'c')).paused, false);
  });

  law('the holder of a paused job is told at renew, and holds it until it gives it back', async (bed) => {
    const { work, other } = bed;
    await work.ask([asked('a'), asked('b')]);
    await leasedKeys(work, 'w');
    await other.pause('move of a');
    const told = { lost: [], stop: [{ key: 'a', because: 'paused' }] };
    assert.deepEqual(await work.renew('w', ['a', 'b'], MINUTE_MS), told);
    assert.equal((await jobOf(other, 'a')).state, 'leased');
    await work.giveBack('w', 'a', RESTED);
    assert.deepEqual(await leasedKeys(work, 'w'), []);
    await other.resume('move of a');
    assert.deepEqual(await leasedKeys(work, 'w'), ['a']);
    assert.deepEqual(await work.renew('w', ['a', 'b'], MINUTE_MS), { lost: [], stop: [] });
  });

  law('cancelling ends what waits and leaves alone what ended', async ({ work, other }) => {
    await work.ask([asked('a'), asked('b', { priority: 1 })]);
    await leasedKeys(work, 'w', 1);
    await work.finish('w', 'b', { is: 'done', told: null });
    assert.deepEqual(await other.cancel(['a', 'a', 'b', 'unknown']), { cancelled: ['a'], stopping: [] });
    assert.deepEqual(await other.cancel(['a']), { cancelled: [], stopping: [] });
    const { state, endedMs } = await jobOf(work, 'a');
    assert.deepEqual({ state, endedMs }, { state: 'cancelled', endedMs: START_MS });
    assert.equal((await jobOf(work, 'b')).state, 'done');
    assert.deepEqual(await leasedKeys(work, 'w'), []);
  });

  law('the holder of a cancelled job is told at renew; giving it back ends it', async ({ work, other }) => {
    await work.ask([asked('a')]);
    await leasedKeys(work, 'w');
    assert.deepEqual(await other.cancel(['a']), { cancelled: [], stopping: ['a'] });
    assert.equal((await jobOf(work, 'a')).stopping, true);
    await other.pause('move of a');
    const told = { lost: [], stop: [{ key: 'a', because: 'cancelled' }] };
    assert.deepEqual(await work.renew('w', ['a'], MINUTE_MS), told);
    await work.giveBack('w', 'a', RESTED);
    const { state, stopping } = await jobOf(other, 'a');
    assert.deepEqual({ state, stopping }, { state: 'cancelled', stopping: false });
  });

  law('a holder that is done before it hears of the cancelling is done', async ({ work, other }) => {
    await work.ask([asked('a')]);
    await leasedKeys(work, 'w');
    await other.cancel(['a']);
    await work.finish('w', 'a', { is: 'done', told: null });
    assert.equal((await jobOf(other, 'a')).state, 'done');
  });

  law('a cancelled job whose worker was killed ends as cancelled', async ({ work, other, clock }) => {
    await work.ask([asked('a')]);
    await leasedKeys(work, 'w');
    await other.cancel(['a']);
    clock.pass(MINUTE_MS);
    assert.deepEqual(await other.expired(), ['a']);
    assert.equal((await jobOf(other, 'a')).state, 'cancelled');
  });
}
