import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EntryPlaces } from './entry-places.ts';

interface LeafFacts {
  bid: number;
  keys: number[];
}

const leaves = fc.array(
  fc.record({
    bid: fc.nat({ max: 9 }),
    keys: fc.array(fc.oneof(fc.integer({ min: -1, max: 60 }), fc.maxSafeNat()), { maxLength: 12 }),
  }),
  { maxLength: 40 },
);

function settled(pages: readonly LeafFacts[], most?: number): EntryPlaces {
  const places = new EntryPlaces(most);
  for (const [n, { bid, keys }] of pages.entries()) {
    if (places.isCrowded) for (const _turn of places.settle());
    places.add({ offset: n * 512, bid }, keys);
  }
  for (const _turn of places.settle());
  return places;
}

/** Of each key the entry on the page with the highest id; of two with the same the first. */
function wanted(pages: readonly LeafFacts[]): { key: number; offset: number; n: number }[] {
  const newest = new Map<number, { key: number; offset: number; n: number; bid: number }>();
  for (const [page, { bid, keys }] of pages.entries())
    for (const [n, key] of keys.entries()) {
      const known = newest.get(key);
      if (key >= 0 && (known === undefined || known.bid < bid))
        newest.set(key, { key, offset: page * 512, n, bid });
    }
  return [...newest.values()].sort((a, b) => a.key - b.key).map(({ bid: _, ...place }) => place);
}

test('of each key the place of its newest entry is kept, in order', () => {
  fc.assert(
    fc.property(leaves, (pages) => {
      const places = settled(pages);
      const list = wanted(pages);
      assert.deepEqual([...places.all()], list);
      assert.equal(places.size, list.length);
      for (const place of list) assert.deepEqual(places.find(place.key), place);
      for (const key of [0, 30, 61, 2 ** 53 - 1])
        assert.deepEqual(places.find(key), list.find((each) => each.key === key) ?? null);
      assert.equal(places.overflowed, false);
    }),
    { numRuns: 300 },
  );
});

test('many versions of one page need the room of one', () => {
  const pages = Array.from({ length: 3000 }, (_, n) => ({
    bid: n % 1000,
    keys: [0, 1, 2, 3, 4].map((key) => (n % 7) * 5 + key),
  }));
  const places = settled(pages, 1000);
  assert.equal(places.overflowed, false);
  assert.deepEqual([...places.all()], wanted(pages));
});

test('more than there may be is left out, and told', () => {
  const pages = Array.from({ length: 300 }, (_, n) => ({ bid: n, keys: [n * 4, n * 4 + 1, n * 4 + 2] }));
  const places = settled(pages, 600);
  assert.equal(places.overflowed, true);
  assert.ok(places.size <= 600 && places.size > 300, `${places.size}`);
  assert.deepEqual([...places.all()], wanted(pages).slice(0, places.size));
  const few = settled(pages.slice(0, 115), 600);
  assert.equal(few.overflowed, false);
  assert.equal(few.size, 345);
});

test('what one entry takes does not grow with how many there are', () => {
  const pages = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      bid: n,
      keys: Array.from({ length: 20 }, (_each, m) => ((n * 7919) % count) * 20 + m),
    }));
  const places = settled(pages(20_000));
  assert.equal(places.size, 400_000);
  assert.ok(places.heldBytes / places.size < 14, `${places.heldBytes / places.size} bytes`);
  assert.deepEqual(places.find(7919 * 20 + 3), { key: 7919 * 20 + 3, offset: 512, n: 3 });
});

test('no order in the file makes settling long', () => {
  const places = new EntryPlaces();
  const order = slowest(20_000);
  for (let page = 0; page * 20 < order.length; page += 1)
    places.add({ offset: page * 512, bid: 1 }, order.slice(page * 20, page * 20 + 20));
  const turns = [...places.settle()].length;
  assert.ok(turns < 100, `${turns} turns`);
  assert.deepEqual(
    [...places.all()].map(({ key }) => key),
    [...order].sort((a, b) => a - b),
  );
});

/** Where whoever looks at the middle of what is left meets the least, again and again. */
function slowest(count: number): number[] {
  const left = Array.from({ length: count }, (_, n) => n);
  const keys = [...left];
  for (let from = 0; from < count; from += 1) {
    const middle = (from + count - 1) >>> 1;
    keys[left[middle]!] = from;
    left[middle] = left[from]!;
  }
  return keys;
}
