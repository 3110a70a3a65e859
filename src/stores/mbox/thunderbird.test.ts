import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { writeMsf } from '../../formats/mork/mork.fixture.ts';
import type { Folder } from '../entry.ts';
import { openFiles } from '../files.ts';
import { memoryHold } from '../holds/memory.ts';
import type { Source } from '../source.ts';
import { collect, gather } from '../stand.suite.ts';
import { openMboxSource } from './source.ts';
import { findMboxes } from './tree.ts';

let base: string;
before(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'thunderbird-'));
});
after(() => rm(base, { recursive: true }));

const profile = (name: string): Source =>
  openMboxSource({ path: path.join(base, name), name: `mbox:${name}` });

interface LetterFacts {
  status?: string;
  status2?: string;
  keys?: string;
  /** The line before it. Newer versions write neither sender nor date. */
  postmark?: string;
}

/** As Thunderbird lets it lie in its file. */
function letter(n: number, facts: LetterFacts = {}): string {
  const {
    status = '0000',
    status2 = '00000000',
    keys = '',
    postmark = 'From - Fri May 17 09:30:12 2019',
  } = facts;
  return (
    `${postmark}\r\nX-Mozilla-Status: ${status}\r\nX-Mozilla-Status2: ${status2}\r\n` +
    `X-Mozilla-Keys: ${keys.padEnd(80)}\r\nFrom: a@example.org\r\nSubject: ${n}\r\n\r\nBonjour ${n}.\r\n\r\n`
  );
}

function file(name: string, content: string | Uint8Array = letter(1)): void {
  mkdirSync(path.dirname(path.join(base, name)), { recursive: true });
  writeFileSync(path.join(base, name), content);
}

async function listed(tree: Source): Promise<[string, string | null][]> {
  return (await tree.folders()).map(({ path: segments, role }) => [segments.join(' > '), role]);
}

const HASHED = 'Clients du bassin de Thau et de la plaine de 1a2b3c4d';
const LONG = 'Clients du bassin de Thau et de la plaine de Montpellier, de Nîmes et de Sète / 2019';

test('a profile: accounts, their folders and roles; servers’ folders that were not fetched are told', async () => {
  file('many/prefs.js', 'user_pref("a", 1);\n');
  const imap = 'many/ImapMail/ssl0.example.net';
  file(`${imap}/INBOX`);
  file(`${imap}/INBOX.msf`, writeMsf('INBOX'));
  file(`${imap}/INBOX.sbd/Éléments envoyés`);
  file(`${imap}/Sent.msf`, writeMsf('Sent'));
  file(`${imap}/Junk`, '');
  file('many/Mail/ssl0.example.net/Inbox');
  file('many/Mail/ssl0.example.net/Inbox.msf', writeMsf('Inbox'));
  file('many/Mail/ssl0.example.net/popstate.dat', 'x');
  file('many/Mail/Local Folders/Unsent Messages');
  file('many/Mail/Local Folders/Archives.sbd/2019');
  file('many/Mail/Local Folders/Trash', '');
  const tree = profile('many');
  assert.deepEqual(await listed(tree), [
    ['ssl0.example.net > INBOX', 'inbox'],
    ['ssl0.example.net > INBOX > Éléments envoyés', 'sent'],
    ['ssl0.example.net > Junk', 'junk'],
    ['Local Folders > Archives > 2019', null],
    ['Local Folders > Trash', 'trash'],
    ['Local Folders > Unsent Messages', 'outbox'],
    ['ssl0.example.net (2) > INBOX', 'inbox'],
  ]);
  assert.deepEqual(tree.aside!(), [
    { path: 'ImapMail/ssl0.example.net/Sent.msf', because: 'no-mbox' },
    { path: 'Mail/ssl0.example.net/popstate.dat', because: 'no-mbox' },
    { path: 'prefs.js', because: 'no-mbox' },
  ]);
});

test('a profile with one account has its folders at the top; so has the directory of an account', async () => {
  file('one/profiles/x.default/prefs.js', 'x');
  file('one/profiles/x.default/Mail/pop.example.org/Inbox');
  file('one/profiles/x.default/Mail/pop.example.org/Sent');
  const folders = [
    ['INBOX', 'inbox'],
    ['Sent', 'sent'],
  ];
  assert.deepEqual(await listed(profile('one/profiles/x.default')), folders);
  assert.deepEqual(await listed(profile('one/profiles/x.default/Mail/pop.example.org')), folders);
  assert.deepEqual(await listed(profile('one')), folders);
  file('alone/ImapMail/a/INBOX');
  file('alone/ImapMail/b/INBOX');
  assert.deepEqual(await listed(profile('alone/ImapMail')), [
    ['a > INBOX', 'inbox'],
    ['b > INBOX', 'inbox'],
  ]);
  file('plain/Mail/a/Inbox');
  assert.deepEqual(await listed(profile('plain')), [['Mail > a > Inbox', null]], 'not Thunderbird’s');
});

test('names that Thunderbird could not give to a file come from its index', async () => {
  file(`hashed/${HASHED}`);
  file(`hashed/${HASHED}.msf`, writeMsf(LONG));
  file(`hashed/${HASHED}.sbd/deadbeef`);
  file(`hashed/${HASHED}.sbd/deadbeef.msf`, writeMsf('a:b', 'inline'));
  file('hashed/Other deadbeef');
  file('hashed/Other deadbeef.msf', writeMsf('Not this one'));
  file('hashed/Alone deadbeef');
  file('hashed/Link deadbeef');
  symlinkSync('/dev/zero', path.join(base, 'hashed/Link deadbeef.msf'));
  assert.deepEqual(
    (await listed(profile('hashed'))).map(([name]) => name),
    ['Alone deadbeef', LONG, `${LONG} > a:b`, 'Link deadbeef', 'Other deadbeef'],
  );
});

test('folders that keep each message as a file are told', async () => {
  file('maildir/Mail/Local Folders/Inbox/cur/1234.eml', 'A: b\n\nx\n');
  mkdirSync(path.join(base, 'maildir/Mail/Local Folders/Inbox/tmp'));
  file('maildir/Mail/Local Folders/Sent');
  file('maildir/prefs.js', 'x');
  file('maildir/Mail/Local Folders/old/Inbox.dbx', 'x');
  file('maildir/Mail/Local Folders/old/letter.eml', 'A: b\n\nx\n');
  const tree = profile('maildir');
  assert.deepEqual(await listed(tree), [['Sent', 'sent']]);
  assert.deepEqual(tree.aside!().slice(0, 3), [
    { path: 'Mail/Local Folders/Inbox', because: 'other-store' },
    { path: 'Mail/Local Folders/old/Inbox.dbx', because: 'no-reader' },
    { path: 'Mail/Local Folders/old/letter.eml', because: 'other-store' },
  ]);
});

async function marksIn(tree: Source): Promise<string[]> {
  const [folder] = await tree.folders();
  return (await collect(tree.entries(folder!))).map(({ marks }) => marks.join(' '));
}

test('marks: both fields of the status, keys with their spaces, keys on several lines', async () => {
  const cases: [LetterFacts, string][] = [
    [{ status: '0001' }, '\\Seen'],
    [{ status: '0003' }, '\\Answered \\Seen'],
    [{ status: '1005' }, '$Forwarded \\Flagged \\Seen'],
    [{ status: '0009' }, '\\Deleted \\Seen'],
    [{ status: 'E011', status2: '10000000' }, '\\Seen'],
    [{ status2: '00200000' }, '\\Deleted'],
    [{ status: '0001', status2: '00800000' }, '$MDNSent \\Seen'],
    [{ status2: '04000000' }, '$Label2'],
    [{ status2: '0E000000' }, ''],
    [{ status2: '0000ffff' }, ''],
    [{ status: 'zzzz', status2: '1' }, ''],
    [{ keys: '$label1 nonjunk à_faire client-dupont' }, '$label1 client-dupont nonjunk'],
    [{ keys: 'one\r\n two\r\n\tthree\r\nX-Other: no' }, 'one three two'],
  ];
  file('marks/Inbox', cases.map(([facts], n) => letter(n, facts)).join(''));
  assert.deepEqual(
    await marksIn(profile('marks')),
    cases.map(([, marks]) => marks),
  );
});

async function textsOf(tree: Source, folder: Folder): Promise<string[]> {
  const keys = (await collect(tree.entries(folder))).map((entry) => entry.key);
  const texts: string[] = [];
  for await (const answer of tree.read(folder, keys, memoryHold()))
    texts.push(
      answer.is === 'received'
        ? (/Bonjour \d+/.exec(gather(answer.body).toString())?.[0] ?? '')
        : `${answer.trouble.kind}: ${answer.trouble.answer}`,
    );
  return texts;
}

test('deleted messages lie there until the file is compacted; then the others are the same', async () => {
  const [one, gone, three] = [letter(1, { status: '0001' }), letter(2, { status: '0009' }), letter(3)];
  file('compact/Inbox', one + gone + three);
  const tree = profile('compact');
  const [folder] = await tree.folders();
  assert.deepEqual(await marksIn(tree), ['\\Seen', '\\Deleted \\Seen', '']);
  const before = await textsOf(tree, folder!);
  assert.deepEqual(before, ['Bonjour 1', 'Bonjour 2', 'Bonjour 3']);
  const changes = await collect(tree.changes(folder!, null));
  const last = changes.at(-1)!;
  file('compact/Inbox', one + three);
  assert.deepEqual(await textsOf(tree, folder!), ['Bonjour 1', 'Bonjour 3']);
  const since = await collect(tree.changes(folder!, last.is === 'checkpoint' ? last.checkpoint : null));
  assert.deepEqual(
    since.map(({ is }) => is),
    ['reset', 'entry', 'entry', 'checkpoint'],
  );
});

test('separators of newer versions; a message of which only the beginning was fetched is not copied', async () => {
  const bare = { postmark: 'From ' };
  file('new/Inbox', letter(1, bare) + letter(2, { ...bare, status: '0401' }) + letter(3, bare));
  const tree = profile('new');
  const [folder] = await tree.folders();
  assert.deepEqual(await textsOf(tree, folder!), [
    'Bonjour 1',
    'malformed: Thunderbird has fetched only the beginning of it',
    'Bonjour 3',
  ]);
});

test('reading changes nothing in a profile', async () => {
  file('still/ImapMail/a/INBOX');
  file('still/ImapMail/a/INBOX.msf', writeMsf('INBOX'));
  const before = readFileSync(path.join(base, 'still/ImapMail/a/INBOX'));
  const tree = profile('still');
  const [folder] = await tree.folders();
  await textsOf(tree, folder!);
  assert.ok(readFileSync(path.join(base, 'still/ImapMail/a/INBOX')).equals(before));
});

test('a directory in which nobody may look is named, and the rest is read', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'mbox-'));
  try {
    for (const name of ['a', 'closed', 'z']) {
      mkdirSync(path.join(root, name));
      writeFileSync(path.join(root, name, 'mail'), 'From a@x Mon Jan  1 10:00:00 2024\nSubject: x\n\nx\n');
    }
    const files = openFiles(root);
    // Whoever runs this may be allowed everything.
    const stats = files.stats.bind(files);
    files.stats = (handle) => {
      if (!handle.startsWith('closed/')) return stats(handle);
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    };
    const { files: found, aside } = await findMboxes(files);
    assert.deepEqual(
      found.map(({ handle }) => handle),
      ['a/mail', 'z/mail'],
    );
    assert.deepEqual(aside, [{ path: 'closed', because: 'unreadable' }]);
  } finally {
    await rm(root, { recursive: true });
  }
});
