import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpusDir, corpusMessages } from '../../test/corpus.ts';
import { oddMessages } from '../../test/generate/odd.ts';
import { HEADER_MAX_BYTES } from './header.ts';
import { type Identity, identifier, identify, likelySame } from './identity.ts';

const LIKELY = { likely: true };
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const id = (text: string) => identify(latin1(text), LIKELY);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Options {
  header?: string;
  from?: string;
  date?: string;
  subject?: string;
  id?: string | null;
  entity?: string;
}

const TEXT = 'Content-Type: text/plain; charset=utf-8\r\n\r\nBonjour, voici le texte.\r\n';

function mail(options: Options = {}): string {
  const messageId = options.id === null ? '' : `Message-ID: <${options.id ?? 'one@example.org'}>\r\n`;
  return (
    `${options.header ?? ''}Date: ${options.date ?? 'Tue, 04 Mar 2025 09:30:00 +0100'}\r\n` +
    `From: ${options.from ?? 'Renee Dupont <renee@example.org>'}\r\n` +
    `Subject: ${options.subject ?? 'Un sujet'}\r\n${messageId}${options.entity ?? TEXT}`
  );
}

function multipart(kind: string, boundary: string, parts: string[]): string {
  const body = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${body}--${boundary}--\r\n`;
}

function base64(type: string, bytes: Uint8Array, width = 76): string {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\r\n');
  return `${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}`;
}

const plainPart = (text: string) => `Content-Type: text/plain; charset=utf-8\r\n\r\n${text}`;
const htmlPart = (text: string) => `Content-Type: text/html; charset=utf-8\r\n\r\n${text}`;
const filePart = (content: string, name = 'a.pdf') =>
  base64(`Content-Type: application/pdf; name="${name}"\r\nContent-Disposition: attachment`, latin1(content));

// The ones that would catch a lie come first: messages that must never be held to be one.
test('likely differs when anything that is said or carried differs', () => {
  const base = multipart('mixed', 'b', [plainPart('Text.'), filePart('file one'), filePart('file two')]);
  const others: Record<string, string> = {
    'another text': mail({ entity: base.replace('Text.', 'Test.') }),
    'another file': mail({ entity: base.replace(filePart('file two'), filePart('file 2')) }),
    'a file less': mail({ entity: multipart('mixed', 'b', [plainPart('Text.'), filePart('file one')]) }),
    'a file twice': mail({
      entity: multipart('mixed', 'b', [
        plainPart('Text.'),
        filePart('file one'),
        filePart('file two'),
        filePart('file two'),
      ]),
    }),
    'a file as text': mail({
      entity: multipart('mixed', 'b', [plainPart('Text.'), plainPart('file one'), filePart('file two')]),
    }),
    'another text after the last part': mail({ entity: `${base}\r\nPS: no.\r\n` }),
    'another sender': mail({ entity: base, from: 'other@example.org' }),
    'another second': mail({ entity: base, date: 'Tue, 04 Mar 2025 09:30:01 +0100' }),
    'another subject': mail({ entity: base, subject: 'Un autre sujet' }),
    'a line that is no field': mail({ entity: base, header: 'To: a@b\r\nno field\r\n' }),
    'only the html differs, beside a stub': mail({
      entity: multipart('alternative', 'b', [
        plainPart('See HTML.'),
        htmlPart(`<p>${'Long text one. '.repeat(20)}`),
      ]),
    }),
    'only the html differs, beside a stub (2)': mail({
      entity: multipart('alternative', 'b', [
        plainPart('See HTML.'),
        htmlPart(`<p>${'Long text two. '.repeat(20)}`),
      ]),
    }),
    'a multipart without parts': mail({
      entity: 'Content-Type: multipart/mixed; boundary=b\r\n\r\nOnly this.\r\n',
    }),
    'a multipart without parts (2)': mail({
      entity: 'Content-Type: multipart/mixed; boundary=b\r\n\r\nOnly that.\r\n',
    }),
    'an inner message': mail({
      entity: multipart('mixed', 'b', [`Content-Type: message/rfc822\r\n\r\n${mail()}`]),
    }),
    'another inner subject': mail({
      entity: multipart('mixed', 'b', [`Content-Type: message/rfc822\r\n\r\n${mail({ subject: 'x' })}`]),
    }),
  };
  const seen = new Map([[id(mail({ entity: base })).likely, 'the message itself']]);
  for (const [name, text] of Object.entries(others)) {
    const { likely } = id(text);
    assert.ok(!seen.has(likely), `${name} and ${seen.get(likely)}`);
    seen.set(likely, name);
  }
});

test('messages that say too little are never held to be one', () => {
  const noDate = (header: string) =>
    `From: fax@example.org\r\nSubject: fax\r\n${header}\r\nYou have a fax.\r\n`;
  assert.notEqual(id(noDate('X-A: 1\r\n')).likely, id(noDate('X-A: 2\r\n')).likely);
  assert.equal(
    id(noDate('X-A: 1\r\nMessage-ID: <a@b>\r\n')).likely,
    id(noDate('Message-ID: <a@b>\r\n')).likely,
  );
  assert.notEqual(id('X-A: 1\r\n\r\n').likely, id('X-A: 2\r\n\r\n').likely);
  const empty = 'Date: Tue, 04 Mar 2025 09:30:00 +0100\r\nFrom: a@b\r\n';
  assert.notEqual(id(`${empty}To: c@d\r\n\r\n`).likely, id(`${empty}To: e@f\r\n\r\n`).likely);
  assert.equal(
    id(`${empty}Subject: EOM\r\nX-A: 1\r\n\r\n`).likely,
    id(`${empty}Subject: EOM\r\n\r\n`).likely,
  );
});

test('Message-IDs may contradict, not agree alone', () => {
  const one = id(mail());
  assert.equal(likelySame(one, id(mail({ id: 'two@example.org' }))), false);
  assert.equal(likelySame(one, id(mail({ id: null }))), true);
  assert.equal(likelySame(id(mail({ id: null })), id(mail({ id: null }))), true);
  assert.equal(likelySame(one, id(mail({ entity: TEXT.replace('texte', 'mot') }))), false);
  assert.equal(likelySame(one, { likely: null, messageId: one.messageId }), false);
  const unasked = identify(latin1(mail()), { likely: false });
  assert.equal(unasked.likely, null);
  assert.equal(likelySame(unasked, unasked), false);
});

test('likely is the same for what a store that rewrites does', () => {
  const text = 'Été à Nîmes, très cher ami. € 100';
  const file = latin1('%PDF-1.4 \0\x01\xff content');
  const type = 'Content-Type: application/pdf';
  const variants: Record<string, string> = {
    base64: base64('Content-Type: text/plain; charset=utf-8', Buffer.from(text)),
    'other lines': base64('Content-Type: text/plain; charset=utf-8', Buffer.from(text), 20),
    '8bit': plainPart(Buffer.from(text).toString('latin1')),
    'quoted-printable': `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${[
      ...Buffer.from(text),
    ]
      .map((byte) => `=${byte.toString(16).padStart(2, '0')}`)
      .join('')
      .replace(/(?:=..){20}/g, '$&=\r\n')}`,
    'another charset': base64(
      'Content-Type: text/plain; charset=windows-1252',
      latin1(text.replace('€', '\x80')),
    ),
    decomposed: base64('Content-Type: text/plain; charset=utf-8', Buffer.from(text.normalize('NFD'))),
    'white space at the ends': plainPart(`\r\n${Buffer.from(text).toString('latin1')}  \r\n\r\n`),
  };
  const expected = id(
    mail({ entity: multipart('mixed', 'b', [variants.base64!, base64(type, file)]) }),
  ).likely;
  const same = (name: string, options: Options) => assert.equal(id(mail(options)).likely, expected, name);
  for (const [name, part] of Object.entries(variants)) {
    same(name, { entity: multipart('mixed', 'b', [part, base64(type, file)]) });
  }
  const parts = [variants.base64!, base64(type, file)];
  const entity = multipart('mixed', 'b', parts);
  same('another boundary', { entity: multipart('mixed', '=_other boundary', parts) });
  same('another file name', {
    entity: multipart('mixed', 'b', [parts[0]!, base64(`${type}; name="other.pdf"`, file)]),
  });
  same('more header', {
    entity,
    header: 'Received: from a by b; Tue, 4 Mar 2025 09:30:05 +0100\r\nX-Spam: no\r\n',
  });
  same('less header', { entity, id: null });
  same('another zone', { entity, date: '4 Mar 2025 08:30:00 GMT' });
  same('sender written otherwise', { entity, from: '"Dupont" <RENEE@Example.org>' });
  same('subject folded and encoded', { entity, subject: '=?utf-8?Q?Un?=\r\n   sujet ' });
  same('another preamble', { entity: entity.replace('\r\n\r\n--b', '\r\n\r\nThis is MIME.\r\n--b') });
  same('an empty part more', { entity: multipart('mixed', 'b', [...parts, plainPart('\r\n')]) });
  same('with an HTML form', {
    entity: multipart('mixed', 'b', [
      multipart('alternative', 'c', [parts[0]!, htmlPart('<p>x</p>')]),
      parts[1]!,
    ]),
  });
});

test('files count in any order, texts in theirs', () => {
  const of = (...parts: string[]) => id(mail({ entity: multipart('mixed', 'b', parts) })).likely;
  assert.equal(of(filePart('one'), filePart('two')), of(filePart('two'), filePart('one')));
  assert.notEqual(of(plainPart('one'), plainPart('two')), of(plainPart('two'), plainPart('one')));
});

const end = fc.constantFrom('\r\n', '\n', '\r\r\n');
const piece = fc.constantFrom('word', 'a b', 'é', '\0', '--b', 'x'.repeat(200), 'Subject: x', '=C3');

/** A message as lines, so that it can be written with other line ends. */
const lines = fc
  .tuple(fc.array(piece, { maxLength: 20 }), fc.boolean())
  .map(([body, parts]) => [
    'Date: Tue, 04 Mar 2025 09:30:00 +0100',
    'From: a@example.org',
    ...(parts
      ? ['Content-Type: multipart/mixed; boundary=b', '', '--b', '', ...body, '--b--', '']
      : ['', ...body]),
  ]);

function sameButForBytes(a: Identity, b: Identity): void {
  const of = ({ exact, kin, likely, messageId, subject }: Identity) => ({
    exact,
    kin,
    likely,
    messageId,
    subject,
  });
  assert.deepEqual(of(a), of(b));
}

test('exact, kin and likely do not see how lines end', () => {
  fc.assert(
    fc.property(lines, fc.array(end, { minLength: 1, maxLength: 9 }), fc.nat(3), (text, ends, more) => {
      const clean = id(`${text.join('\r\n')}\r\n`);
      const written = text.map((line, index) => line + ends[index % ends.length]!).join('');
      sameButForBytes(id(written), clean);
      sameButForBytes(id(written + '\n'.repeat(more)), clean);
      sameButForBytes(id(text.join('\r')), clean);
    }),
    { numRuns: 500 },
  );
});

test('exact sees every other byte', () => {
  const clean = mail();
  const { exact } = id(clean);
  for (let at = 0; at < clean.length; at++) {
    const other = latin1(clean);
    if (other[at] === 13 || other[at] === 10) continue;
    other[at]! ^= 1;
    assert.notEqual(identify(other, { likely: false }).exact, exact, `byte ${at}`);
  }
});

test('raw is of the bytes; exact equals it exactly when the message is clean', () => {
  const cases: [string, boolean][] = [
    ['A: b\r\n\r\ntext\r\n', true],
    ['A: b\r\n\r\ntext', false],
    ['A: b\r\n\r\ntext\r\n\r\n', false],
    ['A: b\n\ntext\n', false],
    ['A: b\r\n\r\nte\rxt\r\n', false],
    ['A: b\r\n\r\ntext\r', false],
    ['', false],
    ['\r\n', true],
    ['A: b\r\n\r\nte\0xt\r\n', true],
  ];
  for (const [text, clean] of cases) {
    const found = id(text);
    assert.equal(found.raw, sha256(latin1(text)), JSON.stringify(text));
    assert.equal(found.exact === found.raw, clean, JSON.stringify(text));
    assert.equal(found.size, text.length);
    const canonical = `${text.replace(/\r+\n|\r|\n/g, '\r\n').replace(/(\r\n)+$/, '')}\r\n`;
    assert.equal(found.exact, sha256(latin1(canonical)), JSON.stringify(text));
  }
});

test('oddities', () => {
  const none = {
    nul: false,
    bareLf: false,
    bareCr: false,
    eightBitHeader: false,
    noHeader: false,
    noFinalLineEnd: false,
  };
  assert.deepEqual(id(mail()).oddities, none);
  assert.deepEqual(id('A: b\n\nc').oddities, { ...none, bareLf: true, noFinalLineEnd: true });
  assert.deepEqual(id('A: \xe9\0\r\n\r\nc\r').oddities, {
    ...none,
    nul: true,
    bareCr: true,
    eightBitHeader: true,
  });
  assert.deepEqual(id('hello\r\n').oddities, { ...none, noHeader: true });
});

test('what is told for people', () => {
  assert.equal(id(mail({ id: 'a b\r\n @c' })).messageId, 'ab@c');
  assert.equal(id(mail({ id: null })).messageId, null);
  assert.equal(id(mail({ id: '' })).messageId, null);
  assert.equal(id(mail({ id: 'x'.repeat(5000) })).messageId?.length, 1000);
  assert.equal(id(mail({ subject: '=?utf-8?Q?=C3=A9t=C3=A9?=' })).subject, 'été');
  assert.equal(id(mail({ subject: '=?utf-8?B?8J+YgA==?='.repeat(150) })).subject?.isWellFormed(), true);
  assert.equal(id('A: b\r\n\r\n').subject, null);
});

function streamed(bytes: Uint8Array, sizes: readonly number[], want = LIKELY): Identity {
  const stream = identifier(want);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    // The caller may reuse its buffer: what is kept must be a copy.
    const reused = Uint8Array.from(bytes.subarray(at, at + size));
    stream.write(reused);
    reused.fill(0x55);
    at += size;
  }
  return stream.end();
}

test('in pieces of any size the identity is the same', () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(fc.constantFrom('\r', '\n', '\r\n', 'a', 'Subject: x\r\n', '\0', 'b: c'), { maxLength: 60 })
      .map((words) => latin1(words.join(''))),
    lines.map((text) => latin1(text.join('\r\n'))),
  );
  fc.assert(
    fc.property(
      noise,
      fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 5 }),
      (bytes, sizes) => {
        assert.deepEqual(streamed(bytes, sizes), identify(bytes, LIKELY));
        assert.deepEqual(streamed(bytes, sizes, { likely: false }), identify(bytes, { likely: false }));
      },
    ),
    { numRuns: 1000 },
  );
});

test('large pieces, and line ends that fall between them', () => {
  const line = `${'x'.repeat(76)}\r\n`;
  const long = line.repeat(4000);
  for (const text of [
    long,
    `${long}\n`,
    `${long}\r`,
    long.slice(0, -1),
    `${long}${'\r\n'.repeat(90_000)}`,
    `${long}a\n${long}`,
  ]) {
    const bytes = latin1(`Subject: s\r\n\r\n${text}`);
    const expected = identify(bytes, LIKELY);
    for (const sizes of [[65_536], [40_000], [33_000, 1], [78], [bytes.length]]) {
      assert.deepEqual(streamed(bytes, sizes), expected);
    }
  }
});

test('a lone CR, the only odd byte, at the end of a piece', () => {
  for (const follower of ['a', '\r\n', '\n', '\r', '']) {
    const bytes = latin1(
      `A: b\r\n\r\n${'x'.repeat(40_000 - 9)}\r${follower}${follower === '' ? '' : 'text\r\n'}`,
    );
    assert.equal(bytes[39_999], 13);
    const expected = identify(bytes, LIKELY);
    assert.deepEqual(streamed(bytes, [40_000]), expected, JSON.stringify(follower));
    assert.equal(expected.oddities.bareCr, follower !== '\n');
  }
});

test('a header that ends around its limit', () => {
  for (const more of [-5, -4, -3, -2, -1, 0, 1, 2]) {
    for (const end of ['\r\n', '\n', '\r']) {
      const first = `Subject: s${end}X-Fill: `;
      const fill = 'y'.repeat(HEADER_MAX_BYTES - first.length + more);
      const bytes = latin1(`${first}${fill}${end}${end}Body${end}From: a@b${end}`);
      const expected = identify(bytes, LIKELY);
      for (const size of [65_536, 5000])
        assert.deepEqual(streamed(bytes, [size]), expected, `${more} ${size}`);
    }
  }
});

test('odd messages: each is another, but for those that only lines and header forms set apart', () => {
  const byLikely = new Map<string, string[]>();
  for (const { name, bytes } of oddMessages()) {
    const whole = identify(bytes, LIKELY);
    assert.deepEqual(streamed(bytes, [bytes.length > 200_000 ? 10_007 : 13]), whole, name);
    byLikely.set(whole.likely!, [...(byLikely.get(whole.likely!) ?? []), name]);
  }
  assert.deepEqual(
    [...byLikely.values()].filter((names) => names.length > 1),
    [
      ['bare-lf', 'bare-cr'],
      ['latin1-header', 'utf8-header'],
      ['zero-bytes', 'only-line-end'],
      ['header-only', 'header-only-no-empty-line'],
    ],
  );
});

test('real odd messages: how many are one', { skip: corpusDir() === null && 'no corpus' }, () => {
  const all = corpusMessages().map(({ name, bytes }) => {
    const whole = identify(bytes, LIKELY);
    assert.deepEqual(streamed(bytes, [997]), whole, name);
    return whole;
  });
  const distinct = (key: (identity: Identity) => string | null) => new Set(all.map(key)).size;
  assert.deepEqual(
    {
      messages: all.length,
      raw: distinct(({ raw }) => raw),
      exact: distinct(({ exact }) => exact),
      likely: distinct(({ likely }) => likely),
      kin: distinct(({ kin }) => kin),
      withoutId: all.filter(({ messageId }) => messageId === null).length,
    },
    { messages: 200, raw: 193, exact: 189, likely: 177, kin: 125, withoutId: 84 },
  );
});
