import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Measured, rangeOf, speedOf, UNMEASURED, withSample } from './speeds.ts';

const measured = (...passes: [messages: number, bytes: number, seconds: number][]): Measured | null =>
  passes.reduce<Measured | null>(
    (known, [messages, bytes, seconds]) => withSample(known, { messages, bytes, seconds }),
    null,
  );

test('the mean is over the time, the spread from pass to pass', () => {
  const known = measured([100, 10_000_000, 10], [300, 60_000_000, 30])!;
  assert.equal(known.samples, 2);
  assert.equal(known.bytesPerSecond.mean, 70_000_000 / 40);
  assert.equal(known.messagesPerSecond.mean, 10);
  // 1 MB/s for 10 s and 2 MB/s for 30 s, around 1.75.
  const variance = (10 * 0.75 ** 2 + 30 * 0.25 ** 2) / 40;
  assert.ok(Math.abs(known.bytesPerSecond.spread - Math.sqrt(variance) * 1e6) < 1);
  assert.equal(known.messagesPerSecond.spread, 0);
});

test('a pass too small to tell anything changes nothing', () => {
  assert.equal(measured([3, 20_000, 8]), null);
  assert.equal(measured([300, 50_000_000, 1]), null);
});

test('one measurement is believed by half, many more', () => {
  const one = rangeOf(measured([100, 10_000_000, 10])!);
  assert.deepEqual([one.lowBytesPerSecond, one.highBytesPerSecond], [500_000, 2_000_000]);
  const many = rangeOf(measured(...Array<[number, number, number]>(100).fill([100, 10_000_000, 10]))!);
  assert.ok(Math.abs(many.lowBytesPerSecond - 900_000) < 1 && many.highBytesPerSecond < 1_112_000);
});

test('the slowest of what is known of the site and its providers, else the whole, else what is usual', () => {
  const slow = measured([100, 10_000_000, 10]);
  const fast = measured([100, 90_000_000, 10])!;
  const none = { overall: null, providers: {}, sites: {} };
  assert.deepEqual(speedOf(none, 'lyon', ['old.example']), { ...UNMEASURED, measured: false });
  assert.equal(speedOf({ ...none, overall: slow }, null, []).lowBytesPerSecond, 500_000);
  const speeds = { overall: slow, providers: { 'old.example': fast }, sites: {} };
  assert.equal(speedOf(speeds, 'lyon', ['old.example']).lowBytesPerSecond, 4_500_000);
  assert.equal(speedOf(speeds, 'lyon', ['__proto__', 'constructor']).lowBytesPerSecond, 500_000);
  const both = { ...speeds, sites: { lyon: slow! } };
  assert.equal(speedOf(both, 'lyon', ['old.example']).highBytesPerSecond, 2_000_000);
});

test('a range is around its mean, above nothing, whatever was measured', () => {
  const pass = fc.tuple(
    fc.nat(1_000_000),
    fc.integer({ min: 1, max: 1e12 }),
    fc.integer({ min: 1, max: 1e6 }),
  );
  fc.assert(
    fc.property(fc.array(pass, { maxLength: 30 }), (passes) => {
      const known = measured(...passes);
      if (known === null) return;
      const { lowBytesPerSecond, highBytesPerSecond } = rangeOf(known);
      const { mean, spread } = known.bytesPerSecond;
      assert.ok(lowBytesPerSecond > 0 && lowBytesPerSecond < mean && mean < highBytesPerSecond);
      assert.ok(spread >= 0 && Number.isFinite(highBytesPerSecond));
      assert.deepEqual(JSON.parse(JSON.stringify(known)), known);
    }),
  );
});
