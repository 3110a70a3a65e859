import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PidTag } from '../mapi/properties.ts';
import { everythingOf, openBytes, tellAll } from './archive.fixture.ts';
import { checksum, signature } from './checksum.ts';
import { FileWindows } from './file.ts';
import { readHeader } from './header.ts';
import type { Most } from './leaf-runs.ts';
import { recover } from './recover.ts';
import { NodeTree } from './trees.ts';
import { type MessageFacts, makePst, type PstFacts } from './write.fixture.ts';

const MESSAGES = 60;

function letter(n: number): MessageFacts {
  return { properties: { [PidTag.MessageClass]: 'IPM.Note', [PidTag.Subject]: `lettre ${n}` } };
}

function made(more: PstFacts = {}): Buffer {
  const messages = Array.from({ length: MESSAGES }, (_, n) => letter(n));
  return makePst({ pageMax: 6, crypt: 'none', folders: [{ name: 'Inbox', messages }], ...more });
}

/** Subjects of what can be read. */
function read(bytes: Buffer): string[] {
  return tellAll(openBytes(bytes)).folders.flatMap(({ messages }) =>
    messages.flatMap(({ item, there }) => {
      if (!there) return [];
      everythingOf(item);
      return [String(item.get(PidTag.Subject)?.value)];
    }),
  );
}

const all = Array.from({ length: MESSAGES }, (_, n) => `lettre ${n}`);

/** Pages of Unicode files: where they lie. */
function pages(file: Buffer, type: number, level: (n: number) => boolean): number[] {
  return [...Array(Math.floor(file.length / 512)).keys()]
    .map((n) => n * 512)
    .filter((at) => file[at + 496] === type && file[at + 497] === type && level(file[at + 491]!));
}

const firstNid = (file: Buffer, page: number) => file.readUInt32LE(page);

/** A copy of a page at the end of the file, as an earlier or later version of it would lie there. */
function withCopy(file: Buffer, page: number, change: (copy: Buffer) => void): Buffer {
  const offset = Math.ceil(file.length / 512) * 512;
  const copy = Buffer.from(file.subarray(page, page + 512));
  change(copy);
  copy.writeUInt32LE(checksum(copy.subarray(0, 496)), 500);
  copy.writeUInt16LE(signature(offset, Number(copy.readBigUInt64LE(504))), 498);
  return Buffer.concat([file, Buffer.alloc(offset - file.length), copy]);
}

function blank(file: Buffer, at: number): Buffer {
  const holed = Buffer.from(file);
  holed.fill(0, at, at + 512);
  return holed;
}

for (const [name, type] of [
  ['nodes', 0x81],
  ['blocks', 0x80],
] as const) {
  test(`a tree of ${name} without its root, or any branch, has its leaves still`, () => {
    const file = made();
    const branches = pages(file, type, (level) => level > 0);
    assert.ok(branches.length > 2);
    for (const at of branches) assert.deepEqual(read(blank(file, at)).sort(), [...all].sort(), `${at}`);
    const without = branches.reduce(blank, file);
    assert.deepEqual(read(without).sort(), [...all].sort());
  });
}

test('of a leaf that is gone an older version is taken, and of two the newer', () => {
  const file = made();
  const leaf = pages(file, 0x81, (level) => level === 0).find((at) => firstNid(file, at) >= 0x200024)!;
  const holed = blank(file, leaf);
  const lost = all.filter((subject) => !read(holed).includes(subject));
  assert.ok(lost.length > 0 && lost.length <= 6);
  const older = (copy: Buffer) => copy.writeBigUInt64LE(4n, 504);
  assert.deepEqual(read(blank(withCopy(file, leaf, older), leaf)), all);
  // An older one that had another item in the place of the first.
  const other = pages(file, 0x81, (level) => level === 0).find(
    (at) => firstNid(file, at) > firstNid(file, leaf),
  )!;
  const stale = (copy: Buffer) => {
    older(copy);
    file.copy(copy, 8, other + 8, other + 24);
  };
  const twice = withCopy(
    withCopy(file, leaf, (copy) => copy.writeBigUInt64LE(8n, 504)),
    leaf,
    stale,
  );
  assert.deepEqual(read(blank(twice, leaf)), all);
});

test('what the tree tells not to be there does not come back', () => {
  const file = made();
  const leaves = pages(file, 0x81, (level) => level === 0).filter((at) => firstNid(file, at) >= 0x200024);
  const ghost = withCopy(file, leaves[1]!, (copy) => {
    copy.writeBigUInt64LE(4n, 504);
    copy.writeUInt32LE(firstNid(file, leaves[1]!) + 0x10, 0);
  });
  // Another leaf is gone, so that traces are looked for.
  const told = read(blank(ghost, leaves[3]!));
  assert.equal(new Set(told).size, told.length);
});

test('a copy of a page elsewhere, in an attachment say, is no page', () => {
  const file = made();
  const leaf = pages(file, 0x81, (level) => level === 0).find((at) => firstNid(file, at) >= 0x200024)!;
  const copied = Buffer.concat([withCopy(file, leaf, () => {}), Buffer.alloc(512)]);
  copied.copyWithin(copied.length - 512, copied.length - 1024, copied.length - 512);
  copied.fill(0, copied.length - 1024, copied.length - 512);
  const lost = all.filter((subject) => !read(blank(file, leaf)).includes(subject));
  assert.deepEqual(
    all.filter((subject) => !read(blank(copied, leaf)).includes(subject)),
    lost,
  );
});

test('ANSI and 4K files lose no message with the roots of their trees', () => {
  for (const [kind, pageBytes, typeAt, levelAt] of [
    ['ansi', 512, 500, 499],
    ['unicode-4k', 4096, 4072, 4061],
  ] as const) {
    const file = made({ kind });
    for (let at = 0; at + pageBytes <= file.length; at += pageBytes)
      if (
        (file[at + typeAt]! & 0xfe) === 0x80 &&
        file[at + typeAt] === file[at + typeAt + 1] &&
        file[at + levelAt]! > 0
      )
        file.fill(0, at, at + pageBytes);
    assert.deepEqual(read(file).sort(), [...all].sort(), kind);
  }
});

test('more entries than can be kept are told to be left out', () => {
  const messages = Array.from({ length: 400 }, (_, n) => letter(n));
  const file = made({ folders: [{ name: 'Inbox', messages }] });
  const uprooted = pages(file, 0x81, (level) => level > 0).reduce(blank, file);
  const windows = new FileWindows({
    size: uprooted.length,
    readAt: (into, position) => uprooted.copy(into, 0, position, position + into.length),
  });
  const header = readHeader(windows);
  const nodes = new NodeTree(windows, header.nodes, header.layout);
  const run = (most?: Most) => {
    const recovering = recover(windows, [nodes], most);
    for (;;) {
      const { done, value } = recovering.next();
      if (done) return value.map(({ message }) => message);
    }
  };
  const keys = () => [...nodes.walk(() => {})].map(({ key }) => key);
  assert.deepEqual(run(), []);
  const whole = keys();
  assert.ok(whole.length > 400);
  const [said] = run({ pages: 40, compared: 1000, runs: 1000 });
  assert.match(said!, /tree of nodes: it is lost, and there is more of it in the file/);
  const some = keys();
  assert.ok(some.length > 100 && some.length <= 240, `${some.length}`);
  assert.deepEqual(some, whole.slice(0, some.length));
});
