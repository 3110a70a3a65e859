import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decoderFor } from './transfer-encoding.ts';

function decoded(encoding: string, text: string | Uint8Array, step = Number.POSITIVE_INFINITY): string {
  const decoder = decoderFor(encoding);
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += step)
    out.push(Buffer.from(decoder.write(bytes.subarray(at, at + step))));
  out.push(Buffer.from(decoder.end()));
  return Buffer.concat(out).toString('latin1');
}

const step = fc.integer({ min: 1, max: 90 });

test('base64 comes back, however it is broken into lines and pieces', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.integer({ min: 1, max: 80 }),
      step,
      (bytes, width, pieces) => {
        const text = Buffer.from(bytes)
          .toString('base64')
          .replace(new RegExp(`.{${width}}`, 'g'), '$&\r\n');
        assert.equal(decoded('Base64 ', text, pieces), Buffer.from(bytes).toString('latin1'));
      },
    ),
  );
});

test('odd base64', () => {
  assert.equal(decoded('base64', 'QUJD!!RE=\r\n'), 'ABCD'.slice(0, 4));
  assert.equal(decoded('base64', 'QQ==QUJD'), 'AABC');
  assert.equal(decoded('base64', 'QQ'), 'A');
  assert.equal(decoded('base64', 'Q'), '');
  assert.equal(decoded('base64', '===='), '');
  assert.equal(decoded('base64', ''), '');
});

test('quoted-printable', () => {
  const cases: [string, string][] = [
    ['caf=E9', 'caf\xe9'],
    ['caf=e9', 'caf\xe9'],
    ['one=\r\ntwo', 'onetwo'],
    ['one=\ntwo', 'onetwo'],
    ['one= \t \r\ntwo', 'onetwo'],
    ['=3D=3d', '=='],
    ['==41', '=A'],
    ['=4=41', '=4A'],
    ['=ZZ', '=ZZ'],
    ['= x', '= x'],
    ['=\rx', '=\rx'],
    ['end=', 'end'],
    ['end=4', 'end=4'],
    ['a=00b', 'a\0b'],
  ];
  for (const [text, expected] of cases) {
    for (const pieces of [1, 2, 3, 100]) {
      assert.equal(decoded('quoted-printable', text, pieces), expected, JSON.stringify(text));
    }
  }
});

test('quoted-printable of any bytes comes back, and pieces make no difference', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), step, (bytes, pieces) => {
      const text = [...bytes].map((byte) => `=${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
      const broken = text.replace(/(?:=..){25}/g, '$&=\r\n');
      assert.equal(decoded('quoted-printable', broken, pieces), Buffer.from(bytes).toString('latin1'));
      assert.equal(decoded('quoted-printable', bytes, pieces), decoded('quoted-printable', bytes));
    }),
  );
});

test('other encodings leave the bytes alone', () => {
  for (const name of ['7bit', '8bit', 'binary', 'x-uuencode', '', 'nonsense']) {
    assert.equal(decoded(name, 'as =41 it\r\nis', 3), 'as =41 it\r\nis');
  }
});
