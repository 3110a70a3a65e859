import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Body } from '../stores/hold.ts';
import { crlfBody } from './crlf-body.ts';
import { wholeOf } from './receive.ts';

/** A body whose pieces share one buffer, as those of a file do: each is gone when the next is asked for. */
function inPieces(bytes: Buffer, sizes: readonly number[]): Body {
  return {
    size: bytes.length,
    memory: null,
    *chunks() {
      const shared = Buffer.alloc(bytes.length);
      let at = 0;
      for (const size of [...sizes, bytes.length]) {
        const piece = bytes.subarray(at, at + size);
        piece.copy(shared);
        yield shared.subarray(0, piece.length);
        at += piece.length;
      }
    },
    release() {},
  };
}

test('bare LF becomes CRLF, wherever the pieces are cut; nothing else changes', () => {
  const text = fc.array(fc.constantFrom('\r', '\n', '\r\n', 'a', 'é', '\0'), { maxLength: 40 });
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 5 }), { maxLength: 20 }), (parts, sizes) => {
      const original = Buffer.from(parts.join(''), 'latin1');
      const wanted = Buffer.from(original.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1');
      const made = crlfBody(inPieces(original, sizes));
      assert.ok(Buffer.from(wholeOf(made.body)).equals(wanted));
      assert.equal(made.body.size, wanted.length);
      assert.equal(made.raw, hash('sha256', wanted, 'hex'));
    }),
  );
});
