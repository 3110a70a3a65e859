import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRawServer } from '../../../test/servers/imap/raw.ts';
import { type ImapServer, type Script, startImapServer } from '../../../test/servers/imap.ts';
import { isTrouble } from '../../trouble.ts';
import {
  type AppendMessage,
  append,
  type Connection,
  connect,
  list,
  noop,
  select,
  status,
  store,
} from './index.ts';

const MARIE = { by: 'password', user: 'marie', password: 'secret' } as const;
const DATE = Date.UTC(2019, 4, 3, 12, 0, 7);

function to(server: { port: number }, limits = {}): Promise<Connection> {
  return connect({ host: '127.0.0.1', port: server.port, security: 'none', auth: MARIE, limits });
}

function letter(
  text: string,
  flags: readonly string[] = ['\\Seen'],
  internalDate: number | null = DATE,
): AppendMessage {
  const bytes = Buffer.from(text, 'latin1');
  return { flags, internalDate, size: bytes.length, chunks: () => [bytes] };
}

function served(script: Script = {}): Promise<ImapServer> {
  return startImapServer({ script: () => script });
}

const bodies = (server: ImapServer) =>
  server.mailbox('marie', 'INBOX').messages.map((one) => one.bytes.toString('latin1'));

for (const [way, without, added] of [
  ['LITERAL+', [], []],
  ['LITERAL-', ['LITERAL+'], ['LITERAL-']],
  ['synchronising literals', ['LITERAL+'], []],
] as const) {
  test(`append with ${way}: bytes, flags, date, order and UIDs`, async () => {
    await using server = await served({ without, with: added });
    const conn = await to(server);
    const big = 'x'.repeat(300_000);
    const [one, many, last] = await Promise.all([
      append(conn, 'INBOX', [letter('one\r\n', ['$Mot', '\\Flagged'])]),
      append(conn, 'INBOX', [letter(''), letter(big, []), letter('three\0\n', [], null)]),
      append(conn, 'INBOX', [letter('last')]),
    ]);
    assert.deepEqual([one?.uids, many?.uids, last?.uids], [[1], [2, 3, 4], [5]]);
    assert.deepEqual(bodies(server), ['one\r\n', '', big, 'three\0\n', 'last']);
    const [first] = server.mailbox('marie', 'INBOX').messages;
    assert.deepEqual([[...first!.flags], first!.internalDate], [['$Mot', '\\Flagged'], DATE]);
    const appends = server.log.filter((line) => line.includes('APPEND'));
    const waits = appends.map((line) => [...line.matchAll(/\{\d+(\+?)\}/g)].map((m) => m[1]).join(' '));
    const expected = { 'LITERAL+': ['+', '+ + +', '+'], 'LITERAL-': ['+', '+  +', '+'] }[way as string] ?? [
      '',
      '  ',
      '',
    ];
    assert.deepEqual(waits, expected);
    conn.destroy();
  });
}

test('without UIDPLUS, or with an answer that does not fit, the UIDs are not told', async () => {
  await using server = await served({ without: ['UIDPLUS'] });
  const conn = await to(server);
  assert.equal(await append(conn, 'INBOX', [letter('a')]), null);
  conn.destroy();
  for (const code of ['[APPENDUID 1 1:4294967295]', '[APPENDUID 1 x]', '[APPENDUID 1 1:2]', '[APPENDUID]']) {
    await using odd = await served({
      command: (one) => (one.name === 'APPEND' ? { answer: `OK ${code} done` } : null),
    });
    const second = await to(odd);
    assert.equal(await append(second, 'INBOX', [letter('a')]), null);
    second.destroy();
  }
});

test('a refusal harms no other append in flight, whatever the literals', async () => {
  for (const without of [[], ['LITERAL+']]) {
    await using server = await served({
      without,
      append: (one) => (one.bytes.includes('bad') ? 'NO Message contains bare newlines' : null),
      literal: (bytes) => (bytes === 7 ? 'NO [TOOBIG] seven is too big' : null),
    });
    const conn = await to(server);
    const texts = ['good 1', 'bad', '7 bytes', 'good 2', 'bad', 'good 3'];
    const settled = await Promise.allSettled(texts.map((text) => append(conn, 'INBOX', [letter(text)])));
    assert.deepEqual(
      settled.map((one) => one.status === 'fulfilled' || !isTrouble(one.reason, 'refused')),
      [true, false, without.length === 0, true, false, true],
    );
    assert.deepEqual(
      bodies(server),
      texts.filter((text) => text !== 'bad' && (text !== '7 bytes' || without.length === 0)),
    );
    conn.destroy();
  }
});

test('MULTIAPPEND is all or nothing; without it several messages are not sent', async () => {
  await using server = await served({ append: (one) => (one.index === 2 ? 'NO no' : null) });
  const conn = await to(server);
  const three = ['a', 'b', 'c'].map((text) => letter(text));
  await assert.rejects(append(conn, 'INBOX', three), (error) => isTrouble(error, 'refused'));
  assert.deepEqual(bodies(server), []);
  conn.destroy();
  await using single = await served({ without: ['MULTIAPPEND'] });
  const second = await to(single);
  await assert.rejects(append(second, 'INBOX', three), (error) => isTrouble(error, 'refused'));
  await noop(second);
  second.destroy();
});

test('over quota and out of service are full, a missing mailbox is missing', async () => {
  await using server = await startImapServer({ quotaBytes: 10 });
  const conn = await to(server);
  await append(conn, 'INBOX', [letter('123456')]);
  await assert.rejects(append(conn, 'INBOX', [letter('123456')]), (error) => isTrouble(error, 'full'));
  await assert.rejects(append(conn, 'Nowhere', [letter('1')]), (error) => isTrouble(error, 'missing'));
  conn.destroy();
  await using down = await served({ append: () => 'NO [UNAVAILABLE] backend is down' });
  const second = await to(down);
  await assert.rejects(append(second, 'INBOX', [letter('1')]), (error) => isTrouble(error, 'full'));
  second.destroy();
});

test('flags, dates and sizes that no server takes never leave', async () => {
  await using server = await served();
  const conn = await to(server);
  for (const flag of ['\\Recent', 'a b', 'é', 'x)\r\na9 DELETE INBOX\r\n']) {
    await assert.rejects(append(conn, 'INBOX', [letter('a', [flag])]), (error) =>
      isTrouble(error, 'refused'),
    );
    await select(conn, 'INBOX');
    await assert.rejects(store(conn, '1', 'add', [flag]), (error) => isTrouble(error, 'refused'));
  }
  for (const date of [Number.NaN, 1e16, -1e15]) {
    await assert.rejects(append(conn, 'INBOX', [letter('a', [], date)]), (error) =>
      isTrouble(error, 'refused'),
    );
  }
  await assert.rejects(append(conn, 'INBOX', []), (error) => isTrouble(error, 'refused'));
  assert.ok(!server.log.some((line) => /^a\d+ (APPEND|UID STORE)/.test(line)));
  conn.destroy();
});

test('a body that is shorter or longer than it said, or cannot be read, ends the connection: no mail becomes commands', async () => {
  for (const size of [3, 9]) {
    await using server = await served();
    const conn = await to(server);
    const lying = { ...letter('12345'), size };
    const other = append(conn, 'INBOX', [letter('behind')]);
    await assert.rejects(append(conn, 'INBOX', [lying]), /gave/);
    await assert.rejects(noop(conn), (error) => isTrouble(error, 'lost'));
    await other.catch(() => undefined);
    assert.ok(!bodies(server).some((text) => text.startsWith('123')));
  }
  await using server = await served();
  const conn = await to(server);
  const broken = {
    ...letter('12345'),
    *chunks() {
      yield Buffer.from('123');
      throw new TypeError('disk');
    },
  };
  await assert.rejects(append(conn, 'INBOX', [broken]), TypeError);
  assert.ok(conn.closed);
});

test('attack: an OK that never comes, a cut behind the last byte: lost, and nothing else', async () => {
  await using server = await served({ command: (one) => (one.name === 'APPEND' ? 'swallow' : null) });
  const conn = await to(server);
  const both = [append(conn, 'INBOX', [letter('a')]), append(conn, 'INBOX', [letter('b')])];
  for (const one of both) await assert.rejects(one, (error) => isTrouble(error, 'lost'));
  assert.deepEqual(bodies(server), ['a']);
});

test('synchronising literals cost one round trip each, not two: the next command goes behind the literal', async () => {
  const events: string[] = [];
  await using server = await startRawServer('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n', (line) => {
    events.push(line.replace(/ .*\{/, ' {'));
    if (/\}$/.test(line)) return '+ go\r\n';
    return null;
  });
  const conn = await to(server);
  const first = append(conn, 'INBOX', [letter('aaa', [], null)]);
  const second = append(conn, 'INBOX', [letter('bbb', [], null)]);
  const third = list(conn);
  for (const one of [first, second, third]) one.catch(() => undefined);
  const deadline = performance.now() + 2_000;
  while (events.length < 5 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 5));
  // No tagged answer was ever given, and yet all of it is there.
  assert.deepEqual(events, ['a1 {3}', 'aaa', 'a2 {3}', 'bbb', 'a3 LIST "" "*"']);
  conn.destroy();
});

test('a large body waits for the server to read: memory stays bounded, and the rest of the queue too', async () => {
  await using server = await startRawServer(
    '* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n',
    (line, socket) => {
      if (/APPEND/.test(line)) socket.pause();
      return null;
    },
  );
  const conn = await to(server);
  let asked = 0;
  const piece = Buffer.alloc(64 * 1024, 'x');
  const size = 300_000_000;
  const huge = {
    ...letter(''),
    size,
    *chunks() {
      for (; asked < size; asked += piece.length)
        yield piece.subarray(0, Math.min(piece.length, size - asked));
    },
  };
  const promise = append(conn, 'INBOX', [huge]);
  promise.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(asked < 30_000_000, `${asked} bytes were asked for while the server read nothing`);
  conn.destroy();
  await assert.rejects(promise, (error) => isTrouble(error, 'lost'));
});

test('a thousand commands at once leave together and are answered by their tags', async () => {
  await using server = await served();
  const conn = await to(server);
  for (let n = 0; n < 50; n++) server.mailbox('marie', `f${n}`).add({ bytes: 'x'.repeat(n) });
  const asked = Array.from({ length: 1000 }, (_, n) => status(conn, `f${n % 50}`, ['MESSAGES', 'SIZE']));
  const told = await Promise.all(asked);
  told.forEach((one, n) => {
    assert.equal(one.size, n % 50);
  });
  conn.destroy();
});

test('pieces that are used again behind the call arrive as they were', async () => {
  await using server = await served();
  const conn = await to(server);
  const shared = Buffer.alloc(100_000);
  const reused = {
    ...letter(''),
    size: 500_000,
    *chunks() {
      for (const char of 'abcde') {
        shared.fill(char);
        yield shared;
      }
    },
  };
  await append(conn, 'INBOX', [reused]);
  assert.equal(bodies(server)[0], [...'abcde'].map((char) => char.repeat(100_000)).join(''));
  conn.destroy();
});
