import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SiteHours } from './hours.ts';
import { fairShares, type LineLimit, limitAt, limitSpans, NO_LIMIT, type OnLine, shareLine } from './line.ts';

const HOUR = 3_600_000;
const office: SiteHours = {
  zone: 'UTC',
  hours: [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }],
  closed: ['2026-12-25'],
};
const line: LineLimit = { bytesPerSecond: 1_000, outside: { working: office, bytesPerSecond: 9_000 } };
/** A Tuesday. */
const midnight = Date.UTC(2026, 10, 24);

test('one limit in working hours, another outside them', () => {
  assert.equal(limitAt(line, midnight + 9 * HOUR), 1_000);
  assert.equal(limitAt(line, midnight + 18 * HOUR), 9_000);
  assert.equal(limitAt(line, Date.UTC(2026, 11, 25, 10)), 9_000, 'nobody works on a holiday');
  assert.equal(limitAt({ ...line, outside: null }, midnight), 1_000);
  assert.equal(limitAt(NO_LIMIT, midnight), null);
  const pieces = [...limitSpans(line, midnight, midnight + 24 * HOUR)];
  assert.deepEqual(
    pieces.map(({ fromMs, toMs, bytesPerSecond }) => [
      (fromMs - midnight) / HOUR,
      (toMs - midnight) / HOUR,
      bytesPerSecond,
    ]),
    [
      [0, 8, 9_000],
      [8, 18, 1_000],
      [18, 24, 9_000],
    ],
  );
  assert.deepEqual([...limitSpans(NO_LIMIT, 5, 9)], [{ fromMs: 5, toMs: 9, bytesPerSecond: null }]);
  assert.deepEqual([...limitSpans(NO_LIMIT, 9, 9)], []);
});

test('the pieces of one limit cover the time, and say what the instant says', () => {
  fc.assert(
    fc.property(fc.nat(14 * 24 * HOUR), fc.nat(7 * 24 * HOUR), (after, length) => {
      let reached = midnight + after;
      const end = reached + length;
      for (const { fromMs, toMs, bytesPerSecond } of limitSpans(line, reached, end)) {
        assert.equal(fromMs, reached);
        assert.equal(bytesPerSecond, limitAt(line, fromMs));
        assert.equal(bytesPerSecond, limitAt(line, toMs - 1));
        reached = toMs;
      }
      assert.equal(reached, end);
    }),
  );
});

const on = (id: string, mostBytesPerSecond: number | null = null): OnLine => ({ id, mostBytesPerSecond });
const figures = (shares: { bytesPerSecond: number | null }[]) => shares.map((share) => share.bytesPerSecond);

test('everybody gets the same; what one cannot use is shared among the others', () => {
  assert.deepEqual(figures(fairShares(900, [on('a'), on('b'), on('c')])), [300, 300, 300]);
  assert.deepEqual(figures(fairShares(900, [on('a'), on('b', 100), on('c')])), [400, 100, 400]);
  assert.deepEqual(figures(fairShares(900, [on('a', 100), on('b', 200)])), [100, 200]);
  assert.deepEqual(figures(fairShares(null, [on('a'), on('b', 100)])), [null, 100]);
  assert.deepEqual(fairShares(900, []), []);
});

test('shares are fair, within the line, and waste nothing', () => {
  const moves = fc.array(fc.option(fc.integer({ min: 1, max: 1_000_000 })), { maxLength: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), moves, (limit, mosts) => {
      const given = mosts.map((most, place) => on(String(place), most));
      const shares = fairShares(limit, given).map(({ bytesPerSecond }) => bytesPerSecond!);
      const sum = shares.reduce((total, share) => total + share, 0);
      assert.ok(sum <= limit * (1 + 1e-9));
      const largest = Math.max(0, ...shares);
      for (const [place, share] of shares.entries()) {
        const most = mosts[place] ?? Number.POSITIVE_INFINITY;
        assert.ok(share > 0 && share <= most);
        // Who has less than another has all that he can use.
        if (share < largest * (1 - 1e-9)) assert.equal(share, most);
        // Who could use more is held back by a line that is full.
        if (share < most) assert.ok(sum >= limit * (1 - 1e-9));
      }
    }),
  );
});

test('shares change when a move starts or ends, and who is touched is told', () => {
  const shared = shareLine(1_200);
  assert.deepEqual(shared.begin(on('a')), [{ id: 'a', bytesPerSecond: 1_200 }]);
  assert.deepEqual(shared.begin(on('b')), [
    { id: 'a', bytesPerSecond: 600 },
    { id: 'b', bytesPerSecond: 600 },
  ]);
  assert.deepEqual(shared.begin(on('b', 200)), [
    { id: 'a', bytesPerSecond: 1_000 },
    { id: 'b', bytesPerSecond: 200 },
  ]);
  assert.deepEqual(shared.setLimit(2_200), [{ id: 'a', bytesPerSecond: 2_000 }]);
  assert.deepEqual(shared.end('nobody'), []);
  assert.deepEqual(shared.end('a'), []);
  assert.deepEqual(shared.shares(), [{ id: 'b', bytesPerSecond: 200 }]);
  assert.deepEqual(shared.setLimit(null), []);
  assert.deepEqual(shared.begin(on('a')), [{ id: 'a', bytesPerSecond: null }]);
  assert.deepEqual(shared.setLimit(300), [
    { id: 'b', bytesPerSecond: 150 },
    { id: 'a', bytesPerSecond: 150 },
  ]);
});
