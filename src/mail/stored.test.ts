import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareStored } from './stored.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const compare = (sent: string, stored: string) => compareStored(latin1(sent), latin1(stored)).sort();

test('bytes that differ are never said to be the same', () => {
  const bytes = fc
    .array(fc.constantFrom(0, 10, 13, 13, 10, 58, 65, 97, 233), { maxLength: 40 })
    .map((list) => Uint8Array.from(list));
  fc.assert(
    fc.property(bytes, bytes, (sent, stored) => {
      assert.equal(compareStored(sent, stored).length === 0, Buffer.from(sent).equals(stored));
    }),
    { numRuns: 5000 },
  );
});

test('what servers were seen to alter (RELIABILITY: Dovecot, Cyrus, Courier)', () => {
  const head = 'Subject: s\r\nFrom: a@b\r\n';
  const cases: [string, string, string, string[]][] = [
    ['bare LF to CRLF', 'Subject: s\n\na\nb\n', 'Subject: s\r\n\r\na\r\nb\r\n', ['line-ends']],
    ['CR CR LF to CRLF', `${head}\r\na\r\r\nb\r\n`, `${head}\r\na\r\nb\r\n`, ['lone-cr']],
    ['lone CR dropped', `${head}\r\na\rb\r\n`, `${head}\r\nab\r\n`, ['lone-cr']],
    ['lone CR to CRLF', `${head}\r\na\rb\r\n`, `${head}\r\na\r\nb\r\n`, ['lone-cr']],
    ['final CRLF added', `${head}\r\na`, `${head}\r\na\r\n`, ['final-line-end']],
    ['final CRLFs cut', `${head}\r\na\r\n\r\n`, `${head}\r\na\r\n`, ['final-line-end']],
    ['NUL replaced', `${head}\r\na\0b\r\n`, `${head}\r\na\x80b\r\n`, ['nul']],
    ['NUL dropped', `${head}\r\na\0b\r\n`, `${head}\r\nab\r\n`, ['nul']],
    ['NUL replaced, LF to CRLF', 'A: b\n\na\0b\n', 'A: b\r\n\r\na\x80b\r\n', ['line-ends', 'nul']],
    ['8-bit header', `Subject: \xe9t\xe9\r\n\r\na\r\n`, `Subject: XtX\r\n\r\na\r\n`, ['eight-bit-header']],
    ['header added', `${head}\r\na\r\n`, `X-Scan: ok\r\n${head}\r\na\r\n`, ['header-added']],
    ['header added at the end', `${head}\r\na\r\n`, `${head}X-GM: 1\r\n\r\na\r\n`, ['header-added']],
    ['header changed', `${head}\r\na\r\n`, `Subject: t\r\nFrom: a@b\r\n\r\na\r\n`, ['header']],
    ['header gone', `${head}\r\na\r\n`, `From: a@b\r\n\r\na\r\n`, ['header']],
    ['header in another order', `${head}\r\na\r\n`, `From: a@b\r\nSubject: s\r\n\r\na\r\n`, ['header']],
    ['body changed', `${head}\r\na\r\n`, `${head}\r\nb\r\n`, ['body']],
    ['body longer', `${head}\r\na\r\n`, `${head}\r\na\r\nfooter\r\n`, ['body']],
    ['cut in the body', `${head}\r\nabcdef\r\n`, `${head}\r\nabc\r\n`, ['truncated']],
    ['cut in the header', `${head}\r\nabcdef\r\n`, 'Subject: s\r\n', ['truncated']],
    ['nothing left', `${head}\r\na\r\n`, '', ['final-line-end', 'truncated']],
    [
      'header added and body cut',
      `${head}\r\nabcdef\r\n`,
      `X: y\r\n${head}\r\nabc\r\n`,
      ['header-added', 'truncated'],
    ],
  ];
  for (const [name, sent, stored, expected] of cases) assert.deepEqual(compare(sent, stored), expected, name);
});

test('a header of many lines is compared in linear time', () => {
  const lines = (word: string) =>
    latin1(Array.from({ length: 60_000 }, (_, i) => `X: ${word}${i}\r\n`).join(''));
  const start = performance.now();
  assert.deepEqual(compareStored(lines('a'), lines('b')), ['header']);
  assert.ok(performance.now() - start < 3000);
});
