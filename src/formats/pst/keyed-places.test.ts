import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyedPlaces } from './keyed-places.ts';

test('no order makes putting in order long', () => {
  const order = slowest(20_000);
  const list = new KeyedPlaces((place, other) => place < other);
  for (const [n, key] of order.entries()) list.push(key, n);
  const turns = [...list.sort()].length;
  assert.ok(turns < 100, `${turns} turns`);
  for (let i = 0; i < order.length; i += 1) {
    assert.equal(list.key(i), i);
    assert.equal(order[list.place(i)], i);
  }
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
