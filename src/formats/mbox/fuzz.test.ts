import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountMessages } from '../../../test/generate/account.ts';
import { oddMessages } from '../../../test/generate/odd.ts';
import { crossed, cut, fuzzRuns, mutated, numbersFrom } from '../zip/mutate.fixture.ts';
import { accounted, partsOf, type Style, textOf, writeMbox } from './mbox.fixture.ts';
import { type Quoting, quotingOf, writeUnquoted } from './quoting.ts';
import { type Part, splitMbox } from './split.ts';

const RUNS = fuzzRuns(150);
const SEED = Number(process.env.MALLEPOSTE_SEED ?? 20_261_124);
const QUOTINGS: readonly Quoting[] = ['mboxrd', 'mboxo', 'none'];
/** What a probe of where `Content-Length` leads may read again, per message. */
const PROBE_MAX_BYTES = 2048;

test(`${RUNS} mutated mbox files: all their bytes, in order (seed ${SEED})`, async (t) => {
  const random = numbersFrom(SEED);
  const files = originals();
  const seen = { messages: 0, preambles: 0, measured: 0, marked: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    let mbox = mutated(files[run % files.length]!, random);
    for (let n = random(4); n > 0; n -= 1) mbox = crossed(mbox, files[random(files.length)]!, random);
    const parts = await partsOf(mbox);
    try {
      accounted(mbox, parts);
      parts.forEach(sound);
      assert.deepEqual(await partsOf(mbox, 1 + random(3000)), parts, 'in pieces');
      await readsLittle(mbox, parts);
      for (const part of parts) unquotesAlike(mbox, part, random);
    } catch (error) {
      throw new Error(`run ${run}`, { cause: error });
    }
    for (const part of parts) {
      seen[part.is === 'message' ? 'messages' : 'preambles'] += 1;
      if (part.measured) seen.measured += 1;
      if (part.marks.length > 0) seen.marked += 1;
    }
  }
  assert.ok(seen.messages > 0 && seen.measured > 0 && seen.marked > 0);
  t.diagnostic(JSON.stringify(seen));
});

/** Letters of one account and odd ones, in each way of writing, with the fields that programs keep there. */
function originals(): Buffer[] {
  const shape = { messages: 12, folders: 3, seed: SEED, sizes: 'small' } as const;
  const account = [...accountMessages(shape)].map(({ bytes }) => bytes.toString('latin1'));
  const odd = oddMessages()
    .filter(({ bytes }) => bytes.length < 1500)
    .map(({ bytes }) => `${Buffer.from(bytes).toString('latin1')}\r\n`);
  const styles: Style[] = QUOTINGS.flatMap((quoting) => [
    { quoting, lineEnd: '\n' },
    { quoting, lineEnd: '\r\n', measured: true },
    { quoting, lineEnd: '\n', tight: true, postmark: 'From - ' },
    { quoting, lineEnd: '\r\n', tight: true, measured: true },
  ]);
  return styles.map((style, n) => {
    const { lineEnd } = style;
    const some = [...account.slice(n, n + 1), ...odd.filter((_, i) => i % styles.length === n)];
    const lettered = some.map((text, i) => {
      const status = `X-Mozilla-Status: 00${i % 10}1${lineEnd}X-Mozilla-Keys: travail $label1${lineEnd}`;
      const quote = `From here on${lineEnd}>From there${lineEnd}>>From afar${lineEnd}`;
      return `${status}Status: RO${lineEnd}${text.replaceAll('\r\n', lineEnd)}${quote}`;
    });
    return writeMbox(lettered, style);
  });
}

function sound(part: Part): void {
  if (part.is === 'message') assert.match(part.digest, /^[0-9a-f]{12}$/);
  assert.deepEqual(part.marks, [...new Set(part.marks)].sort());
  for (const mark of part.marks) assert.match(mark, /^\\?[!-~]{1,100}$/);
  const { bare, quoted, deeper } = part.lines;
  assert.ok((bare + quoted + deeper) * 'From '.length <= part.next - part.offset, 'lines counted');
  assert.ok(part.date === null || Number.isSafeInteger(part.date));
}

/** Each byte once, besides what is looked at to believe a `Content-Length`; never more at once than its window. */
async function readsLittle(mbox: Buffer, parts: readonly Part[]): Promise<void> {
  let read = 0;
  const count = async (into: Buffer, position: number): Promise<number> => {
    assert.ok(into.length <= mbox.length, 'asks for more than there is');
    read += into.length;
    return mbox.copy(into, 0, position);
  };
  for await (const batch of splitMbox(count, mbox.length)) assert.ok(batch.length > 0);
  assert.ok(read <= mbox.length + PROBE_MAX_BYTES * parts.length, `${read} of ${mbox.length} bytes read`);
}

/** Nothing but signs goes, wherever the pieces end. */
function unquotesAlike(mbox: Buffer, part: Part, random: (below: number) => number): void {
  const bytes = mbox.subarray(part.start, part.end);
  const evidence = { ...part.lines, messages: 1, measured: part.measured ? 1 : 0 };
  assert.ok(QUOTINGS.includes(quotingOf(evidence)));
  for (const quoting of QUOTINGS) {
    const whole = textOf(mbox, part, quoting);
    const signs = part.end - part.start - whole.length;
    const { quoted, deeper } = part.lines;
    assert.ok(signs >= 0 && signs <= (quoting === 'none' ? 0 : quoted + deeper), `${signs} signs`);
    assert.equal(inPieces(bytes, quoting, random), whole, `${quoting} in pieces`);
  }
}

function inPieces(bytes: Buffer, quoting: Quoting, random: (below: number) => number): string {
  const pieces: Buffer[] = [];
  let from = 0;
  let to = 0;
  for (const piece of cut(bytes, random)) {
    to += piece.length;
    const span = { from, to, first: from === 0, last: false };
    from = writeUnquoted(bytes.subarray(0, to), span, quoting, (one) => pieces.push(Buffer.from(one)));
  }
  const span = { from, to, first: from === 0, last: true };
  assert.equal(
    writeUnquoted(bytes, span, quoting, (one) => pieces.push(Buffer.from(one))),
    to,
  );
  return Buffer.concat(pieces).toString('latin1');
}
