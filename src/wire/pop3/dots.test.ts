import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Dots } from './dots.ts';

/** What a server sends for a message (RFC 1939 §3), written independently of the reader. */
function sent(message: Buffer): Buffer {
  const text = message.toString('latin1');
  const whole = text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`;
  const lines = whole === '' ? [] : whole.slice(0, -2).split('\r\n');
  const stuffed = lines.map((line) => `${line.startsWith('.') ? '.' : ''}${line}\r\n`).join('');
  return Buffer.from(`${stuffed}.\r\n`, 'latin1');
}

/** Reads `bytes` cut at these places, through one buffer that is used again, as the socket does. */
function read(
  bytes: Buffer,
  cuts: readonly number[],
  lineEnd: '\r\n' | '\n' = '\r\n',
): { text: string; rest: number } {
  let text = '';
  const dots = new Dots((piece) => {
    assert.ok(piece.length > 0);
    text += piece.toString('latin1');
  }, lineEnd);
  const reused = Buffer.alloc(bytes.length);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    const length = bytes.copy(reused, 0, from, to);
    if (length > 0) {
      const end = dots.push(reused.subarray(0, length), 0);
      if (end >= 0) return { text, rest: bytes.length - from - end };
    }
    reused.fill(0x2e);
    from = to;
  }
  assert.fail('the end was not found');
}

const word = fc.constantFrom(
  '.',
  '..',
  '\r',
  '\n',
  '\r\n',
  '\r\n.',
  '\r\n..\r\n',
  '\n.\r\n',
  '\n.\n',
  'a',
  'bc',
  '\0',
  'é',
  '.\r',
  '',
);
const message = fc.array(word, { maxLength: 24 }).map((words) => Buffer.from(words.join(''), 'latin1'));

function wanted(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`;
}

test('what was stuffed comes out as it was, cut anywhere, any number of times', () => {
  fc.assert(
    fc.property(message, fc.array(fc.nat(200), { maxLength: 8 }), (bytes, at) => {
      const stream = Buffer.concat([sent(bytes), Buffer.from('+OK next')]);
      const cuts = [...at].map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b);
      const { text, rest } = read(stream, cuts);
      assert.equal(text, wanted(bytes));
      assert.ok(rest <= 8);
    }),
    { numRuns: 5_000 },
  );
});

test('every single cut, every pair of cuts, and one byte at a time', () => {
  const odd = Buffer.from('.\r\n..\r\n.x\r\n\r\n.\rx\r\n\r\r\n.\n.\r\n\n.\r\na\r\n.\r\r\nend.', 'latin1');
  const stream = sent(odd);
  for (let first = 0; first <= stream.length; first++)
    for (let second = first; second <= stream.length; second++)
      assert.equal(read(stream, [first, second]).text, wanted(odd), `${first} ${second}`);
  assert.equal(read(stream, Array.from(stream.keys())).text, wanted(odd));
});

test('only CRLF . CRLF ends a message: a dot after a lone LF or CR is text', () => {
  for (const inside of ['a\n.\r\nb', 'a\n.\nb', 'a\r.\r\nb', 'a\r\n.\nb', 'a\r\n.\rb']) {
    const stream = Buffer.from(`${inside}\r\n.\r\n`, 'latin1');
    // A server that does not stuff loses the dot at the start of its line, and nothing else.
    assert.equal(read(stream, []).text, `${inside}\r\n`.replace('\r\n.', '\r\n'));
  }
});

test('what follows the end is not taken', () => {
  const dots = new Dots(() => undefined);
  assert.equal(dots.push(Buffer.from('xx.\r\n+OK\r\n'), 2), 5);
});

test('where LF alone ends lines, a message comes out as it was, cut anywhere', () => {
  const lines = fc.array(fc.constantFrom('', '.', '..', 'a', '.a', '\0'), { maxLength: 12 });
  fc.assert(
    fc.property(lines, fc.array(fc.nat(80), { maxLength: 4 }), (texts, at) => {
      const stuffed = texts.map((line) => `${line.startsWith('.') ? '.' : ''}${line}\n`).join('');
      const bytes = Buffer.from(`${stuffed}.\nrest`, 'latin1');
      const cuts = at.filter((cut) => cut <= bytes.length).sort((a, b) => a - b);
      const { text } = read(bytes, cuts, '\n');
      assert.equal(text, texts.map((line) => `${line}\n`).join(''));
    }),
  );
});
