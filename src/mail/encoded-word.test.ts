import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode } from './charset.ts';
import { decodeWords, parseParameterised } from './encoded-word.ts';
import { encodeUnicode } from './repair-header.ts';

const raw = (text: string, encoding: 'utf8' | 'latin1' = 'utf8') =>
  Buffer.from(text, encoding).toString('latin1');

test('encoded words (RFC 2047 §8 and what mail really holds)', () => {
  const cases: [string, string][] = [
    ['plain', 'plain'],
    ['=?ISO-8859-1?Q?a?=', 'a'],
    ['=?ISO-8859-1?Q?a?= b', 'a b'],
    ['=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a?=  \t =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a_b?=', 'a b'],
    ['=?utf-8?B?UsOpdW5pb24=?=', 'Réunion'],
    ['=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=', 'café'],
    ['=?utf-8*fr?Q?=C3=A9t=C3=A9?=', 'été'],
    ['=?x-unknown?Q?caf=E9?=', 'café'],
    ['=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=', 'こんにちは'],
    ['=?broken', '=?broken'],
    ['=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
    [raw('Réunion'), 'Réunion'],
    [raw('Réunion', 'latin1'), 'Réunion'],
    [`=?utf-8?Q?=C3=A9?= ${raw('à')}`, 'é à'],
  ];
  for (const [value, expected] of cases) assert.equal(decodeWords(value), expected, value);
});

test('what is encoded decodes to itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const plain = text.replace(/[\r\n\0]/g, '').toWellFormed();
      assert.equal(decodeWords(encodeUnicode(plain).replace(/\r\n/g, '')), plain);
    }),
  );
});

test('parameters (RFC 2231)', () => {
  const of = (text: string) => parseParameterised(text);
  assert.equal(of('Text/Plain; charset=UTF-8').value, 'text/plain');
  assert.equal(of('text/plain; charset="utf-8" (comment)').parameters.get('charset'), 'utf-8');
  assert.equal(of('multipart/mixed; boundary="a;b=\\"c\\""').parameters.get('boundary'), 'a;b="c"');
  assert.equal(of("x/y; name*=utf-8'fr'%C3%A9t%C3%A9.pdf").parameters.get('name'), 'été.pdf');
  assert.equal(of("x/y; name*0*=utf-8''%C3%A9; name*1=t; name*2*=%C3%A9").parameters.get('name'), 'été');
  assert.equal(of('x/y; name*0=a; name*1=b; name*3=d').parameters.get('name'), 'ab');
  assert.equal(of('x/y; name="=?utf-8?Q?=C3=A9t=C3=A9?="').parameters.get('name'), 'été');
  assert.equal(of(`x/y; name="${raw('été', 'latin1')}"`).parameters.get('name'), 'été');
  assert.equal(of(';;; a=1; a=2').parameters.get('a'), '1');
  assert.equal(of('text/plain; name="unclosed').parameters.get('name'), 'unclosed');
});

test('charsets: known, odd and unknown ones are all read', () => {
  const bytes = (...list: number[]) => Uint8Array.from(list);
  assert.equal(decode(bytes(0x80), 'iso-8859-1'), '€');
  assert.equal(decode(bytes(0x82), 'cp850'), 'é');
  assert.equal(decode(bytes(0xe9), 'klingon'), 'é');
  assert.equal(decode(bytes(0xe9), 'utf-8'), 'é');
  assert.equal(decode(bytes(0xc3, 0xa9), 'us-ascii'), 'é');
  assert.equal(decode(bytes(0xe9), null), 'é');
  assert.equal(decode(Buffer.from('Caf+AOk- +- cr+AOg-me'), 'utf-7'), 'Café + crème');
  assert.equal(decode(bytes(0x82, 0xa0), '"Shift_JIS"'), 'あ');
  assert.equal(decode(bytes(0xff, 0xfe, 0x41, 0), 'utf-16'), 'A');
});

test('nothing makes the readers throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 20 }), (bytes, label) => {
      const text = Buffer.from(bytes).toString('latin1');
      decodeWords(text);
      parseParameterised(text);
      decode(bytes, label);
      decode(bytes, 'utf-7');
      decode(bytes, 'iso-2022-jp');
      decode(bytes, 'utf-16be');
    }),
  );
});
