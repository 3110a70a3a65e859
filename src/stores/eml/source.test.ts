import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { corpusDir } from '../../../test/corpus.ts';
import { Trouble } from '../../trouble.ts';
import { memoryHold } from '../holds/memory.ts';
import { openBelow } from '../open-below.fixture.ts';
import { type Packing, stageFor } from '../packed.fixture.ts';
import { sourceSuite } from '../source.suite.ts';
import type { Source } from '../source.ts';
import { collect, gather } from '../stand.suite.ts';
import { openEmlSource } from './source.ts';

for (const packing of ['plain', 'zip'] as const satisfies readonly Packing[])
  sourceSuite({
    name: `eml source, ${packing}`,
    make: async () => {
      const stage = stageFor(packing, 'eml-suite-');
      const { root, settle } = stage;
      const connect = () => openEmlSource({ path: stage.path, name: `eml:${stage.path}` });
      const source = connect();
      let count = 0;
      return {
        source,
        open: openBelow(stage.path),
        again: async () => connect(),
        async seed(folder, messages) {
          const directory = path.join(root, ...folder);
          mkdirSync(directory, { recursive: true });
          for (const { bytes } of messages) writeFileSync(path.join(directory, `${++count}.eml`), bytes);
          settle();
        },
        expected: (message) => ({ ...message, marks: [], receivedAt: null }),
        holdsPath: (folder) =>
          folder.every((name) => !stage.refuses.test(name) && Buffer.byteLength(name) < 256),
        async expunge(folder, key) {
          unlinkSync(path.join(root, ...folder, key.slice(0, key.lastIndexOf('/'))));
          settle();
        },
        async close() {
          await source.close();
          stage.remove();
        },
      };
    },
  });

let base: string;
before(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'eml-source-'));
});
after(() => rm(base, { recursive: true }));

const source = (name: string): Source => openEmlSource({ path: path.join(base, name), name: `eml:${name}` });

function file(name: string, text = 'A: b\n\nx\n'): void {
  mkdirSync(path.dirname(path.join(base, name)), { recursive: true });
  writeFileSync(path.join(base, name), text);
}

test('directories are folders; what is no message is told, links are not followed', async () => {
  file('tree/one.eml');
  file('tree/Envoyés/Deux.EML');
  file('tree/tree/three.eml');
  file('tree/Vide/notes.txt');
  file('tree/.hidden/x.eml');
  file('secret/x.eml', 'secret');
  symlinkSync(path.join(base, 'secret'), path.join(base, 'tree/link'));
  symlinkSync(path.join(base, 'secret/x.eml'), path.join(base, 'tree/link.eml'));
  const tree = source('tree');
  const folders = await tree.folders();
  assert.deepEqual(
    folders.map((folder) => [folder.path.join('/'), folder.role]),
    [
      ['tree', null],
      ['Envoyés', 'sent'],
      ['tree (2)', null],
    ],
  );
  assert.deepEqual(tree.aside!(), [
    { path: '.hidden', because: 'hidden' },
    { path: 'link', because: 'symbolic-link' },
    { path: 'Vide/notes.txt', because: 'no-message' },
  ]);
  const keys = (await collect(tree.entries(folders[0]!))).map((entry) => entry.key);
  const kinds: Record<string, string> = {};
  for await (const answer of tree.read(
    folders[0]!,
    [...keys, '../secret/x.eml/6.1', 'x.eml', '/', ''],
    memoryHold(),
  ))
    kinds[answer.key.split('/')[0]!] = answer.is === 'received' ? 'received' : answer.trouble.kind;
  assert.deepEqual(kinds, {
    'one.eml': 'received',
    'link.eml': 'refused',
    '..': 'missing',
    'x.eml': 'missing',
    '': 'missing',
  });
  for (const handle of ['..', '../secret', 'link', 'a\0b', 'absent'])
    await assert.rejects(collect(tree.entries({ ...folders[0]!, handle })), Trouble);
  await assert.rejects(source('tree/one.eml').folders(), /malformed/);
  await assert.rejects(source('absent').folders(), /missing/);
});

test('a file that was written over is another message', async () => {
  file('over/a.eml', 'A: one\n\n');
  const over = source('over');
  const [folder] = await over.folders();
  const first = await collect(over.changes(folder!, null));
  file('over/a.eml', 'A: two\n\n');
  utimesSync(path.join(base, 'over/a.eml'), 1, 1);
  const [entry, gone, last] = await collect(
    over.changes(folder!, (first.at(-1) as { checkpoint: string }).checkpoint),
  );
  assert.deepEqual([entry!.is, gone!.is, last!.is], ['entry', 'gone', 'checkpoint']);
  const old = first[0]!.is === 'entry' ? first[0]!.entry.key : '';
  for await (const answer of over.read(folder!, [old], memoryHold()))
    assert.equal(answer.is === 'unread' && answer.trouble.kind, 'missing');
});

test('names that are no UTF-8 are read', async () => {
  file('raw/a.eml');
  writeFileSync(Buffer.from(`${base}/raw/\xe9t\xe9.eml`, 'latin1'), 'A: raw\n\n');
  assert.equal(readdirSync(path.join(base, 'raw')).length, 2);
  const raw = source('raw');
  const [folder] = await raw.folders();
  const keys = (await collect(raw.entries(folder!))).map((entry) => entry.key);
  for await (const answer of raw.read(folder!, keys, memoryHold())) assert.equal(answer.is, 'received');
});

const corpus = corpusDir();

test('real files: as the Gmail API gave them', {
  skip: corpus === null && 'the corpus is absent',
}, async () => {
  const real = openEmlSource({
    path: path.join(corpus!, 'got-your-back/samples/gyb-format'),
    name: 'eml:gyb',
  });
  const [folder, ...others] = await real.folders();
  assert.deepEqual([folder!.path, others], [['2019', '4', '16'], []]);
  const entries = await collect(real.entries(folder!));
  assert.equal(entries.length, 11);
  for await (const answer of real.read(
    folder!,
    entries.map((entry) => entry.key),
    memoryHold(),
  )) {
    assert.ok(answer.is === 'received');
    assert.equal(gather(answer.body).length, entries.find((entry) => entry.key === answer.key)!.size);
  }
});
