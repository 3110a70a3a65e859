import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { ImapFlow } from 'imapflow';
import { startDovecot } from '../../../test/servers/dovecot.ts';
import { memoryBody, memoryHold } from '../holds/memory.ts';
import { collect, FOLDER_PATHS, gather } from '../stand.suite.ts';
import { openMaildirSource } from './source.ts';
import { openMaildirTarget } from './target.ts';

const AT = Date.UTC(2019, 4, 17, 9, 30, 12);
const MESSAGES: [string, string[]][] = [
  ['Subject: a\r\n\r\nCRLF\r\n', ['\\Seen']],
  ['Subject: b\n\nbare LF\n', ['\\Flagged', '\\Answered']],
  ['Subject: c\r\n\r\nno end', ['\\Draft', 'Projet', '$Forwarded']],
  ['Just words.\r\n', []],
];

/** What a real Dovecot shows of a Maildir that we wrote, and what we read of one that it wrote. */
test('Dovecot reads what we write, and we read what it writes', { timeout: 60_000 }, async (t) => {
  const server = await startDovecot({ format: 'maildir' });
  if (server === null) return t.skip('no Dovecot can be had here');
  const { host, port, user, password } = server;
  const client = new ImapFlow({
    host,
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: password },
    logger: false,
  });
  try {
    const root = path.join(server.dir, 'home', user, 'maildir');

    const target = openMaildirTarget({ path: root, name: 'maildir:dovecot' });
    const box = await target.prepare(['Été', 'A & B'], null, true);
    const parcels = MESSAGES.map(([text, marks], step) => ({
      ...{ step, marks, receivedAt: AT + step * 1000 },
      body: memoryBody(Buffer.from(text)),
    }));
    assert.equal((await collect(target.put(box, parcels))).length, MESSAGES.length);
    for (const each of FOLDER_PATHS) await target.prepare(each, null, false);

    await client.connect();
    const listed = await client.list();
    const ours = listed.find((each) => each.path === 'Été.A & B');
    assert.ok(ours?.subscribed, 'the folder is there, and subscribed');
    for (const each of FOLDER_PATHS) {
      const plain = each.every((segment) => /^[^./~\\]*$/.test(segment));
      if (plain && each.join('').length < 100)
        assert.ok(
          listed.some((one) => one.path === each.join('.')),
          each.join('.'),
        );
    }
    for (const each of listed) await client.status(each.path, { messages: true });

    const lock = await client.getMailboxLock(ours.path);
    const seen: [string, string[], number][] = [];
    for await (const message of client.fetch('1:*', { source: true, flags: true, internalDate: true }))
      seen.push([
        message.source!.toString(),
        [...message.flags!].filter((flag) => flag !== '\\Recent').sort(),
        new Date(message.internalDate!).getTime(),
      ]);
    await client.messageFlagsAdd('1', ['\\Deleted', 'Nouveau']);
    lock.release();
    const wanted = MESSAGES.map(([text, marks], n) => [
      text.replace(/\r?\n/g, '\r\n'),
      marks.toSorted(),
      AT + n * 1000,
    ]);
    assert.deepEqual(seen.toSorted(), wanted.toSorted());

    await client.append(
      'INBOX',
      Buffer.from('Subject: d\r\n\r\nde Dovecot\r\n'),
      ['\\Seen', 'Facture'],
      new Date(AT),
    );
    const source = openMaildirSource({ path: root, name: 'maildir:dovecot' });
    const folders = await source.folders();
    const inbox = folders.find((folder) => folder.path.join() === 'INBOX')!;
    const [entry] = await collect(source.entries(inbox));
    assert.deepEqual([entry!.marks, entry!.receivedAt], [['Facture', '\\Seen'], AT]);
    for await (const answer of source.read(inbox, [entry!.key], memoryHold()))
      assert.equal(
        answer.is === 'received' && gather(answer.body).toString().replace(/\r?\n/g, '\n'),
        'Subject: d\n\nde Dovecot\n',
      );
    const back = folders.find((folder) => folder.path.join('/') === 'Été/A & B')!;
    const marks = (await collect(source.entries(back))).map((each) => each.marks);
    assert.equal(marks.filter((each) => each.includes('Nouveau') && each.includes('\\Deleted')).length, 1);
    for (const each of FOLDER_PATHS)
      assert.ok(
        folders.some((folder) => folder.path.join('\n') === each.join('\n')),
        each.join('/'),
      );
  } finally {
    client.close();
    await server.stop();
  }
});
