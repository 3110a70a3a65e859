import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CrlfWriter, countLineEnds, lineBreaks, toCrlf } from './line-ends.ts';

/** Text that is mostly line ends and letters, in either a short or a word-scanned length. */
const text = fc
  .array(fc.constantFrom(0, 10, 13, 13, 10, 9, 15, 16, 65, 97, 127, 128, 255), { maxLength: 400 })
  .map((bytes) => Uint8Array.from(bytes));

function naiveCount(bytes: Uint8Array) {
  const s = Buffer.from(bytes).toString('latin1');
  return {
    nul: s.split('\0').length - 1,
    bareLf: s.match(/(?<!\r)\n/g)?.length ?? 0,
    bareCr: s.match(/\r(?!\n)/g)?.length ?? 0,
  };
}

function naiveCrlf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/\r+\n|\r|\n/g, '\r\n');
}

test('the word-wise count agrees with a naive one, at any alignment', () => {
  fc.assert(
    fc.property(text, fc.nat(7), (bytes, offset) => {
      const shifted = new Uint8Array(bytes.length + offset).subarray(offset);
      shifted.set(bytes);
      assert.deepEqual(countLineEnds(shifted), naiveCount(bytes));
    }),
    { numRuns: 500 },
  );
});

test('one odd byte anywhere in a long clean text is found', () => {
  const clean = Buffer.from(`${'x'.repeat(76)}\r\n`.repeat(20));
  assert.deepEqual(countLineEnds(clean), { nul: 0, bareLf: 0, bareCr: 0 });
  for (let at = 0; at < clean.length; at++) {
    const odd = Buffer.from(clean);
    odd[at] = 0;
    assert.equal(countLineEnds(odd).nul, 1, `NUL at ${at}`);
    assert.deepEqual(countLineEnds(odd), naiveCount(odd));
  }
});

test('line ends become CRLF as a naive replacement makes them', () => {
  fc.assert(
    fc.property(text, (bytes) =>
      assert.equal(Buffer.from(toCrlf(bytes)).toString('latin1'), naiveCrlf(bytes)),
    ),
    { numRuns: 500 },
  );
});

test('a clean text comes back as the same object', () => {
  const clean = Buffer.from('a\r\nb\r\n');
  assert.equal(toCrlf(clean), clean);
});

test('written in pieces, the text is the same', () => {
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (bytes, cuts) => {
      const writer = new CrlfWriter();
      const out: Uint8Array[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = cuts[turn % cuts.length]!;
        out.push(...writer.write(bytes.subarray(at, at + size)).map((lines) => Buffer.from(lines)));
        at += size;
      }
      out.push(...lineBreaks(writer.release()));
      assert.equal(Buffer.concat(out).toString('latin1'), naiveCrlf(bytes));
    }),
    { numRuns: 500 },
  );
});

test('a million line ends are held as a number', () => {
  const writer = new CrlfWriter();
  for (let i = 0; i < 1000; i++) assert.deepEqual(writer.write(Buffer.from('\n'.repeat(1000))), []);
  assert.equal(writer.held, 1_000_000);
});
