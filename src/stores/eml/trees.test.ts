import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { corpusDir } from '../../../test/corpus.ts';
import { writeEmlx } from '../../formats/emlx/emlx.fixture.ts';
import { makeItem } from '../../formats/mapi/item.fixture.ts';
import { mutations } from '../../formats/mapi/mutate.fixture.ts';
import { PidTag } from '../../formats/mapi/properties.ts';
import { writeMsg } from '../../formats/msg/msg.fixture.ts';
import { identify } from '../../mail/identity.ts';
import type { Folder } from '../entry.ts';
import { memoryHold } from '../holds/memory.ts';
import type { Source } from '../source.ts';
import { collect, gather } from '../stand.suite.ts';
import { openEmlSource } from './source.ts';

let base: string;
before(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'eml-trees-'));
});
after(() => rm(base, { recursive: true }));

const source = (name: string): Source => openEmlSource({ path: path.join(base, name), name: `eml:${name}` });

function file(name: string, content: string | Uint8Array = 'A: b\n\nx\n'): void {
  mkdirSync(path.dirname(path.join(base, name)), { recursive: true });
  writeFileSync(path.join(base, name), content);
}

const emlx = (text = 'A: b\n\nx\n') => writeEmlx(Buffer.from(text), { marks: ['\\Seen'], receivedAt: 5000 });

/** Path and role of each folder. */
async function listed(tree: Source): Promise<[string, string | null][]> {
  return (await tree.folders()).map(({ path: segments, role }) => [segments.join(' > '), role]);
}

/** By key: the bytes, or what the trouble says. */
async function readAll(tree: Source, folder: Folder): Promise<Record<string, string>> {
  const keys = (await collect(tree.entries(folder))).map((entry) => entry.key);
  const answers: Record<string, string> = {};
  for await (const answer of tree.read(folder, keys, memoryHold()))
    answers[answer.key.replace(/\/[^/]*$/, '')] =
      answer.is === 'received'
        ? gather(answer.body).toString('latin1')
        : `${answer.trouble.kind}: ${answer.trouble.answer}`;
  return answers;
}

const A = 'AAAAAAAA-1111-2222-3333-444444444444';
const B = 'BBBBBBBB-1111-2222-3333-444444444444';
const STORE = '8D7A2C1E-9F3B-4C5D-8E6F-0A1B2C3D4E5F';

test('Apple Mail: one account, folders by their mailboxes', async () => {
  const top = `apple/V10/${A}`;
  file(`${top}/INBOX.mbox/${STORE}/Data/Messages/7.emlx`, emlx());
  file(`${top}/INBOX.mbox/${STORE}/Data/6/4/1/Messages/146053.emlx`, emlx());
  file(`${top}/INBOX.mbox/Info.plist`, '<plist/>');
  file(`${top}/INBOX.mbox/${STORE}/Data/6/4/1/Attachments/146053/2/forwarded.eml`);
  file(`${top}/Sent Messages.mbox/${STORE}/Data/Messages/8.emlx`, emlx());
  file(`${top}/[Gmail].mbox/All Mail.mbox/${STORE}/Data/Messages/9.emlx`, emlx());
  file(`${top}/Clients.mbox/Été 2019.mbox/${STORE}/Data/Messages/10.emlx`, emlx());
  file(`${top}/Old.imapmbox/Messages/11.emlx`, emlx());
  file('apple/V10/MailData/Envelope Index', 'x');
  file('apple/V10/MailData/notes.txt', 'x');
  const tree = source('apple');
  assert.deepEqual(tree.traits.bytes, 'original');
  assert.equal(tree.traits.marks, true);
  assert.deepEqual(await listed(tree), [
    ['Clients > Été 2019', null],
    ['INBOX', 'inbox'],
    ['Old', null],
    ['Sent Messages', 'sent'],
    ['[Gmail] > All Mail', 'all'],
  ]);
  assert.deepEqual(tree.aside!(), [
    { path: 'V10/MailData/Envelope Index', because: 'index' },
    { path: 'V10/MailData/notes.txt', because: 'no-message' },
  ]);
  const inbox = (await tree.folders())[1]!;
  const entries = await collect(tree.entries(inbox));
  assert.deepEqual(entries.map(({ key }) => key.replace(/\/[^/]*$/, '')).sort(), [
    `${STORE}/Data/6/4/1/Messages/146053.emlx`,
    `${STORE}/Data/Messages/7.emlx`,
  ]);
  for (const { marks, receivedAt, size } of entries)
    assert.deepEqual([marks, receivedAt, size], [['\\Seen'], 5000, 8]);
});

test('Apple Mail: several accounts keep their names, and each has its roles', async () => {
  for (const account of [A, B]) {
    file(`two/V9/${account}/INBOX.mbox/${STORE}/Data/Messages/1.emlx`, emlx());
    file(`two/V9/${account}/Drafts.mbox/${STORE}/Data/Messages/2.emlx`, emlx());
  }
  assert.deepEqual(await listed(source('two')), [
    [`${A} > Drafts`, 'drafts'],
    [`${A} > INBOX`, 'inbox'],
    [`${B} > Drafts`, 'drafts'],
    [`${B} > INBOX`, 'inbox'],
  ]);
  assert.deepEqual(await listed(source(`two/V9/${A}`)), [
    ['Drafts', 'drafts'],
    ['INBOX', 'inbox'],
  ]);
  assert.deepEqual(await listed(source(`two/V9/${A}/INBOX.mbox`)), [['INBOX', 'inbox']]);
});

test('a mark that Apple Mail writes changes no key; a key leads nowhere else', async () => {
  const name = `marked/X.mbox/${STORE}/Data/Messages/1.emlx`;
  file(name, emlx());
  file('marked/secret.eml', 'secret');
  const tree = source('marked');
  const folder = (await tree.folders()).find((each) => each.path[0] === 'X')!;
  const [before] = await collect(tree.entries(folder));
  file(name, writeEmlx(Buffer.from('A: b\n\nx\n'), { marks: ['\\Answered'], receivedAt: 5000 }));
  const [now] = await collect(tree.entries(folder));
  assert.deepEqual([now!.key, now!.marks], [before!.key, ['\\Answered']]);
  const seal = before!.key.slice(before!.key.lastIndexOf('/'));
  for (const key of [
    `../secret.eml${seal}`,
    `${STORE}/../../secret.eml${seal}`,
    `a/b.emlx${seal}`,
    `/${seal}`,
  ])
    for await (const answer of tree.read(folder, [key], memoryHold()))
      assert.equal(answer.is === 'unread' && answer.trouble.kind, 'missing');
});

const PART = ['--x', 'Content-Type: application/pdf; name=a.pdf', 'Content-Transfer-Encoding: base64'];

/** A message with one attachment, as it was and as Apple Mail keeps it. */
function inParts(content: Buffer): { whole: string; partial: string } {
  const lines = content.toString('base64').match(/.{1,76}/g)!;
  const head = ['From: a@example.org', 'Content-Type: multipart/mixed; boundary=x', '', '--x', '', 'text'];
  const end = ['--x--', ''];
  return {
    whole: [...head, ...PART, '', ...lines, ...end].join('\r\n'),
    partial: [...head, ...PART, 'X-Apple-Content-Length: 4000', '', ...end].join('\r\n'),
  };
}

test('Apple Mail: attachments that lie outside come back, to the byte; those that were not fetched are told', async () => {
  const content = Buffer.alloc(150_000, 'quelques octets ');
  const { whole, partial } = inParts(content);
  const data = `parts/X.mbox/${STORE}/Data`;
  for (const id of [1, 2, 3, 4, 5]) file(`${data}/Messages/${id}.partial.emlx`, emlx(partial));
  file(`${data}/Attachments/1/2/whatever.pdf`, content);
  file(`${data}/Attachments/1/2/.DS_Store`, 'x');
  file(
    `${data}/Messages/2.2.emlxpart`,
    whole.slice(whole.indexOf('base64') + 10, whole.indexOf('\r\n--x--')),
  );
  file(`${data}/Attachments/2/2/elsewhere.pdf`, 'x');
  file(`${data}/Attachments/4/2/other.pdf`, 'x');
  file(`${data}/Attachments/4/2/a.pdf`, content);
  file(`${data}/Attachments/5/2/one.pdf`, 'x');
  file(`${data}/Attachments/5/2/two.pdf`, 'x');
  file(`${data}/Messages/6.partial.emlx`, emlx('From: a@example.org\r\n\r\n'));
  const tree = source('parts');
  const [folder] = await tree.folders();
  const answers = await readAll(tree, folder!);
  const of = (id: number) => answers[`${STORE}/Data/Messages/${id}.partial.emlx`]!;
  assert.equal(of(1), whole);
  assert.equal(of(2), whole);
  assert.equal(of(3), 'malformed: attachment 2 (a.pdf) was not fetched by Mail');
  assert.equal(of(4), whole);
  assert.equal(of(5), 'malformed: attachment 2 (a.pdf) is one of several files');
  assert.equal(of(6), 'malformed: Mail has fetched the header only');
  assert.deepEqual(tree.aside!(), []);
});

test('an attachment that comes later makes another message; a link is not followed', async () => {
  const { whole, partial } = inParts(Buffer.from('secret'));
  const data = `later/X.mbox/${STORE}/Data`;
  file(`${data}/Messages/1.partial.emlx`, emlx(partial));
  file('later-secret/a.pdf', 'secret');
  mkdirSync(path.join(base, data, 'Attachments/1'), { recursive: true });
  symlinkSync(path.join(base, 'later-secret'), path.join(base, data, 'Attachments/1/2'));
  const tree = source('later');
  const [folder] = await tree.folders();
  const [before] = await collect(tree.entries(folder!));
  assert.match(Object.values(await readAll(tree, folder!))[0]!, /not fetched/);
  await rm(path.join(base, data, 'Attachments/1/2'));
  file(`${data}/Attachments/1/2/a.pdf`, 'secret');
  const [now] = await collect(tree.entries(folder!));
  assert.notEqual(now!.key, before!.key);
  assert.equal(Object.values(await readAll(tree, folder!))[0], whole);
});

test('Windows Live Mail and Outlook Express: accounts, folders as on disk, what is not read is told', async () => {
  file('live/Mail.MSMessageStore', 'x');
  file('live/Orange (marie)/Inbox/winmail.fol', 'x');
  file('live/Orange (marie)/Inbox/0A1B2C3D-00000001.eml');
  file('live/Orange (marie)/Inbox/Clients 2d/0A1B2C3D-00000002.eml');
  file('live/Orange (marie)/Deleted Items/1.eml');
  file('live/Orange (marie)/Courrier indésirable/1.eml');
  file('live/Storage Folders/DeletedItems/1.eml');
  file('live/Storage Folders/Outlook Express/Inbox.dbx', 'x');
  file('live/Storage Folders/archive.pst', 'x');
  const tree = source('live');
  assert.deepEqual(await listed(tree), [
    ['Orange (marie) > Courrier indésirable', 'junk'],
    ['Orange (marie) > Deleted Items', 'trash'],
    ['Orange (marie) > INBOX', 'inbox'],
    ['Orange (marie) > INBOX > Clients 2d', null],
    ['Storage Folders > DeletedItems', 'trash'],
  ]);
  assert.deepEqual(tree.aside!(), [
    { path: 'Mail.MSMessageStore', because: 'index' },
    { path: 'Orange (marie)/Inbox/winmail.fol', because: 'index' },
    { path: 'Storage Folders/archive.pst', because: 'other-store' },
    { path: 'Storage Folders/Outlook Express/Inbox.dbx', because: 'no-reader' },
  ]);
  assert.deepEqual([tree.traits.bytes, tree.traits.marks], ['original', false]);
});

const letterItem = (messageClass: string) =>
  writeMsg(
    makeItem({
      properties: { [PidTag.MessageClass]: messageClass, [PidTag.Subject]: 'sujet', [PidTag.Body]: 'texte' },
    }),
  );

test('.msg files: mail is rebuilt, other items and damage are told, a message as it is stays', async () => {
  file('outlook/letter.msg', letterItem('IPM.Note'));
  file('outlook/CONTACT.MSG', letterItem('IPM.Contact'));
  file('outlook/plain.msg', 'Subject: as it is\n\nx\n');
  file('outlook/damaged.msg', letterItem('IPM.Note').subarray(0, 700));
  file('outlook/empty.msg', '');
  file('outlook/noise.msg', Buffer.alloc(2000, 255));
  const tree = source('outlook');
  const [folder] = await tree.folders();
  const answers = await readAll(tree, folder!);
  assert.match(answers['letter.msg']!, /^Subject: sujet\r\n[\s\S]*texte/m);
  assert.equal(answers['plain.msg'], 'Subject: as it is\n\nx\n');
  for (const name of ['damaged.msg', 'empty.msg', 'noise.msg']) assert.match(answers[name]!, /^malformed: ./);
  assert.equal(answers['CONTACT.MSG'], undefined);
  assert.deepEqual(tree.aside!(), [{ path: 'CONTACT.MSG', because: 'no-mail' }]);
  await tree.folders();
  assert.equal(tree.aside!().length, 1);
  assert.deepEqual([tree.traits.bytes, tree.traits.marks], ['rebuilt', true]);
});

test('one tree with all three says that its messages may be rebuilt', async () => {
  file('mixed/a.eml');
  file('mixed/b.emlx', emlx());
  assert.equal(source('mixed').traits.bytes, 'original');
  file('mixed/c.msg', letterItem('IPM.Note'));
  const tree = source('mixed');
  assert.equal(tree.traits.bytes, 'rebuilt');
  const [folder] = await tree.folders();
  assert.deepEqual(Object.keys(await readAll(tree, folder!)).sort(), ['a.eml', 'b.emlx', 'c.msg']);
  assert.deepEqual(source('nowhere').traits.bytes, 'original');
});

test('damaged .emlx files are told by name', async () => {
  file('broken/cut.emlx', emlx('A: b\n\nlong enough\n').subarray(0, 20));
  file('broken/count.emlx', '3\nA: b\n\nx\n');
  file('broken/none.emlx', 'A: b\n\nx\n');
  file('broken/good.emlx', emlx());
  symlinkSync(path.join(base, 'broken/good.emlx'), path.join(base, 'broken/link.emlx'));
  const tree = source('broken');
  const [folder] = await tree.folders();
  const answers = await readAll(tree, folder!);
  assert.equal(answers['good.emlx'], 'A: b\n\nx\n');
  assert.match(answers['cut.emlx']!, /^malformed: .*counted/);
  assert.match(answers['count.emlx']!, /^malformed: no property list/);
  assert.match(answers['none.emlx']!, /^malformed: .*count/);
  assert.match(answers['link.emlx']!, /^refused/);
  for await (const answer of tree.read(folder!, await keysIn(tree, folder!), memoryHold()))
    if (answer.is === 'unread')
      assert.match(answer.trouble.on, /^eml:broken broken (?:cut|count|none|link)\.emlx/);
});

async function keysIn(tree: Source, folder: Folder): Promise<string[]> {
  return (await collect(tree.entries(folder))).map(({ key }) => key);
}

test('any damage to a file gives a message or a trouble, never more', async () => {
  const { partial } = inParts(Buffer.from('content'));
  const names = ['a.emlx', 'Messages/b.partial.emlx', 'c.msg'];
  const originals = [emlx(), emlx(partial), letterItem('IPM.Note')];
  const rounds = Number(process.env.MALLEPOSTE_FUZZ ?? 300);
  for (const [n, original] of originals.entries()) {
    const name = `fuzz${n}/${names[n]}`;
    file(name, original);
    const tree = source(`fuzz${n}`);
    const [folder] = await tree.folders();
    let time = 0;
    for (const bytes of mutations([original], rounds)) {
      file(name, bytes);
      time += 10;
      utimesSync(path.join(base, name), time, time);
      const keys = await keysIn(tree, folder!);
      for await (const answer of tree.read(folder!, keys, memoryHold()))
        if (answer.is === 'unread')
          assert.ok(['malformed', 'refused'].includes(answer.trouble.kind), `${n} ${answer.trouble}`);
    }
  }
});

test('a message of 300 MB passes in little memory, whole or in parts', { timeout: 60_000 }, () => {
  const size = 300 * 1024 * 1024;
  mkdirSync(path.join(base, 'large/X.mbox/Data/Messages'), { recursive: true });
  mkdirSync(path.join(base, 'large/X.mbox/Data/Attachments/2/2'), { recursive: true });
  holed('large/a.eml', 'A: b\n\n', size, '');
  const plist = emlx()
    .subarray(11 + 8)
    .toString();
  holed('large/X.mbox/Data/Messages/1.emlx', `${String(size).padEnd(10)}\nA: b\n\n`, 11 + size, plist);
  file('large/X.mbox/Data/Messages/2.partial.emlx', emlx(inParts(Buffer.from('x')).partial));
  const attached = size / 4;
  holed('large/X.mbox/Data/Attachments/2/2/a.pdf', '', attached, '');
  const script = `
    import { openEmlSource } from '${path.resolve(import.meta.dirname, 'source.ts')}';
    const source = openEmlSource({ path: process.argv[1], name: 'large' });
    const before = process.memoryUsage.rss();
    let peak = 0;
    let pieces = 0;
    const begin = () => {
      let size = 0;
      return {
        write(piece) {
          size += piece.length;
          if (pieces++ % 64 === 0) peak = Math.max(peak, process.memoryUsage.rss());
        },
        end: () => size,
        abort() {},
      };
    };
    for (const folder of await source.folders()) {
      const keys = [];
      for await (const { key } of source.entries(folder)) keys.push(key);
      for await (const answer of source.read(folder, keys, { begin })) console.log(answer.is, answer.body);
    }
    console.log('grown', Math.round((peak - before) / 2 ** 20));
  `;
  const output = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', script, path.join(base, 'large')],
    { encoding: 'utf8', timeout: 50_000 },
  );
  const sizes = [...output.matchAll(/^received (\d+)$/gm)]
    .map(([, bytes]) => Number(bytes))
    .sort((a, b) => a - b);
  assert.deepEqual(sizes.slice(1), [size, size]);
  assert.ok(sizes[0]! > (attached * 4) / 3);
  const grown = Number(/grown (\d+)/.exec(output)![1]);
  assert.ok(grown < 100, `${grown} MB`);
});

/** A file of `size` bytes between a beginning and an end, most of it a hole. */
function holed(name: string, start: string, size: number, end: string): void {
  const fd = openSync(path.join(base, name), 'w');
  writeSync(fd, start);
  ftruncateSync(fd, size);
  writeSync(fd, end, size);
  closeSync(fd);
}

const corpus = corpusDir();

test('real .msg files: Outlook’s, and messages of another program that are called so', {
  skip: corpus === null && 'the corpus is absent',
}, async () => {
  const real = openEmlSource({
    path: path.join(corpus!, 'mime4j/core/src/test/resources/testmsgs'),
    name: 'eml:testmsgs',
  });
  const [folder] = await real.folders();
  for await (const answer of real.read(folder!, await keysIn(real, folder!), memoryHold())) {
    const name = answer.key.replace(/\/[^/]*$/, '');
    if (answer.is !== 'received') {
      assert.equal(answer.trouble.kind, 'malformed', name);
      continue;
    }
    const bytes = gather(answer.body);
    const own = readFileSync(path.join(corpus!, 'mime4j/core/src/test/resources/testmsgs', name));
    assert.ok(identify(bytes, { likely: false }).exact === identify(own, { likely: false }).exact, name);
  }
});
