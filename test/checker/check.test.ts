import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ImapFlow } from 'imapflow';
import { startDovecot } from '../servers/dovecot.ts';
import { check, type Difference, type Question, readWhere } from './check.ts';
import { digestOf, type Seen, see } from './message.ts';

function message(n: number, folder = ['INBOX'], change: Partial<Seen> = {}): Seen {
  const bytes = Buffer.from(`Subject: lettre ${n}\r\n\r\nLettre ${n}\r\n`);
  return { ...see(folder, bytes, { flags: ['\\Seen'], date: n * 1000, where: `${folder} ${n}` }), ...change };
}

const letters = [1, 2, 3, 4, 5].map((n) => message(n, n > 3 ? ['Archives', '2019'] : ['INBOX']));

function ask(target: readonly Seen[], more: Partial<Question> = {}): Promise<Difference[]> {
  return check({
    sources: [{ is: 'list', messages: letters }],
    target: { is: 'list', messages: target },
    ...more,
  });
}

async function kinds(...args: Parameters<typeof ask>): Promise<string[]> {
  return (await ask(...args)).map((difference) => difference.is);
}

test('equal sides have no difference, in whatever order', async () => {
  assert.deepEqual(await ask(letters), []);
  assert.deepEqual(await ask([...letters].reverse()), []);
});

test('each planted error is told with the message it concerns', async () => {
  const without = letters.filter((_, n) => n !== 2);
  const [missing, count] = await ask(without);
  assert.deepEqual(missing, {
    is: 'missing',
    folder: 'INBOX',
    message: `INBOX 3 "lettre 3" ${letters[2]!.digest.slice(0, 12)}`,
  });
  assert.deepEqual(count, { is: 'count', folder: 'INBOX', wanted: 3, found: 2 });
  assert.deepEqual(await kinds([...letters, letters[0]!]), ['doubled', 'count']);
  assert.deepEqual(await kinds([...letters, message(77)]), ['extra', 'count']);
  const flags = await ask(
    letters.map((each, n) => (n === 1 ? { ...each, flags: ['\\Flagged', '\\Seen'] } : each)),
  );
  assert.equal(flags.length, 1);
  assert.match(
    JSON.stringify(flags),
    /"flags".*lettre 2.*"wanted":"\\\\Seen","found":"\\\\Flagged \\\\Seen"/,
  );
  const dates = await ask(
    letters.map((each, n) => (n === 0 ? { ...each, date: 2000 } : n === 1 ? { ...each, date: 1000 } : each)),
  );
  assert.deepEqual(
    dates.map((each) => each.is),
    ['date', 'date'],
  );
  const elsewhere = letters.map((each, n) => (n === 0 ? { ...each, folder: ['Archives', '2019'] } : each));
  assert.deepEqual(await kinds(elsewhere), ['elsewhere', 'count', 'count']);
  const altered = letters.map((each, n) =>
    n === 4 ? { ...each, digest: digestOf(Buffer.from('x')) } : each,
  );
  assert.deepEqual((await kinds(altered)).sort(), ['extra', 'missing']);
});

test('twins are counted; a lost twin is missing', async () => {
  const twins = [letters[0]!, letters[0]!, message(1, ['INBOX'], { flags: [] })];
  const sources = [{ is: 'list', messages: twins }] as const;
  assert.deepEqual(await kinds(twins, { sources }), []);
  assert.deepEqual(await kinds(twins.slice(1), { sources }), ['missing', 'count']);
  assert.deepEqual(await kinds([...twins, letters[0]!], { sources }), ['doubled', 'count']);
});

test('declared merges, left messages, mapping and alterations are checked for sense', async () => {
  const other = [message(1, ['Sent'], { flags: ['\\Flagged'] }), message(9, ['Sent'])];
  const sources = [
    { is: 'list', messages: letters },
    { is: 'list', messages: other },
  ] as const;
  const pick = (source: number, seen: Seen) => ({ source, folder: seen.folder, digest: seen.digest });
  const merges = [{ from: pick(1, other[0]!), to: pick(0, letters[0]!) }];
  const into = (source: number, folder: readonly string[]) => (source === 1 ? ['Éléments envoyés'] : folder);
  const merged = [
    { ...letters[0]!, flags: ['\\Flagged', '\\Seen'] },
    ...letters.slice(1),
    { ...other[1]!, folder: ['Éléments envoyés'] },
  ];
  assert.deepEqual(await ask(merged, { sources, merges, into }), []);
  assert.deepEqual(await kinds([letters[0]!, ...merged.slice(1)], { sources, merges, into }), ['flags']);
  assert.deepEqual((await kinds(merged, { sources, into })).sort(), ['count', 'flags', 'missing']);
  const wrong = { from: pick(1, message(33)), to: pick(0, letters[0]!) };
  assert.ok((await kinds(merged, { sources, into, merges: [...merges, wrong] })).includes('declaration'));
  const left = [pick(0, letters[4]!)];
  assert.deepEqual(await kinds(letters.slice(0, 4), { left }), []);
  const changed = digestOf(Buffer.from('changed'));
  const stored = letters.map((each, n) => (n === 0 ? { ...each, digest: changed } : each));
  assert.deepEqual(await kinds(stored, { altered: new Map([[letters[0]!.digest, changed]]) }), []);
});

test('twins that merge with twins share their marks out', async () => {
  const flags = (...list: string[]): Seen => message(1, ['INBOX'], { flags: list });
  const sources = [
    { is: 'list', messages: [flags(), flags()] },
    { is: 'list', messages: [flags('\\Flagged'), flags('\\Answered')] },
  ] as const;
  const pick = (source: number) => ({ source, folder: ['INBOX'], digest: letters[0]!.digest });
  const merges = [1, 2].map(() => ({ from: pick(1), to: pick(0) }));
  assert.deepEqual(await ask([flags('\\Answered'), flags('\\Flagged')], { sources, merges }), []);
  assert.deepEqual(await kinds([flags('\\Answered', '\\Flagged'), flags()], { sources, merges }), [
    'flags',
    'flags',
  ]);
});

test('line ends do not count, bytes do', () => {
  const digest = digestOf(Buffer.from('a\r\nb\r\n'));
  for (const same of ['a\nb\n', 'a\r\nb', 'a\rb\r\n\r\n']) assert.equal(digestOf(Buffer.from(same)), digest);
  for (const other of ['a\r\n\r\nb\r\n', 'a\r\nb \r\n', 'a\r\nB\r\n'])
    assert.notEqual(digestOf(Buffer.from(other)), digest);
});

const body = (n: number): string => `Subject: lettre ${n}\r\n\r\nLettre ${n}\r\n`;

test('a Maildir++ tree is read with folders, flags, keywords and dates', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'malleposte-checker-'));
  after(() => rmSync(directory, { recursive: true }));
  const put = (folder: string, name: string, n: number): void => {
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(directory, folder, part), { recursive: true });
    const file = join(directory, folder, name);
    writeFileSync(file, body(n).replaceAll('\r', ''));
    utimesSync(file, n * 1000, n * 1000);
  };
  put('.', 'cur/1.a:2,FSa', 1);
  put('.', 'new/2.b', 2);
  put('.&AMk-l&AOk-ments.A &- B', 'cur/3.c:2,R', 3);
  put('.', 'tmp/4.d', 4);
  writeFileSync(join(directory, 'dovecot-keywords'), '0 $Label1\n');
  const seen = await readWhere({ is: 'maildir', directory });
  assert.deepEqual(
    seen.map(({ folder, flags, date, subject }) => [folder, flags, date, subject]),
    [
      [['INBOX'], ['$Label1', '\\Flagged', '\\Seen'], 1_000_000, 'lettre 1'],
      [['INBOX'], [], 2_000_000, 'lettre 2'],
      [['Éléments', 'A & B'], ['\\Answered'], 3_000_000, 'lettre 3'],
    ],
  );
  const file = join(directory, 'cur', readdirSync(join(directory, 'cur'))[0]!);
  renameSync(file, file.replace('FS', 'S'));
  const differences = await check({
    sources: [{ is: 'list', messages: seen }],
    target: { is: 'maildir', directory },
  });
  assert.deepEqual(
    differences.map((each) => each.is),
    ['flags'],
  );
});

test('a Dovecot account is read, and what is changed there is found', { timeout: 60_000 }, async (t) => {
  const server = await startDovecot();
  if (!server) return t.skip('no Dovecot can be had here');
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
    await client.connect();
    const day = (n: number): Date => new Date(Date.UTC(2019, 2, n, 1, 30));
    await client.mailboxCreate(['Été', 'A & B']);
    for (let n = 1; n <= 6; n += 1)
      await client.append(n > 3 ? 'Été/A & B' : 'INBOX', Buffer.from(body(n)), ['\\Seen', '$Label1'], day(n));
    const where = { is: 'imap', host, port, user, password } as const;
    const before = await readWhere(where);
    assert.equal(before.length, 6);
    assert.deepEqual(
      before.filter((each) => each.folder.length === 2).map((each) => each.folder[1]),
      Array(3).fill('A & B'),
    );
    const again = () => check({ sources: [{ is: 'list', messages: before }], target: where });
    assert.deepEqual(await again(), []);
    await client.mailboxOpen('INBOX');
    await client.messageFlagsRemove('1', ['\\Seen']);
    await client.messageDelete('2');
    await client.append('INBOX', Buffer.from(body(3)), ['\\Seen', '$Label1'], day(3));
    await client.append('Été/A & B', Buffer.from(body(4)), ['\\Seen', '$Label1'], day(5));
    const found = await again();
    assert.deepEqual(found.map((each) => each.is).sort(), [
      'count',
      'doubled',
      'doubled',
      'flags',
      'missing',
    ]);
    assert.match(JSON.stringify(found), /"missing".*lettre 2/);
  } finally {
    await client.logout().catch(() => client.close());
    await server.stop();
  }
});
