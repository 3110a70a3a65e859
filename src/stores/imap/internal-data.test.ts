import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startImapServer } from '../../../test/servers/imap.ts';
import { collect, folderAt, keysOf } from '../stand.suite.ts';
import { openImapSource } from './source.ts';

const BOOK = [
  'Date: 11 Mar 2009 20:59:39 +0100',
  'From: Mail System Internal Data <MAILER-DAEMON@mail.example.org>',
  "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA",
  'Message-ID: <1236801579@mail.example.org>',
  'X-IMAP: 1236801579 0000000007',
  'Status: RO',
  '',
  'This text is part of the internal format of your mail folder, and is not a real message. It is',
  'created automatically by the mail system software. If it is deleted, important folder data will',
  'be lost, and it will be made again with its first values.',
  '',
].join('\r\n');
const LETTER = `From: paul@example.org\r\nSubject: bonjour\r\n\r\n${'à demain '.repeat(40)}\r\n`;
/** Somebody asks what that message was. */
const QUESTION = BOOK.replace(
  'Mail System Internal Data <MAILER-DAEMON@mail.example.org>',
  'marie@example.org',
);

async function shown(messages: readonly string[]) {
  await using server = await startImapServer();
  const box = server.mailbox('marie', 'INBOX');
  for (const bytes of messages) box.add({ bytes });
  const source = openImapSource({
    ...{ name: 'imap://marie@converted/', host: '127.0.0.1', port: server.port, security: 'none' as const },
    ...{ auth: { by: 'password', user: 'marie', password: 'secret' }, lanes: 1 },
  });
  try {
    const inbox = await folderAt(source, ['INBOX']);
    const uids = async () => (await keysOf(source, inbox)).map((key) => Number(key.split('.')[1])).sort();
    const first = await collect(source.changes(inbox, null));
    const told = first.flatMap((change) =>
      change.is === 'entry' ? [Number(change.entry.key.split('.')[1])] : [],
    );
    assert.deepEqual(told.sort(), await uids(), 'entries() tells the same');
    const last = first.at(-1)!;
    assert.ok(last.is === 'checkpoint');
    box.add({ bytes: BOOK });
    const later = await collect(source.changes(inbox, last.checkpoint));
    assert.deepEqual(
      later.map(({ is }) => is),
      ['entry', 'checkpoint'],
      'what comes later is mail',
    );
    return { told, aside: source.aside!() };
  } finally {
    await source.close();
  }
}

test('the account book of an mbox server is told aside, not carried', async () => {
  const { told, aside } = await shown([BOOK, LETTER, LETTER]);
  assert.deepEqual(told, [2, 3]);
  assert.deepEqual(aside, [
    { path: "INBOX: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA", because: 'index' },
  ]);
});

test('exactly that: elsewhere in the folder, or from a person, it is mail', async () => {
  assert.deepEqual((await shown([LETTER, BOOK])).told, [1, 2]);
  assert.deepEqual((await shown([QUESTION, LETTER])).told, [1, 2]);
  assert.deepEqual((await shown([`X-Forwarded: yes\r\n${BOOK.replace(/X-IMAP.*\r\n/, '')}`])).told, [1]);
  assert.deepEqual((await shown([LETTER])).aside, []);
});

test('a folder that holds nothing else', async () => {
  assert.deepEqual((await shown([BOOK])).told, []);
});
