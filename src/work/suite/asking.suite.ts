import assert from 'node:assert/strict';
import { JSON_MAX_CHARS, NAME_MAX_CHARS, PAGE_MAX } from '../limits.ts';
import type { AskedJob, Job, Json } from '../work.ts';
import { asked, jobOf, type Law, leasedKeys, START_MS, troubled } from './trial.ts';

export function asking(law: Law): void {
  law('a job comes back as it was asked', async ({ work, other }) => {
    const job = asked('Zoé ✉ 1', {
      kind: 'survey',
      priority: -3,
      payload: { pass: 2, ô: ['\ud800', null, 1.5] },
    });
    assert.equal(await work.ask([job]), 1);
    const waiting: Job = {
      ...job,
      ...{
        place: 1,
        state: 'waiting',
        attempts: 0,
        silences: 0,
        worker: null,
        leasedMs: null,
        paused: false,
      },
      ...{ stopping: false, trouble: null, told: null, askedMs: START_MS, endedMs: null },
    };
    assert.deepEqual(await other.job('Zoé ✉ 1'), waiting);
    assert.equal(await other.job('another'), null);
  });

  law('asking twice is asking once, in one call, in two, and by two', async ({ work, other }) => {
    const twice = [asked('a'), asked('a', { priority: 9, of: 'another' })];
    assert.equal(await work.ask(twice), 1);
    assert.equal(await other.ask([...twice, asked('b')]), 1);
    assert.equal(await work.ask([]), 0);
    assert.deepEqual([(await jobOf(work, 'a')).priority, (await jobOf(work, 'a')).of], [0, 'move of a']);
  });

  law('a key that ended has ended for ever', async ({ work }) => {
    await work.ask([asked('done'), asked('failed'), asked('cancelled')]);
    await work.cancel(['cancelled']);
    assert.deepEqual(await leasedKeys(work, 'w'), ['done', 'failed']);
    await work.finish('w', 'done', { is: 'done', told: null });
    await work.finish('w', 'failed', { is: 'failed', told: null });
    assert.equal(await work.ask([asked('done'), asked('failed'), asked('cancelled')]), 0);
    assert.deepEqual(await leasedKeys(work, 'w'), []);
    assert.equal(await work.ask([asked('done, second pass', { of: 'move of done' })]), 1);
    assert.deepEqual(await leasedKeys(work, 'w'), ['done, second pass']);
  });

  law(
    'what is beyond the limits is refused by name, and nothing of the call is written',
    async ({ work }) => {
      for (const job of hostile()) {
        const doing = work.ask([asked('sound'), job]);
        await troubled('malformed', doing, String(job.key).slice(0, NAME_MAX_CHARS));
      }
      assert.deepEqual((await work.jobs({ limit: 10 })).jobs, []);
      const largest = asked('x'.repeat(NAME_MAX_CHARS), {
        of: 'marie',
        payload: 'é'.repeat(JSON_MAX_CHARS - 2),
      });
      assert.equal(await work.ask([largest]), 1);
      assert.deepEqual((await jobOf(work, largest.key)).payload, largest.payload);
    },
  );

  law('pages hold every job once, in the order of asking, of what was asked for alone', async ({ work }) => {
    await work.ask(
      Array.from({ length: 25 }, (_, at) => asked(`${at}`, { site: at % 2 ? 'Lyon' : 'Brest' })),
    );
    await work.cancel(['3', '4', '5']);
    const seen: string[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page = await work.jobs({ after, limit: 10 });
      seen.push(...page.jobs.map(({ key }) => key));
      after = page.next;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 25 }, (_, at) => `${at}`),
    );
    const keysOf = async (query: object) =>
      (await work.jobs({ limit: 25, ...query })).jobs.map(({ key }) => key);
    assert.deepEqual(await keysOf({ state: 'cancelled', site: 'Lyon' }), ['3', '5']);
    assert.deepEqual(await keysOf({ of: 'move of 7', kind: 'move' }), ['7']);
    assert.deepEqual(await keysOf({ of: 'move of 7', kind: 'prove' }), []);
    assert.equal((await work.jobs({ limit: 25 })).next, null);
    await assert.rejects(work.jobs({ limit: PAGE_MAX + 1 }), RangeError);
  });
}

function hostile(): AskedJob[] {
  const circle: Record<string, Json> = {};
  circle.self = circle;
  const odd = (change: object) => asked('odd', change as Partial<AskedJob>);
  return [
    asked(''),
    asked('x'.repeat(NAME_MAX_CHARS + 1)),
    asked('\ud800'),
    asked('a\0b'),
    odd({ payload: 'x'.repeat(JSON_MAX_CHARS) }),
    odd({ payload: circle }),
    odd({ payload: undefined }),
    odd({ payload: 1n }),
    odd({ kind: 'drop' }),
    odd({ of: '' }),
    odd({ site: 7 }),
    ...[Number.NaN, -1, 1.5, 1e300].map((earliestMs) => odd({ earliestMs })),
    ...[Number.NaN, 0.5, 1e9].map((priority) => odd({ priority })),
  ];
}
