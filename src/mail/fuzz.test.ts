import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountMessages } from '../../test/generate/account.ts';
import { oddMessages } from '../../test/generate/odd.ts';
import { crossed, cut, fuzzRuns, mutated, numbersFrom } from '../formats/zip/mutate.fixture.ts';
import { mailboxes } from './address.ts';
import { parseDate } from './date.ts';
import { decodeWords } from './encoded-word.ts';
import { FieldNames, fields, HEADER_MAX_BYTES, headerEnd, scanHeader, unfolded } from './header.ts';
import { type Identity, identifier, identify } from './identity.ts';
import { toCrlf } from './line-ends.ts';
import { DEPTH_MAX, PARTS_MAX, type Part, partsOf } from './mime.ts';
import { compareStored, repairs, unwrap, wrap } from './repair.ts';

const RUNS = fuzzRuns(100);
const SEED = Number(process.env.MALLEPOSTE_SEED ?? 20_261_124);
const NAMES = new FieldNames(['subject', 'from', 'content-type']);

test(`${RUNS} mutated messages: one identity, within the caps (seed ${SEED})`, (t) => {
  const random = numbersFrom(SEED);
  const originals = [...odd(), ...account()];
  const seen = { parts: 0, deepest: 0, most: 0, repaired: 0, fields: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const original = originals[run % originals.length]!;
    let bytes = mutated(original, random);
    for (let n = random(4); n > 0; n -= 1)
      bytes = crossed(bytes, originals[random(originals.length)]!, random);
    try {
      const identity = identifiedAlike(bytes, random);
      seen.fields += headerInOrder(bytes);
      const { parts, deepest } = structureBounded(bytes);
      seen.parts += parts;
      seen.deepest = Math.max(seen.deepest, deepest);
      seen.most = Math.max(seen.most, parts);
      seen.repaired += repairsEnd(bytes, identity);
      assert.equal(compareStored(original, bytes).length === 0, original.equals(bytes));
    } catch (error) {
      throw new Error(`run ${run}: ${bytes.toString('latin1').slice(0, 2000)}`, { cause: error });
    }
  }
  assert.ok(Object.values(seen).every((number) => number > 0));
  t.diagnostic(JSON.stringify(seen));
});

function odd(): Buffer[] {
  return oddMessages()
    .filter(({ bytes }) => bytes.length > 0 && bytes.length < 70_000)
    .map(({ bytes }) => Buffer.from(bytes));
}

function account(): Buffer[] {
  const shape = { messages: 40, folders: 4, seed: SEED, sizes: 'small' } as const;
  return [...accountMessages(shape)].map(({ bytes }) => bytes);
}

/** Whole and in pieces, with its parts and without, with other line ends: it stays who it is. */
function identifiedAlike(bytes: Buffer, random: (below: number) => number): Identity {
  const identity = identify(bytes, { likely: true });
  const stream = identifier({ likely: true });
  for (const piece of cut(bytes, random)) stream.write(piece);
  assert.deepEqual(stream.end(), identity, 'in pieces');
  assert.deepEqual(identify(bytes, { likely: false }), { ...identity, likely: null });
  const canonical = identify(toCrlf(bytes), { likely: true });
  for (const key of ['exact', 'kin', 'likely'] as const) assert.equal(canonical[key], identity[key], key);
  assert.equal(identity.size, bytes.length);
  for (const digest of [identity.raw, identity.exact, identity.likely])
    assert.match(digest!, /^[0-9a-f]{64}$/);
  assert.ok((identity.messageId ?? 'x').length <= 1000 && !/[\s<>]/.test(identity.messageId ?? ''));
  assert.ok((identity.subject ?? '').length <= 200);
  return identity;
}

/** Every byte of the header belongs to one field; what the fields say can be read. Answers how many. */
function headerInOrder(bytes: Buffer): number {
  const { end, body } = headerEnd(bytes);
  const scan = scanHeader(bytes, NAMES);
  assert.deepEqual([scan.end, scan.body], [end, body]);
  assert.ok(end <= body && body <= bytes.length && end <= HEADER_MAX_BYTES);
  let count = 0;
  let at = -1;
  for (const field of fields(bytes)) {
    assert.ok(at === -1 || field.start === at, 'no gap');
    assert.ok(field.start <= field.value && field.value <= field.end + 1 && field.end <= field.next);
    assert.ok(field.next > field.start && field.next <= end);
    at = field.next;
    count += 1;
    const value = unfolded(bytes, field.value, field.end);
    assert.ok(decodeWords(value).length <= value.length, 'words decoded');
    const date = parseDate(value);
    assert.ok(date === null || Number.isSafeInteger(date));
    let listed = 0;
    for (const { address } of mailboxes(value)) listed += address.length;
    assert.ok(listed <= 4 * value.length, 'addresses');
  }
  if (count > 0) assert.equal(at, end);
  return count;
}

/** Parts and depth stay below their caps, and no byte counts twice. */
function structureBounded(bytes: Buffer): { parts: number; deepest: number } {
  const seen = { parts: 0, deepest: 0, size: 0 };
  const visit = (part: Part, depth: number): void => {
    seen.deepest = Math.max(seen.deepest, depth);
    seen.size += part.size;
    if (part.is === 'message') assert.equal(part.parts.length, 1);
    if (part.is === 'multipart') seen.parts += part.parts.length;
    if (part.is !== 'message' && part.is !== 'multipart') {
      assert.match(part.digest!, /^[0-9a-f]{64}$/);
      assert.equal(part.parts.length, 0);
    }
    for (const inner of part.parts) visit(inner, depth + 1);
  };
  visit(partsOf(bytes), 0);
  assert.ok(seen.deepest <= DEPTH_MAX + 1, `${seen.deepest} deep`);
  assert.ok(seen.parts <= PARTS_MAX + DEPTH_MAX, `${seen.parts} parts`);
  assert.ok(seen.size <= toCrlf(bytes).length, `${seen.size} of ${bytes.length} bytes`);
  return seen;
}

/** The ladder ends, in little more than the message takes, and what wraps it gives it back. Answers how many steps. */
function repairsEnd(bytes: Buffer, { exact }: Identity): number {
  let steps = 0;
  for (const repaired of repairs(bytes)) {
    steps += 1;
    assert.ok(repaired.classes.length > 0);
    assert.ok(repaired.bytes.length <= 8 * bytes.length + 4096, `${repaired.bytes.length} bytes`);
  }
  assert.ok(steps <= 4);
  const wrapped = wrap(bytes, { exact });
  assert.deepEqual(unwrap(wrapped), { exact });
  assert.deepEqual([...repairs(wrapped)], [], 'a wrapped message needs no repair');
  return steps;
}
