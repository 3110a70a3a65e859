import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Trouble } from '../../trouble.ts';
import type { Folder } from '../entry.ts';
import { memoryHold } from '../holds/memory.ts';
import type { Source } from '../source.ts';
import { collect, gather } from '../stand.suite.ts';
import { NameIndex } from './name-index.ts';
import { openMaildirSource } from './source.ts';

let base: string;
before(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'maildir-source-'));
});
after(() => rm(base, { recursive: true }));

function maildir(name: string | Buffer): void {
  for (const sub of ['', '/cur', '/new', '/tmp'])
    mkdirSync(Buffer.concat([Buffer.from(`${base}/`), Buffer.from(name), Buffer.from(sub)]), {
      recursive: true,
    });
}

const file = (name: string, text = 'A: b\n\nx\n'): void => writeFileSync(path.join(base, name), text);
const source = (name: string): Source =>
  openMaildirSource({ path: path.join(base, name), name: `maildir:${name}` });

async function inbox(of: Source): Promise<Folder> {
  return (await of.folders()).find((folder) => folder.path.join() === 'INBOX')!;
}

async function answers(of: Source, folder: Folder, keys: readonly string[]): Promise<Record<string, string>> {
  const list: [string, string][] = [];
  for await (const answer of of.read(folder, keys, memoryHold()))
    list.push([answer.key, answer.is === 'received' ? gather(answer.body).toString() : answer.trouble.kind]);
  return Object.fromEntries(list);
}

test('Maildir++, nested directories, raw names, subscriptions; links are not followed', async () => {
  maildir('tree');
  maildir('tree/.Sent');
  maildir('tree/.&AMk-t&AOk-.2019');
  maildir(Buffer.from('tree/.Envoy\xe9s', 'latin1'));
  maildir('tree/Archives/2018');
  maildir('elsewhere');
  mkdirSync(path.join(base, 'tree/no-mail/at-all'), { recursive: true });
  symlinkSync(path.join(base, 'elsewhere'), path.join(base, 'tree/.Link'));
  file('tree/subscriptions', 'V\t2\n\nSent\n&AMk-t&AOk-\t2019\n');
  const tree = source('tree');
  const folders = await tree.folders();
  assert.deepEqual(
    folders.map(({ path, selectable, subscribed, role }) => [path.join('/'), selectable, subscribed, role]),
    [
      ['INBOX', true, true, 'inbox'],
      ['Été/2019', true, true, null],
      ['Envoyés', true, false, 'sent'],
      ['Sent', true, true, 'sent'],
      ['Archives', false, false, 'archive'],
      ['Archives/2018', true, false, null],
    ],
  );
  assert.deepEqual(tree.aside!(), [{ path: '.Link', because: 'symbolic-link' }]);
  for (const folder of folders.filter((each) => each.selectable))
    assert.deepEqual(await collect(tree.entries(folder)), []);
  for (const handle of ['..', '../elsewhere', '.Link', 'Archives/../../elsewhere', '/', '.', 'a\0b'])
    await assert.rejects(collect(tree.entries({ ...folders[0]!, handle })), Trouble, handle);
  await assert.rejects(source('tree/no-mail').folders(), /malformed/);
  await assert.rejects(source('absent').folders(), /missing/);
});

test('flags and keywords, whoever wrote them', async () => {
  maildir('flags');
  file('flags/dovecot-keywords', '0 $Forwarded\n2 Projet\nnonsense\n99 x\n');
  const names: [string, string[]][] = [
    ['cur/1.h:2,', []],
    ['cur/2.h,S=8:2,DFRST', ['\\Answered', '\\Deleted', '\\Draft', '\\Flagged', '\\Seen']],
    ['cur/3.h:2,Sac', ['$Forwarded', 'Projet', '\\Seen']],
    ['cur/4.h:2,PSbz', ['$Forwarded', '\\Seen']],
    ['cur/5.h', []],
    ['cur/6.h:1,S', []],
    ['new/7.h', []],
  ];
  for (const [name] of names) file(`flags/${name}`);
  file('flags/cur/.hidden');
  file('flags/tmp/draft');
  const flags = source('flags');
  const entries = (await collect(flags.entries(await inbox(flags)))).toSorted((a, b) =>
    a.key < b.key ? -1 : 1,
  );
  assert.deepEqual(
    entries.map((entry) => entry.marks),
    names.map(([, marks]) => marks),
  );
});

test('a message renamed between listing and reading is found again', async () => {
  maildir('moving');
  for (let n = 0; n < 400; n += 1) file(`moving/new/${n}.h`, `A: ${n}\n\n`);
  const moving = source('moving');
  const folder = await inbox(moving);
  const keys = (await collect(moving.entries(folder))).map((entry) => entry.key);
  for (const key of keys.slice(0, 300))
    renameSync(path.join(base, 'moving/new', key), path.join(base, 'moving/cur', `${key}:2,FS`));
  unlinkSync(path.join(base, 'moving/new', keys[399]!));
  const read = await answers(moving, folder, keys);
  for (const key of keys.slice(0, 399)) assert.equal(read[key], `A: ${Number.parseInt(key, 10)}\n\n`);
  assert.equal(read[keys[399]!], 'missing');
});

test('what is renamed while it is listed is told once', async () => {
  maildir('busy');
  for (let n = 0; n < 3000; n += 1) file(`busy/${n % 2 ? 'new' : 'cur'}/${n}.h${n % 2 ? '' : ':2,'}`, '');
  const busy = source('busy');
  const keys: string[] = [];
  let moves = 0;
  for await (const entry of busy.entries(await inbox(busy))) {
    keys.push(entry.key);
    if (keys.length % 3 !== 0 || moves >= 900) continue;
    const n = moves++;
    const from = n % 2 ? `new/${n}.h` : `cur/${n}.h:2,`;
    renameSync(path.join(base, 'busy', from), path.join(base, 'busy', `cur/${n}.h:2,S`));
  }
  assert.equal(moves, 900);
  assert.equal(new Set(keys).size, 3000);
  assert.equal(keys.length, 3000);
});

test('two files with one unique part are two messages', async () => {
  maildir('twins');
  file('twins/cur/1.h:2,', 'A: one\n\n');
  file('twins/cur/1.h:2,S', 'A: two\n\n');
  file('twins/new/1.h', 'A: three\n\n');
  const twins = source('twins');
  const folder = await inbox(twins);
  const keys = (await collect(twins.entries(folder))).map((entry) => entry.key);
  const texts = Object.values(await answers(twins, folder, keys));
  assert.deepEqual(texts.toSorted(), ['A: one\n\n', 'A: three\n\n', 'A: two\n\n']);
});

test('what is no file is told, not read; strange keys name nothing', async () => {
  maildir('strange');
  file('secret');
  symlinkSync(path.join(base, 'secret'), path.join(base, 'strange/cur/link:2,'));
  execFileSync('mkfifo', [path.join(base, 'strange/new/pipe')]);
  mkdirSync(path.join(base, 'strange/cur/directory'));
  writeFileSync(Buffer.from(`${base}/strange/cur/raw\xe9:2,S`, 'latin1'), 'A: raw\n\n');
  const strange = source('strange');
  const folder = await inbox(strange);
  const keys = (await collect(strange.entries(folder))).map((entry) => entry.key);
  assert.deepEqual(keys.toSorted(), ['link', 'pipe', 'raw\xe9']);
  assert.deepEqual(await answers(strange, folder, keys), {
    link: 'refused',
    pipe: 'refused',
    'raw\xe9': 'A: raw\n\n',
  });
  const bad = [
    '',
    '..',
    '../secret',
    'cur/../../secret',
    '/etc/passwd',
    'tmp/x',
    'cur/',
    'cur/.hidden',
    'a\0b',
  ];
  for (const kind of Object.values(await answers(strange, folder, bad))) assert.equal(kind, 'missing');
});

test('a folder of 8,000 is a stream, and its second pass tells nothing', async () => {
  maildir('large');
  for (let n = 0; n < 8000; n += 1)
    writeFileSync(`${base}/large/cur/1558${n}.M${n}P7.host,S=8:2,S`, 'A: b\n\nx\n');
  const large = source('large');
  const folder = await inbox(large);
  const began = performance.now();
  const changes = await collect(large.changes(folder, null));
  const listed = performance.now();
  assert.equal(changes.length, 8001);
  const keys = changes.flatMap((change) => (change.is === 'entry' ? [change.entry.key] : []));
  let read = 0;
  for await (const answer of large.read(folder, keys, memoryHold())) {
    if (answer.is === 'received') answer.body.release();
    read += 1;
  }
  assert.equal(read, 8000);
  const last = changes.at(-1)!;
  assert.ok(last.is === 'checkpoint');
  console.log(
    `8,000 messages: listed in ${Math.round(listed - began)} ms, read in ${Math.round(performance.now() - listed)} ms, checkpoint ${last.checkpoint.length} bytes`,
  );
  assert.equal((await collect(large.changes(folder, last.checkpoint))).length, 1);
  assert.equal(readdirSync(`${base}/large/new`).length, 0);
});

test('the index finds what was set, and is replaced in place', () => {
  const index = new NameIndex();
  for (let n = 0; n < 50_000; n += 1) assert.ok(index.set(`${n}.host`, n % 3 ? 'cur/:2,S' : 'new/'));
  assert.equal(index.set('7.host', 'cur/:2,RS'), false);
  assert.equal(index.size, 50_000);
  assert.equal(index.get('7.host'), 'cur/:2,RS');
  assert.equal(index.get('8.host'), 'cur/:2,S');
  assert.equal(index.get('9.host'), 'new/');
  assert.equal(index.get('x.host'), null);
});
