import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { memoryHold } from '../holds/memory.ts';
import type { Source } from '../source.ts';
import { collect, gather } from '../stand.suite.ts';
import { Ahead } from './ahead.ts';
import { Catalog } from './catalog.ts';
import { indexFile, readIndex, writeIndex } from './kept-index.ts';
import { openTakeoutSource } from './source.ts';
import { type Letter, placeTakeout } from './takeout.fixture.ts';

const base = mkdtempSync(path.join(tmpdir(), 'takeout-ahead-'));
after(() => rmSync(base, { recursive: true }));
let dirs = 0;

const LABELS = ['Inbox', 'Sent', 'Archived', 'Clients', 'Devis', 'Factures', 'Amis'];
const letters = (count: number): Letter[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ id: 1_628_424_719_502_045_299n + BigInt(n), labels: [LABELS[(n * n) % LABELS.length]!, 'Opened'] },
    bytes: Buffer.from(
      `Subject: lettre ${n}\r\nMessage-ID: <${n}@x>\r\n\r\n${`Ligne ${n}.\r\n`.repeat(n % 9 === 0 ? 200_000 : 400)}`,
    ),
    receivedAt: 1_552_986_831_000,
  }));

function stand(shape: 'zip' | 'zips', count = 60) {
  const root = path.join(base, String(++dirs));
  const [index, scratch] = [path.join(root, 'index'), path.join(root, 'scratch')];
  const file = placeTakeout(path.join(root, 'export'), shape, letters(count));
  const settle = (time: number) => {
    for (const name of readdirSync(path.join(root, 'export')))
      utimesSync(path.join(root, 'export', name), time, time);
  };
  settle(1_700_000_000);
  const open = (more: object): Source => openTakeoutSource({ path: file, name: 'takeout:x', ...more });
  return { index, scratch, open, settle };
}

async function all(source: Source, chunk: number, order = 1): Promise<string[]> {
  const found: string[] = [];
  const folders = await source.folders();
  for (const folder of order > 0 ? folders : folders.reverse()) {
    const keys = (await collect(source.entries(folder))).map(({ key }) => key);
    for (let at = 0; at < keys.length; at += chunk)
      for await (const answer of source.read(folder, keys.slice(at, at + chunk), memoryHold())) {
        assert.ok(answer.is === 'received');
        found.push(`${folder.handle} ${answer.key} ${gather(answer.body).toString('latin1').length}`);
      }
  }
  return found.sort();
}

for (const shape of ['zip', 'zips'] as const)
  test(`what was put aside is what lies in the export, in any order of folders (${shape})`, async () => {
    const { scratch, index, open } = stand(shape);
    const plain = open({});
    const wanted = await all(plain, 1000);
    await plain.close();
    for (const [chunk, order] of [
      [1000, 1],
      [3, 1],
      [1, -1],
      [7, -1],
    ] as const) {
      const source = open({ scratch, index });
      assert.deepEqual(await all(source, chunk, order), wanted);
      // Once more: everything has been read, and everything is wanted again.
      assert.deepEqual(await all(source, chunk, -order), wanted);
      await source.close();
      assert.deepEqual(readdirSync(scratch), [], 'nothing stays');
    }
  });

test('where nothing can be put aside or kept, reading goes on', async () => {
  const { open, scratch } = stand('zip', 20);
  writeFileSync(path.join(path.dirname(scratch), 'file'), 'x');
  const file = path.join(path.dirname(scratch), 'file', 'below');
  const source = open({ scratch: file, index: file });
  assert.equal((await all(source, 5)).length, 20);
  await source.close();
});

test('an index is used for the same files only, and only when it is whole', async () => {
  const { open, index, settle } = stand('zip', 30);
  const first = open({ index });
  const folders = await first.folders();
  const wanted = await all(first, 100);
  await first.close();
  const [name] = readdirSync(index);
  const file = path.join(index, name!);
  const sound = readFileSync(file);
  const second = open({ index });
  assert.deepEqual(await second.folders(), folders);
  assert.deepEqual(await all(second, 100), wanted);
  await second.close();
  for (const damaged of [
    Buffer.alloc(0),
    sound.subarray(0, 40),
    sound.subarray(0, -1),
    Buffer.concat([sound, Buffer.from('x')]),
    Buffer.from(sound.map((byte, at) => (at === 200 ? byte ^ 1 : byte))),
    Buffer.from(sound.map((byte, at) => (at === sound.length - 50 ? byte ^ 1 : byte))),
  ]) {
    writeFileSync(file, damaged);
    const source = open({ index });
    assert.deepEqual(await all(source, 100), wanted);
    await source.close();
    assert.deepEqual(readFileSync(file), sound, 'written again');
  }
  settle(1_700_000_002);
  const other = open({ index });
  await other.folders();
  await other.close();
  assert.notDeepEqual(readFileSync(file), sound);
});

test('every byte of an index changed, every length: the same catalog or none', () => {
  const directory = path.join(base, String(++dirs));
  mkdirSync(directory);
  const file = indexFile(directory, '/x');
  const stamps = { stamp: 'a', steady: 'a' };
  const catalog = new Catalog('a', 'a');
  const at = catalog.addFile({ quoting: 'none', damage: null });
  const filing = catalog.addFiling({ folder: 0, marks: [], alsoIn: [] });
  catalog.folders.push({ path: ['x'], handle: 'x', role: null, start: 0, count: 0 });
  for (let n = 0; n < 5; n += 1)
    catalog.add({
      tag: [n, 2, 3],
      file: at,
      filing,
      offset: n,
      start: n,
      end: n + 1,
      date: null,
      quoted: false,
      preamble: false,
    });
  catalog.sortIntoFolders();
  writeIndex(file, { catalog, aside: [] });
  const sound = readFileSync(file);
  assert.equal(readIndex(file, stamps)!.catalog.count, 5);
  assert.deepEqual([...readIndex(file, stamps)!.catalog.messagesOf(0)], [...catalog.messagesOf(0)]);
  assert.equal(readIndex(file, { stamp: 'b', steady: 'b' }), null);
  assert.equal(readIndex(file, { stamp: 'a', steady: '' }), null);
  for (let n = 0; n < sound.length; n += 3) {
    const changed = Buffer.from(sound);
    changed[n]! ^= 0x41;
    writeFileSync(file, changed);
    assert.equal(readIndex(file, stamps), null, `byte ${n}`);
    writeFileSync(file, sound.subarray(0, n));
    assert.equal(readIndex(file, stamps), null, `cut at ${n}`);
  }
});

test('with little room the smallest folders are put aside, and the rest costs passes of its own', async () => {
  const scratch = path.join(base, String(++dirs));
  const catalog = new Catalog('a', 'a');
  catalog.addFile({ quoting: 'none', damage: null });
  for (const folder of [0, 1, 2]) {
    catalog.addFiling({ folder, marks: [], alsoIn: [] });
    catalog.folders.push({ path: [`${folder}`], handle: `${folder}`, role: null, start: 0, count: 0 });
  }
  const lengths = [900, 100, 500];
  let offset = 0;
  for (let n = 0; n < 9; n += 1) {
    const end = offset + lengths[n % 3]!;
    catalog.add({
      tag: [n, 2, 3],
      file: 0,
      filing: n % 3,
      offset,
      start: offset,
      end,
      date: null,
      quoted: false,
      preamble: false,
    });
    offset = end;
  }
  const whole = Buffer.from(Array.from({ length: offset }, (_, n) => n % 251));
  const reel = {
    bytes: whole,
    at: 0,
    async show(from: number, length: number) {
      this.at = from;
      return length;
    },
  };
  const ahead = new Ahead(catalog, scratch, 400);
  ahead.begin(reel as never, 0, 0);
  await ahead.passTo(reel as never, 0, null, { due: () => null } as never);
  const kept = Array.from({ length: 9 }, (_, row) => ahead.find(row) !== null);
  assert.deepEqual(kept, [false, true, false, false, true, false, false, true, false]);
  const { offset: start, end } = catalog.placeOf(4);
  const shows = ahead.find(4)!;
  const shown = await shows.show(start, end - start, 'x');
  assert.deepEqual(shows.bytes.subarray(shows.at, shows.at + shown), whole.subarray(start, end));
  ahead.close();
  assert.deepEqual(readdirSync(scratch), []);
});
