import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpusDir, corpusMessages } from '../../test/corpus.ts';
import { DEPTH_MAX, MimeParser, PARTS_MAX, type Part, partsOf } from './mime.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const crlf = (text: string) => latin1(text.replaceAll('\n', '\r\n'));
const sha256 = (text: string) => createHash('sha256').update(latin1(text)).digest('hex');

/** `multipart/mixed(text/plain, text/html)` and the like. */
function shape(part: Part): string {
  const inside =
    part.parts.length > 0 || part.is === 'multipart' ? `(${part.parts.map(shape).join(', ')})` : '';
  return `${part.type}${inside}`;
}

function leaves(part: Part): Part[] {
  return part.parts.length === 0 ? [part] : part.parts.flatMap(leaves);
}

function count(part: Part): number {
  return 1 + part.parts.reduce((sum, inner) => sum + count(inner), 0);
}

test('a multipart and the digests of what it holds', () => {
  const root = partsOf(
    crlf(
      'Content-Type: multipart/mixed; boundary="b"\n\npreamble\n--b\nContent-Type: text/plain\n\nHello\n\n--b  \n' +
        'Content-Type: image/png\nContent-Transfer-Encoding: base64\n\nQUJD\nREVG\n--b\n' +
        'Content-Type: text/csv; name=a.csv\n\na,B\n\n--b--\nepilogue\n--b\n\nnot a part\n',
    ),
  );
  assert.equal(shape(root), 'multipart/mixed(text/plain, image/png, text/csv)');
  assert.deepEqual(
    leaves(root).map(({ is }) => is),
    ['text', 'file', 'file'],
  );
  assert.deepEqual(
    leaves(root).map(({ digest }) => digest),
    [sha256('hello'), sha256('ABCDEF'), sha256('a,B')],
  );
  assert.deepEqual(root.loose, [sha256('epilogue--bnotapart')]);
  assert.equal(root.parts[1]!.size, 6);
});

test('structures', () => {
  const cases: [string, string][] = [
    ['Subject: x\n\nText', 'text/plain'],
    ['Content-Type: nonsense\n\nText', 'text/plain'],
    ['Content-Type: multipart/mixed\n\nno boundary', 'multipart/mixed'],
    ['Content-Type: multipart/mixed; boundary=b\n\n--b--\n', 'multipart/mixed()'],
    [
      'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nA\n--b\n\nB\n',
      'multipart/mixed(text/plain, text/plain)',
    ],
    ['Content-Type: multipart/mixed; boundary=b\n\n--b', 'multipart/mixed(text/plain)'],
    ['Content-Type: multipart/mixed; boundary=b\n\n--bc\n--b\n\n--bc\n--b--', 'multipart/mixed(text/plain)'],
    [
      'Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: s\n\nText\n--b--',
      'multipart/digest(message/rfc822(text/plain))',
    ],
    [
      'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nX\n--a\n\nY\n--a--',
      'multipart/mixed(multipart/mixed(text/plain), text/plain)',
    ],
    ['Content-Type: message/rfc822\n\nContent-Type: text/html\n\n<p>', 'message/rfc822(text/html)'],
    ['Content-Type: message/rfc822', 'message/rfc822(text/plain)'],
    [
      `Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${Buffer.from('Content-Type: text/html\n\nx').toString('base64')}`,
      'message/rfc822(text/html)',
    ],
    [
      'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: s\n\nIn\n--b\n\nOut\n--b--',
      'multipart/mixed(message/rfc822(text/plain), text/plain)',
    ],
    [
      'Content-Type: multipart/mixed; boundary="\xe9"\n\n--\xe9\n\nX\n--\xe9--',
      'multipart/mixed(text/plain)',
    ],
  ];
  for (const [text, expected] of cases) assert.equal(shape(partsOf(crlf(text))), expected, text);
});

test('lines that are no header field are not lost', () => {
  const one = partsOf(crlf('Subject: x\nstray one\nFrom: a@b\n'));
  const two = partsOf(crlf('Subject: x\nstray two\nFrom: a@b\n'));
  assert.equal(one.loose.length, 1);
  assert.notDeepEqual(one.loose, two.loose);
});

function parseIn(pieces: (at: number) => number, bytes: Uint8Array): Part {
  const parser = new MimeParser();
  for (let at = 0; at < bytes.length; ) {
    const size = pieces(at);
    parser.write(bytes.subarray(at, at + size));
    at += size;
  }
  return parser.end();
}

const word = fc.constantFrom(
  '--a',
  '--a--',
  '--b',
  '--b--',
  '--',
  '-',
  '\r\n',
  '\r\n',
  '\r\n\r\n',
  'text',
  'Content-Type: multipart/mixed; boundary=a\r\n\r\n',
  'Content-Type: multipart/alternative; boundary=b\r\n\r\n',
  'Content-Type: message/rfc822\r\n\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n',
  'Subject: s\r\n',
  'QUJD',
  '=C3=A9=\r\n',
);

test('pieces make no difference', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (words, size) => {
      const bytes = latin1(`Content-Type: multipart/mixed; boundary=a\r\n\r\n${words.join('')}`);
      assert.deepEqual(
        parseIn(() => size, bytes),
        parseIn(() => bytes.length, bytes),
      );
    }),
    { numRuns: 1500 },
  );
});

/** Time is bounded by construction; the figure here only catches what is quadratic. */
function quickly(name: string, bytes: Uint8Array): Part {
  const start = performance.now();
  const root = parseIn(() => 64 * 1024, bytes);
  const ms = performance.now() - start;
  assert.ok(ms < 5000, `${name}: ${ms} ms`);
  return root;
}

test('10,000 multiparts inside each other stop at the limit', () => {
  let text = '';
  for (let i = 0; i < 10_000; i++) text += `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`;
  let depth = 0;
  for (let part: Part | undefined = quickly('deep', latin1(text)); part !== undefined; part = part.parts[0])
    depth++;
  assert.equal(depth, DEPTH_MAX + 1);
});

test('messages inside each other stop at the limit, plain and encoded', () => {
  const plain = quickly('messages', latin1('Content-Type: message/rfc822\r\n\r\n'.repeat(100_000)));
  assert.ok(count(plain) <= DEPTH_MAX + 2);
  let nested = Buffer.from('Subject: bottom\r\n\r\nx');
  for (let i = 0; i < 30; i++) {
    const header = 'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n';
    nested = Buffer.from(header + nested.toString('base64'));
  }
  assert.equal(count(quickly('encoded', nested)), 31);
});

test('messages beside each other are not deep', () => {
  const inner = 'Content-Type: message/rfc822\r\n\r\nSubject: s\r\n\r\nText\r\n';
  const root = partsOf(
    latin1(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\n${inner}`.repeat(120)}--b--`),
  );
  assert.ok(root.parts.every(({ is }) => is === 'message'));
  assert.equal(root.parts.length, 120);
});

test('a hundred thousand parts stop at the limit, and what follows still counts', () => {
  const head = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n';
  const parts = '--b\r\n\r\nText\r\n'.repeat(100_000);
  const one = quickly('parts', latin1(`${head}${parts}one`));
  const two = quickly('parts', latin1(`${head}${parts}two`));
  assert.equal(one.parts.length, PARTS_MAX);
  assert.notEqual(one.parts.at(-1)!.digest, two.parts.at(-1)!.digest);
});

test('hostile content takes linear time', () => {
  const head = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n';
  const nested = Array.from(
    { length: 49 },
    (_, i) =>
      `Content-Type: multipart/mixed; boundary=${'b'.repeat(i + 1)}\r\n\r\n--${'b'.repeat(i + 1)}\r\n`,
  );
  const bombs: [string, string][] = [
    ['lines that could be boundaries', head + '--\r\n'.repeat(1_000_000)],
    ['long lines that could be boundaries', head + `--${'b'.repeat(990)}\r\n`.repeat(4000)],
    ['one endless candidate', `${head}--${'b'.repeat(8_000_000)}`],
    ['boundaries that begin alike', nested.join('') + '--bbbbbbbbbc\r\n'.repeat(300_000)],
    ['endless header', `X: ${'y'.repeat(10_000_000)}`],
    ['endless header lines', 'X: y\r\n'.repeat(1_000_000)],
    ['endless boundary', `Content-Type: multipart/mixed; boundary=${'b'.repeat(900_000)}\r\n\r\n--b\r\n`],
    ['a million parameters', `Content-Type: text/plain${'; a=b'.repeat(200_000)}\r\n\r\nx`],
    ['quoted-printable', `Content-Transfer-Encoding: quoted-printable\r\n\r\n${'= '.repeat(1_000_000)}`],
    ['only line ends', `${head}${'\r\n'.repeat(4_000_000)}`],
  ];
  for (const [name, text] of bombs) quickly(name, latin1(text));
});

test('a header in pieces of one byte takes linear time', () => {
  const bytes = latin1(`X: ${'y'.repeat(1_200_000)}\r\n\r\nbody`);
  const start = performance.now();
  parseIn(() => 1, bytes);
  assert.ok(performance.now() - start < 5000);
});

test('memory does not grow with the message', () => {
  const parser = new MimeParser();
  parser.write(
    latin1('Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'),
  );
  const piece = Buffer.from(`${'text '.repeat(15)}\r\n`.repeat(800));
  const before = process.memoryUsage();
  for (let i = 0; i < 3000; i++) parser.write(piece);
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  assert.ok(grown < 100e6, `${grown}`);
  assert.equal(parser.end().parts[0]!.size, piece.length * 3000);
});

test('random bytes never throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => void partsOf(bytes)));
});

test('real odd messages are all read', { skip: corpusDir() === null && 'no corpus' }, () => {
  const kinds = new Map<string, number>();
  for (const { bytes } of corpusMessages()) {
    const root = partsOf(bytes);
    for (const leaf of leaves(root)) kinds.set(leaf.is, (kinds.get(leaf.is) ?? 0) + 1);
  }
  assert.deepEqual(Object.fromEntries(kinds), { text: 239, html: 49, file: 77, multipart: 17 });
});
