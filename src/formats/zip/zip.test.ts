import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { isTrouble } from '../../trouble.ts';
import { listZip, openEntry, segmentsOf, type ZipEntry } from './index.ts';
import { extraField, makeZip, type Packed, readsFrom } from './zip.fixture.ts';

const TEXT = Buffer.from('Une ligne de lettre.\r\n'.repeat(50_000));
const SMALL = Buffer.from('court');

test('stored and deflated entries come back to the byte, however they are read', async () => {
  const files: Packed[] = [
    { name: 'Takeout/a.mbox', bytes: TEXT },
    { name: 'Takeout/b.mbox', bytes: TEXT, method: 0 },
    { name: 'Takeout/empty', bytes: Buffer.alloc(0) },
    { name: 'Takeout/dir/', bytes: Buffer.alloc(0), method: 0 },
    { name: 'Takeout/long', bytes: SMALL, zip64: true },
  ];
  for (const options of [
    {},
    { zip64: true },
    { comment: 'PK\x05\x06 no end' },
    { before: Buffer.alloc(777) },
  ])
    for (const atOnce of [1_000_000, 613]) {
      const zip = makeZip(files, options);
      const { entries, count } = await list(zip);
      assert.equal(count, files.length);
      assert.deepEqual(
        entries.map(({ is }) => is),
        ['file', 'file', 'file', 'directory', 'file'],
      );
      for (const [n, { bytes }] of files.entries())
        assert.ok(bytes.equals(await unpack(zip, entries[n]!, atOnce)), entries[n]!.name);
    }
});

test('skipping goes forwards to the right byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, n) => (n * 31) & 255));
  for (const method of [0, 8]) {
    const zip = makeZip([{ name: 'x', bytes, method }]);
    const [entry] = (await list(zip)).entries;
    const stream = await openEntry(readsFrom(zip), entry!, 'x.zip');
    for (const at of [5, 6, 1000, 300_000, 399_999]) {
      await stream.skipTo(at);
      const one = Buffer.alloc(1);
      assert.equal(await stream.read(one), 1);
      assert.equal(one[0], bytes[at]);
      assert.equal(stream.position, at + 1);
    }
    assert.equal(await stream.read(Buffer.alloc(9)), 0);
    stream.close();
    stream.close();
  }
});

test('names: UTF-8, code page 437, Info-ZIP’s field, UTF-8 that does not say so', async () => {
  const raw = Buffer.from('Bo\x8cte.mbox', 'latin1');
  const unicode = (crc: number) => {
    const head = Buffer.alloc(5);
    head[0] = 1;
    head.writeUInt32LE(crc, 1);
    return extraField(0x7075, Buffer.concat([head, Buffer.from('Boîte ✉.mbox')]));
  };
  const zip = makeZip([
    { name: 'Boîte.mbox', bytes: SMALL },
    { name: raw, bytes: SMALL, flags: 0 },
    { name: raw, bytes: SMALL, flags: 0, extra: unicode(crc32(raw)) },
    { name: raw, bytes: SMALL, flags: 0, extra: unicode(1) },
    { name: 'Boîte.mbox', bytes: SMALL, flags: 0 },
  ]);
  const names = (await list(zip)).entries.map(({ name }) => name);
  assert.deepEqual(names, ['Boîte.mbox', 'Boîte.mbox', 'Boîte ✉.mbox', 'Boîte.mbox', 'Boîte.mbox']);
});

test('a name is never a path', () => {
  for (const name of ['../x', 'a/../b', '/etc/passwd', '\\\\host\\x', 'C:\\x', 'c:x', 'a\0b', '', '/', '..'])
    assert.equal(segmentsOf(name), null, JSON.stringify(name));
  assert.equal(segmentsOf('a/'.repeat(100)), null);
  assert.deepEqual(segmentsOf('a/./b//c.mbox'), ['a', 'b', 'c.mbox']);
  assert.deepEqual(segmentsOf('a\\b'), ['a', 'b']);
  assert.deepEqual(segmentsOf('..a/b..'), ['..a', 'b..']);
});

test('what cannot be read is told by name, with the reason', async () => {
  const { entries } = await list(
    makeZip([
      { name: 'secret', bytes: SMALL, flags: 0x801 },
      { name: 'lzma', bytes: SMALL, method: 14 },
      { name: '../up', bytes: SMALL },
      { name: 'bomb', bytes: Buffer.alloc(70_000_000) },
      { name: 'sizes', bytes: SMALL, method: 0, size: 6 },
      { name: 'link', bytes: SMALL, mode: 0xa1ff },
    ]),
  );
  assert.deepEqual(
    entries.map(({ refused }) => refused?.replace(/\d+/, 'N') ?? null),
    [
      'encrypted',
      'packed by LZMA',
      'its name is no path',
      'it would grow to N times its size',
      'its sizes contradict each other',
      null,
    ],
  );
  assert.equal(entries[5]!.is, 'symbolic-link');
});

test('damage is malformed: checksum, sizes, headers', async () => {
  const cases: Record<string, Packed> = {
    'CRC-32': { name: 'x', bytes: TEXT, crc: 1 },
    'CRC-32)': { name: 'x', bytes: TEXT, method: 0, crc: 1 },
    'more than': { name: 'x', bytes: TEXT, size: TEXT.length - 1 },
    instead: { name: 'x', bytes: TEXT, size: TEXT.length + 1 },
    contradict: { name: 'x', bytes: TEXT, localName: 'y' },
  };
  for (const [words, file] of Object.entries(cases)) {
    const zip = makeZip([file]);
    const [entry] = (await list(zip)).entries;
    await assert.rejects(
      () => unpack(zip, entry!),
      (error) => isTrouble(error, 'malformed') && error.answer!.includes(words),
      words,
    );
  }
  const zip = makeZip([{ name: 'x', bytes: TEXT }]);
  const [entry] = (await list(zip)).entries;
  zip.fill(0xff, 100, 200);
  await assert.rejects(
    () => unpack(zip, entry!),
    (error) => isTrouble(error, 'malformed'),
  );
});

test('entries that share bytes are refused, and cut, split and endless archives', async () => {
  const zip = makeZip([{ name: 'x', bytes: TEXT }]);
  const split = Buffer.from(zip);
  split.writeUInt16LE(3, split.length - 18);
  const many = Buffer.from(zip);
  many.writeUInt16LE(60_000, many.length - 12);
  for (const bad of [
    makeZip([
      { name: 'kernel', bytes: TEXT },
      { name: 'again', bytes: TEXT, offset: 0 },
    ]),
    makeZip([{ name: 'x', bytes: SMALL, offset: 40 }]),
    zip.subarray(0, -1),
    zip.subarray(0, 40),
    Buffer.alloc(0),
    split,
    many,
  ])
    await assert.rejects(
      () => list(bad),
      (error) => isTrouble(error, 'malformed'),
    );
});

test('what Info-ZIP writes', { skip: existsSync('/usr/bin/zip') ? false : 'no zip here' }, async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'zip-test-'));
  try {
    mkdirSync(path.join(dir, 'Boîte'));
    writeFileSync(path.join(dir, 'Boîte', 'été.mbox'), TEXT);
    writeFileSync(path.join(dir, 'x.txt'), SMALL);
    execFileSync('/usr/bin/zip', ['-q', '-r', '-fz', 'out.zip', 'Boîte', 'x.txt'], { cwd: dir });
    const zip = readFileSync(path.join(dir, 'out.zip'));
    const { entries } = await list(zip);
    assert.deepEqual(entries.map(({ name }) => name).sort(), ['Boîte/', 'Boîte/été.mbox', 'x.txt']);
    for (const entry of entries)
      if (entry.name.endsWith('.mbox')) assert.ok(TEXT.equals(await unpack(zip, entry)));
  } finally {
    rmSync(dir, { recursive: true });
  }
});

function list(zip: Buffer) {
  return listZip(readsFrom(zip), zip.length, 'x.zip');
}

async function unpack(zip: Buffer, entry: ZipEntry, atOnce?: number): Promise<Buffer> {
  const stream = await openEntry(readsFrom(zip, atOnce), entry, `x.zip ${entry.name}`);
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = Buffer.alloc(70_000);
    const read = await stream.read(piece);
    if (read === 0) break;
    pieces.push(piece.subarray(0, read));
  }
  stream.close();
  return Buffer.concat(pieces);
}

test('an error before the first reading waits for it', async () => {
  const zip = makeZip([{ name: 'x', bytes: TEXT }]);
  const [entry] = (await list(zip)).entries;
  zip.fill(0xff, 31, 60);
  const stream = await openEntry(readsFrom(zip), entry!, 'x.zip');
  await setTimeout(30);
  await assert.rejects(
    () => stream.read(Buffer.alloc(10)),
    (error) => isTrouble(error, 'malformed'),
  );
});
