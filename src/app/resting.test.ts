import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../engine/event.ts';
import { quietWhileResting } from './resting.ts';

test('what rests is not said to be listed; others are, and it is again when the rest is over', () => {
  const told: string[] = [];
  let now = 1_000;
  const tell = quietWhileResting(
    (event) => told.push(`${event.event} ${'account' in event ? event.account : ''}`),
    () => now,
  );
  const listing = (account: string): Event => ({ event: 'listing', account, entries: 1 });
  tell(listing('a'));
  tell({ event: 'rest', account: 'a', untilMs: 2_000, because: 'daily-limit', answer: null });
  tell(listing('a'));
  tell(listing('b'));
  now = 2_000;
  tell(listing('a'));
  assert.deepEqual(told, ['listing a', 'rest a', 'listing b', 'listing a']);
});
