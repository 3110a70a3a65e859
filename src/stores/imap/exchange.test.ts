import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { multipart } from '../../../test/generate/rendered.ts';
import {
  type ExchangeOptions,
  type ExchangeServer,
  GROUPWARE,
  startExchangeServer,
} from '../../../test/servers/imap/exchange.ts';
import { startImapServer } from '../../../test/servers/imap.ts';
import { encodeMailboxName } from '../../wire/imap/index.ts';
import { retrySource } from '../around/retry.ts';
import { memoryHold } from '../holds/memory.ts';
import type { Source } from '../source.ts';
import { collect, folderAt, keysOf, troubleOf } from '../stand.suite.ts';
import { openImapSource } from './source.ts';

const USER = 'marie';
const SECRET = 'secret';

function connect(port: number): Source {
  return openImapSource({
    ...{ name: 'imap://marie@exchange/', host: '127.0.0.1', port, security: 'none' as const },
    auth: { by: 'password', user: USER, password: SECRET },
  });
}

async function exchange<T>(
  options: ExchangeOptions,
  work: (server: ExchangeServer, source: Source) => Promise<T>,
): Promise<T> {
  await using server = await startExchangeServer(options);
  const source = connect(server.port);
  try {
    return await work(server, source);
  } finally {
    await source.close();
  }
}

function paths(folders: readonly { path: readonly string[] }[]): string[] {
  return folders.map(({ path }) => path.join(' / ')).sort();
}

function fill(server: ExchangeServer): void {
  for (const [name, item] of Object.entries(GROUPWARE))
    for (let n = 0; n < 3; n++) server.deliver(USER, name, { bytes: item });
  server.deliver(USER, 'INBOX', { bytes: multipart(1) });
  server.deliver(USER, 'Clients/Notes', { bytes: multipart(2) });
}

suite('Exchange: folders that hold no mail', () => {
  test('are left by name and told with what they hold; a folder of that name further down is mail', async () => {
    await exchange({}, async (server, source) => {
      fill(server);
      server.mailbox(USER, 'Journal');
      assert.deepEqual(paths(await source.folders()), ['Clients / Notes', 'INBOX']);
      assert.deepEqual(
        [...source.aside!()].sort((a, b) => (a.path < b.path ? -1 : 1)),
        [
          { path: 'Calendrier', because: 'no-mail', items: 3 },
          { path: 'Contacts', because: 'no-mail', items: 3 },
          { path: 'Notes', because: 'no-mail', items: 3 },
          { path: 'Problèmes de synchronisation', because: 'no-message', items: 3 },
          { path: 'Tâches', because: 'no-mail', items: 3 },
        ],
      );
    });
  });

  test('mail that somebody filed in one of them is read, the items beside it are not', async () => {
    const received = 'Received: from mx.example by mail.example; Tue, 01 Mar 2022 10:00:00 +0100\r\n';
    await exchange({}, async (server, source) => {
      fill(server);
      const letters = [
        { in: 'Notes', bytes: `${received}From: paul@example.org\r\nSubject: reçue\r\n\r\nx\r\n` },
        {
          in: 'Notes',
          bytes: 'From: marie@example.org\r\nTo: paul@example.org\r\nSubject: sent\r\n\r\nx\r\n',
        },
        {
          in: 'Probl&AOg-mes de synchronisation/Conflits',
          bytes: `${received}Subject: conflict\r\n\r\nx\r\n`,
        },
        {
          in: 'Probl&AOg-mes de synchronisation/Conflits',
          bytes: 'To: marie@example.org\r\nSubject: log\r\n\r\nx\r\n',
        },
      ];
      for (const letter of letters) server.deliver(USER, letter.in, { bytes: letter.bytes });
      const folders = await source.folders();
      assert.deepEqual(paths(folders), [
        'Clients / Notes',
        'INBOX',
        'Notes',
        'Problèmes de synchronisation / Conflits',
      ]);
      const aside = source.aside!();
      assert.deepEqual(
        aside.find(({ path }) => path === 'Notes'),
        { path: 'Notes', because: 'no-mail', items: 3 },
      );
      const notes = await folderAt(source, ['Notes']);
      assert.equal(notes.messages, 2);
      const keys = await keysOf(source, notes);
      assert.deepEqual(
        keys.map((key) => key.split('.')[1]),
        ['4', '5'],
      );
      const told = await collect(source.changes(notes, null));
      assert.deepEqual(
        told.map((change) => (change.is === 'entry' ? change.entry.key : change.is)),
        [...keys, 'checkpoint'],
      );
      const last = told.at(-1)!;
      assert.ok(last.is === 'checkpoint');
      // What comes after the look is mail until it was looked at.
      server.deliver(USER, 'Notes', { bytes: letters[0]!.bytes });
      server.mailbox(USER, 'Notes').remove(4);
      const since = await collect(source.changes(notes, last.checkpoint));
      assert.deepEqual(
        since.map((change) => change.is),
        ['entry', 'gone', 'checkpoint'],
      );
    });
  });

  test('a header that does not come, or is no header, leaves its message in', async () => {
    const tampers: ExchangeOptions['tampers'] = {
      tell(uid, box) {
        if (box.name !== 'Notes' || uid > 2) return null;
        return uid === 1 ? 'nil' : 'leave-out';
      },
    };
    await exchange({ tampers }, async (server, source) => {
      for (let n = 0; n < 3; n++) server.deliver(USER, 'Notes', { bytes: GROUPWARE.Notes });
      const notes = await folderAt(source, ['Notes']);
      assert.deepEqual(
        (await keysOf(source, notes)).map((key) => key.split('.')[1]),
        ['1', '2'],
      );
    });
  });

  test('one that cannot be opened is told; a header that is refused leaves its messages in', async () => {
    const answer: ExchangeOptions['answer'] = ({ name, line }) => {
      if (name === 'EXAMINE' && /Calendrier/.test(line)) return 'NO [NOPERM] not yours';
      return /HEADER/.test(line) ? 'BAD Command Argument Error. 11' : null;
    };
    await exchange({ answer }, async (server, source) => {
      server.deliver(USER, 'Calendrier', { bytes: GROUPWARE.Calendrier });
      server.deliver(USER, 'Notes', { bytes: GROUPWARE.Notes });
      assert.deepEqual(paths(await source.folders()), ['INBOX', 'Notes']);
      assert.deepEqual([...source.aside!()], [{ path: 'Calendrier', because: 'unreadable' }]);
      assert.equal((await keysOf(source, await folderAt(source, ['Notes']))).length, 1);
    });
  });

  test('told to wait in the middle of the look, it goes on where it was', async () => {
    const throttle = { everyMessages: 30, ms: 20, said: () => 'mid-fetch' as const };
    await exchange({ throttle }, async (server, bare) => {
      for (let n = 0; n < 100; n++) server.deliver(USER, 'Contacts', { bytes: GROUPWARE.Contacts });
      for (let n = 0; n < 50; n++) server.deliver(USER, 'Notes', { bytes: GROUPWARE.Notes });
      server.deliver(USER, 'Notes', {
        bytes: multipart(1).toString('latin1').replace('Subject', 'To: x@y.z\r\nSubject'),
      });
      const source = retrySource(bare);
      const folders = await source.folders();
      assert.deepEqual(
        folders.map(({ path, messages }) => [path.join(), messages]),
        [
          ['INBOX', 0],
          ['Notes', 1],
        ],
      );
      assert.deepEqual(
        source.aside!().map(({ items }) => items),
        [100, 50],
      );
      assert.ok(server.throttled.told <= 6, `${server.throttled.told}`);
    });
  });

  test('on a server that is none of these nothing is left, whatever its name', async () => {
    await using server = await startImapServer({
      script: () => ({ greeting: '* OK zimbra.atelier.example Dovecot ready.' }),
    });
    for (const [name, item] of Object.entries(GROUPWARE)) server.mailbox(USER, name).add({ bytes: item });
    const source = connect(server.port);
    const wanted = ['Calendrier', 'Contacts', 'INBOX', 'Notes', 'Problèmes de synchronisation', 'Tâches'];
    assert.deepEqual(paths(await source.folders()), wanted);
    assert.deepEqual([...source.aside!()], []);
    await source.close();
  });

  test('Zimbra is known by ID behind a greeting that says nothing', async () => {
    await using server = await startImapServer({
      script: () => ({ greeting: '* OK IMAP4 ready', id: '("NAME" "Zimbra" "VERSION" "8.8.15_GA_4717")' }),
    });
    const vcard = 'Subject: Paul\r\nContent-Type: text/x-vcard\r\n\r\nBEGIN:VCARD\r\n';
    server.mailbox(USER, 'Emailed Contacts').add({ bytes: vcard });
    server
      .mailbox(USER, 'Chats')
      .add({ bytes: 'From: paul@x\r\nTo: marie@x\r\nSubject: salut\r\n\r\nx\r\n' });
    const source = connect(server.port);
    assert.deepEqual(paths(await source.folders()), ['INBOX']);
    assert.deepEqual(
      source.aside!().map(({ because }) => because),
      ['no-mail', 'chats'],
    );
    await source.close();
  });
});

suite('Exchange: what it says', () => {
  test('IMAP4rev2 that is announced and not spoken is not used', async () => {
    await exchange({ version: 'rev2' }, async (server, source) => {
      server.deliver(USER, 'INBOX', { bytes: multipart(1) });
      await source.folders();
      assert.ok(!server.log.some((line) => / RETURN /.test(line)), server.log.join('\n'));
    });
  });

  test('each way of asking for time is obeyed, on every connection, and everything is read', async () => {
    const told: number[] = [];
    await exchange({ throttle: { everyMessages: 12, ms: 150 } }, async (server, bare) => {
      for (let n = 1; n <= 80; n++)
        server.deliver(USER, n % 2 ? 'INBOX' : 'Clients', { bytes: multipart(n) });
      const source = retrySource(bare, { onWait: ({ ms }) => told.push(ms) });
      const read = await Promise.all(
        [['INBOX'], ['Clients']].map(async (path) => {
          const folder = await folderAt(source, path);
          const keys = await keysOf(source, folder);
          const parts = Array.from({ length: 4 }, (_, n) => keys.slice(n * 10, n * 10 + 10));
          const answers = [];
          for (const part of parts) answers.push(...(await collect(source.read(folder, part, memoryHold()))));
          return answers;
        }),
      );
      assert.equal(read.flat().filter(({ is }) => is === 'received').length, 80);
      assert.ok(server.throttled.told >= 4, JSON.stringify(server.throttled));
      assert.equal(server.throttled.disobeyed, 0);
    });
    assert.ok(told.length >= 4);
  });

  test('told to wait in place of a greeting, it waits', async () => {
    const bye = '* BYE Request is throttled. Suggested Backoff Time: 60 milliseconds';
    await using server = await startImapServer({
      script: ({ connection }) => (connection <= 2 ? { greeting: bye } : {}),
    });
    const waits: number[] = [];
    const source = retrySource(connect(server.port), { onWait: ({ ms }) => waits.push(ms) });
    assert.deepEqual(paths(await source.folders()), ['INBOX']);
    assert.ok(waits.length >= 1 && waits.every((ms) => ms >= 60), `${waits}`);
    await source.close();
  });

  test('cut at every byte of what it says, it is read whole in the end', async () => {
    for (let cutAfterBytes = 1; ; cutAfterBytes += 37) {
      await using server = await startImapServer({
        script: ({ connection }) => ({
          greeting: '* OK The Microsoft Exchange IMAP4 service is ready.',
          ...(connection === 1 ? { cutAfterBytes } : {}),
        }),
      });
      server.mailbox(USER, 'Notes').add({ bytes: GROUPWARE.Notes });
      server.mailbox(USER, 'Notes').add({ bytes: `To: x@example.org\r\nSubject: y\r\n\r\nz\r\n` });
      server.mailbox(USER, 'Contacts').add({ bytes: GROUPWARE.Contacts });
      const source = retrySource(connect(server.port), { firstWaitMs: 1 });
      const told = paths(await source.folders());
      assert.deepEqual(told, ['INBOX', 'Notes'], `cut after ${cutAfterBytes}`);
      assert.deepEqual(
        source.aside!().map(({ items }) => items),
        [1, 1],
      );
      await source.close();
      if (server.connections === 1) break;
    }
  });

  test('a session cut after ten errors is opened anew', async () => {
    let errors = 12;
    const answer: ExchangeOptions['answer'] = ({ name }) =>
      name === 'EXAMINE' && errors-- > 0 ? 'NO Server Unavailable. 15' : null;
    await exchange({ answer }, async (server, bare) => {
      server.deliver(USER, 'INBOX', { bytes: multipart(1) });
      const source = retrySource(bare, { firstWaitMs: 1, longestWaitMs: 5, tries: 20 });
      const folder = await folderAt(source, ['INBOX']);
      assert.equal((await keysOf(source, folder)).length, 1);
      assert.ok(server.connections > 1);
    });
  });

  test('a mailbox that is never connected ends as denied, after a few tries', async () => {
    const answer: ExchangeOptions['answer'] = ({ name }) =>
      /^(LIST|NAMESPACE|LSUB|STATUS)$/.test(name) ? 'BAD User is authenticated but not connected.' : null;
    await exchange({ answer }, async (server, bare) => {
      const source = retrySource(bare, { firstWaitMs: 1 });
      const trouble = await troubleOf(() => source.folders());
      assert.equal(trouble?.kind, 'denied');
      assert.match(trouble?.answer ?? '', /authenticated but not connected/);
      assert.ok(server.connections >= 3 && server.connections <= 6, `${server.connections}`);
    });
  });

  test('and one that is connected at last is read', async () => {
    let refusals = 2;
    const answer: ExchangeOptions['answer'] = ({ name }) =>
      name === 'LIST' && refusals-- > 0 ? 'BAD User is authenticated but not connected.' : null;
    await exchange({ answer }, async (_, bare) => {
      const source = retrySource(bare, { firstWaitMs: 1 });
      assert.deepEqual(paths(await source.folders()), ['INBOX']);
    });
  });

  test('messages it cannot write are told as such, the others of the same command are read', async () => {
    await exchange({ damaged: { INBOX: [2] } }, async (server, source) => {
      for (let n = 1; n <= 3; n++) server.deliver(USER, 'INBOX', { bytes: multipart(n) });
      const folder = await folderAt(source, ['INBOX']);
      const read = await collect(source.read(folder, await keysOf(source, folder), memoryHold()));
      const unread = read.filter((one) => one.is === 'unread');
      assert.deepEqual(
        unread.map((one) => [one.key.split('.')[1], one.trouble.kind]),
        [['2', 'refused']],
      );
    });
  });

  test('a command error for one message costs only that one', async () => {
    const answer: ExchangeOptions['answer'] = ({ name, line }) =>
      name === 'UID FETCH' && /BODY/.test(line) && /FETCH (1:3|1,2,3|2) /.test(line)
        ? 'BAD Command Error. 11'
        : null;
    await exchange({ answer }, async (server, source) => {
      for (let n = 1; n <= 3; n++) server.deliver(USER, 'INBOX', { bytes: multipart(n) });
      const folder = await folderAt(source, ['INBOX']);
      const read = await collect(source.read(folder, await keysOf(source, folder), memoryHold()));
      assert.deepEqual(read.map((one) => one.is).sort(), ['received', 'received', 'unread']);
    });
  });
});

test('names are encoded as the test server has them', () => {
  assert.equal(encodeMailboxName('Tâches'), 'T&AOI-ches');
});
