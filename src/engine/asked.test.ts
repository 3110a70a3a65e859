import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, memoryRoad } from '../../test/journeys/memory-road.ts';
import { memoryMailbox } from '../stores/memory/mailbox.ts';
import { Trouble } from '../trouble.ts';

test('a target that asks all lanes for the same time, again and again, was asked once each time', async () => {
  const source = memoryMailbox({ name: 'old', behaviour: { lanes: 4 } });
  for (let n = 0; n < 40; n++) source.add([`Folder ${n}`], { bytes: letter(n), receivedAt: 1e12 });
  const target = memoryMailbox({ name: 'new', behaviour: { lanes: 4 } });
  let until = 0;
  let windows = 5;
  let told = 0;
  target.behaviour.onCall = ({ method }) => {
    if (method !== 'put' || (windows === 0 && performance.now() >= until)) return;
    if (performance.now() >= until) {
      until = performance.now() + 40;
      windows--;
    }
    told++;
    const retryAfterMs = Math.max(1, until - performance.now());
    throw new Trouble('busy', { tried: 'store-message', on: 'new', retryAfterMs });
  };
  const road = memoryRoad([source], target);
  const summary = await road.move({ lanes: 4 });
  assert.ok(told > 8, `${told}`);
  assert.deepEqual([summary.copied, summary.missing], [40, 0]);
});
