/** Whatever happens to an account, what is told adds up to what is there; whatever a server says, each message is told once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GmailMessage, startGmailServer } from '../../../../test/servers/imap.ts';
import { retrySource } from '../../around/retry.ts';
import type { Entry } from '../../entry.ts';
import { memoryHold } from '../../holds/memory.ts';
import type { Source } from '../../source.ts';
import { openImapSource } from '../source.ts';

const seed = Number(process.env.MALLEPOSTE_SEED ?? Math.floor(Math.random() * 2 ** 31));
console.log(`gmail: seed ${seed}`);

function randomFrom(start: number): (below: number) => number {
  let state = start | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const LABELS = [
  '\\Inbox',
  '\\Sent',
  '\\Draft',
  '\\Important',
  'Work',
  'Work/Été',
  'a b',
  '\\Odd',
  'Deep/er/still',
];

function open(port: number, choice = { spam: true, trash: true }): Source {
  return openImapSource({
    ...{ name: 'gmail://marie@gmail.com/', host: '127.0.0.1', port, security: 'none', gmail: choice },
    auth: { by: 'password', user: 'marie@gmail.com', password: 'app password' },
  });
}

for (const hide of [[], ['all'], ['Work']] as const)
  test(`told adds up to what is there (hidden: ${hide.join() || 'nothing'})`, {
    timeout: 60_000,
  }, async (t) => {
    const random = randomFrom(seed);
    const { server, gmail } = await startGmailServer({ gmail: { hide } });
    t.after(() => server.stop());
    let source = open(server.port);
    t.after(() => source.close());
    const some = (): string[] => LABELS.filter(() => random(4) === 0);
    const act = (n: number): void => {
      const message = gmail.messages[random(gmail.messages.length || 1)] as GmailMessage | undefined;
      const what = message === undefined ? 0 : random(6);
      if (what <= 1) gmail.deliver({ bytes: `Subject: ${n}\r\n\r\n${n}\r\n`, labels: some() });
      else if (what === 2) gmail.relabel(message!, some());
      else if (what === 3)
        gmail.flag(
          message!,
          ['\\Answered', '\\Flagged', '\\Seen'].filter(() => random(2) === 0),
        );
      else if (what === 4) gmail.move(message!, (['all', 'junk', 'trash', 'all'] as const)[random(4)]!);
      else gmail.remove(message!);
    };
    const told = new Map<string, { since: string | null; entries: Map<string, Entry> }>();
    for (let round = 0; round < 12; round += 1) {
      for (let n = random(8); n >= 0; n -= 1) act(round * 100 + n);
      if (random(5) === 0) gmail.folder('all').renumber();
      if (random(3) === 0) {
        await source.close();
        source = open(server.port);
      }
      const everywhere: string[] = [];
      for (const folder of (await source.folders()).filter(({ selectable }) => selectable)) {
        const name = folder.handle;
        const known = told.get(name) ?? { since: null, entries: new Map<string, Entry>() };
        told.set(name, known);
        for await (const change of source.changes(folder, known.since)) {
          if (change.is === 'reset') known.entries.clear();
          else if (change.is === 'checkpoint') known.since = change.checkpoint;
          else if (change.is === 'gone') assert.ok(known.entries.delete(change.key));
          else if (change.is === 'marks')
            known.entries.set(change.key, { ...known.entries.get(change.key)!, marks: change.marks });
          else {
            assert.ok(!known.entries.has(change.entry.key));
            known.entries.set(change.entry.key, change.entry);
          }
        }
        const now = await Array.fromAsync(source.entries(folder));
        const line = ({ key, marks }: Entry): string => `${key} ${marks.join(' ')}`;
        assert.deepEqual(
          [...known.entries.values()].map(line).sort(),
          now.map(line).sort(),
          `round ${round}`,
        );
        everywhere.push(...now.map(({ key }) => key));
        const read: string[] = [];
        for await (const answer of source.read(
          folder,
          now.map(({ key }) => key),
          memoryHold(),
        ))
          if (answer.is === 'received') read.push(answer.key);
        assert.equal(read.length, now.length, 'all of it can be read');
      }
      assert.equal(new Set(everywhere).size, everywhere.length, 'each message lies in one folder');
      const visible = gmail.messages.filter(({ copies }) =>
        [...copies.keys()].some((box) => server.account('marie@gmail.com').box(box.name) === box),
      );
      assert.deepEqual(everywhere.sort(), visible.map(({ id }) => id).sort(), `round ${round}`);
    }
  });

test('cut anywhere, everything is told and read once', { timeout: 60_000 }, async (t) => {
  const random = randomFrom(seed);
  const { server, gmail } = await startGmailServer();
  t.after(() => server.stop());
  for (let n = 0; n < 30; n += 1)
    gmail.deliver({
      bytes: `Subject: ${n}\r\n\r\n${'x'.repeat(random(300))}\r\n`,
      labels: n % 2 ? ['\\Inbox'] : ['Work'],
    });
  for (let at = 1; at < 9_000; at += 1 + random(400)) {
    let first = true;
    server.script(() => {
      const cut = first ? { cutAfterBytes: at } : {};
      first = false;
      return cut;
    });
    const source = retrySource(open(server.port), { firstWaitMs: 1, tries: 5 });
    const keys: string[] = [];
    for (const folder of (await source.folders()).filter(({ selectable }) => selectable)) {
      const listed: string[] = [];
      for await (const change of source.changes(folder, null))
        if (change.is === 'entry') listed.push(change.entry.key);
      for await (const answer of source.read(folder, listed, memoryHold()))
        if (answer.is === 'received') keys.push(answer.key);
    }
    assert.deepEqual(keys.sort(), gmail.messages.map(({ id }) => id).sort(), `cut after ${at} bytes`);
    await source.close();
  }
});

test('what a server may say of labels and numbers: every message is told, once, in a folder that is there', {
  timeout: 60_000,
}, async (t) => {
  const random = randomFrom(seed);
  const { server, gmail } = await startGmailServer();
  t.after(() => server.stop());
  const odd = [
    '\\Trash',
    '\\Spam',
    '\\',
    '',
    '/',
    '//',
    'INBOX',
    'inbox/x',
    '&',
    '&AAA-',
    '\\Inbox',
    '\0',
    'x'.repeat(5_000),
    ')',
    '"',
  ];
  for (const label of ['/', 'INBOX/x', 'Archived', 'Sent', 'a//b', 'a/b']) gmail.label(label);
  for (let n = 0; n < 200; n += 1) gmail.deliver({ bytes: `Subject: ${n}\r\n\r\n`, labels: ['Archived'] });
  for (const stored of gmail.folder('all').messages) {
    stored.gmail!.labels = odd.filter(() => random(4) === 0);
    if (random(3) === 0)
      stored.gmail!.id = ['0', '18446744073709551615', '99999999999999999999', '7'][random(4)]!;
  }
  const source = open(server.port, { spam: false, trash: false });
  t.after(() => source.close());
  let count = 0;
  for (const folder of (await source.folders()).filter(({ selectable }) => selectable))
    for await (const _entry of source.entries(folder)) count += 1;
  const sevens = gmail.folder('all').messages.filter((stored) => stored.gmail!.id === '7').length;
  assert.equal(count, 200 - Math.max(0, sevens - 1));
});
