import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { corpusDir } from '../../../test/corpus.ts';
import { makeZip } from '../../formats/zip/zip.fixture.ts';
import { identify } from '../../mail/identity.ts';
import { isTrouble } from '../../trouble.ts';
import { memoryHold } from '../holds/memory.ts';
import type { Source } from '../source.ts';
import { collect, gather } from '../stand.suite.ts';
import { openTakeoutSource } from './source.ts';
import { ALL_MAIL, type Letter, placeTakeout, writeTakeout } from './takeout.fixture.ts';

const base = mkdtempSync(path.join(tmpdir(), 'takeout-test-'));
after(() => rmSync(base, { recursive: true }));
let dirs = 0;
const fresh = (): string => path.join(base, String(++dirs));
const open = (file: string): Source => openTakeoutSource({ path: file, name: `takeout:${file}` });

function letter(n: number, labels: readonly string[] | null, body = `Lettre ${n}.\r\n`): Letter {
  const bytes = Buffer.from(
    `From: Élodie <elodie@example.org>\r\nSubject: lettre ${n}\r\nMessage-ID: <${n}@example.org>\r\n` +
      `Date: Fri, 17 May 2019 09:30:12 +0000\r\n\r\n${body}`,
  );
  return {
    id: 1_628_424_719_502_045_299n + BigInt(n),
    labels,
    bytes,
    receivedAt: 1_552_986_831_000 + n * 1000,
  };
}

async function told(source: Source): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const folder of await source.folders()) {
    const name = `${folder.path.join(' > ')} (${folder.role})`;
    all[name] = [];
    for await (const { key, marks, alsoIn = [] } of source.entries(folder)) {
      for await (const answer of source.read(folder, [key], memoryHold())) {
        const subject =
          answer.is === 'received'
            ? /lettre \d+/.exec(gather(answer.body).toString())![0]
            : answer.trouble.answer!;
        const also = alsoIn.map((each) => each.join(' > ')).join(', ');
        all[name].push([subject, marks.join(' '), also].filter((each) => each !== '').join(' | '));
      }
    }
  }
  return all;
}

test('labels are folders, one message lies in one, the others are told', async () => {
  const file = placeTakeout(fresh(), 'zip', [
    letter(1, ['Inbox', 'Important', 'Unread']),
    letter(2, ['Inbox', 'Opened', 'Starred', 'Category Updates']),
    letter(3, ['Archived', 'Opened']),
    letter(4, ['Inbox', 'Sent', 'Opened', 'Clients/Dupont', 'Clients']),
    letter(5, ['Sent', 'Opened']),
    letter(6, ['Drafts', 'Opened']),
    letter(7, ['Trash', 'Clients', 'Opened']),
    letter(8, ['Spam', 'Unread']),
    letter(9, ['Chat', 'Opened']),
    letter(10, ['Archived', 'Opened', 'Boîte de réception', 'a, "b" c']),
    letter(11, ['Opened', 'Important', 'IMAP_$Forwarded', 'IMAP_Mes notes']),
    letter(12, ['Inbox', 'Sent', 'Opened']),
  ]);
  const source = open(file);
  assert.deepEqual(await told(source), {
    'INBOX (inbox)': ['lettre 1 | Important', 'lettre 2 | \\Flagged \\Seen', 'lettre 12 | \\Seen | Sent'],
    'Archived (archive)': ['lettre 3 | \\Seen'],
    'Clients > Dupont (null)': ['lettre 4 | \\Seen | Clients, INBOX, Sent'],
    'Sent (sent)': ['lettre 5 | \\Seen'],
    'Drafts (drafts)': ['lettre 6 | \\Draft \\Seen'],
    'Trash (trash)': ['lettre 7 | \\Seen'],
    'Spam (junk)': ['lettre 8'],
    'Boîte de réception (null)': ['lettre 10 | \\Seen | a, "b" c'],
    'IMAP_Mes notes (null)': ['lettre 11 | $Forwarded \\Seen | Important'],
  });
  assert.deepEqual(source.aside!(), [{ path: `Takeout/Mail/${ALL_MAIL}: Chat (1)`, because: 'chats' }]);
  await source.close();
});

test('a French export', async () => {
  const file = placeTakeout(fresh(), 'directory', [
    letter(1, ['Boîte de réception', 'Important', 'Non lus']),
    letter(2, ['Boîte de réception', 'Ouvert', 'Suivis', 'Catégorie\u00a0: E-mails personnels']),
    letter(3, ['Messages archivés', 'Ouvert']),
    letter(4, ['Messages archivés', 'Messages envoyés', 'Ouvert', 'Culture, associations, événements']),
    letter(5, ['Messages envoyés', 'Ouvert']),
    letter(6, ['Brouillons', 'Ouvert']),
    letter(7, ['Corbeille', 'Ouvert']),
    letter(8, ['Spam', 'Non lus']),
    letter(9, ['Opened', 'Ouvert', 'Archives']),
  ]);
  const source = open(file);
  assert.deepEqual(await told(source), {
    'INBOX (inbox)': ['lettre 1 | Important', 'lettre 2 | \\Flagged \\Seen'],
    'Messages archivés (archive)': ['lettre 3 | \\Seen'],
    'Culture, associations, événements (null)': ['lettre 4 | \\Seen | Messages envoyés'],
    'Messages envoyés (sent)': ['lettre 5 | \\Seen'],
    'Brouillons (drafts)': ['lettre 6 | \\Draft \\Seen'],
    'Corbeille (trash)': ['lettre 7 | \\Seen'],
    'Spam (junk)': ['lettre 8'],
    'Archives (null)': ['lettre 9 | \\Seen | Opened'],
  });
  await source.close();
});

test('the same message by IMAP and by Takeout is the same, exactly', async () => {
  const odd = [
    'Subject: lettre 1\r\nFrom: a@example.org\r\n\r\nFrom here\r\n\r\n>From there\r\n>>From twice\r\n',
    'Subject: lettre 2\r\nX-Gmail-Labels: not yours\r\nContent-Length: 4\r\n\r\nLonger than four.\r\n',
    'Subject: lettre 3\r\n\r\nno final line end',
    'X-GM-THRID: 12\r\nSubject: lettre 4\r\n\r\n\r\n\r\n',
    `Subject: lettre 5\r\n\r\n\r\nFrom 3f2a9c1 Mon Sep 17 00:00:00 2001\r\nSubject: patch\r\n${'x'.repeat(3_000_000)}`,
  ].map((text) => Buffer.from(text));
  for (const shape of ['zip', 'stored zip', 'mbox'] as const) {
    const letters = odd.map((bytes, n) => ({ ...letter(n, ['Inbox', 'Opened', 'É']), bytes }));
    const source = open(placeTakeout(fresh(), shape, letters));
    const read = await readAll(source);
    assert.deepEqual(
      read.map((bytes) => identify(bytes, { likely: true }).exact),
      // The fourth has a field of Takeout's name in front: it cannot be told from Takeout's own, and stays for it is the second.
      odd.map((bytes) => identify(bytes, { likely: true }).exact),
      shape,
    );
    await source.close();
  }
});

test('a real export: every message once, by its labels', {
  skip: corpusDir() === null ? 'no corpus here' : false,
}, async () => {
  const samples = path.join(corpusDir()!, 'got-your-back/samples/google-takeout/takeout.mbox');
  const source = open(samples);
  const folders = await source.folders();
  assert.deepEqual(
    folders.map(({ path: at, messages }) => [at.join(' > '), messages]),
    [
      ['takeout', 29],
      ['1.Organizační', 1],
      ['X > @s-itsolution.cz (2011-2015) > Procesy > Resource Man. (PLAKA,CLARA2)', 1],
      ["'single-quote", 8],
    ],
  );
  const [, two] = folders;
  const [entry] = await collect(source.entries(two!));
  assert.deepEqual(entry!.alsoIn, [['3. Culture, Hledání ztraceného času'], ['Important']]);
  assert.deepEqual(entry!.marks, ['\\Seen']);
  for (const bytes of await readAll(source)) assert.match(bytes.toString('latin1'), /^Delivered-To:/);
  await source.close();
});

test('parts, copies and whole mailboxes by label: no message twice', async () => {
  const letters = Array.from({ length: 20 }, (_, n) => letter(n, n % 2 ? ['Inbox', 'Paie'] : ['Inbox']));
  const root = fresh();
  placeTakeout(root, 'zips', letters);
  placeTakeout(path.join(root, 'unpacked'), 'directory', letters.slice(5));
  writeFileSync(path.join(root, 'Paie.mbox'), writeTakeout(letters.filter((_, n) => n % 2)));
  const source = open(root);
  assert.deepEqual(await counts(source), { INBOX: 10, Paie: 10 });
  assert.equal((await readAll(source)).length, 20);
  await source.close();
});

test('equal messages that Google did not number are separate ones', async () => {
  const file = path.join(fresh(), 'Projets.mbox');
  mkdirSync(path.dirname(file));
  const text = 'From - Fri May 17 09:30:12 2019\r\nX-Status: F\r\nSubject: lettre 1\r\n\r\nx\r\n\r\n';
  writeFileSync(file, text.repeat(3));
  const source = open(file);
  assert.deepEqual(await told(source), { 'Projets (null)': Array(3).fill('lettre 1 | \\Flagged') });
  await source.close();
});

test('another export of the mailbox: only what differs is told', async () => {
  const root = fresh();
  const before = [letter(1, ['Inbox', 'Unread']), letter(2, ['Inbox', 'Opened']), letter(3, ['Inbox'])];
  const file = placeTakeout(root, 'zip', before);
  const source = open(file);
  const inbox = async () => (await source.folders()).find(({ role }) => role === 'inbox')!;
  const keys = (await collect(source.entries(await inbox()))).map(({ key }) => key);
  const first = await collect(source.changes(await inbox(), null));
  const last = first.at(-1)!;
  placeTakeout(root, 'zip', [
    letter(9, ['Inbox', 'Unread']),
    letter(1, ['Inbox', 'Opened', 'Starred']),
    letter(2, ['Opened', 'Clients']),
    letter(3, ['Inbox']),
  ]);
  const changes = await collect(
    source.changes(await inbox(), last.is === 'checkpoint' ? last.checkpoint : null),
  );
  const [entry, ...others] = changes.slice(0, -1);
  assert.equal(entry!.is, 'entry');
  assert.deepEqual(others, [
    { is: 'marks', key: keys[0], marks: ['\\Flagged', '\\Seen'] },
    { is: 'gone', key: keys[1] },
  ]);
  assert.deepEqual(await counts(source), { INBOX: 3, Clients: 1 });
  await source.close();
});

test('what is no mail, or cannot be read, is told aside by name', async () => {
  const root = fresh();
  placeTakeout(root, 'directory', [letter(1, ['Inbox'])]);
  const text = Buffer.from('x');
  writeFileSync(path.join(root, 'broken.zip'), makeZip([{ name: 'a.mbox', bytes: text }]).subarray(0, 40));
  writeFileSync(path.join(root, 'takeout-002.tgz'), text);
  writeFileSync(path.join(root, 'empty.mbox'), '');
  symlinkSync('/etc/passwd', path.join(root, 'link.mbox'));
  writeFileSync(
    path.join(root, 'other.zip'),
    makeZip([
      { name: 'Takeout/Drive/archive.pst', bytes: text },
      { name: 'Takeout/Drive/inner.zip', bytes: text },
      { name: 'Takeout/Drive/photo.jpg', bytes: text },
      { name: 'Takeout/Mail/link.mbox', bytes: text, mode: 0xa1ff },
    ]),
  );
  const source = open(root);
  assert.deepEqual(await counts(source), { INBOX: 1 });
  assert.deepEqual(
    source.aside!().map(({ path: at, because }) => `${at}: ${because}`),
    [
      'link.mbox: symbolic-link',
      'takeout-002.tgz: no-mbox',
      'broken.zip: unreadable',
      'other.zip: Takeout/Drive/archive.pst: no-mbox',
      'other.zip: Takeout/Drive/inner.zip: no-mbox',
      'other.zip: Takeout/Mail/link.mbox: symbolic-link',
    ],
  );
  await source.close();
});

test('alone, what cannot be read is the trouble', async () => {
  const dir = fresh();
  mkdirSync(dir);
  const cases = { 'a.zip': 'PK\x03\x04 cut', 'b.tgz': '\x1f\x8b\x08\0', 'c.zip': 'no zip' };
  for (const [name, bytes] of Object.entries(cases)) {
    writeFileSync(path.join(dir, name), bytes, 'latin1');
    await assert.rejects(
      () => open(path.join(dir, name)).folders(),
      (error) => isTrouble(error, 'malformed'),
      name,
    );
  }
  await assert.rejects(
    () => open(path.join(dir, 'none')).folders(),
    (error) => isTrouble(error, 'missing'),
  );
});

test('an mbox in an archive that is damaged or locked: every message is told, none is given', async () => {
  const mbox = writeTakeout([letter(1, ['Inbox']), letter(2, ['Inbox'])]);
  const dir = fresh();
  mkdirSync(dir);
  const file = path.join(dir, 'takeout.zip');
  const reasons = async (): Promise<Record<string, string[]>> => {
    const source = open(file);
    const all = await told(source);
    await source.close();
    return all;
  };
  writeFileSync(file, makeZip([{ name: 'Mail/Tout.mbox', bytes: mbox, crc: 7 }]));
  const wrong = 'the checksum (CRC-32) is wrong: the archive is damaged';
  assert.deepEqual(await reasons(), { 'INBOX (inbox)': [`${wrong} | \\Seen`, `${wrong} | \\Seen`] });
  writeFileSync(file, makeZip([{ name: 'Mail/Tout.mbox', bytes: mbox, flags: 1 }]));
  assert.deepEqual(await reasons(), { 'Tout (null)': ['encrypted'] });
  writeFileSync(file, makeZip([{ name: '../../Mail/Tout.mbox', bytes: mbox }]));
  assert.deepEqual(await reasons(), { 'Tout (null)': ['its name is no path'] });
});

test('a file that begins in the middle of a message: its bytes are told, not given', async () => {
  const file = path.join(fresh(), 'Mail-002.mbox');
  mkdirSync(path.dirname(file));
  writeFileSync(
    file,
    Buffer.concat([Buffer.from('rest of a letter\r\n\r\n'), writeTakeout([letter(1, ['Inbox'])])]),
  );
  const source = open(file);
  assert.deepEqual(await told(source), {
    'Mail-002 (null)': ['bytes before the first separator line are no message'],
    'INBOX (inbox)': ['lettre 1 | \\Seen'],
  });
  await source.close();
});

const IO = '/proc/self/io';
test('reading in order, key by key, unpacks an archive once', { skip: !existsSync(IO) }, async () => {
  // Random letters: the archive is as large as the mail.
  const noise = (n: number): string => randomBytes(9000).toString('base64').replace(/.{76}/g, `$&\r\n`) + n;
  const letters = Array.from({ length: 500 }, (_, n) => letter(n, [n % 2 ? 'Inbox' : 'Paie'], noise(n)));
  const file = placeTakeout(fresh(), 'zip', letters);
  const { size } = statSync(file);
  const source = open(file);
  for (const folder of await source.folders()) {
    const keys = (await collect(source.entries(folder))).map(({ key }) => key);
    const before = bytesRead();
    for (const key of keys)
      for await (const answer of source.read(folder, [key], memoryHold()))
        assert.equal(answer.is, 'received');
    const times = (bytesRead() - before) / size;
    assert.ok(times < 1.5, `the archive was read ${times} times`);
  }
  await source.close();
});

function bytesRead(): number {
  return Number(/^rchar: (\d+)/m.exec(readFileSync(IO, 'utf8'))![1]);
}

async function counts(source: Source): Promise<Record<string, number>> {
  const folders = await source.folders();
  return Object.fromEntries(folders.map(({ path: at, messages }) => [at.join(' > '), messages!]));
}

async function readAll(source: Source): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for (const folder of await source.folders()) {
    const keys = (await collect(source.entries(folder))).map(({ key }) => key);
    for await (const answer of source.read(folder, keys, memoryHold())) {
      assert.equal(answer.is, 'received', answer.is === 'unread' ? String(answer.trouble) : '');
      if (answer.is === 'received') all.push(gather(answer.body));
    }
  }
  return all;
}
