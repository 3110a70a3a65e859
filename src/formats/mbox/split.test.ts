import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HEAD_MAX_BYTES } from './head.ts';
import { accounted, measure, POSTMARK, partsOf, type Style, textOf, writeMbox } from './mbox.fixture.ts';
import { quotingOf } from './quoting.ts';
import type { Part } from './split.ts';

const LETTER = 'Subject: a\n\nOne.\n';

async function messagesOf(text: string): Promise<string[]> {
  const mbox = Buffer.from(text, 'latin1');
  const parts = await partsOf(mbox);
  accounted(mbox, parts);
  return parts.filter((part) => part.is === 'message').map((part) => textOf(mbox, part, 'none'));
}

test('the empty line before a separator is not part of the message, others are', async () => {
  assert.deepEqual(await messagesOf(`${POSTMARK}\n${LETTER}\n${POSTMARK}\n${LETTER}\n\n`), [
    LETTER,
    `${LETTER}\n`,
  ]);
  assert.deepEqual(await messagesOf(`${POSTMARK}\r\nA: b\r\n\r\nx\r\n\r\n${POSTMARK}\r\nA: c\r\n\r\ny\r\n`), [
    'A: b\r\n\r\nx\r\n',
    'A: c\r\n\r\ny\r\n',
  ]);
});

test('a missing empty line, a missing last line end, no header, no body, nothing', async () => {
  assert.deepEqual(await messagesOf(`${POSTMARK}\n${LETTER}${POSTMARK}\nB: c\n\nend`), [
    LETTER,
    'B: c\n\nend',
  ]);
  assert.deepEqual(await messagesOf(`${POSTMARK}\nJust words.\n\n${POSTMARK}\n\nbody\n`), [
    'Just words.\n',
    '\nbody\n',
  ]);
  assert.deepEqual(await messagesOf(`${POSTMARK}\nA: b\n\n${POSTMARK}\nA: b\n${POSTMARK}\nA: c\n`), [
    'A: b\n',
    'A: b\n',
    'A: c\n',
  ]);
  assert.deepEqual(await messagesOf(POSTMARK), ['']);
  assert.deepEqual(await messagesOf(''), []);
});

test('sentences that begin with From do not split', async () => {
  const text = `${LETTER}From here on\n\nFrom May 2019 to June\n\nFrom bob@example.org\n\nFrom \nFrom -\n`;
  assert.deepEqual(await messagesOf(`${POSTMARK}\n${text}\n${POSTMARK}\n${LETTER}`), [text, LETTER]);
  // A whole separator line in the middle of a paragraph is one only when a header follows it.
  const quoted = `${LETTER}He wrote:\n${POSTMARK}\nand so on.\n`;
  assert.deepEqual(await messagesOf(`${POSTMARK}\n${quoted}`), [quoted]);
});

test('separator lines without a date count where the file begins with one', async () => {
  const bare = `From - \nX-Mozilla-Status: 0001\n${LETTER}From -\nno header\n\nFrom \nno header\n\nFrom \nA: b\n\nx\n`;
  assert.deepEqual(await messagesOf(bare), [
    `X-Mozilla-Status: 0001\n${LETTER}From -\nno header\n\nFrom \nno header\n`,
    'A: b\n\nx\n',
  ]);
});

test('what comes before the first separator line is a part of its own', async () => {
  const mbox = Buffer.from(`some words\n\n${POSTMARK}\n${LETTER}`);
  const [preamble, message] = await partsOf(mbox);
  assert.deepEqual([preamble!.is, preamble!.offset, preamble!.end], ['preamble', 0, 11]);
  assert.equal(message!.is, 'message');
  const [mark] = await partsOf(Buffer.from(`\ufeff\r\n\n${POSTMARK}\n${LETTER}`));
  assert.deepEqual([mark!.is, mark!.end], ['preamble', 0]);
  const [all, ...none] = await partsOf(Buffer.from('no mbox at all\n'));
  assert.deepEqual([all!.is, all!.end, none], ['preamble', 15, []]);
});

test('Content-Length is believed when it leads to a separator, and only then', async () => {
  const inner = `Subject: forward\n\n${POSTMARK}\nA: b\n\nx\n\n${POSTMARK}\nA: c\n\ny\n`;
  for (const after of [`\n${POSTMARK}\n${LETTER}`, `${POSTMARK}\n${LETTER}`, '\n', ''])
    assert.deepEqual(
      (await messagesOf(`${POSTMARK}\n${measure(inner, '\n')}${after}`))[0],
      measure(inner, '\n'),
    );
  for (const length of ['5', '99999', '999999999999999', '-1', 'x', '10\nContent-Length: 88'])
    assert.deepEqual(
      await messagesOf(`${POSTMARK}\nContent-Length: ${length}\n${LETTER}\n${POSTMARK}\n${LETTER}`),
      [`Content-Length: ${length}\n${LETTER}`, LETTER],
    );
  // Beyond what is in memory at once.
  const large = `Subject: large\n\n${`${POSTMARK}\nA: b\n\n`.repeat(60_000)}`;
  assert.equal((await messagesOf(`${POSTMARK}\n${measure(large, '\n')}\n${POSTMARK}\n${LETTER}`)).length, 2);
});

test('marks, in every spelling', async () => {
  const cases: [string, string[]][] = [
    ['Status: RO', ['\\Seen']],
    ['Status: O\nX-Status: AFTD', ['\\Answered', '\\Deleted', '\\Draft', '\\Flagged']],
    [
      'X-Mozilla-Status: 1017\nX-Mozilla-Keys: $label1 travail',
      ['$Forwarded', '$label1', '\\Answered', '\\Flagged', '\\Seen', 'travail'],
    ],
    ['X-Mozilla-Status: 0008', ['\\Deleted']],
    ['X-Keywords: bon "mauvais" (pire)', ['bon']],
    ['X-Status-Report: AF\nX-Mozilla-Status: zz', []],
  ];
  for (const [header, marks] of cases) {
    const [part] = await partsOf(Buffer.from(`${POSTMARK}\n${header}\n${LETTER}`));
    assert.deepEqual(part!.marks, marks.toSorted(), header);
    const [plain] = await partsOf(Buffer.from(`${POSTMARK}\n${LETTER}`));
    if (!header.includes('Report'))
      assert.equal(part!.digest, plain!.digest, 'a mark does not make another message');
  }
});

test('headers and lines larger than what is looked at at once', async () => {
  const header = `A: b\nX: ${'x'.repeat(HEAD_MAX_BYTES + 5000)}\nStatus: R\n`;
  const body = `${'y'.repeat(3_000_000)}\n${'>'.repeat(2_000_000)}From x\n`;
  const message = `${header}\n${body}`;
  assert.deepEqual(await messagesOf(`${POSTMARK}\n${message}\n${POSTMARK}\n${LETTER}`), [message, LETTER]);
});

const line = fc.oneof(
  fc.constantFrom(
    'From ',
    '>From here',
    '>>From x',
    'From - ',
    '',
    'A: b',
    POSTMARK,
    'Content-Length: 7',
    '>',
  ),
  fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, '').replace(/[^\x00-\xff]/g, '?')),
);
const bodyLines = fc.array(line, { maxLength: 12 });

test('what is written in a style is read back in it', async () => {
  const styles = fc.record<Style>({
    quoting: fc.constantFrom('mboxrd', 'none'),
    lineEnd: fc.constantFrom('\n', '\r\n'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(bodyLines, { maxLength: 6 }), styles, async (bodies, style) => {
      const { lineEnd } = style;
      const messages = bodies.map(
        (lines) => `Subject: a${lineEnd}${lineEnd}${lines.map((text) => text + lineEnd).join('')}`,
      );
      const measured = style.quoting === 'none';
      const mbox = writeMbox(messages, { ...style, measured });
      const wanted = measured ? messages.map((message) => measure(message, lineEnd)) : messages;
      const parts = (await partsOf(mbox)).filter((part) => part.is === 'message');
      assert.deepEqual(
        parts.map((part) => textOf(mbox, part, style.quoting)),
        wanted,
      );
    }),
    { numRuns: 300 },
  );
});

test('mutated files: every byte is accounted for, whatever the pieces they are read in', async () => {
  const edit = fc.record({ at: fc.nat(3000), cut: fc.nat(40), put: line });
  await fc.assert(
    fc.asyncProperty(
      fc.array(bodyLines, { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.array(edit, { maxLength: 6 }),
      fc.integer({ min: 1, max: 200 }),
      async (bodies, lineEnd, tight, edits, blockBytes) => {
        const messages = bodies.map((lines) => `A: b${lineEnd}${lineEnd}${lines.join(lineEnd)}${lineEnd}`);
        let text = writeMbox(messages, { quoting: 'none', lineEnd: lineEnd as '\n', tight }).toString(
          'latin1',
        );
        for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
        const mbox = Buffer.from(text, 'latin1');
        const parts = await partsOf(mbox);
        accounted(mbox, parts);
        assert.deepEqual(await partsOf(mbox, blockBytes), parts);
      },
    ),
    { numRuns: 400 },
  );
});

test('how a file quotes is what its lines show', () => {
  const evidence = { bare: 0, quoted: 3, deeper: 1, messages: 10, measured: 0 };
  assert.equal(quotingOf(evidence), 'mboxrd');
  assert.equal(quotingOf({ ...evidence, measured: 9 }), 'mboxo');
  assert.equal(quotingOf({ ...evidence, bare: 1 }), 'none');
});

test('where a window ends makes no difference', async () => {
  const windowBytes = 1024 * 1024 + HEAD_MAX_BYTES;
  await fc.assert(
    fc.asyncProperty(
      fc.array(bodyLines, { minLength: 1, maxLength: 30 }),
      fc.boolean(),
      fc.integer({ min: -1500, max: 2500 }),
      async (bodies, tight, shift) => {
        const messages = bodies.map((lines) => `A: b\n\n${lines.join('\n')}\n`);
        const mbox = writeMbox(messages, { quoting: 'none', lineEnd: '\n', tight });
        const filler = Buffer.from(
          `${POSTMARK}\nA: b\n\n${'y'.repeat(windowBytes + shift - mbox.length / 2)}\n\n`,
        );
        const [first, ...rest] = await partsOf(Buffer.concat([filler, mbox]));
        assert.equal(first!.next, filler.length);
        const moved = (part: Part): Part => {
          const { offset, start, end, next } = part;
          const by = filler.length;
          return { ...part, offset: offset - by, start: start - by, end: end - by, next: next - by };
        };
        assert.deepEqual(rest.map(moved), await partsOf(mbox));
      },
    ),
    { numRuns: 150 },
  );
});
