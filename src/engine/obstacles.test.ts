import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedTime } from './expected-time.ts';
import { countGrowth } from './growth.ts';
import type { Inspected } from './inspect.ts';
import { countObstacles, limitsOf, type Obstacle } from './obstacles.ts';
import { kindOfHost, OBSTACLES, TARGET_KINDS, TARGET_LIMITS, type TargetKind } from './target-limits.ts';

const plain: Inspected = {
  ...{ size: 100, subject: 'Hello', date: 0, dateText: 'x', arrivedAt: 0, froms: 1 },
  ...{ eightBitHeader: false, nul: false, longestLine: 70, fileNames: ['a.pdf'] },
};

function counter(kind: TargetKind, announced: number | null = null) {
  const told: Obstacle[] = [];
  const counting = countObstacles(kind, limitsOf(kind, announced), (obstacle) => told.push(obstacle));
  return { ...counting, told, names: () => told.map(({ is }) => is) };
}

test('sizes: beyond every way, beyond one, and as the target announces', () => {
  const google = counter('google');
  for (const size of [35_651_584, 35_651_585, 52_428_800, 52_428_801])
    google.entry('INBOX', { key: String(size), size, receivedAt: null });
  assert.deepEqual(google.names(), ['large', 'large', 'too-large']);
  const imap = counter('imap', 1000);
  for (const size of [1000, 1001]) imap.entry('INBOX', { key: '1', size, receivedAt: null });
  assert.deepEqual(imap.names(), ['too-large']);
  const unknown = counter('imap');
  unknown.entry('INBOX', { key: '1', size: 1e12, receivedAt: null });
  assert.deepEqual(unknown.names(), []);
});

test('dates: one that cannot be kept, none that anything could be taken from', () => {
  const one = counter('imap');
  one.entry('A', { key: '1', size: 1, receivedAt: Date.UTC(1969, 0) });
  one.entry('A', { key: '2', size: 1, receivedAt: Date.UTC(2099, 0) });
  one.entry('A', { key: '3', size: 1, receivedAt: null });
  one.message('A', '3', null, { ...plain, arrivedAt: null });
  one.message('A', '4', null, plain);
  assert.deepEqual(
    one.told.map(({ is, key }) => [is, key]),
    [
      ['arrival-date', '1'],
      ['arrival-date', '2'],
      ['arrival-date', '3'],
    ],
  );
});

test('folders: long, deep, reserved, with characters; a role needs no name', () => {
  const cases: [TargetKind, string[], string[]][] = [
    ['google', ['Spam'], ['folder-reserved']],
    ['google', ['Clients', 'Spam'], []],
    ['google', [' a'], ['folder-characters']],
    ['google', ['a  b'], ['folder-characters']],
    ['google', ['a^b'], ['folder-characters']],
    ['google', ['x'.repeat(200), 'y'.repeat(24)], []],
    ['google', ['x'.repeat(200), 'y'.repeat(25)], ['folder-long']],
    ['google', ['INBOX'], []],
    ['microsoft', ['Files'], ['folder-reserved']],
    ['microsoft', ['Calendrier'], ['folder-reserved']],
    ['microsoft', ['é'.repeat(128)], ['folder-long']],
    ['microsoft', Array(301).fill('a'), ['folder-deep']],
    ['imap', ['Calendrier'], []],
    ['imap', ['Dr. No'], ['folder-characters']],
  ];
  for (const [kind, path, wanted] of cases) {
    const one = counter(kind);
    one.folder({ path, role: null }, 1, 1);
    assert.deepEqual(one.names(), wanted, `${kind} ${path.join('/').slice(0, 40)}`);
  }
  const trash = counter('google');
  trash.folder({ path: ['Trash'], role: 'trash' }, 1, 1);
  assert.deepEqual(trash.names(), []);
  const full = counter('microsoft');
  full.folder({ path: ['A'], role: null }, 1_000_001, 1);
  assert.deepEqual(full.names(), ['folder-crowded']);
});

test('messages: each class where it matters', () => {
  const odd: Inspected = {
    ...{ ...plain, date: null, dateText: 'never', froms: 2, eightBitHeader: true, nul: true },
    ...{ longestLine: 9_901, fileNames: ['a.pdf', 'setup.exe. '] },
  };
  const names = (kind: TargetKind): string[] => {
    const one = counter(kind);
    one.message('A', '1', 0, odd);
    return one.names();
  };
  const google = ['date', 'blocked-attachment', 'several-from', 'eight-bit-header', 'nul'];
  assert.deepEqual(names('google'), google);
  assert.deepEqual(names('microsoft'), [
    'blocked-attachment',
    'several-from',
    'eight-bit-header',
    'nul',
    'long-line',
  ]);
  assert.deepEqual(names('imap'), ['eight-bit-header', 'nul']);
});

test('all are counted and told, the first twenty kept, and reasons counted', () => {
  const one = counter('google');
  for (let i = 0; i < 30; i++)
    one.message('A', String(i), 0, { ...plain, fileNames: [i < 20 ? 'a.js' : 'b.exe'] });
  one.aside([
    { path: 'x', because: 'no-message' },
    { path: 'y', because: 'no-message' },
    { path: 'z', because: 'symbolic-link' },
  ]);
  one.unread('A', 'k', 'gone');
  const [items, blocked, unreadable] = one.counts();
  assert.deepEqual(
    [blocked!.is, blocked!.count, blocked!.bytes, blocked!.first.length],
    ['blocked-attachment', 30, 3000, 20],
  );
  assert.deepEqual(blocked!.by, { js: 20, exe: 10 });
  assert.deepEqual(items!.by, { 'no-message': 2, 'symbolic-link': 1 });
  assert.equal(unreadable!.first[0]!.detail, 'gone');
  assert.equal(one.told.length, 34);
});

test('the limits are data: every effect belongs to a known obstacle, blocked endings are lower case', () => {
  for (const kind of TARGET_KINDS) {
    const { effects, blocked } = TARGET_LIMITS[kind];
    for (const name of Object.keys(effects))
      assert.ok(
        OBSTACLES.some((known) => known === name),
        name,
      );
    for (const ending of blocked) assert.match(ending, /^[a-z0-9_-]+$/);
  }
  assert.equal(kindOfHost('imap.gmail.com'), 'google');
  assert.equal(kindOfHost('outlook.office365.com'), 'microsoft');
  assert.equal(kindOfHost('gmail.com.example.org'), 'imap');
});

test('expected time: between the fastest and the slowest way, with what the source lets out', () => {
  const load = {
    messages: 250_000,
    bytes: 25_000_000_000,
    readBytesPerSecond: 50_000_000,
    sourceBytesPerDay: null,
  };
  const google = expectedTime('google', load)!;
  assert.equal(google.leastSeconds, 25_000);
  assert.equal(google.mostSeconds, 49 * 86_400);
  assert.equal(expectedTime('imap', load)!.leastSeconds, 500);
  assert.equal(expectedTime('imap', { ...load, sourceBytesPerDay: 2_500_000_000 })!.leastSeconds, 9 * 86_400);
  assert.equal(expectedTime('imap', { ...load, readBytesPerSecond: null }), null);
  assert.equal(expectedTime('google', { ...load, messages: 0, bytes: 0 })!.mostSeconds, 0);
});

test('growth: twelve months back, months without mail too', () => {
  const growth = countGrowth(Date.UTC(2026, 1, 15));
  growth.add(Date.UTC(2026, 1, 1), 10);
  growth.add(Date.UTC(2025, 2, 1), 5);
  growth.add(Date.UTC(2025, 1, 28), 1);
  growth.add(Date.UTC(2026, 1, 16), 1);
  growth.add(null, 1);
  const months = growth.months();
  assert.equal(months.length, 12);
  assert.deepEqual(months[0], { month: '2025-03', messages: 1, bytes: 5 });
  assert.deepEqual(months[11], { month: '2026-02', messages: 1, bytes: 10 });
  assert.equal(
    months.reduce((sum, { messages }) => sum + messages, 0),
    2,
  );
});
