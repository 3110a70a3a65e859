import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onWire } from '../../../test/servers/pop3/session.ts';
import { type Pop3Server, type Script, startPop3Server } from '../../../test/servers/pop3.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { retrySource } from '../around/retry.ts';
import type { Change } from '../entry.ts';
import { memoryHold } from '../holds/memory.ts';
import type { Source } from '../source.ts';
import { collect, folderAt, gather, keysOf, letter, letters, readKeys, tallyHold } from '../stand.suite.ts';
import { openPop3Source } from './source.ts';

function open(server: Pop3Server): Source {
  return openPop3Source({
    name: `pop3://marie@127.0.0.1:${server.port}/`,
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    auth: { by: 'password', user: 'marie', password: 'secret' },
    timeouts: { silenceMs: 1_000, listSilenceMs: 1_000, bodyBytes: 2_000_000 },
  });
}

const inbox = (source: Source) => folderAt(source, ['INBOX']);

/** Kinds and keys of what is told since, and the next checkpoint. */
async function told(
  source: Source,
  since: string | null,
): Promise<{ kinds: string[]; changes: Change[]; next: string }> {
  const changes = await collect(source.changes(await inbox(source), since));
  const last = changes.at(-1)!;
  assert.ok(last.is === 'checkpoint');
  return { kinds: changes.map((change) => change.is), changes, next: last.checkpoint };
}

async function keysIn(server: Pop3Server): Promise<string[]> {
  const source = open(server);
  try {
    return await keysOf(source, await inbox(source));
  } finally {
    await source.close();
  }
}

async function bytesIn(source: Source, keys?: readonly string[]): Promise<string[]> {
  const folder = await inbox(source);
  const read = await readKeys(source, folder, keys ?? (await keysOf(source, folder)));
  return read.map(({ bytes }) => bytes.toString('latin1'));
}

const text = (n: number): string => Buffer.from(letter(n).bytes).toString('latin1');

async function withScript(script: Script, count = 5): Promise<Pop3Server> {
  const server = await startPop3Server({ script: () => script });
  for (const { bytes } of letters(count)) server.maildrop('marie').add({ bytes });
  return server;
}

// ── keys ───────────────────────────────────────────────────────────────────────────────────────────────────────────

test('unique-ids are the keys; longer than 128 characters they are digested; the same in the next session', async () => {
  await using server = await withScript({}, 0);
  const drop = server.maildrop('marie');
  const uids = ['a', '.dot', 'x'.repeat(128), 'x'.repeat(129), 'y'.repeat(500)];
  for (const [n, uid] of uids.entries()) drop.add({ bytes: letter(n).bytes, uid });
  const keys = await keysIn(server);
  assert.deepEqual(keys.slice(0, 3), ['ua', 'u.dot', `u${'x'.repeat(128)}`]);
  assert.ok(keys.slice(3).every((key) => key.length === 65));
  assert.deepEqual(await keysIn(server), keys);
});

test('repeated and empty unique-ids: those messages are named by what they hold, the others keep theirs', async () => {
  await using server = await withScript({}, 0);
  const drop = server.maildrop('marie');
  for (const [n, uid] of ['one', 'same', 'same', '', 'two', ''].entries())
    drop.add({ bytes: letter(n).bytes, uid });
  const keys = await keysIn(server);
  assert.equal(new Set(keys).size, 6);
  assert.deepEqual([keys[0], keys[4]], ['uone', 'utwo']);
  drop.remove(drop.messages[0]!);
  assert.deepEqual(await keysIn(server), keys.slice(1));
  const source = open(server);
  assert.deepEqual(await bytesIn(source, keys.slice(1)), [1, 2, 3, 4, 5].map(text));
  await source.close();
});

for (const [title, without] of [
  ['no UIDL', ['UIDL']],
  ['neither UIDL nor TOP', ['UIDL', 'TOP']],
  ['neither UIDL nor TOP nor CAPA', ['UIDL', 'TOP', 'CAPA']],
] as const) {
  test(`${title}: a message keeps its key wherever it lies, two that are the same have two`, async () => {
    await using server = await withScript({ without }, 3);
    const drop = server.maildrop('marie');
    const twin = drop.add({ bytes: letter(2).bytes });
    const [one, two, three, again] = await keysIn(server);
    assert.equal(new Set([one, two, three, again]).size, 4);
    drop.messages.unshift(drop.messages.pop()!);
    drop.add({ bytes: letter(9).bytes });
    const keys = await keysIn(server);
    assert.deepEqual([keys[1], keys[3]], [one, three]);
    assert.deepEqual([keys[0], keys[2]].sort(), [two, again].sort());
    drop.remove(twin);
    assert.ok((await keysIn(server)).includes(three!));
  });

  test(`${title}: what an mbox server writes into the header does not make another message of it`, async () => {
    await using server = await withScript({ without }, 3);
    const before = await keysIn(server);
    for (const message of server.maildrop('marie').messages)
      message.bytes = Buffer.from(
        message.bytes.toString('latin1').replace('\r\n\r\n', '\r\nStatus: RO\r\nX-UID: 17\r\n\r\n'),
        'latin1',
      );
    assert.deepEqual(await keysIn(server), before);
  });
}

test('no UIDL: headers that are the same, bodies that are not: each key names its own message', async () => {
  await using server = await withScript({ without: ['UIDL'] }, 0);
  const drop = server.maildrop('marie');
  const head = 'Subject: draft\r\nMessage-ID: <1@b>\r\n\r\n';
  for (const body of ['first', 'second', 'third']) drop.add({ bytes: `${head}${body}\r\n` });
  const keys = await keysIn(server);
  drop.messages.reverse();
  assert.deepEqual(await keysIn(server), [...keys].reverse());
  const source = open(server);
  assert.deepEqual(
    await bytesIn(source, keys),
    ['first', 'second', 'third'].map((body) => `${head}${body}\r\n`),
  );
  await source.close();
});

test('no UIDL: a message that cannot be read is told all the same, and unread when asked for', async () => {
  await using server = await withScript(
    { without: ['UIDL'], tell: (number) => (number === 2 ? { answer: '-ERR damaged' } : null) },
    3,
  );
  const source = open(server);
  const folder = await inbox(source);
  const keys = await keysOf(source, folder);
  assert.equal(new Set(keys).size, 3);
  const answers = await collect(source.read(folder, keys, memoryHold()));
  assert.deepEqual(
    answers.map((answer) => (answer.is === 'unread' ? answer.trouble.kind : answer.is)),
    ['received', 'refused', 'received'],
  );
  await source.close();
});

// ── changes ────────────────────────────────────────────────────────────────────────────────────────────────────────

test('all unique-ids new: a reset, and everything is told again', async () => {
  await using server = await withScript({});
  const source = open(server);
  const { next } = await told(source, null);
  server.maildrop('marie').renumber();
  const { kinds } = await told(source, next);
  assert.deepEqual(kinds, ['reset', ...new Array(5).fill('entry'), 'checkpoint']);
  await source.close();
});

test('some unique-ids new: gone and told again, the others not', async () => {
  await using server = await withScript({});
  const source = open(server);
  const { next } = await told(source, null);
  server.maildrop('marie').messages[1]!.uid = 'another';
  assert.deepEqual((await told(source, next)).kinds, ['entry', 'gone', 'checkpoint']);
  await source.close();
});

test('a server that shows a fetched message only once: its messages stay where TOP serves to read them', async () => {
  for (const without of [[], ['TOP']]) {
    await using server = await withScript({ without });
    server.maildrop('marie').hidesRetrieved = true;
    const source = open(server);
    const { next } = await told(source, null);
    assert.equal((await bytesIn(source)).length, 5);
    const { kinds } = await told(source, next);
    const lost = without.length > 0 ? new Array(5).fill('gone') : [];
    assert.deepEqual(kinds, [...lost, 'checkpoint']);
    await source.close();
  }
});

test('an empty maildrop, also where LIST and UIDL say -ERR to it', async () => {
  await using server = await withScript(
    { command: ({ name }) => (/LIST|UIDL/.test(name) ? { answer: '-ERR no messages' } : null) },
    0,
  );
  const source = open(server);
  assert.deepEqual((await told(source, null)).kinds, ['checkpoint']);
  server.maildrop('marie').add({ bytes: 'a: b\r\n\r\n' });
  await assert.rejects(told(source, null), (error) => isTrouble(error, 'refused'));
  await source.close();
});

// ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

test('reading is no retrieval where the server has TOP; the session ends without a trace', async () => {
  await using server = await withScript({}, 40);
  const source = open(server);
  assert.equal((await bytesIn(source)).length, 40);
  await source.close();
  const drop = server.maildrop('marie');
  assert.ok(drop.messages.every((message) => !message.retrieved));
  assert.ok(!server.log.some((line) => /^(RETR|DELE)/.test(line)));
  assert.deepEqual(server.log.slice(-2), ['RSET', 'QUIT']);
  assert.equal(drop.sessions, 0);
});

test('a TOP that gives less than LIST says is followed by RETR, and soon given up', async () => {
  await using server = await withScript({ tell: (_number, by) => (by === 'TOP' ? 'short' : null) }, 100);
  const source = open(server);
  assert.deepEqual(
    await bytesIn(source),
    Array.from({ length: 100 }, (_, n) => text(n + 1)),
  );
  const tops = server.log.filter((line) => line.startsWith('TOP')).length;
  assert.ok(tops >= 3 && tops < 10, `${tops}`);
  await source.close();
});

test('sizes that lie, upwards or downwards, are only hints', async () => {
  await using server = await withScript({}, 0);
  const drop = server.maildrop('marie');
  for (let n = 1; n <= 60; n++)
    drop.add({ bytes: letter(n).bytes, claimedSize: [0, 1, 10 ** 12, 1_000][n % 4]! });
  const source = open(server);
  assert.deepEqual(
    await bytesIn(source),
    Array.from({ length: 60 }, (_, n) => text(n + 1)),
  );
  const [first] = await collect(source.entries(await inbox(source)));
  assert.deepEqual(first, { key: first!.key, marks: [], receivedAt: null, size: 1 });
  await source.close();
});

test('a message larger than any is unread and malformed; the others are read', async () => {
  await using server = await withScript({}, 3);
  const drop = server.maildrop('marie');
  drop.add({ bytes: `a: b\r\n\r\n${'x'.repeat(3_000_000)}\r\n` });
  for (const { bytes } of letters(3, 10)) drop.add({ bytes });
  const source = open(server);
  const hold = tallyHold();
  const answers = await collect(source.read(await inbox(source), await keysIn(server), hold));
  assert.deepEqual(
    answers.map((answer) => (answer.is === 'unread' ? answer.trouble.kind : answer.is)),
    [...new Array(3).fill('received'), 'malformed', ...new Array(3).fill('received')],
  );
  assert.equal(hold.begun, hold.finished + hold.aborted);
  await source.close();
});

test('a message over which the server dies each time is left after some times, the others are read', async () => {
  await using server = await withScript({ tell: (number) => (number === 3 ? 'cut' : null) }, 5);
  const source = open(server);
  const folder = await inbox(source);
  const open5 = new Set(await keysOf(source, folder));
  const got: string[] = [];
  for (let tries = 0; open5.size > 0; tries++) {
    assert.ok(tries < 6, 'it does not end');
    try {
      for await (const answer of source.read(folder, [...open5], memoryHold())) {
        open5.delete(answer.key);
        got.push(answer.is === 'unread' ? answer.trouble.kind : gather(answer.body).toString('latin1'));
      }
    } catch (error) {
      assert.ok(isTrouble(error, 'lost'), String(error));
    }
  }
  assert.deepEqual(got.sort(), [text(1), text(2), text(4), text(5), 'refused'].sort());
  await source.close();
});

for (const [title, without] of [
  ['by TOP', []],
  ['by RETR', ['TOP']],
  ['by TOP, without UIDL', ['UIDL']],
] as const) {
  test(`a host that ends each session after 100 messages, ${title}: every message comes once`, async () => {
    const count = 350;
    await using server = await startPop3Server();
    // Without UIDL the listing itself asks for every message; where that is more than a session gives, nothing can be listed.
    const listed = (without as readonly string[]).includes('UIDL') ? count : 0;
    server.script(() => {
      let told = 0;
      return {
        without,
        command: ({ name }) => (/^(RETR|TOP)$/.test(name) && ++told > listed + 100 ? 'drop' : null),
      };
    });
    for (const { bytes } of letters(count)) server.maildrop('marie').add({ bytes });
    const source = retrySource(open(server), { firstWaitMs: 1, longestWaitMs: 2 });
    try {
      const folder = await inbox(source);
      const keys = await keysOf(source, folder);
      const read = await readKeys(source, folder, keys);
      assert.deepEqual(read.map(({ key }) => key).sort(), [...keys].sort());
      assert.deepEqual(
        read.map(({ bytes }) => bytes.toString('latin1')).sort(),
        letters(count)
          .map(({ bytes }) => Buffer.from(bytes).toString('latin1'))
          .sort(),
      );
      assert.ok(server.connections >= 4, `${server.connections} sessions`);
    } finally {
      await source.close();
    }
  });
}

test('a session that ended while nobody used it is opened anew; the keys still name their messages', async () => {
  await using server = await withScript({}, 5);
  const bare = open(server);
  // The end may not have come to be known yet when the next call begins: then it is `lost`, and called again.
  const source = retrySource(bare, { firstWaitMs: 10 });
  const folder = await inbox(source);
  const keys = await keysOf(source, folder);
  server.cut();
  while (server.open() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(
    (await readKeys(source, folder, keys)).map(({ bytes }) => bytes.toString('latin1')),
    [1, 2, 3, 4, 5].map(text),
  );
  assert.equal(server.connections, 2);
  await server.stop();
  await assert.rejects(bare.folders(), (error) => isTrouble(error, 'lost'));
  await source.close();
});

test('ready signs in, and the first pass uses that session', async () => {
  await using server = await withScript({});
  const source = open(server);
  source.ready!(true);
  while (!server.log.some((line) => line.startsWith('AUTH')))
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await bytesIn(source)).length, 5);
  assert.equal(server.connections, 1);
  await source.folders();
  assert.equal(server.connections, 2);
  await source.close();
  const wrong = open(server);
  await server.stop();
  wrong.ready!(true);
  await assert.rejects(wrong.folders(), (error) => isTrouble(error, 'lost'));
  await wrong.close();
});

test('IN-USE and LOGIN-DELAY are busy, with the time the server names', async () => {
  await using server = await withScript({
    with: ['LOGIN-DELAY 900'],
    command: ({ name }) =>
      name === 'AUTH' && server.connections > 1 ? { answer: '-ERR [LOGIN-DELAY] too soon' } : null,
  });
  const first = open(server);
  await inbox(first);
  const second = open(server);
  const trouble = await inbox(second).catch((error: unknown) => error);
  assert.ok(trouble instanceof Trouble && trouble.kind === 'busy');
  assert.equal(trouble.retryAfterMs, 900_000);
  await second.close();
  await first.close();
  await using other = await withScript({});
  other.maildrop('marie').exclusive = true;
  const [one, two] = [open(other), open(other)];
  await inbox(one);
  await assert.rejects(inbox(two), (error) => isTrouble(error, 'busy'));
  await one.close();
  assert.equal((await inbox(two)).messages, 5);
  await two.close();
});

test('one session at a time, also where the maildrop is exclusive and everyone calls at once', async () => {
  await using server = await withScript({}, 30);
  server.maildrop('marie').exclusive = true;
  const source = open(server);
  const folder = await inbox(source);
  const keys = await keysOf(source, folder);
  await Promise.all([
    readKeys(source, folder, keys),
    collect(source.entries(folder)),
    source.folders(),
    told(source, null),
    readKeys(source, folder, keys.slice(5)),
  ]);
  for (let round = 0; round < 5; round++)
    for await (const _answer of source.read(folder, keys, memoryHold())) break;
  assert.equal((await bytesIn(source)).length, 30);
  await source.close();
});

test('odd lines: 100 KB, dots, bare LF; told as POP3 tells them', async () => {
  await using server = await withScript({}, 0);
  const odd = [
    `a: b\r\n\r\n${'x'.repeat(100_000)}\r\n`,
    '.\r\n..\r\n.x',
    'a: b\n\nbare\n.\n',
    '',
    '\r\n.\r\n',
  ];
  for (const bytes of odd) server.maildrop('marie').add({ bytes });
  const source = open(server);
  assert.deepEqual(
    await bytesIn(source),
    odd.map((bytes) => onWire(Buffer.from(bytes, 'latin1')).toString('latin1')),
  );
  await source.close();
});

test('close ends what waits for its turn', async () => {
  await using server = await withScript({}, 30);
  const source = open(server);
  const folder = await inbox(source);
  const keys = await keysOf(source, folder);
  const reading = source.read(folder, keys, memoryHold())[Symbol.asyncIterator]();
  await reading.next();
  const waiting = source.folders().catch((error: unknown) => error);
  await source.close();
  assert.ok(isTrouble(await waiting, 'lost'));
  await reading.return?.();
  await assert.rejects(source.folders(), (error) => isTrouble(error, 'lost'));
});
