import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Body } from '../hold.ts';
import { memoryBody } from '../holds/memory.ts';
import { collect, keysOf } from '../stand.suite.ts';
import type { Parcel, Target } from '../target.ts';
import { openMaildirTarget } from './target.ts';

let base: string;
before(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'maildir-target-'));
});
after(() => rm(base, { recursive: true }));

const target = (name: string): Target =>
  openMaildirTarget({ path: path.join(base, name), name: `maildir:${name}` });
const AT = Date.UTC(2019, 4, 17, 9, 30, 12);

function parcel(
  step: number,
  marks: readonly string[] = [],
  body: Body = memoryBody(Buffer.from('A: b\r\n\r\nx\r\n')),
): Parcel {
  return { step, body, marks, receivedAt: AT };
}

test('names that would lead out of the tree stay in it', async () => {
  const tree = target('deep/tree');
  const paths = [
    ['..'], ['..', '..', 'etc'], ['../..'], ['/etc/passwd'], ['a\0b'], ['.hidden'], ['~root'], ['cur'], ['', ''],
    ['x'.repeat(255)], ['\u202eltr'], ['e\u0301t\u00e9'], ['\u00e9te\u0301'], ['A'], ['a'], ['CON'], ['\\2e\\2e'],
    Array.from({ length: 50 }, (_, n) => `niveau ${n}`),
  ]; // biome-ignore format: a list
  const handles = new Set<string>();
  for (const each of paths) {
    const place = await tree.prepare(each, null, true);
    assert.deepEqual(place.path, each);
    handles.add(place.handle);
    const [answer] = await collect(tree.put(place, [parcel(1)]));
    assert.equal(answer!.is, 'landed');
  }
  assert.equal(handles.size, paths.length);
  assert.deepEqual(readdirSync(base).sort(), ['deep']);
  assert.deepEqual(readdirSync(path.join(base, 'deep')), ['tree']);
  for (const name of readdirSync(path.join(base, 'deep/tree')))
    assert.match(name, /^(?:\.[ -~]+|subscriptions|cur|new|tmp)$/);
  await assert.rejects(tree.prepare([], null, false), /refused/);
});

test('a directory that holds other things is left alone', async () => {
  mkdirSync(path.join(base, 'home/documents'), { recursive: true });
  await assert.rejects(target('home').prepare(['INBOX'], null, false), /malformed/);
  assert.deepEqual(readdirSync(path.join(base, 'home')), ['documents']);
});

test('files are as the rules of Maildir ask', async () => {
  const tree = target('files');
  const inbox = await tree.prepare(['INBOX'], 'inbox', false);
  const sent = await tree.prepare(['Sent'], 'sent', true);
  await collect(tree.put(inbox, [parcel(1, ['\\Seen', '\\Flagged', 'Projet'])]));
  const [name] = readdirSync(path.join(base, 'files/cur'));
  assert.match(name!, /^\d+\.M\d+P\d+Q\d+R[0-9a-f]{16}\.[^:/]+,S=11:2,FSa$/);
  const stats = statSync(path.join(base, 'files/cur', name!));
  assert.deepEqual([stats.mtimeMs, stats.mode & 0o777], [AT, 0o600]);
  assert.equal(readFileSync(path.join(base, 'files/cur', name!), 'latin1'), 'A: b\r\n\r\nx\r\n');
  assert.equal(readFileSync(path.join(base, 'files/dovecot-keywords'), 'utf8'), '0 Projet\n');
  assert.deepEqual(readdirSync(path.join(base, 'files/tmp')), []);
  assert.equal(readFileSync(path.join(base, 'files/subscriptions'), 'utf8'), 'Sent\n');
  assert.deepEqual(readdirSync(path.join(base, 'files', sent.handle)).sort(), [
    'cur',
    'maildirfolder',
    'new',
    'tmp',
  ]);
});

test('26 keywords have letters, the others are not kept, and the place says so', async () => {
  const tree = target('keywords');
  const place = await tree.prepare(['INBOX'], null, false);
  assert.equal(place.keeps, 'any');
  const names = Array.from({ length: 30 }, (_, n) => `k${n}`);
  await collect(tree.put(place, [parcel(1, names)]));
  const [entry] = await collect(tree.entries(place));
  assert.deepEqual(entry!.marks, names.slice(0, 26).sort());
  const full = await tree.prepare(['INBOX'], null, false);
  assert.ok(
    full.keeps !== 'any' &&
      full.keeps.includes('k25') &&
      full.keeps.includes('\\Seen') &&
      !full.keeps.includes('k26'),
  );
});

test('letters of keywords that nobody names any more survive a mark', async () => {
  const tree = target('letters');
  const place = await tree.prepare(['INBOX'], null, false);
  writeFileSync(path.join(base, 'letters/cur/1.h:2,Sq'), 'A: b\n\n');
  assert.deepEqual(await tree.mark(place, [{ key: '1.h', add: ['\\Flagged'], remove: ['\\Seen'] }]), [
    { key: '1.h', is: 'marked' },
  ]);
  assert.deepEqual(readdirSync(path.join(base, 'letters/cur')), ['1.h:2,Fq']);
});

test('a lock that another program holds is waited for, a forgotten one is taken', async () => {
  const tree = target('locked');
  const place = await tree.prepare(['INBOX'], null, false);
  const lock = path.join(base, 'locked/dovecot-keywords.lock');
  writeFileSync(lock, '');
  setTimeout(() => rm(lock), 200);
  const began = performance.now();
  await collect(tree.put(place, [parcel(1, ['un'])]));
  assert.ok(performance.now() - began > 150);
  assert.deepEqual((await collect(tree.entries(place)))[0]!.marks, ['un']);
});

test('a body that breaks while it is stored leaves nothing', async () => {
  const tree = target('broken');
  const place = await tree.prepare(['INBOX'], null, false);
  const body: Body = {
    size: 10,
    memory: null,
    *chunks() {
      yield Buffer.from('A: b');
      throw new Error('the spool is gone');
    },
    release() {},
  };
  await assert.rejects(collect(tree.put(place, [parcel(1), parcel(2, [], body)])), /the spool is gone/);
  assert.deepEqual(await keysOf(tree, place), []);
  assert.deepEqual(readdirSync(path.join(base, 'broken/tmp')), []);
});

test('a tree of nested directories takes messages but no new Maildir++ folders', async () => {
  for (const sub of ['cur', 'new', 'tmp'])
    mkdirSync(path.join(base, 'nested/Sent', sub), { recursive: true });
  const tree = target('nested');
  const sent = await tree.prepare(['Sent'], null, false);
  assert.equal((await collect(tree.put(sent, [parcel(1)]))).length, 1);
  await assert.rejects(tree.prepare(['Drafts'], null, false), /LAYOUT=fs/);
});

test('2,000 messages, durable', async () => {
  const tree = target('speed');
  const place = await tree.prepare(['INBOX'], null, false);
  const body = memoryBody(Buffer.alloc(12_000, 'x'));
  const began = performance.now();
  const answers = await collect(
    tree.put(
      place,
      Array.from({ length: 2000 }, (_, n) => parcel(n, ['\\Seen'], body)),
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  console.log(`2,000 messages of 12 kB put in ${seconds.toFixed(2)} s`);
  assert.equal(new Set(answers.map((answer) => (answer.is === 'landed' ? answer.key : ''))).size, 2000);
});
