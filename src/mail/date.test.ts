import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDate, receivedDate } from './date.ts';
import { dateText } from './wrap.ts';

test('dates that are dates', () => {
  const cases: [string, string][] = [
    ['Tue, 04 Mar 2025 09:30:05 +0100', '2025-03-04T08:30:05Z'],
    ['4 Mar 2025 09:30 -0500', '2025-03-04T14:30:00Z'],
    ['Fri, 21 Nov 1997 09:55:06 -0600 (CST (really))', '1997-11-21T15:55:06Z'],
    ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06Z'],
    ['21 Nov 49 09:55:06 GMT', '2049-11-21T09:55:06Z'],
    ['21 Nov 50 09:55:06 GMT', '1950-11-21T09:55:06Z'],
    ['21 Nov 103 09:55:06 GMT', '2003-11-21T09:55:06Z'],
    ['Tue, 4 Mar 2025 09:30:00 EST', '2025-03-04T14:30:00Z'],
    ['Tue, 4 Mar 2025 09:30:00 Z', '2025-03-04T09:30:00Z'],
    ['Tue, 4 Mar 2025 09:30:00', '2025-03-04T09:30:00Z'],
    ['Tue, 4 Mar 2025 09:30:00 XYZ', '2025-03-04T09:30:00Z'],
    ['Tue, 4 Mar 2025 09:30:00 GMT+0100', '2025-03-04T08:30:00Z'],
    ['Tue, 4 Mar 2025 09:30:00 +01:00', '2025-03-04T08:30:00Z'],
    ['Tuesday, 4 March 2025 9:30:00 PST', '2025-03-04T17:30:00Z'],
    ['04-Mar-2025 09:30:00 +0000', '2025-03-04T09:30:00Z'],
    ['Tue Mar  4 09:30:00 2025', '2025-03-04T09:30:00Z'],
    ['Tue Mar  4 09:30:00 EST 2025', '2025-03-04T14:30:00Z'],
    ['Tue Mar  4 09:30:00 2025 +0100', '2025-03-04T08:30:00Z'],
    ['2025-03-04 09:30:00 +0100', '2025-03-04T08:30:00Z'],
    ['2025-03-04T09:30:00.123Z', '2025-03-04T09:30:00Z'],
    ['Wed, 31 Dec 1969 23:59:59 +0000', '1969-12-31T23:59:59Z'],
    ['Tue, 19 Jan 2038 03:14:08 +0000', '2038-01-19T03:14:08Z'],
    ['Thu, 29 Feb 2024 00:00:60 +0000', '2024-02-29T00:01:00Z'],
  ];
  for (const [text, expected] of cases) {
    const ms = parseDate(text);
    assert.equal(ms === null ? null : new Date(ms).toISOString().replace('.000Z', 'Z'), expected, text);
  }
});

test('nonsense is no date', () => {
  for (const text of [
    '',
    'yesterday',
    'Fri, 31 Feb 2012 10:00:00 +0000',
    'Thu, 29 Feb 2023 10:00:00 +0000',
    '4 Mar 2025',
    '4 Mar 2025 24:00:00 +0000',
    '4 Mar 2025 10:60:00 +0000',
    '4 Foo 2025 10:00:00 +0000',
    '0 Mar 2025 10:00:00 +0000',
    '4 Mar 2025 10:00:00 +9900',
    '4 Mar 1500 10:00:00 +0000',
    'Wed, 15 Dec 2010    59:10 -0500',
    'x'.repeat(5000),
    '('.repeat(5000),
  ]) {
    assert.equal(parseDate(text), null, text.slice(0, 40));
  }
});

test('a date written by the rules is read back to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: -10_000_000_000, max: 200_000_000_000 }), (seconds) => {
      assert.equal(parseDate(dateText(seconds * 1000)), seconds * 1000);
    }),
  );
});

test('never throws', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => void parseDate(text)));
});

test('the topmost Received tells when the last server took it', () => {
  const header = Buffer.from(
    'Received: from a by b (x; y)\r\n\tfor <c@d>;\r\n\tTue, 4 Mar 2025 09:30:05 +0100 (CET; winter)\r\n' +
      'Received: from z by a; Mon, 3 Mar 2025 09:30:05 +0100\r\nDate: Sun, 2 Mar 2025 09:30:05 +0100\r\n\r\n',
  );
  assert.equal(receivedDate(header), Date.UTC(2025, 2, 4, 8, 30, 5));
  assert.equal(receivedDate(Buffer.from('Date: Sun, 2 Mar 2025 09:30:05 +0100\r\n\r\n')), null);
  assert.equal(receivedDate(Buffer.from('Received: from a by b\r\n\r\n')), null);
});
