import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pass } from '../../records/facts.ts';
import { isDue } from './schedule.ts';

const NOW = 10_000;
const HOUR = 3_600_000;

const pass = (changes: Partial<Pass>): Pass => ({
  ...{ id: 'a', person: 'p', wave: null, number: 1, kind: 'first', state: 'proven', askedMs: 0, beganMs: 0 },
  ...{ endedMs: 1_000, trouble: null, certificate: 'c.json' },
  counts: {
    ...{ entries: 0, copied: 0, merged: 0, left: 0, asked: 0, missing: 0, extra: 0, doubled: 0 },
    ...{ altered: 0, bytes: 0, carried: 0, seconds: 0 },
  },
  ...changes,
});

test('who has arrived is gone over again when the time is over, and not before', () => {
  assert.equal(isDue({ lastPass: pass({}) }, 1_000, NOW), true);
  assert.equal(isDue({ lastPass: pass({ state: 'findings' }) }, 1_000, NOW), true);
  assert.equal(isDue({ lastPass: pass({}) }, 999, NOW), false);
});

test('who has not begun, is under way, has failed or had the last pass is left alone', () => {
  assert.equal(isDue({ lastPass: null }, 1_000, NOW), false);
  for (const state of ['waiting', 'running', 'resting', 'stopped', 'proving'] as const)
    assert.equal(isDue({ lastPass: pass({ state, endedMs: null }) }, 1_000, NOW), false);
  assert.equal(isDue({ lastPass: pass({ state: 'failed' }) }, 1_000, NOW), false);
  assert.equal(isDue({ lastPass: pass({ kind: 'last' }) }, 1_000, NOW), false);
});

test('who arrived under a clock that was set back since does not wait until it comes there again', () => {
  const ahead = pass({ endedMs: NOW + 2 * HOUR });
  assert.equal(isDue({ lastPass: ahead }, 1_000, NOW), true);
  assert.equal(isDue({ lastPass: pass({ endedMs: NOW + 5_000 }) }, 1_000, NOW), false);
});
