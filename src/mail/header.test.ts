import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FieldNames, fields, HEADER_MAX_BYTES, headerEnd, scanHeader, unfolded, valuesOf } from './header.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const NAMES = new FieldNames(['Subject', 'From', 'Message-ID', 'To']);

test('the end of a header is found whatever its line ends are', () => {
  for (const end of ['\r\n', '\n', '\r']) {
    const bytes = latin1(`A: b${end}C: d${end}${end}body${end}`);
    const found = headerEnd(bytes);
    assert.equal(bytes.toString('latin1', 0, found.end), `A: b${end}C: d${end}`);
    assert.equal(bytes.toString('latin1', found.body), `body${end}`);
  }
  assert.deepEqual(headerEnd(latin1('A: b\nC: d\r\n\nbody')), { end: 11, body: 12 });
  assert.deepEqual(headerEnd(latin1('A: b\r\r\nbody')), { end: 11, body: 11 });
  assert.deepEqual(headerEnd(latin1('\r\nbody')), { end: 0, body: 2 });
  assert.deepEqual(headerEnd(latin1('')), { end: 0, body: 0 });
});

test('a header without end is cut at the limit', () => {
  const endless = Buffer.alloc(3 * HEADER_MAX_BYTES, 'x');
  assert.deepEqual(headerEnd(endless), { end: HEADER_MAX_BYTES, body: HEADER_MAX_BYTES });
  const lines = Buffer.from('X-A: b\r\n'.repeat(300_000));
  assert.ok(scanHeader(lines, NAMES).end <= HEADER_MAX_BYTES);
});

test('the first value of a name counts, unfolded, whatever its case', () => {
  const header = latin1(
    'SUBJECT: one\r\n two\r\n\tthree\r\nsubject: other\r\nFROM : a@b\r\nTo:\r\n\r\nSubject: body',
  );
  assert.deepEqual(scanHeader(header, NAMES).values, ['one two\tthree', 'a@b', undefined, '']);
  assert.deepEqual(valuesOf(header, 'Subject'), ['one two\tthree', 'other']);
});

test('a name that only begins alike is another name', () => {
  const header = latin1('Subject-X: no\r\nSub: no\r\nFromage: no\r\nTo-Do: no\r\n\r\n');
  assert.deepEqual(scanHeader(header, NAMES).values, [undefined, undefined, undefined, undefined]);
});

test('oddities of a header', () => {
  assert.equal(scanHeader(latin1('Subject: \xe9\r\n\r\n'), NAMES).eightBit, true);
  assert.equal(scanHeader(latin1('Subject: e\r\n\r\n\xe9'), NAMES).eightBit, false);
  assert.equal(scanHeader(latin1('Hello there\r\n\r\n'), NAMES).noHeader, true);
  assert.equal(scanHeader(latin1(' folded\r\nA: b\r\n\r\n'), NAMES).noHeader, true);
  assert.equal(scanHeader(latin1('\r\nA: b\r\n'), NAMES).noHeader, true);
  assert.equal(scanHeader(latin1(''), NAMES).noHeader, true);
  assert.equal(scanHeader(latin1('A: b\r\nstray\r\n\r\n'), NAMES).noHeader, false);
  assert.equal(scanHeader(latin1('A: b\r\nstray\r\n\r\n'), NAMES).stray, true);
  assert.equal(scanHeader(latin1('A: b\r\n c d\r\n\r\n'), NAMES).stray, false);
});

test('an mbox line in front is no part of the header', () => {
  for (const mark of ['', '>']) {
    const header = latin1(`${mark}From a@b Tue Mar  4 09:30:00 2025\r\nSubject: s\r\n\r\n`);
    const scan = scanHeader(header, NAMES);
    assert.equal(scan.values[0], 's');
    assert.equal(scan.noHeader, false);
    assert.equal(scan.stray, false);
  }
  assert.equal(scanHeader(latin1('From : a@b\r\n\r\n'), NAMES).values[1], 'a@b');
});

const line = fc.constantFrom(
  'Subject: one',
  'subject:two',
  'From : x@y',
  ' folded',
  '\tfolded too',
  'stray line',
  'To:',
  'X-Other: value',
  'Message-ID: <a@b>',
  ': nameless',
  'From a@b Tue',
);
const headerText = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\r\n', '\n', '\r'))
  .map(([lines, end]) => latin1(`${lines.join(end)}${end}${end}Subject: in the body${end}`));

test('the fast pass agrees with the walk over fields', () => {
  fc.assert(
    fc.property(headerText, (bytes) => {
      const scan = scanHeader(bytes, NAMES);
      const { end, body } = headerEnd(bytes);
      assert.equal(scan.end, end);
      assert.equal(scan.body, body);
      const walked = [...fields(bytes)];
      NAMES.names.forEach((name, index) => {
        const field = walked.find((candidate) => candidate.name.toLowerCase() === name);
        const value = field === undefined ? undefined : unfolded(bytes, field.value, field.end);
        assert.equal(scan.values[index], value, name);
      });
      assert.equal(
        scan.stray,
        walked.some((field) => field.name === ''),
        'stray',
      );
    }),
    { numRuns: 1000 },
  );
});

test('fields cover the header without gap', () => {
  fc.assert(
    fc.property(headerText, (bytes) => {
      let at = -1;
      for (const field of fields(bytes)) {
        if (at >= 0) assert.equal(field.start, at);
        assert.ok(field.start <= field.value && field.value <= field.end && field.end <= field.next);
        at = field.next;
      }
      if (at >= 0) assert.equal(at, headerEnd(bytes).end);
    }),
  );
});
