import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { limiter } from './limiter.ts';

test('a burst, then one at a time, told how long to wait', () => {
  let now = 0;
  const one = limiter({ burst: 3, everyMs: 100 }, { nowMs: () => now });
  assert.deepEqual(
    [one.take('a'), one.take('a'), one.take('a'), one.take('a'), one.take('b')],
    [null, null, null, 100, null],
  );
  now = 60;
  assert.equal(one.take('a'), 40);
  now = 100;
  assert.deepEqual([one.take('a'), one.take('a')], [null, 100]);
  one.giveBack('a');
  assert.equal(one.take('a'), null);
  one.forget('a');
  assert.deepEqual([one.take('a'), one.take('a'), one.take('a')], [null, null, null]);
});

test('never more than the burst and what has flowed off since, whenever it is asked', () => {
  const steps = fc.array(fc.nat(300), { maxLength: 200 });
  fc.assert(
    fc.property(
      steps,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 200 }),
      (waits, burst, everyMs) => {
        let now = 0;
        let taken = 0;
        const one = limiter({ burst, everyMs }, { nowMs: () => now });
        for (const wait of waits) {
          now += wait;
          const refused = one.take('a');
          if (refused === null) taken++;
          else {
            assert.ok(refused > 0);
            now += refused;
            assert.equal(one.take('a'), null);
            taken++;
          }
          assert.ok(taken <= burst + now / everyMs);
        }
      },
    ),
  );
});

test('a flood of keys is forgotten, not kept', () => {
  let now = 0;
  const one = limiter({ burst: 2, everyMs: 1000 }, { keysMax: 1000, nowMs: () => now });
  for (let n = 0; n < 100_000; n++) one.take(`${n}`);
  assert.ok(one.size <= 1000, `${one.size}`);
  // The last ones still count.
  one.take('99999');
  assert.notEqual(one.take('99999'), null);
  now = 10_000;
  for (let n = 0; n < 1000; n++) one.take(`x${n}`);
  assert.ok(one.size <= 1000);
});
