import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LeafRuns, type Most } from './leaf-runs.ts';

interface Page {
  bid: number;
  keys: number[];
}

/** As leaves are, now and then with a key out of order, or one that does not count. */
const keys = fc.oneof(
  fc
    .tuple(fc.nat({ max: 200 }), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }))
    .map(([first, steps]) => steps.map((_, n) => steps.slice(0, n).reduce((sum, step) => sum + step, first))),
  fc.array(fc.oneof(fc.integer({ min: -1, max: 60 }), fc.maxSafeNat()), { maxLength: 12 }),
);
const leaves = fc.array(fc.record({ bid: fc.nat({ max: 9 }), keys }), { maxLength: 40 });

function settled(pages: readonly Page[], most?: Most): LeafRuns {
  const runs = new LeafRuns(most);
  for (const [n, page] of pages.entries()) runs.add({ offset: n * 512, ...page });
  for (const _turn of runs.settle((offset) => pages[offset / 512]!.keys));
  return runs;
}

type Place = [key: number, page: number, n: number];

function told(pages: readonly Page[], runs: LeafRuns): Place[] {
  return [...runs.all()].flatMap(({ offset, from, count }) =>
    Array.from({ length: count }, (_, n): Place => {
      return [pages[offset / 512]!.keys[from + n]!, offset / 512, from + n];
    }),
  );
}

/** Of each key the entry on the page with the highest id; of two with the same the first. */
function wanted(pages: readonly Page[]): Place[] {
  const newest = new Map<number, { place: Place; bid: number }>();
  for (const [page, { bid, keys }] of pages.entries())
    for (const [n, key] of keys.entries()) {
      const known = newest.get(key);
      if (key >= 0 && (known === undefined || known.bid < bid))
        newest.set(key, { place: [key, page, n], bid });
    }
  return [...newest.values()].map(({ place }) => place).sort((a, b) => a[0] - b[0]);
}

test('of each key the place of its newest entry is kept, in order', () => {
  fc.assert(
    fc.property(leaves, (pages) => {
      const runs = settled(pages);
      const list = wanted(pages);
      assert.deepEqual(told(pages, runs), list);
      for (const [key, page, n] of list) {
        const { offset, from, count } = runs.find(key)!;
        assert.ok(offset === page * 512 && from <= n && n < from + count, `${key}`);
      }
      assert.equal(runs.overflowed, false);
    }),
    { numRuns: 500 },
  );
});

test('many versions of many pages, more than are compared at once', () => {
  const pages = Array.from({ length: 30_000 }, (_, n) => ({
    bid: (n * 7919) % 30_000,
    keys: [0, 1, 2, 3, 4, 5].map((key) => ((n * 31) % 5_000) * 3 + key),
  }));
  const runs = settled(pages);
  assert.equal(runs.overflowed, false);
  assert.deepEqual(told(pages, runs), wanted(pages));
});

test('more than there may be is left out, and told', () => {
  const pages = Array.from({ length: 300 }, (_, n) => ({ bid: n, keys: [n * 4, n * 4 + 1, n * 4 + 2] }));
  const few = settled(pages, { pages: 200, compared: 1000, runs: 1000 });
  assert.equal(few.overflowed, true);
  assert.deepEqual(told(pages, few), wanted(pages.slice(0, 200)));
  assert.equal(settled(pages, { pages: 300, compared: 1000, runs: 1000 }).overflowed, false);
  const wide = pages.map(({ bid, keys }) => ({ bid, keys: [...keys, 10_000 + bid] }));
  assert.equal(settled(wide, { pages: 300, compared: 1000, runs: 1000 }).overflowed, true);
  const laced = pages.map((_, n) => ({ bid: n, keys: [0, 2, 4].map((key) => (n >> 1) * 6 + key + (n % 2)) }));
  const some = settled(laced, { pages: 300, compared: 1000, runs: 500 });
  assert.equal(some.overflowed, true);
  assert.deepEqual(told(laced, some), wanted(laced).slice(0, 500));
});

test('leaves that stand alone need little, in whatever order they lie', () => {
  const count = 200_000;
  const keysAt = (n: number) => Array.from({ length: 20 }, (_, m) => ((n * 7919) % count) * 20 + m);
  const runs = new LeafRuns();
  for (let n = 0; n < count; n += 1) runs.add({ offset: n * 512, bid: n, keys: keysAt(n) });
  const gathered = runs.heldBytes;
  for (const _turn of runs.settle(() => assert.fail('nothing is to be compared')));
  assert.ok(gathered / count < 40, `${gathered / count} bytes a leaf`);
  assert.ok(runs.heldBytes / count < 18, `${runs.heldBytes / count} bytes a leaf`);
  assert.deepEqual(runs.find(7919 * 20 + 3), { offset: 512, from: 0, count: 20 });
});
