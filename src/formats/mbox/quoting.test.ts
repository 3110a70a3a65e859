import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Quoting, writeUnquoted } from './quoting.ts';

function unquote(text: string, quoting: Quoting, cuts: readonly number[] = []): string {
  const bytes = Buffer.from(text, 'latin1');
  const pieces: string[] = [];
  let from = 0;
  for (const to of [...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length]) {
    const span = { from, to, first: from === 0, last: to === bytes.length };
    from = writeUnquoted(bytes, span, quoting, (piece) => pieces.push(Buffer.from(piece).toString('latin1')));
  }
  return pieces.join('');
}

test('each quoting is undone as it was done', () => {
  const text = '>From a\n>>From b\nx >From c\n> From d\n>From:\n>>>From e';
  assert.equal(unquote(text, 'none'), text);
  assert.equal(unquote(text, 'mboxo'), 'From a\n>>From b\nx >From c\n> From d\n>From:\n>>>From e');
  assert.equal(unquote(text, 'mboxrd'), 'From a\n>From b\nx >From c\n> From d\n>From:\n>>From e');
});

test('pieces make no difference', () => {
  const part = fc.constantFrom('>From ', '>', '\n', 'From ', 'x', '>'.repeat(99), 'y'.repeat(150));
  const text = fc.array(part, { maxLength: 60 }).map((parts) => parts.join(''));
  const quoting = fc.constantFrom<Quoting>('mboxrd', 'mboxo', 'none');
  fc.assert(
    fc.property(text, quoting, fc.array(fc.nat(3000), { maxLength: 8 }), (written, how, cuts) => {
      assert.equal(unquote(written, how, cuts), unquote(written, how));
    }),
    { numRuns: 500 },
  );
});

test('mboxrd is undone for any text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('>', '>>', 'From ', 'x', '\n', '\r\n'), { maxLength: 40 }),
      (parts) => {
        const text = parts.join('');
        assert.equal(unquote(text.replace(/^(>*From )/gm, '>$1'), 'mboxrd'), text);
      },
    ),
  );
});
