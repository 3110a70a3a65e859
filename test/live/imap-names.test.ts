/** What the laws leave open and only a real server answers: names it cannot have, dates, few connections. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Body } from '../../src/stores/hold.ts';
import { memoryBody, memoryHold } from '../../src/stores/holds/memory.ts';
import type { ImapOptions } from '../../src/stores/imap/pool.ts';
import { openImapSource } from '../../src/stores/imap/source.ts';
import { openImapTarget } from '../../src/stores/imap/target.ts';
import { FOLDER_PATHS } from '../../src/stores/stand.suite.ts';
import type { Landed, Parcel, Place, Refused, Target } from '../../src/stores/target.ts';
import { startCourier } from '../servers/courier.ts';
import { startCyrus } from '../servers/cyrus.ts';
import { startDovecot } from '../servers/dovecot.ts';
import { available } from '../servers/install.ts';
import type { LiveServer } from '../servers/install-live.ts';

const NASTY: readonly (readonly string[])[] = [
  ...FOLDER_PATHS,
  ['Clients'],
  ['clients'],
  ['CLIENTS'],
  ['Été'],
  ['E\u0301te\u0301'],
  ['a.b'],
  ['a', 'b'],
  ['a\u2024b'],
  ['a=2Eb'],
  ['a/b'],
  ['a\u2215b'],
  ['..'],
  ['.'],
  ['tab\there', 'nul\0', 'line\nend'],
  ['%', '*'],
  ['~'],
  ['&', '&-'],
  ['x'.repeat(300)],
  ['x'.repeat(299), 'y'],
  ['日'.repeat(120)],
  Array.from({ length: 40 }, (_, n) => `niveau ${n}`),
  ['INBOX', 'dans la boîte'],
  ['{10}', '"', '\\'],
  ['A1 OK done\r\n* BYE'],
];

function optionsOf(server: LiveServer): ImapOptions {
  return {
    name: 'imap://here/',
    host: server.host,
    port: server.port,
    security: 'none',
    auth: { by: 'password', user: server.user, password: server.password },
  };
}

async function put(target: Target, place: Place, parcels: readonly Parcel[]): Promise<(Landed | Refused)[]> {
  const answers: (Landed | Refused)[] = [];
  for await (const answer of target.put(place, parcels)) answers.push(answer);
  return answers;
}

/** Nothing in it that a server would alter. */
function plain(n: number): Buffer {
  return Buffer.from(`From: a@example.org\r\nSubject: ${n}\r\n\r\nNumber ${n}.\r\n`);
}

function parcel(step: number, receivedAt: number | null = null): Parcel {
  return { step, body: memoryBody(plain(step)), marks: [], receivedAt };
}

async function bodies(target: Target, place: Place): Promise<Body[]> {
  const keys: string[] = [];
  for await (const entry of target.entries(place)) keys.push(entry.key);
  const found: Body[] = [];
  for await (const answer of target.read(place, keys, memoryHold()))
    if (answer.is === 'received') found.push(answer.body);
  return found;
}

/** Every path gets a folder of its own, the same one again next time, and LIST shows it as it was answered. */
async function everyName(server: LiveServer): Promise<void> {
  const first = openImapTarget(optionsOf(server));
  const handles: string[] = [];
  for (const [n, path] of NASTY.entries()) {
    const place = await first.prepare(path, null, true);
    handles.push(place.handle);
    const [answer] = await put(first, place, [parcel(n)]);
    assert.equal(answer?.is, 'landed', JSON.stringify(path));
  }
  assert.equal(new Set(handles).size, NASTY.length, 'no two paths share a folder');
  await first.close();
  const second = openImapTarget(optionsOf(server));
  const listed = new Map((await second.folders()).map((folder) => [folder.handle, folder]));
  for (const [n, path] of NASTY.entries()) {
    const place = await second.prepare(path, null, false);
    assert.equal(place.handle, handles[n], `the same folder again for ${JSON.stringify(path)}`);
    assert.deepEqual(listed.get(place.handle)?.path, place.path);
    assert.ok(listed.get(place.handle)?.subscribed);
    const [body] = await bodies(second, place);
    assert.deepEqual(Buffer.from(body!.memory!), plain(n));
  }
  await second.close();
}

async function pastDates(server: LiveServer): Promise<void> {
  const target = openImapTarget(optionsOf(server));
  const place = await target.prepare(['Dates'], null, false);
  const dates = [
    86_400_000,
    Date.UTC(1999, 11, 31, 23, 59, 59),
    Date.UTC(2016, 2, 27, 1, 30),
    Date.UTC(2016, 9, 30, 0, 30),
  ];
  const answers = await put(
    target,
    place,
    dates.map((date, n) => parcel(n, date)),
  );
  assert.ok(answers.every(({ is }) => is === 'landed'));
  const told: (number | null)[] = [];
  for await (const entry of target.entries(place)) told.push(entry.receivedAt);
  assert.deepEqual(told, dates);
  await target.close();
}

async function withServer(
  name: LiveServer['name'],
  start: () => Promise<LiveServer | null>,
  run: (server: LiveServer) => Promise<void>,
): Promise<void> {
  const server = await start();
  assert.ok(server, `${name} is here`);
  try {
    await run(server);
  } finally {
    await server.stop();
  }
}

for (const [name, title, start] of [
  ['dovecot', 'Dovecot mdbox', () => startDovecot()],
  ['dovecot', 'Dovecot Maildir', () => startDovecot({ format: 'maildir', prefix: 'INBOX.' })],
  ['cyrus', 'Cyrus', () => startCyrus()],
  ['courier', 'Courier', () => startCourier()],
] as const) {
  const found = await available(name);
  describe(title, { skip: found.is === 'absent' ? found.because : false }, () => {
    test('every name has a folder', () => withServer(name, start, everyName));
    test('dates of the past', () => withServer(name, start, pastDates));
  });
}

const dovecot = await available('dovecot');
test('a server that takes three connections is enough for all lanes', { skip: dovecot.is === 'absent' }, () =>
  withServer(
    'dovecot',
    () => startDovecot({ connectionsMax: 3 }),
    async (server) => {
      const target = openImapTarget(optionsOf(server));
      const place = await target.prepare(['Peu'], null, false);
      const runs = Array.from({ length: 8 }, (_, n) =>
        put(
          target,
          place,
          Array.from({ length: 50 }, (_each, i) => parcel(n * 50 + i)),
        ),
      );
      const answers = (await Promise.all([...runs, bodies(target, place).then(() => [])])).flat();
      assert.equal(answers.length, 400);
      const reads = await Promise.all(Array.from({ length: 8 }, () => bodies(target, place)));
      for (const read of reads) assert.equal(read.length, 400);
      await target.close();
    },
  ),
);

test(
  'a server that takes one connection is enough to write and read in turn',
  { skip: dovecot.is === 'absent' },
  () =>
    withServer(
      'dovecot',
      () => startDovecot({ connectionsMax: 1 }),
      async (server) => {
        const target = openImapTarget(optionsOf(server));
        const place = await target.prepare(['Une'], null, false);
        for (let round = 1; round < 4; round += 1) {
          assert.equal((await put(target, place, [parcel(round)]))[0]?.is, 'landed');
          assert.equal((await bodies(target, place)).length, round);
        }
        await target.close();
      },
    ),
);

test('a dropped idle connection is replaced', { skip: dovecot.is === 'absent' }, async () => {
  const users = [{ user: 'marie', password: 'secret-of-marie' }];
  await withServer(
    'dovecot',
    () => startDovecot({ users }),
    async (server) => {
      const source = openImapSource(optionsOf(server));
      const before = await source.folders();
      const { openWire } = await import('../servers/install-wire.ts');
      const wire = await openWire(server.port);
      const through = openImapSource({ ...optionsOf(server), port: wire.port });
      await through.folders();
      wire.cutAll();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual(
        (await through.folders()).map(({ handle }) => handle).sort(),
        before.map(({ handle }) => handle).sort(),
      );
      await through.close();
      await source.close();
      await wire.close();
    },
  );
});
