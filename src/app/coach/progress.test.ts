import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CoachEvent } from './messages.ts';
import { fold, NO_PROGRESS, type Progress, type Snapshot, snapshotOf } from './progress.ts';

function folded(events: readonly (readonly [atMs: number, event: CoachEvent])[]): Progress {
  return events.reduce((progress, [atMs, event]) => fold(progress, event, atMs), NO_PROGRESS);
}

const listed = (account: string, waiting: number, bytes: number, entries = waiting): CoachEvent => ({
  ...{ event: 'listed', account, folders: 3, entries, waiting, bytes },
});

const carried = (account: string, done: number, of: number, bytes: number, ofBytes: number): CoachEvent => ({
  ...{ event: 'progress', account, done, of, bytes, ofBytes },
});

test('two accounts on their way: sums, speeds, where it is, and how long it may still take', () => {
  const progress = folded([
    [0, { event: 'stage', stage: 'open' }],
    [0, { event: 'begin', target: 'new', accounts: ['a', 'b'], pass: 2, resumed: 0 }],
    [0, listed('a', 100, 1_000_000, 400)],
    [0, listed('b', 50, 500_000)],
    [0, { event: 'stage', stage: 'carry' }],
    [0, { event: 'folder', account: 'a', folder: 'INBOX', into: 'INBOX', waiting: 100 }],
    [1_000, carried('a', 10, 100, 100_000, 1_000_000)],
    [3_000, carried('a', 30, 100, 300_000, 1_000_000)],
    [5_000, carried('a', 50, 100, 500_000, 1_000_000)],
    [5_000, { event: 'ledger', entries: 450, landed: 340, merged: 7, left: 2, asked: 1 }],
    [5_000, { event: 'met', altered: 3, left: 2, withdrawn: 0, aside: 0, proven: 0 }],
  ]);
  const { perAccount, ...seen } = snapshotOf(progress, 5_000);
  assert.deepEqual(seen, {
    ...{ stage: 'carry', pass: 2, account: 'a', folder: 'INBOX', lastTrouble: null, restUntilMs: null },
    ...{ entries: 450, done: 50, waiting: 100, bytes: 500_000, ofBytes: 1_500_000 },
    ...{ messagesPerSecond: 10, bytesPerSecond: 100_000, remainingMs: { from: 10_000, to: 10_000 } },
    ...{ landed: 340, merged: 7, left: 2, asked: 1, altered: 3, proven: 0 },
  });
  assert.deepEqual(
    perAccount.map(({ account, done, waiting }) => [account, done, waiting]),
    [
      ['a', 50, 50],
      ['b', 0, 50],
    ],
  );
});

test('a stall shows: the speed falls to nothing, and no time is promised', () => {
  const progress = folded([
    [0, listed('a', 100, 1_000)],
    [1_000, carried('a', 10, 100, 100, 1_000)],
    [9_000, carried('a', 50, 100, 500, 1_000)],
  ]);
  const speeds = [9_000, 15_000, 40_000].map((at) => snapshotOf(progress, at));
  assert.deepEqual(
    speeds.map(({ messagesPerSecond }) => messagesPerSecond),
    [5, 40 / 14, 0],
  );
  assert.equal(speeds[2]!.remainingMs, null);
});

test('what is tried again is counted on from what was done', () => {
  const progress = folded([
    [0, listed('a', 100, 1_000)],
    [1, carried('a', 90, 100, 900, 1_000)],
    [2, listed('a', 10, 100)],
    [3, carried('a', 4, 10, 40, 100)],
  ]);
  const { done, waiting, bytes, ofBytes } = snapshotOf(progress, 3);
  assert.deepEqual({ done, waiting, bytes, ofBytes }, { done: 94, waiting: 6, bytes: 940, ofBytes: 1_000 });
});

test('a rest ends by itself; while it lasts no time is promised; a passing trouble is kept', () => {
  const trouble = { kind: 'busy', tried: 'converse', on: 'imap://a@b/', answer: 'later', inMs: 900 } as const;
  const progress = folded([
    [0, listed('a', 100, 1_000)],
    [1_000, carried('a', 10, 100, 100, 1_000)],
    [9_000, carried('a', 50, 100, 500, 1_000)],
    [9_000, { event: 'trouble', ...trouble }],
    [9_500, { event: 'rest', account: 'a', untilMs: 11_000, because: 'server', answer: null }],
  ]);
  const resting = snapshotOf(progress, 10_000);
  assert.deepEqual(
    [resting.restUntilMs, resting.perAccount[0]!.restUntilMs, resting.remainingMs],
    [11_000, 11_000, null],
  );
  assert.deepEqual(resting.lastTrouble, { ...trouble, atMs: 9_000 });
  const after = snapshotOf(progress, 12_000);
  assert.ok(after.restUntilMs === null && after.remainingMs !== null);
});

test('a clock that was set back makes no speed of its own', () => {
  const progress = folded([
    [1_000_000, listed('a', 100, 1_000)],
    [1_001_000, carried('a', 10, 100, 100, 1_000)],
    [1_005_000, carried('a', 20, 100, 200, 1_000)],
    [5_000, carried('a', 30, 100, 300, 1_000)],
    [6_000, carried('a', 40, 100, 400, 1_000)],
  ]);
  assert.equal(snapshotOf(progress, 6_000).messagesPerSecond, 10);
});

const name = fc.constantFrom('a', 'b', 'c');
const count = fc.oneof(fc.nat(50), fc.nat(5_000_000));
const counts = { done: count, of: count, bytes: count, ofBytes: count };
const event = fc.oneof(
  fc.record({
    event: fc.constant('listed' as const),
    account: name,
    folders: count,
    entries: count,
    waiting: count,
    bytes: count,
  }),
  fc.record({ event: fc.constant('progress' as const), account: name, ...counts }),
  fc.record({ event: fc.constant('listing' as const), account: name, entries: count }),
  fc.record({
    event: fc.constant('folder' as const),
    account: name,
    folder: fc.string(),
    into: fc.string(),
    waiting: count,
  }),
  fc.record({
    event: fc.constant('stage' as const),
    stage: fc.constantFrom('open' as const, 'list', 'carry', 'prove'),
  }),
  fc.record({
    event: fc.constant('met' as const),
    altered: count,
    left: count,
    withdrawn: count,
    aside: count,
    proven: count,
  }),
  fc.record({
    event: fc.constant('rest' as const),
    account: name,
    untilMs: count,
    because: fc.constant('server' as const),
    answer: fc.constant(null),
  }),
);

function sound(seen: Snapshot): void {
  const numbers = [
    seen.entries,
    seen.done,
    seen.waiting,
    seen.bytes,
    seen.ofBytes,
    seen.messagesPerSecond,
    seen.bytesPerSecond,
  ];
  for (const number of numbers) assert.ok(Number.isFinite(number) && number >= 0, JSON.stringify(seen));
  assert.ok(seen.bytes <= seen.ofBytes && seen.done <= seen.entries, JSON.stringify(seen));
  const range = seen.remainingMs;
  if (range)
    assert.ok(range.from >= 0 && range.from <= range.to && Number.isFinite(range.to), JSON.stringify(range));
  for (const one of seen.perAccount)
    assert.ok(one.waiting >= 0 && one.done <= one.entries && one.bytes <= one.ofBytes, JSON.stringify(one));
}

test('whatever is told, in whatever order: nothing below zero, nothing above its total, what is done never falls', () => {
  const property = fc.property(
    fc.array(fc.tuple(fc.integer({ min: -5_000, max: 30_000 }), event)),
    (steps) => {
      let progress = NO_PROGRESS;
      let at = 1_000_000;
      let before = snapshotOf(progress, at);
      for (const [passed, told] of steps) {
        at += passed;
        progress = fold(progress, told, at);
        const seen = snapshotOf(progress, at);
        sound(seen);
        for (const key of ['done', 'bytes', 'altered', 'proven'] as const)
          assert.ok(seen[key] >= before[key], key);
        before = seen;
      }
      assert.ok(progress.samples.length < 100);
    },
  );
  fc.assert(property, { numRuns: 500 });
});
