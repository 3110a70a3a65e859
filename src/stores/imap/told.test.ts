import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Told } from './told.ts';

const seed = Number(process.env.SEED ?? 20_261_124);

test('what was told survives a checkpoint, whatever the order', () => {
  const row = fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.subarray(['\\Answered', '\\Seen', 'Projet']));
  fc.assert(
    fc.property(fc.uniqueArray(row, { selector: ([uid]) => uid, maxLength: 200 }), (rows) => {
      const told = new Told();
      for (const [uid, marks] of rows) told.add(uid, marks);
      const again = Told.from(JSON.parse(JSON.stringify(told)))!;
      assert.equal(again.size, rows.length);
      for (const [uid, marks] of rows) {
        assert.ok(again.has(uid));
        assert.equal(again.mark(uid, [...marks]), false, 'the same marks are no change');
        assert.equal(again.mark(uid, [...marks, 'Zed']), true);
      }
      assert.equal(again.mark(9_999, []), false, 'never told');
    }),
    { seed },
  );
});

test('those that are gone are told apart from those that came later', () => {
  const told = new Told();
  for (const uid of [1, 2, 3, 7, 9]) told.add(uid, []);
  assert.deepEqual(told.keep([2, 3, 4, 9], 9), [1, 7]);
  assert.equal(told.size, 3);
  assert.deepEqual(told.keep([], 1_000), [2, 3, 9]);
});

test('what was never written by us is not read', () => {
  for (const strange of [
    null,
    1,
    'x',
    {},
    [1],
    [[['a'], 3]],
    [['a', '1:2']],
    [[['a'], '1:*']],
    [[['a'], '1:4000000000']],
  ])
    assert.equal(Told.from(strange), null, JSON.stringify(strange));
});
