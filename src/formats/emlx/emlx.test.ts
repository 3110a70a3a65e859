import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../../trouble.ts';
import { mutations } from '../mapi/mutate.fixture.ts';
import { emlxMarks, writeEmlx } from './emlx.fixture.ts';
import { encoded, gapsOf, PIECE_BYTES, readExtent, readNoted } from './index.ts';
import { readPlist } from './plist.ts';

const letter = Buffer.from('From: a@example.org\nSubject: été\n\nbonjour\n');

function read(file: Buffer): { message: Buffer; marks: string[]; receivedAt: number | null } {
  const { start, length } = readExtent(file, file.length);
  return { message: file.subarray(start, start + length), ...readNoted(file.subarray(start + length)) };
}

test('any message, marks and date come out as they went in', () => {
  const marks = [
    '\\Seen',
    '\\Deleted',
    '\\Answered',
    '\\Flagged',
    '\\Draft',
    '$Forwarded',
    '$Junk',
    '$NotJunk',
  ];
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 500 }),
      fc.subarray(marks),
      fc.option(fc.integer({ min: 1, max: 4_000_000_000 })),
      (bytes, some, seconds) => {
        const receivedAt = seconds === null ? null : seconds * 1000;
        const file = writeEmlx(bytes, { marks: some, receivedAt });
        assert.deepEqual(read(file), { message: Buffer.from(bytes), marks: emlxMarks(some), receivedAt });
      },
    ),
  );
});

test('flags beyond 32 bits, as real files have them', () => {
  const noted = (flags: string) =>
    readNoted(Buffer.from(`<plist><dict><key>flags</key><integer>${flags}</integer></dict></plist>`)).marks;
  assert.deepEqual(noted('8590195713'), ['\\Seen']);
  assert.deepEqual(noted('8590195717'), ['\\Answered', '\\Seen']);
  assert.deepEqual(noted('8623489089'), ['$NotJunk', '\\Draft', '\\Seen']);
  assert.deepEqual(noted('99999999999999999999'), []);
  assert.deepEqual(noted('-1'), []);
  assert.deepEqual(noted('x'), []);
});

test('dates: whole and broken seconds, and the kind with a name', () => {
  const received = (value: string) =>
    readNoted(Buffer.from(`<?xml?><plist><dict><key>date-received</key>${value}</dict></plist>`)).receivedAt;
  assert.equal(received('<integer>1576065593</integer>'), 1_576_065_593_000);
  assert.equal(received('<real>1576065593.75</real>'), 1_576_065_593_000);
  assert.equal(received('<date>2019-12-11T11:59:53Z</date>'), 1_576_065_593_000);
  for (const odd of [
    '<real>nan</real>',
    '<real>1e300</real>',
    '<integer>-5</integer>',
    '<integer/>',
    '<true/>',
  ])
    assert.equal(received(odd), null);
});

test('a file that is cut or whose count lies is malformed; nothing behind the message is no damage', () => {
  const file = writeEmlx(letter, { marks: ['\\Seen'] });
  const end = 11 + letter.length;
  assert.deepEqual(read(file.subarray(0, end)), { message: letter, marks: [], receivedAt: null });
  const trouble = (bytes: Buffer) => {
    try {
      read(bytes);
      return null;
    } catch (error) {
      assert.ok(isTrouble(error, 'malformed'));
      return error.answer;
    }
  };
  assert.match(trouble(file.subarray(0, end - 1))!, /are there/);
  assert.match(trouble(Buffer.from(`5\n${letter}`))!, /no property list/);
  assert.match(trouble(letter)!, /count/);
  assert.match(trouble(Buffer.alloc(0))!, /count/);
});

test('property lists: what lies deeper is passed over, damage ends them', () => {
  const of = (text: string) => Object.fromEntries(readPlist(Buffer.from(text)));
  assert.deepEqual(
    of(
      '<!DOCTYPE plist PUBLIC "x" "y"><plist><dict><key>a&amp;b</key><string>é &lt;1&gt;</string>' +
        '<key>list</key><array><dict><key>flags</key><integer>7</integer></dict><integer>3</integer></array>' +
        '<key>flags</key><integer>1</integer><key>yes</key><true/><key>none</key><string/></dict></plist>',
    ),
    { 'a&b': 'é <1>', flags: 1, yes: true, none: '' },
  );
  assert.deepEqual(of('<plist><dict><key>a</key><integer>1</integer><key>b</key><integer>2</int'), { a: 1 });
  assert.deepEqual(of(`<plist>${'<dict>'.repeat(100)}<key>a</key><integer>1</integer>`), {});
  assert.deepEqual(of('<plist><integer>1</integer>'), {});
});

const PARTIAL = [
  'From: a@example.org',
  'Content-Type: multipart/mixed; boundary="x"',
  '',
  'preamble',
  '--x',
  'Content-Type: multipart/alternative; boundary=xy',
  '',
  '--xy',
  'Content-Type: text/plain',
  '',
  'text',
  '--xy',
  'Content-Type: image/png; name="=?utf-8?Q?=C3=A9t=C3=A9.png?="',
  'Content-Transfer-Encoding: BASE64',
  'X-Apple-Content-Length: 1234',
  '',
  '',
  '--xy--',
  '--x',
  'Content-Disposition: attachment; filename=b.bin',
  'X-Apple-Content-Length: 99',
  '',
  '--x',
  'X-Apple-Content-Length: 4',
  '',
  'here',
  '--x--',
  '',
].join('\r\n');

test('gaps are found at any depth, counted as IMAP does', () => {
  const message = Buffer.from(PARTIAL);
  const gaps = gapsOf(message);
  assert.deepEqual(
    gaps.map(({ part, filename, encoding, field, body }) => [
      ...[part, filename, encoding],
      message.toString('latin1', field.start, field.end),
      message.toString('latin1', body.start, body.end),
    ]),
    [
      ['1.2', 'été.png', 'base64', 'X-Apple-Content-Length: 1234\r\n', '\r\n'],
      ['2', 'b.bin', '', 'X-Apple-Content-Length: 99\r\n', ''],
    ],
  );
});

test('what is not whole and has no gap is malformed', () => {
  const whole = 'Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x--\n';
  assert.deepEqual(gapsOf(Buffer.from(whole)), []);
  assert.deepEqual(gapsOf(Buffer.from('A: b\n\ntext\n')), []);
  assert.throws(() => gapsOf(Buffer.from(whole.slice(0, -3))), /beginning/);
  assert.throws(() => gapsOf(Buffer.from('A: b\n\n\n')), /header only/);
  const many = Buffer.from(`Content-Type: multipart/mixed; boundary=x\n\n${'--x\n\na\n'.repeat(2000)}`);
  assert.throws(() => gapsOf(many), /more parts/);
});

function* pieces(bytes: Buffer): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function encodedText(bytes: Buffer, encoding: string, lineEnd = '\r\n'): string {
  return Buffer.concat([...encoded(pieces(bytes), { encoding, delimited: true }, lineEnd)]).toString(
    'latin1',
  );
}

test('base64: lines of 76, whatever the size', () => {
  for (const size of [0, 1, 56, 57, 58, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 200_000]) {
    const bytes = Buffer.alloc(size, 'é!');
    const text = encodedText(bytes, 'base64');
    const lines = text.split('\r\n');
    assert.equal(lines.pop(), '');
    for (const line of lines.slice(0, -1)) assert.equal(line.length, 76);
    assert.ok(Buffer.from(text, 'base64').equals(bytes));
  }
});

test('quoted-printable says the same, in lines of 76 at most', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', ' ', '\t', '=', 'é', '\n', '.', 'long '.repeat(30))),
      (atoms) => {
        const text = atoms.join('');
        const written = encodedText(Buffer.from(text), 'quoted-printable', '\n');
        for (const line of written.split('\n')) assert.ok(line.length <= 76 && !/[ \t]$/.test(line));
        const decoded = written
          .replace(/=\n/g, '')
          .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
        assert.equal(Buffer.from(decoded, 'latin1').toString(), `${text}\n`);
      },
    ),
  );
});

test('plain encodings stay, unknown ones are malformed', () => {
  for (const plain of ['', '7bit', '8bit', 'binary'])
    assert.equal(encodedText(Buffer.from('a\nb'), plain), 'a\nb\r\n');
  assert.throws(() => encodedText(Buffer.from('a'), 'x-uuencode'), /x-uuencode/);
});

test('changed bytes give a value or malformed, in time', () => {
  const whole = writeEmlx(Buffer.from(PARTIAL), {
    marks: ['\\Seen', '\\Flagged'],
    receivedAt: 1_576_065_593_000,
  });
  const began = performance.now();
  let sound = 0;
  for (const bytes of mutations([whole, writeEmlx(letter)])) {
    try {
      const { message, marks, receivedAt } = read(bytes);
      assert.ok(message.length <= bytes.length && marks.length <= 8);
      assert.ok(receivedAt === null || receivedAt % 1000 === 0);
      for (const { field, body } of gapsOf(message))
        assert.ok(field.start <= field.end && field.end <= body.start && body.end <= message.length);
      sound += 1;
    } catch (error) {
      if (!isTrouble(error, 'malformed')) throw error;
    }
  }
  assert.ok(sound > 0);
  assert.ok(performance.now() - began < 60_000);
});

test('hostile lists and messages take no time', () => {
  const began = performance.now();
  for (const bit of ['<', '<!', '<?', '<!--', '<a', '<dict>', '<key>', '&amp;', '</'])
    readPlist(Buffer.from(`<plist><dict>${bit.repeat(100_000)}`));
  const nested = Array.from(
    { length: 60 },
    (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`,
  );
  assert.throws(() => gapsOf(Buffer.from(nested.join(''))), /more parts/);
  assert.ok(performance.now() - began < 5000);
});
