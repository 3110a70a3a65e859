import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startRawServer } from '../../../test/servers/imap/raw.ts';
import { type ImapServer, type ImapServerOptions, startImapServer } from '../../../test/servers/imap.ts';
import { isTrouble } from '../../trouble.ts';
import {
  type Connection,
  connect,
  copy,
  create,
  enable,
  examine,
  expunge,
  fetchListing,
  fetchMessages,
  id,
  list,
  listsSubscribed,
  logout,
  lsub,
  move,
  namespace,
  quota,
  search,
  select,
  status,
  store,
  subscribe,
  unsubscribe,
} from './index.ts';

const auth = { by: 'password', user: 'marie', password: 'secret' } as const;

async function both(
  t: TestContext,
  options: ImapServerOptions = {},
): Promise<{ server: ImapServer; conn: Connection }> {
  const server = await startImapServer(options);
  t.after(() => server.stop());
  return { server, conn: await connect({ host: '127.0.0.1', port: server.port, security: 'none', auth }) };
}

const lengths = {
  begin: () => {
    let bytes = 0;
    return {
      write: (piece: Uint8Array) => {
        bytes += piece.length;
      },
      end: () => bytes,
      abort: () => undefined,
    };
  },
};

test('LIST asks for all the server offers in one command, and for no more', async (t) => {
  const { server, conn } = await both(t);
  server.mailbox('marie', '&AMk-l&AOk-ments', '\\Sent').add({ bytes: 'abc' });
  server.mailbox('marie', 'Holder').selectable = false;
  await subscribe(conn, 'Holder');
  const found = await list(conn, { status: ['MESSAGES', 'SIZE', 'HIGHESTMODSEQ', 'APPENDLIMIT'] });
  assert.deepEqual(
    found.map((one) => [one.handle, one.attributes, one.status?.messages, one.status?.size]),
    [
      ['INBOX', ['\\HasNoChildren'], 0, 0],
      ['&AMk-l&AOk-ments', ['\\HasNoChildren', '\\Sent'], 1, 3],
      ['Holder', ['\\Noselect', '\\Subscribed'], undefined, undefined],
    ],
  );
  assert.ok(listsSubscribed(conn));
  assert.match(
    server.log.at(-1)!,
    /RETURN \(SUBSCRIBED CHILDREN SPECIAL-USE STATUS \(MESSAGES SIZE HIGHESTMODSEQ\)\)$/,
  );
  assert.deepEqual(
    (await lsub(conn)).map((one) => one.handle),
    ['Holder'],
  );
  await unsubscribe(conn, 'Holder');
  assert.deepEqual(await lsub(conn), []);
  await logout(conn);

  const plain = await both(t, { capabilities: ['IMAP4rev1'], delimiter: '.', prefix: 'INBOX.' });
  const bare = await list(plain.conn, { status: ['MESSAGES'] });
  assert.deepEqual(bare, [
    { handle: 'INBOX', delimiter: '.', attributes: ['\\HasNoChildren'], status: null },
  ]);
  assert.ok(!listsSubscribed(plain.conn) && plain.server.log.at(-1)!.endsWith('LIST "" "*"'));
  assert.equal(await namespace(plain.conn), null);
  assert.deepEqual(await enable(plain.conn, ['CONDSTORE']), []);
  assert.equal(await id(plain.conn, { name: 'x' }), null);
  assert.equal(await quota(plain.conn, 'INBOX'), null);
  await assert.rejects(move(plain.conn, '1', 'INBOX'), (error) => isTrouble(error, 'refused'));
  await assert.rejects(expunge(plain.conn, '1'), (error) => isTrouble(error, 'refused'));
  await logout(plain.conn);
});

test('what the server says of itself: NAMESPACE, ID, ENABLE, quota', async (t) => {
  const { server, conn } = await both(t, { prefix: 'INBOX.', delimiter: '.', quotaBytes: 2_048_000 });
  server.mailbox('marie', 'INBOX').add({ bytes: Buffer.alloc(10_240) });
  assert.deepEqual((await namespace(conn))?.personal, [{ prefix: 'INBOX.', delimiter: '.' }]);
  assert.deepEqual(await id(conn, { name: 'malleposte', odd: 'a"b\r\n' }), { name: 'test server' });
  assert.deepEqual(await enable(conn, ['CONDSTORE']), ['CONDSTORE']);
  assert.deepEqual(await quota(conn, 'INBOX'), { usedBytes: 10_240, limitBytes: 2_048_000 });
  await assert.rejects(create(conn, 'outside'), (error) => isTrouble(error, 'refused'));
  await assert.rejects(enable(conn, ['X Y\r\n']), (error) => isTrouble(error, 'refused'));
  await logout(conn);
  await logout(conn);
});

test('SELECT and EXAMINE tell what a folder keeps; a delta asks with CHANGEDSINCE', async (t) => {
  const { server, conn } = await both(t);
  const box = server.mailbox('marie', 'INBOX');
  for (let n = 0; n < 1_200; n++) box.add({ bytes: 'x'.repeat(n), flags: ['$Mot'], internalDate: n * 1000 });
  box.permanentFlags = ['\\Seen'];
  const opened = await select(conn, 'inbox');
  assert.deepEqual(
    [opened.exists, opened.uidNext, opened.uidValidity, opened.permanentFlags, opened.readOnly],
    [1200, 1201, box.uidValidity, ['\\Seen'], false],
  );
  const batches = await Array.fromAsync(fetchListing(conn, '1:*'));
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [500, 500, 200],
  );
  assert.deepEqual(batches[0]![7], {
    uid: 8,
    flags: ['$Mot'],
    internalDate: 7000,
    size: 7,
    modseq: null,
    gmail: null,
    body: null,
  });
  box.mark(box.find(40)!, ['\\Answered']);
  const changed = await Array.fromAsync(
    fetchListing(conn, '1:*', { changedSince: opened.highestModseq!, flagsOnly: true }),
  );
  assert.deepEqual(
    changed.flat().map((row) => [row.uid, row.flags, row.modseq]),
    [[40, ['\\Answered'], String(box.highestModseq)]],
  );
  assert.throws(
    () => fetchListing(conn, '1:*', { changedSince: '5)' }),
    (error) => isTrouble(error, 'refused'),
  );
  assert.equal((await examine(conn, 'INBOX')).readOnly, true);
  await logout(conn);
});

test('headers alone; the labels of Gmail', async (t) => {
  const { server, conn } = await both(t);
  server.mailbox('marie', 'INBOX').add({
    bytes: 'Subject: x\r\n\r\nbody',
    gmail: { id: '1278455344230334865', labels: ['\\Inbox', 'Caf&AOk-', 'a b'] },
  });
  await examine(conn, 'INBOX');
  const [one] = await Array.fromAsync(fetchMessages(conn, '1', lengths, { part: 'header', gmail: true }));
  assert.equal(one?.body, 14);
  assert.deepEqual(one?.gmail, {
    messageId: '1278455344230334865',
    threadId: '1278455344230334865',
    labels: ['\\Inbox', 'Caf&AOk-', 'a b'],
  });
  await logout(conn);
});

test('STORE, COPY, MOVE and UID EXPUNGE tell exactly what they did', async (t) => {
  const { server, conn } = await both(t);
  const box = server.mailbox('marie', 'INBOX');
  for (let n = 0; n < 6; n++) box.add({ bytes: `${n}`, flags: n === 5 ? ['\\Deleted'] : [] });
  const archive = server.mailbox('marie', 'Archive');
  await select(conn, 'INBOX');
  assert.deepEqual([...(await store(conn, '1,99', 'add', ['\\Seen', '$Mot']))], [[1, ['$Mot', '\\Seen']]]);
  assert.deepEqual([...(await store(conn, '1', 'remove', ['\\Seen']))], [[1, ['$Mot']]]);
  assert.deepEqual([...(await store(conn, '1', 'replace', []))], [[1, []]]);
  assert.deepEqual(await copy(conn, '1:2', 'Archive'), {
    uidValidity: archive.uidValidity,
    from: [1, 2],
    to: [1, 2],
  });
  assert.deepEqual(await move(conn, '3', 'Archive'), {
    uidValidity: archive.uidValidity,
    from: [3],
    to: [3],
  });
  await assert.rejects(copy(conn, '1', 'Nowhere'), (error) => isTrouble(error, 'missing'));
  await store(conn, '2', 'add', ['\\Deleted']);
  await expunge(conn, '1:4');
  assert.deepEqual(
    box.messages.map((one) => one.uid),
    [1, 4, 5, 6],
  );
  assert.deepEqual(await search(conn, ['DELETED']), [6]);
  await logout(conn);
});

test('SEARCH as ESEARCH and as of old; texts beyond ASCII go as UTF-8', async (t) => {
  for (const without of [[], ['ESEARCH']]) {
    const { server, conn } = await both(t, { script: () => ({ without }) });
    const box = server.mailbox('marie', 'INBOX');
    for (const text of ['un', 'deux', Buffer.from('été').toString('latin1')])
      box.add({ bytes: `Subject: ${text}\r\n\r\n` });
    await examine(conn, 'INBOX');
    assert.deepEqual(await search(conn, ['UID', '2:*']), [2, 3]);
    assert.deepEqual(await search(conn, ['SUBJECT', { text: 'été' }]), [3]);
    assert.deepEqual(await search(conn, ['SUBJECT', { text: 'x"\r\na9 LOGOUT' }]), []);
    assert.match(server.log.at(-2)!, /CHARSET UTF-8 SUBJECT \{5\+\}$/);
    await assert.rejects(search(conn, ['ALL\r\na9 LOGOUT']), (error) => isTrouble(error, 'refused'));
    await logout(conn);
  }
});

test('CREATE twice is once, also where the server only says that it cannot', async (t) => {
  const { server, conn } = await both(t);
  await create(conn, 'Sent', { use: '\\Sent' });
  await create(conn, 'Sent', { use: '\\Sent' });
  assert.equal(server.mailbox('marie', 'Sent').use, '\\Sent');
  server.script(() => ({
    command: (one) => (one.name === 'CREATE' ? { answer: 'NO Cannot create this folder.' } : null),
  }));
  const second = await connect({ host: '127.0.0.1', port: server.port, security: 'none', auth });
  await create(second, 'Sent');
  await assert.rejects(create(second, 'Other'), (error) => isTrouble(error, 'refused'));
  await logout(second);
  await logout(conn);
});

test('STATUS of a mailbox that the server spells otherwise, or of another one', async () => {
  await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', (line) => {
    const tag = line.split(' ')[0];
    const name = line.includes('inbox') ? 'INBOX' : line.includes('AOk') ? 'e&AwE-' : 'other';
    return `* STATUS ${name} (MESSAGES 5 UIDVALIDITY 0 X-NEW (a b))\r\n${tag} OK\r\n`;
  });
  const conn = await connect({ host: '127.0.0.1', port: server.port, security: 'none' });
  assert.equal((await status(conn, 'inbox', ['MESSAGES'])).messages, 5);
  assert.equal((await status(conn, '&AOk-', ['MESSAGES'])).messages, 5);
  await assert.rejects(status(conn, 'mine', ['MESSAGES']), (error) => isTrouble(error, 'malformed'));
  await assert.rejects(status(conn, 'mine', ['HIGHESTMODSEQ']), (error) => isTrouble(error, 'refused'));
  conn.destroy();
});

test('APPENDLIMIT in the capabilities is known', async (t) => {
  const { conn } = await both(t, { script: () => ({ with: ['APPENDLIMIT=35651584'] }) });
  assert.equal(conn.appendLimit, 35_651_584);
  conn.destroy();
});
