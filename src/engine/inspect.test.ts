import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Inspected, inspectHold } from './inspect.ts';

function inspect(text: string, pieceBytes = 7): Inspected {
  const bytes = Buffer.from(text, 'latin1');
  const sink = inspectHold().begin(bytes.length);
  for (let at = 0; at < bytes.length; at += pieceBytes) sink.write(bytes.subarray(at, at + pieceBytes));
  return sink.end();
}

const MESSAGE = [
  'From: a@example.org',
  'Date: Mon, 23 Nov 2026 10:00:00 +0000',
  'Subject: =?utf-8?q?=C3=89t=C3=A9?=',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'hello',
  '--b',
  'Content-Type: application/octet-stream; name="other.txt"',
  'Content-Disposition: attachment; filename="run.EXE"',
  '',
  'MZ',
  '--b',
  'Content-Type: message/rfc822',
  '',
  'From: b@example.org',
  'Content-Type: application/zip; name=inner.zip',
  '',
  'x',
  '--b--',
  '',
].join('\r\n');

test('a message is looked at whatever the pieces and line ends are', () => {
  for (const text of [MESSAGE, MESSAGE.replaceAll('\r\n', '\n')]) {
    for (const pieceBytes of [1, 5, 10_000]) {
      const seen = inspect(text, pieceBytes);
      assert.equal(seen.subject, 'Été');
      assert.equal(seen.date, Date.UTC(2026, 10, 23, 10));
      assert.deepEqual(seen.fileNames, ['run.EXE', 'inner.zip']);
      assert.deepEqual([seen.froms, seen.nul, seen.eightBitHeader], [1, false, false]);
      assert.equal(seen.size, text.length);
      assert.equal(seen.longestLine, Math.max(...text.split(/\r?\n/).map((line) => line.length)));
    }
  }
});

test('what servers stumble over is seen', () => {
  const odd = inspect(`From: a\r\nfrom: b\r\nDate: never\r\nSubject: \xe9\r\n\r\n${'x'.repeat(12_000)}\0`);
  assert.deepEqual([odd.froms, odd.nul, odd.eightBitHeader, odd.longestLine], [2, true, true, 12_001]);
  assert.deepEqual([odd.date, odd.dateText, odd.arrivedAt], [null, 'never', null]);
  const received = inspect('Received: by x; Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\n');
  assert.equal(received.arrivedAt, Date.UTC(2026, 10, 23, 10));
  assert.equal(inspect('').subject, null);
});

test('any bytes in any pieces end in a value that pieces do not change', () => {
  const text = fc.string({
    unit: fc.constantFrom('\r', '\n', 'a', ':', '-', '\0', 'From: ', '\xff'),
    maxLength: 300,
  });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 20 }), (bytes, pieceBytes) => {
      assert.deepEqual(inspect(bytes, pieceBytes), inspect(bytes, 10_000));
    }),
    { numRuns: 500 },
  );
});
