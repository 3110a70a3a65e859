import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpusDir, corpusMessages } from '../../test/corpus.ts';
import { oddMessages } from '../../test/generate/odd.ts';
import { fields, headerEnd, valuesOf } from './header.ts';
import { identify } from './identity.ts';
import { countLineEnds } from './line-ends.ts';
import { partsOf } from './mime.ts';
import {
  normaliseLineEnds,
  repairHeader,
  repairLongLines,
  repairNoHeader,
  repairNul,
  repairs,
  unwrap,
  wrap,
} from './repair.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const HEAD = 'Date: Tue, 04 Mar 2025 09:30:00 +0100\r\nFrom: a@example.org\r\nSubject: s\r\n';
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const likely = (bytes: Uint8Array) => identify(bytes, { likely: true }).likely;

/** What strict servers refuse (seen at Cyrus; RFC 5322 §2.1.1, §2.2). */
function refusals(bytes: Uint8Array): string[] {
  const found: string[] = [];
  const count = countLineEnds(bytes);
  if (count.nul > 0) found.push('nul');
  if (count.bareLf > 0 || count.bareCr > 0) found.push('bare line end');
  const header = text(bytes.subarray(0, headerEnd(bytes).end));
  if (/[\x80-\xff]/.test(header)) found.push('eight-bit header');
  if (/^From /.test(header)) found.push('From line');
  const walked = [...fields(bytes)];
  if (walked.length === 0) found.push('no header');
  if (walked.some(({ name }) => name === '')) found.push('stray line');
  if (
    text(bytes)
      .split('\r\n')
      .some((line) => line.length > 9900)
  )
    found.push('long line');
  return found;
}

function last(bytes: Uint8Array): Uint8Array {
  let now = normaliseLineEnds(bytes).bytes;
  for (const step of repairs(bytes)) now = step.bytes;
  return now;
}

test('what is repaired is accepted, and a second repair finds nothing to do', () => {
  const messages = [...oddMessages(), ...corpusMessages()];
  for (const { name, bytes } of messages) {
    const repaired = last(bytes);
    const left = refusals(repaired).filter(
      (why) => why !== 'long line' || !name.includes('long-header-line'),
    );
    assert.deepEqual(left, [], name);
    assert.deepEqual([...repairs(repaired)], [], name);
    assert.deepEqual(last(bytes), repaired, `${name}: same input, same bytes`);
  }
});

test('nothing is repaired that needs none', () => {
  const clean = latin1(`${HEAD}\r\nText.\r\n`);
  assert.deepEqual([...repairs(clean)], []);
  assert.equal(normaliseLineEnds(clean).bytes, clean);
});

test('long lines and NULs of a part stay what they are, in another encoding', () => {
  const bodies = [
    `${HEAD}\r\n${'long '.repeat(3000)}\r\n`,
    `${HEAD}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${'\xe9t\xe9 '.repeat(3000)}\r\n`,
    `${HEAD}Content-Type: text/plain\r\n\r\nbefore\0after\r\n`,
    `${HEAD}Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from('x'.repeat(9000)).toString('base64')}\r\n`,
    `${HEAD}Content-Transfer-Encoding: quoted-printable\r\n\r\n${'=C3=A9 caf'.repeat(1000)}=\r\nend\r\n`,
    `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nShort\r\n--b\r\nContent-Type: application/x; name=a\r\n\r\n${'\0z'.repeat(9000)}\r\n--b--\r\n`,
    `${HEAD}Content-Type: message/rfc822\r\n\r\n${HEAD}\r\n${'inner '.repeat(3000)}\r\n`,
  ];
  for (const body of bodies) {
    const bytes = latin1(body);
    const repaired = repairLongLines(repairNul(bytes).bytes);
    assert.equal(likely(repaired.bytes), likely(bytes), body.slice(0, 150));
    assert.deepEqual(refusals(repaired.bytes), []);
    assert.ok(
      text(repaired.bytes)
        .split('\r\n')
        .every((line) => line.length <= 998),
      body.slice(0, 150),
    );
  }
});

test('only the part that needs it is changed', () => {
  const short = 'Content-Type: text/html\r\n\r\n<p>Short</p>';
  const bytes = latin1(
    `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${short}\r\n--b\r\n\r\n${'z'.repeat(2000)}\r\n--b--\r\n`,
  );
  const { bytes: repaired, classes } = repairLongLines(bytes);
  assert.deepEqual(classes, ['long-line']);
  assert.ok(text(repaired).includes(`--b\r\n${short}\r\n--b\r\n`));
  assert.equal(partsOf(repaired).parts.length, 2);
});

test('8-bit header lines are encoded and read the same; other lines stay to the byte', () => {
  const header =
    'Date: Tue, 04 Mar 2025 09:30:00 +0100\r\nFrom: "Ren\xe9e, chef" <renee@example.org>\r\nTo: Zo\xc3\xab B\xc3\xbcrger <z@b.c>, x@y.z\r\n' +
    'Subject: R\xe9union  du matin (\xe9t\xe9)\r\n \xe0 N\xeemes\r\nX-Plain:   kept as  it is\r\n';
  const bytes = latin1(`${header}\r\nText.\r\n`);
  const { bytes: repaired, classes } = repairHeader(bytes);
  assert.deepEqual(classes, ['header']);
  const [before, after] = [identify(bytes, { likely: true }), identify(repaired, { likely: true })];
  assert.equal(after.kin, before.kin);
  assert.equal(after.likely, before.likely);
  assert.equal(after.subject, 'Réunion du matin (été) à Nîmes');
  assert.ok(text(repaired).includes('X-Plain:   kept as  it is\r\n'));
  assert.ok(text(repaired).includes('<z@b.c>, x@y.z'));
});

test('lines that are no field become one; a message without header gets one', () => {
  const stray = repairHeader(latin1('Subject: s\r\nthis is no field\r\nTo: a@b\r\n\r\nText.\r\n'));
  assert.deepEqual(valuesOf(stray.bytes, 'X-Malleposte-Line'), ['this is no field']);
  assert.deepEqual(valuesOf(stray.bytes, 'To'), ['a@b']);
  const mbox = repairHeader(latin1('From a@b Tue Mar  4 09:30:00 2025\r\nSubject: s\r\n\r\nText.\r\n'));
  assert.equal(valuesOf(mbox.bytes, 'Subject')[0], 's');
  const bare = repairNoHeader(latin1('Just text\r\n\r\nand more\r\n'));
  assert.deepEqual(bare.classes, ['no-header']);
  assert.ok(text(bare.bytes).endsWith('\r\n\r\nJust text\r\n\r\nand more\r\n'));
  assert.deepEqual(repairNoHeader(latin1('garbage\r\nSubject: s\r\n\r\nText.\r\n')).classes, []);
  assert.deepEqual(repairNoHeader(new Uint8Array(0)).classes, ['no-header']);
});

test('a hostile header is repaired in linear time', () => {
  for (const piece of ['a', ' ', '"', '\xe9', 'a ', '\xe9 ', '(', '"\xe9', 'a"', ';', '=', '\\']) {
    for (const name of ['Subject', 'From', 'Content-Type', 'X-A']) {
      const start = performance.now();
      const { bytes } = repairHeader(latin1(`${name}: \xe9 ${piece.repeat(200_000)}\r\n\r\nText.\r\n`));
      assert.deepEqual(valuesOf(bytes, name).length, 1);
      assert.ok(performance.now() - start < 3000, `${name} ${piece}`);
    }
  }
});

test('repairs never throw and always end in what is accepted', () => {
  const noise = fc
    .array(
      fc.constantFrom(
        '\0',
        '\xe9',
        '\r\n',
        '\n',
        '\r',
        'a',
        ': ',
        'Subject: ',
        ' ',
        '--b',
        'From ',
        'x'.repeat(1200),
        'Content-Type: multipart/mixed; boundary=b\r\n',
      ),
      { maxLength: 40 },
    )
    .map((words) => latin1(words.join('')));
  fc.assert(
    fc.property(noise, (bytes) => {
      assert.deepEqual(refusals(last(bytes)), []);
    }),
    { numRuns: 1000 },
  );
});

test('a wrapped message carries the original to the byte', () => {
  for (const { name, bytes } of [...oddMessages(), ...corpusMessages()]) {
    const original = identify(bytes, { likely: false });
    const wrapped = wrap(bytes, { exact: original.exact, subject: original.subject });
    assert.deepEqual(refusals(wrapped), [], name);
    assert.deepEqual(unwrap(wrapped), { exact: original.exact }, name);
    const [, file] = partsOf(wrapped).parts;
    assert.equal(file?.digest, original.raw, name);
    assert.equal(file?.size, bytes.length, name);
    assert.ok(wrap(bytes, { exact: original.exact, subject: original.subject }).equals(wrapped));
    const outer = identify(wrapped, { likely: false });
    assert.equal(outer.oddities.noHeader, false);
    assert.equal(outer.exact, outer.raw);
    assert.ok(
      text(wrapped)
        .split('\r\n')
        .every((line) => line.length <= 998),
      name,
    );
  }
});

test('the wrapper shows who, when, what', () => {
  const bytes = latin1(
    'Date: Tue, 04 Mar 2025 09:30:00 +0100\r\nFrom: "Ren\xe9e" <R@Example.org>\r\nSubject: \xc9t\xe9\r\n\r\nText\0\r\n',
  );
  const { exact, kin } = identify(bytes, { likely: false });
  assert.equal(identify(wrap(bytes, { exact }), { likely: false }).kin, kin);
  for (const from of [
    `${'R s '.repeat(400)}<r@example.org>`,
    `r@${'x'.repeat(2000)}`,
    `<${'é '.repeat(2000)}`,
  ])
    assert.deepEqual([...repairs(wrap(bytes, { exact, from }))], [], 'no line of it is too long');
  const given = wrap(bytes, { exact, subject: 'Bcc: x\r\nBcc: y@z', from: 'no address <\r\nX: y>', date: 0 });
  assert.deepEqual(valuesOf(given, 'Bcc'), []);
  assert.deepEqual(valuesOf(given, 'X'), []);
  assert.deepEqual(valuesOf(given, 'Date'), ['Thu, 01 Jan 1970 00:00:00 +0000']);
  assert.equal(unwrap(bytes), null);
  assert.equal(unwrap(latin1('X-Malleposte-Original: sha256=abc\r\n\r\n')), null);
});

test('the corpus is there', { skip: corpusDir() === null && 'no corpus' }, () =>
  assert.ok(corpusMessages().length > 100),
);
