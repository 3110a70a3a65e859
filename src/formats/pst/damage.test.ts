import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTrouble } from '../../trouble.ts';
import { PidTag } from '../mapi/properties.ts';
import { everythingOf, openBytes, tellAll } from './archive.fixture.ts';
import { type MessageFacts, makePst, type PstFacts } from './write.fixture.ts';

const SEED = Number(process.env.SEED ?? 20_261_124);
const FILES: Record<string, PstFacts> = {
  Unicode: { kind: 'unicode', crypt: 'permute', blockBytes: 1200, listMax: 6, pageMax: 6 },
  ANSI: { kind: 'ansi', crypt: 'cyclic', blockBytes: 1200, listMax: 6, pageMax: 6 },
  '4K': { kind: 'unicode-4k', crypt: 'none', compress: true },
};
const CASES = Number(process.env.CASES ?? 120);
const CASE_MS = 3000;

function letter(n: number): MessageFacts {
  return {
    properties: {
      [PidTag.MessageClass]: 'IPM.Note',
      [PidTag.Subject]: `lettre ${n}`,
      [PidTag.Body]: `${n}. `.repeat(1500),
    },
    recipients: [
      { properties: { [PidTag.DisplayName]: 'Elle' } },
      { properties: { [PidTag.DisplayName]: 'Lui' } },
    ],
    attachments: [
      { properties: { [PidTag.AttachMethod]: 1, [PidTag.AttachDataBinary]: Buffer.alloc(8000, n) } },
      { properties: { [PidTag.AttachMethod]: 5 }, embedded: { properties: { [PidTag.Subject]: 'dedans' } } },
    ],
  };
}

function made(shape: PstFacts): Buffer {
  const messages = [1, 2, 3].map(letter);
  return makePst({
    ...shape,
    folders: [{ name: 'Inbox', messages, folders: [{ name: 'Projet', messages: [letter(4)] }] }],
  });
}

/** Reads everything; answers how many items came whole. Throws what is no `malformed`. */
function readAll(bytes: Buffer): { whole: number; listed: number } {
  const unlessMalformed = <T>(act: () => T): T | null => {
    try {
      return act();
    } catch (cause) {
      if (!isTrouble(cause, 'malformed')) throw cause;
      return null;
    }
  };
  const told = unlessMalformed(() => tellAll(openBytes(bytes)));
  const items = told?.folders.flatMap(({ messages }) => messages) ?? [];
  const whole = items.filter(({ item }) => unlessMalformed(() => everythingOf(item)) !== null);
  return { whole: whole.length, listed: items.length + (told?.lost.length ?? 0) };
}

function withinTime(
  seed: string,
  act: () => { whole: number; listed: number },
): { whole: number; listed: number } {
  const began = performance.now();
  try {
    return act();
  } catch (cause) {
    throw new Error(`case ${seed}`, { cause });
  } finally {
    assert.ok(performance.now() - began < CASE_MS, `case ${seed} took too long`);
  }
}

for (const [name, shape] of Object.entries(FILES)) {
  test(`a changed byte gives values or malformed, and the rest: ${name}`, () => {
    const file = made(shape);
    assert.deepEqual(readAll(file), { whole: 4, listed: 4 });
    const random = randomFrom(SEED);
    const places = usedPlaces(file);
    let whole = 0;
    for (let n = 0; n < CASES; n += 1) {
      const bytes = Buffer.from(file);
      const at = places[random(places.length)]!;
      bytes[at] = bytes[at]! ^ (1 + random(255));
      whole += withinTime(`${SEED}/${n} at ${at}`, () => readAll(bytes)).whole;
    }
    assert.ok(whole > CASES * 2.5, `of ${CASES * 4} items ${whole} came whole`);
  });

  test(`changed bytes with checksums that agree give values or malformed: ${name}`, () => {
    const file = made(shape);
    const random = randomFrom(SEED + 1);
    const places = usedPlaces(file);
    for (let n = 0; n < CASES; n += 1) {
      const bytes = Buffer.from(file);
      for (let more = random(4); more >= 0; more -= 1) {
        const at = places[random(places.length)]!;
        const value = [0, 1, 0xff, 0x7f, random(256)][random(5)]!;
        bytes[at] = value;
      }
      forgetChecksums(bytes, shape);
      withinTime(`${SEED}/${n}`, () => readAll(bytes));
    }
  });

  test(`a file cut short, or with a hole, gives the rest: ${name}`, () => {
    const file = made(shape);
    const random = randomFrom(SEED + 2);
    for (let n = 0; n < CASES / 2; n += 1) {
      const cut = file.subarray(0, random(file.length));
      withinTime(`${SEED}/${n} cut`, () => readAll(Buffer.from(cut)));
      const holed = Buffer.from(file);
      const at = 512 * random(Math.floor(file.length / 512));
      holed.fill(0, at, at + 512);
      withinTime(`${SEED}/${n} hole at ${at}`, () => readAll(holed));
    }
  });
}

test('what is no PST is malformed', () => {
  const random = randomFrom(SEED + 3);
  for (let n = 0; n < 50; n += 1) {
    const bytes = Buffer.from(Array.from({ length: random(4000) }, () => random(256)));
    if (n % 2 === 0 && bytes.length > 16) bytes.write('!BDN', 0, 'latin1');
    assert.deepEqual(readAll(bytes), { whole: 0, listed: 0 });
  }
});

/** Where the file holds anything: a change in nothing shows nothing. */
function usedPlaces(file: Buffer): number[] {
  return [...file.keys()].filter((at) => file[at] !== 0 && (at < 564 || at >= 0x4600));
}

/** A checksum of 0 is none: then what was changed is taken as it is. */
function forgetChecksums(bytes: Buffer, { kind }: PstFacts): void {
  const pageBytes = kind === 'unicode-4k' ? 4096 : 512;
  const trailerAt = kind === 'ansi' ? 500 : pageBytes - (kind === 'unicode-4k' ? 24 : 16);
  for (let at = 0; at + pageBytes <= bytes.length; at += pageBytes)
    if ((bytes[at + trailerAt]! & 0xfe) === 0x80)
      bytes.writeUInt32LE(0, at + trailerAt + (kind === 'ansi' ? 8 : 4));
  const [unit, trailer] = kind === 'unicode-4k' ? [512, 24] : [64, kind === 'ansi' ? 12 : 16];
  for (let end = 0x4600 + unit; end <= bytes.length; end += unit) {
    const size = bytes.readUInt16LE(end - trailer);
    const start = end - Math.ceil((size + trailer) / unit) * unit;
    if (size > 0 && start >= 0x4600) bytes.writeUInt32LE(0, end - trailer + (kind === 'ansi' ? 8 : 4));
  }
}

/** The same seed, the same numbers (xorshift32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}
