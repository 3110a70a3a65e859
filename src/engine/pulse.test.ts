import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Event } from './event.ts';
import { withPulse } from './pulse.ts';
import type { Road } from './road.ts';

test('while something is opened and listed it is told every two seconds, of what is not ready yet', async (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const told: Event[] = [];
  const sources = [{ name: 'a' }, { name: 'b' }];
  const road = { sources, tell: (event: Event) => told.push(event) } as unknown as Road;
  const answer = await withPulse(road, async (pulse) => {
    pulse.listed('a', 500);
    t.mock.timers.tick(1_999);
    assert.deepEqual(told, []);
    t.mock.timers.tick(1);
    pulse.listed('a', 3);
    pulse.done('b');
    t.mock.timers.tick(2_000);
    return 7;
  });
  t.mock.timers.tick(10_000);
  assert.equal(answer, 7);
  assert.deepEqual(
    told.map((event) => event.event === 'listing' && [event.account, event.entries]),
    [
      ['a', 500],
      ['b', 0],
      ['a', 503],
    ],
  );
});
