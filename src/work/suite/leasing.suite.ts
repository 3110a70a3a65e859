import assert from 'node:assert/strict';
import { asked, jobOf, type Law, leasedKeys, MINUTE_MS, NO_LIMITS, START_MS } from './trial.ts';

export function leasing(law: Law): void {
  law('two workers never hold the same job', async ({ work, other }) => {
    await work.ask(Array.from({ length: 40 }, (_, at) => asked(`${at}`)));
    const taking = [];
    for (let turn = 0; turn < 6; turn += 1)
      taking.push(leasedKeys(work, 'one', 3), leasedKeys(other, 'two', 5));
    const taken = (await Promise.all(taking)).flat();
    assert.equal(taken.length, 40);
    assert.equal(new Set(taken).size, 40);
    assert.deepEqual(await leasedKeys(other, 'three'), []);
  });

  law('a leased job says who has it and since when', async ({ work, other, clock }) => {
    await work.ask([asked('a')]);
    clock.pass(10);
    const [job] = await work.lease('one', 1, MINUTE_MS, NO_LIMITS);
    assert.deepEqual(job, await jobOf(other, 'a'));
    const { state, worker, leasedMs, attempts } = job!;
    assert.deepEqual({ state, worker, leasedMs, attempts }, leased('one', START_MS + 10));
  });

  law('the highest priority goes first, then the oldest', async ({ work }) => {
    const priorities = [0, 5, -2, 5, 0];
    await work.ask(priorities.map((priority, at) => asked(`${at}`, { priority })));
    assert.deepEqual(await leasedKeys(work, 'w', 3), ['1', '3', '0']);
    assert.deepEqual(await leasedKeys(work, 'w', 3), ['4', '2']);
  });

  law('of the jobs of one move one is held at a time', async ({ work, other }) => {
    const kinds = ['move', 'prove', 'survey'] as const;
    await work.ask(kinds.map((kind) => asked(kind, { kind, of: 'marie' })));
    await work.ask([asked('paul')]);
    assert.deepEqual(await leasedKeys(work, 'one'), ['move', 'paul']);
    assert.deepEqual(await leasedKeys(other, 'two'), []);
    await work.finish('one', 'move', { is: 'done', told: null });
    assert.deepEqual(await leasedKeys(other, 'two'), ['prove']);
    await other.giveBack('two', 'prove', { earliestMs: START_MS + MINUTE_MS, trouble: null });
    assert.deepEqual(await leasedKeys(work, 'one'), ['survey'], 'one that waits does not hold up the others');
  });

  law('what is not due waits', async ({ work, clock }) => {
    await work.ask([asked('later', { earliestMs: START_MS + 500, priority: 9 }), asked('now')]);
    assert.deepEqual(await leasedKeys(work, 'w'), ['now']);
    clock.pass(499);
    assert.deepEqual(await leasedKeys(work, 'w'), []);
    clock.pass(1);
    assert.deepEqual(await leasedKeys(work, 'w'), ['later']);
  });

  law('what somebody hastens is due', async ({ work }) => {
    await work.ask([asked('a', { earliestMs: START_MS + 500 }), asked('b', { earliestMs: START_MS + 500 })]);
    assert.equal(await work.hasten(['b', 'unknown']), 1);
    assert.deepEqual(await leasedKeys(work, 'w'), ['b']);
    assert.equal(await work.hasten(['b']), 0, 'a held one is left as it is');
  });

  law('all workers together hold no more than the limit over all', async ({ work, other }) => {
    await work.ask(Array.from({ length: 9 }, (_, at) => asked(`${at}`)));
    const limits = { ...NO_LIMITS, overall: 4 };
    assert.equal((await leasedKeys(work, 'one', 3, limits)).length, 3);
    assert.equal((await leasedKeys(other, 'two', 3, limits)).length, 1);
    assert.equal((await leasedKeys(other, 'two', 3, { ...limits, overall: 2 })).length, 0, 'it was lowered');
    await work.finish('one', '0', { is: 'done', told: null });
    assert.equal((await leasedKeys(other, 'two', 3, limits)).length, 1);
  });

  law('a site at its limit does not hold up the others', async ({ work }) => {
    await work.ask(Array.from({ length: 30 }, (_, at) => asked(`L${at}`, { priority: 1 })));
    await work.ask([
      asked('B0', { site: 'Brest' }),
      asked('B1', { site: 'Brest' }),
      asked('N0', { site: 'Nice' }),
    ]);
    const perSite = (site: string) => ({ Lyon: 2, Brest: 1 })[site] ?? 0;
    const limits = { ...NO_LIMITS, perSite };
    assert.deepEqual(await leasedKeys(work, 'w', 10, limits), ['L0', 'L1', 'B0']);
    await work.finish('w', 'B0', { is: 'done', told: null });
    assert.deepEqual(await leasedKeys(work, 'w', 10, limits), ['B1']);
    assert.deepEqual(await leasedKeys(work, 'w', 1, { ...NO_LIMITS, perSite: 1 }), ['N0']);
  });

  law('only sites that may begin now begin', async ({ work }) => {
    await work.ask([asked('L'), asked('B', { site: 'Brest' }), asked('N', { site: 'Nice' })]);
    assert.deepEqual(await leasedKeys(work, 'w', 10, { ...NO_LIMITS, sites: [] }), []);
    const sites = ['Nice', 'Brest', 'Toulon'];
    assert.deepEqual(await leasedKeys(work, 'w', 10, { ...NO_LIMITS, sites }), ['B', 'N']);
  });

  law('a limit that is no number is no way past it', async ({ work }) => {
    await work.ask([asked('a')]);
    for (const wrong of [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY]) {
      await assert.rejects(leasedKeys(work, 'w', 1, { ...NO_LIMITS, overall: wrong }), RangeError);
      await assert.rejects(leasedKeys(work, 'w', 1, { ...NO_LIMITS, perSite: wrong }), RangeError);
      await assert.rejects(leasedKeys(work, 'w', wrong), RangeError);
      await assert.rejects(work.lease('w', 1, wrong, NO_LIMITS), RangeError);
    }
    await assert.rejects(leasedKeys(work, ''), RangeError);
    assert.equal((await jobOf(work, 'a')).state, 'waiting');
  });

  law('a leasing that failed has changed nothing', async ({ work, other, clock }) => {
    await work.ask([asked('a')]);
    await leasedKeys(work, 'w');
    clock.pass(MINUTE_MS);
    const perSite = () => Number.NaN;
    await assert.rejects(leasedKeys(other, 'next', 1, { ...NO_LIMITS, perSite }), RangeError);
    assert.equal((await jobOf(other, 'a')).state, 'leased', 'what ran out was not freed');
    await work.finish('w', 'a', { is: 'done', told: null });
  });
}

function leased(worker: string, leasedMs: number): object {
  return { state: 'leased', worker, leasedMs, attempts: 1 };
}
