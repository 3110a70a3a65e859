import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, open, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { corpusDir } from '../../../test/corpus.ts';
import { Trouble } from '../../trouble.ts';
import type { Change, Folder } from '../entry.ts';
import { memoryHold } from '../holds/memory.ts';
import type { Source } from '../source.ts';
import { collect, gather } from '../stand.suite.ts';
import { type MboxOptions, openMboxSource } from './source.ts';

let root: string;
before(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'mbox-source-'));
});
after(() => rm(root, { recursive: true }));

const POSTMARK = 'From marie@example.org Fri May 17 09:30:12 2019';
const letter = (n: number, body = 'Bonjour.\n'): string => `${POSTMARK}\nSubject: ${n}\n\n${body}\n`;

async function put(name: string, text: string): Promise<string> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text, 'latin1');
  return file;
}

function source(file: string, more: Partial<MboxOptions> = {}): Source {
  return openMboxSource({ path: file, name: `mbox:${file}`, ...more });
}

async function only(of: Source): Promise<Folder> {
  const folders = await of.folders();
  assert.equal(folders.length, 1);
  return folders[0]!;
}

async function readAll(of: Source, folder: Folder): Promise<string[]> {
  const keys = (await collect(of.entries(folder))).map((entry) => entry.key);
  const texts: string[] = [];
  for await (const answer of of.read(folder, keys, memoryHold()))
    texts.push(
      answer.is === 'received' ? gather(answer.body).toString('latin1') : `unread: ${answer.trouble.kind}`,
    );
  return texts;
}

const INTERNAL =
  'From MAILER-DAEMON Thu Jan  1 00:00:00 2009\nDate: 01 Jan 2009 00:00:00 +0000\n' +
  'From: Mail System Internal Data <MAILER-DAEMON@mail.example.org>\n' +
  "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nMessage-ID: <1236796779@mail.example.org>\n" +
  'X-IMAP: 1236697492 0000000010\nStatus: RO\n\nThis text is part of the internal format of your mail folder.\n\n';

test('the account book that a server keeps in the file is told aside, and is no message', async () => {
  await put('uw/mbox', INTERNAL + letter(1) + letter(2));
  const uw = source(path.join(root, 'uw'));
  const [folder] = await uw.folders();
  assert.deepEqual(uw.aside!(), [
    { path: "mbox: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA", because: 'index' },
  ]);
  assert.deepEqual(
    (await readAll(uw, folder!)).map((text) => text.slice(0, 10)),
    ['Subject: 1', 'Subject: 2'],
  );
  assert.deepEqual(shape(await collect(uw.changes(folder!, null))).length, 3);
  await uw.close();
});

test('what only looks like that account book is a message: elsewhere, or of another sender', async () => {
  const file = await put('uw-not', letter(1) + INTERNAL + letter(2));
  assert.equal((await readAll(source(file), await only(source(file)))).length, 3);
  const other = await put('uw-other', INTERNAL.replaceAll('MAILER-DAEMON', 'marie') + letter(2));
  assert.equal((await readAll(source(other), await only(source(other)))).length, 2);
});

function shape(changes: readonly Change[]): string[] {
  return changes.map((change) =>
    change.is === 'entry' ? `entry ${change.entry.key.split('.')[0]}` : change.is,
  );
}

test('a directory is a tree; what is no mail is left and told', async () => {
  await put('tree/Inbox', letter(1));
  await put('tree/Inbox.msf', 'index');
  await put('tree/Inbox.sbd/Clients.sbd/Frontignan', letter(2));
  await put('tree/Sent.mbox', letter(3));
  await put('tree/Drafts', '');
  await put('tree/Apple.mbox/mbox', letter(4));
  await put('tree/Apple.mbox/table_of_contents', 'x');
  await put('tree/msgFilterRules.dat', 'version="9"');
  await put('tree/empty.dat', '');
  await put('tree/.hidden', letter(5));
  await put('outside.mbox', letter(6));
  await symlink(path.join(root, 'outside.mbox'), path.join(root, 'tree/link'));
  const tree = source(path.join(root, 'tree'));
  const folders = await tree.folders();
  assert.deepEqual(
    folders.map((folder) => [folder.path.join(' > '), folder.handle, folder.role]),
    [
      ['Apple', 'Apple.mbox/mbox', null],
      ['Drafts', 'Drafts', 'drafts'],
      ['INBOX', 'Inbox', 'inbox'],
      ['INBOX > Clients > Frontignan', 'Inbox.sbd/Clients.sbd/Frontignan', null],
      ['Sent', 'Sent.mbox', 'sent'],
    ],
  );
  assert.deepEqual(
    tree.aside!().map(({ path, because }) => `${path}: ${because}`),
    ['.hidden: hidden', 'empty.dat: no-mbox', 'link: symbolic-link', 'msgFilterRules.dat: no-mbox'],
  );
  await mkdir(path.join(root, 'beside'));
  await writeFile(path.join(root, 'beside/x'), letter(7));
  await symlink(path.join(root, 'beside'), path.join(root, 'tree/way'));
  for (const handle of ['../outside.mbox', 'link', 'way/x', 'Inbox.sbd/../../outside.mbox', '\0'])
    await assert.rejects(collect(tree.entries({ ...folders[0]!, handle })), Trouble);
  await tree.close();
});

test('names that would be one folder stay two', async () => {
  await put('twins/Inbox', letter(1));
  await put('twins/inbox.mbox', letter(2));
  await put('twins/INBOX', letter(3));
  const paths = (await source(path.join(root, 'twins')).folders()).map((folder) => folder.path.join());
  assert.equal(new Set(paths).size, 3);
  assert.ok(paths.includes('INBOX'));
});

test('names that are no UTF-8 are opened', async () => {
  await put('latin/Sent', letter(1));
  await writeFile(Buffer.from(`${root}/latin/Envoy\xe9s`, 'latin1'), letter(2));
  const latin = source(path.join(root, 'latin'));
  const folder = (await latin.folders()).find((each) => each.path.join() === 'Envoyés')!;
  assert.deepEqual(await readAll(latin, folder), ['Subject: 2\n\nBonjour.\n']);
});

test('a single file is one folder, named after it', async () => {
  for (const [name, folder] of [
    ['inbox.mbox', 'INBOX'],
    ['Sent.mbox', 'Sent'],
    ['archive 2019.MBX', 'archive 2019'],
  ]) {
    const one = await only(source(await put(`single/${name}`, letter(1))));
    assert.deepEqual(one.path, [folder]);
  }
  await assert.rejects(source(await put('single/words.txt', 'no mail')).folders(), /malformed/);
  await assert.rejects(source(path.join(root, 'absent')).folders(), /missing/);
});

test('bytes before the first separator are an entry that cannot be read', async () => {
  const file = source(await put('preamble.mbox', `garbage\n\n${letter(1)}`));
  assert.deepEqual(await readAll(file, await only(file)), ['unread: malformed', 'Subject: 1\n\nBonjour.\n']);
});

test('quoted lines are undone only where the file quotes', async () => {
  const quoted = letter(1, '>From a\n>>From b\n');
  const cases: [string, string, Partial<MboxOptions>][] = [
    [quoted, 'From a\n>From b\n', {}],
    [quoted, 'From a\n>>From b\n', { quoting: 'mboxo' }],
    [quoted + letter(2, 'From here on\n'), '>From a\n>>From b\n', {}],
  ];
  for (const [text, body, options] of cases) {
    const file = source(await put('quoted.mbox', text), options);
    assert.equal((await readAll(file, await only(file)))[0], `Subject: 1\n\n${body}`);
  }
});

test('what was appended is told, what was rewritten is a reset', async () => {
  const name = await put('delta.mbox', letter(1) + letter(2, 'half'));
  const file = source(name);
  const folder = await only(file);
  const first = await collect(file.changes(folder, null));
  const at = letter(1).length;
  let since = (first.at(-1) as { checkpoint: string }).checkpoint;
  // The rest of the last message arrives, and another one.
  await truncate(name, (letter(1) + letter(2, 'half')).length - 1);
  await appendFile(name, ` and whole.\n\n${letter(3)}`);
  const grown = await collect(file.changes(folder, since));
  assert.deepEqual(shape(grown), [
    'gone',
    `entry ${at}`,
    `entry ${at + letter(2, 'half and whole.\n').length}`,
    'checkpoint',
  ]);
  since = (grown.at(-1) as { checkpoint: string }).checkpoint;
  // Compacted: the first message is taken out.
  await writeFile(name, letter(2, 'half and whole.\n') + letter(3));
  assert.deepEqual(shape(await collect(file.changes(folder, since))).slice(0, 2), ['reset', 'entry 0']);
  for await (const answer of file.read(
    folder,
    grown.flatMap((change) => (change.is === 'entry' ? [change.entry.key] : [])),
    memoryHold(),
  ))
    assert.equal(answer.is === 'unread' && answer.trouble.kind, 'missing');
  await writeFile(name, '');
  assert.deepEqual(shape(await collect(file.changes(folder, since))), ['reset', 'checkpoint']);
});

test('a message larger than what is read at once arrives whole', async () => {
  const body = `${'x'.repeat(70)}\n>From y\n>>From z\n`.repeat(40_000);
  const file = source(await put('large.mbox', letter(1, body) + letter(2)));
  const [large] = await readAll(file, await only(file));
  assert.ok(large === `Subject: 1\n\n${body.replace(/^>(>*From )/gm, '$1')}`);
});

test('whatever a file holds, each entry can be read, and all bytes are there', async () => {
  const line = fc.constantFrom(
    ...[
      POSTMARK,
      'From ',
      '>From x',
      '>>From y',
      'A: b',
      'Status: R',
      'X-Mozilla-Status: 0001',
      'Content-Length: 9',
      '',
    ],
    ...[' folded', '\r', 'From - ', `X: ${'x'.repeat(70_000)}`, 'y'.repeat(300_000)],
  );
  const name = path.join(root, 'fuzz.mbox');
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 60 }),
      fc.constantFrom('\n', '\r\n'),
      async (lines, lineEnd) => {
        const text = [POSTMARK, ...lines].join(lineEnd);
        await writeFile(name, text, 'latin1');
        const file = source(name, { quoting: 'none' });
        const folder = await only(file);
        const entries = await collect(file.entries(folder));
        let bytes = 0;
        for await (const answer of file.read(
          folder,
          entries.map((entry) => entry.key),
          memoryHold(),
        )) {
          assert.equal(answer.is, 'received');
          if (answer.is === 'received') bytes += answer.body.size;
        }
        assert.equal(
          bytes,
          entries.reduce((sum, entry) => sum + entry.size, 0),
        );
        // What is in no message: separator lines and one empty line for each message.
        assert.ok(
          text.length - bytes <= entries.length * (POSTMARK.length + 4),
          `${text.length - bytes} bytes`,
        );
      },
    ),
    { numRuns: 150 },
  );
});

test('300 MB pass through bounded memory', { timeout: 30_000 }, async () => {
  const name = path.join(root, 'huge.mbox');
  const block = Buffer.from(
    Array.from({ length: 80 }, (_, n) => letter(n, `${'ligne de lettre\n'.repeat(850)}`)).join(''),
  );
  const out = await open(name, 'w');
  for (let written = 0; written < 300_000_000; written += block.length) await out.write(block);
  await out.close();
  const script = `
    import { openMboxSource } from ${JSON.stringify(import.meta.resolve('./source.ts'))};
    const source = openMboxSource({ path: process.argv[1], name: 'mbox:huge' });
    const [folder] = await source.folders();
    const base = process.memoryUsage().rss;
    const began = performance.now();
    const keys = [];
    for await (const change of source.changes(folder, null)) if (change.is === 'entry') keys.push(change.entry.key);
    const scanned = performance.now();
    let bytes = 0;
    const hold = { begin: () => ({ write: (piece) => { bytes += piece.length; }, end: () => null, abort() {} }) };
    for await (const answer of source.read(folder, keys, hold)) if (answer.is !== 'received') throw answer.trouble;
    const grown = process.resourceUsage().maxRSS * 1024 - base;
    console.log(JSON.stringify({ messages: keys.length, bytes, grown, scan: scanned - began, read: performance.now() - scanned }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, name]);
  const seen = JSON.parse(stdout);
  console.log(`300 MB: ${stdout.trim()}`);
  assert.ok(seen.messages > 20_000 && seen.bytes > 290_000_000);
  assert.ok(seen.grown < 80_000_000, `${seen.grown} bytes more`);
  await rm(name);
});

const corpus = corpusDir();

test('real files: Takeout, Vault, historic', {
  skip: corpus === null && 'the corpus is absent',
}, async () => {
  const counts: Record<string, number> = {
    'google-takeout/takeout.mbox': 39,
    'vault-export-mbox/ubuntu_me@u.jaylee.us_0.mbox': 53,
    'historic-public-mbox/sample.mbox': 15,
    'historic-public-mbox/odd-mails.mbox': 6,
    'historic-public-mbox/mozillaes.mbox': 35,
    'historic-public-mbox/rfc2047-samples.mbox': 11,
  };
  for (const [name, count] of Object.entries(counts)) {
    const file = source(path.join(corpus!, 'got-your-back/samples', name));
    const texts = await readAll(file, await only(file));
    assert.equal(texts.length, count, name);
    assert.ok(
      texts.every((text) => !text.startsWith('From ')),
      name,
    );
    assert.ok(
      texts.every((text) => !text.startsWith('unread')),
      name,
    );
  }
});
