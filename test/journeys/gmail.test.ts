/** A Gmail account by IMAP, as people run it: labels, the day that is used up, and the Takeout of the same account. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Event, Finding } from '../../src/engine/event.ts';
import { type Letter, placeTakeout } from '../../src/stores/takeout/takeout.fixture.ts';
import { GMAIL_NAMES, type Gmail, type ImapServer, startGmailServer } from '../servers/imap.ts';
import { type Errand, type Ran, run, SECRET, tellRan } from './engine.ts';
import { letter } from './memory-road.ts';
import { openStand } from './stands.ts';

const USER = 'marie@gmail.com';
const AT = Date.UTC(2022, 2, 2, 9);

interface Scene {
  server: ImapServer;
  gmail: Gmail;
  folder: string;
  from: (more?: string) => string;
}

async function scene(t: TestContext, options: Parameters<typeof startGmailServer>[0] = {}): Promise<Scene> {
  const { server, gmail } = await startGmailServer({
    ...options,
    users: { [USER]: SECRET },
    gmail: { names: GMAIL_NAMES.fr },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'mp-gmail-'));
  t.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const from = (more = ''): string =>
    `gmail://${USER}/?server=127.0.0.1:${server.port}&starttls=never&secret=env:MALLEPOSTE_TEST_SECRET${more}`;
  return { server, gmail, folder, from };
}

/** Labels as IMAP tells them, and as a French export does. */
const MAIL: readonly (readonly [imap: string[], takeout: string[], home: string])[] = [
  [['\\Inbox'], ['Boîte de réception', 'Ouvert'], 'INBOX'],
  [['\\Inbox', '\\Important'], ['Boîte de réception', 'Important', 'Ouvert'], 'INBOX'],
  [[], ['Messages archivés', 'Ouvert'], 'Messages archivés'],
  [['\\Sent'], ['Messages envoyés', 'Ouvert'], 'Messages envoyés'],
  [['\\Draft'], ['Brouillons', 'Ouvert'], 'Brouillons'],
  [
    ['\\Inbox', 'Clients', 'Clients/Été'],
    ['Boîte de réception', 'Clients', 'Clients/Été', 'Ouvert'],
    'Clients/Été',
  ],
  [['Clients', '\\Sent'], ['Messages envoyés', 'Clients', 'Ouvert'], 'Clients'],
];

function deliver(gmail: Gmail): void {
  for (const [n, [labels]] of MAIL.entries())
    gmail.deliver({ bytes: letter(n), labels, flags: ['\\Seen'], internalDate: AT, id: `${ID + BigInt(n)}` });
  gmail.deliver({ bytes: letter(50), where: 'junk' });
  gmail.deliver({ bytes: letter(51), where: 'trash' });
  gmail.deliver({ bytes: letter(52), where: 'chats' });
}

const ID = 1_728_424_719_502_045_299n;

/** By folder of a Maildir++: the subjects. */
function lying(maildir: string): string[] {
  const lines: string[] = [];
  for (const name of readdirSync(maildir, { recursive: true, encoding: 'utf8' })) {
    if (!/(^|\/)(cur|new)\/[^/]+$/.test(name)) continue;
    const subject = /^Subject: (.*)$/m.exec(readFileSync(path.join(maildir, name), 'latin1'))![1]!.trim();
    lines.push(`${path.dirname(path.dirname(name))}: ${subject}`);
  }
  return lines.sort();
}

function summaryOf(ran: Ran): Ran['summary'] & object {
  assert.equal(ran.code, 0, tellRan(ran));
  return ran.summary!;
}

const rests = (ran: Ran) =>
  ran.events.filter((event): event is Event & { event: 'rest' } => event.event === 'rest');

test('labels into a real server: each message once, a second pass nothing, a label that moves', {
  timeout: 120_000,
}, async (t) => {
  await using stand = await openStand({ server: 'dovecot', sources: 0 });
  if (!stand) return t.skip('Dovecot cannot be had here');
  const { gmail, folder, from, server } = await scene(t);
  deliver(gmail);
  const errand: Errand = { from: [from()], to: stand.target.address, data: path.join(folder, 'data') };
  const first = await run('move', errand);
  const summary = summaryOf(first);
  assert.deepEqual([summary.entries, summary.copied, summary.left], [MAIL.length, MAIL.length, 0]);
  const aside = first.events.flatMap((event) =>
    event.event === 'aside' ? [`${event.path} ${event.because}`] : [],
  );
  assert.deepEqual(aside, [
    '[Gmail]/Spam (1) spam',
    '[Gmail]/Corbeille (1) trash',
    '[Gmail]/Chats (1) chats',
  ]);
  server.log.length = 0;
  const second = summaryOf(await run('move', errand));
  assert.equal(second.carried, 0);
  assert.deepEqual(
    server.log.filter((line) => line.includes('FETCH')),
    [],
    'nothing is listed again',
  );
  const proof = await run('prove', errand);
  assert.equal(summaryOf(proof).missing + summaryOf(proof).extra, 0);
  const found = proof.events.flatMap((event) => (event.event === 'finding' ? [event.finding] : []));
  const beside = (n: number): Finding => found.find(({ key }) => key === `${ID + BigInt(n)}`)!;
  assert.deepEqual([beside(5).folder, beside(5).alsoIn], ['Clients › Été', ['Clients', 'INBOX']]);
  gmail.relabel(gmail.messages[0]!, ['Clients/Été']);
  const third = summaryOf(await run('move', errand));
  assert.deepEqual([third.entries, third.carried], [MAIL.length, 0], 'it stays where it was put');
  const again = summaryOf(await run('prove', errand));
  assert.deepEqual([again.missing, again.extra, again.doubled], [0, 0, 0]);
});

test('Takeout and IMAP of one account: each message once, filed alike', { timeout: 120_000 }, async (t) => {
  const { gmail, folder, from } = await scene(t);
  deliver(gmail);
  const letters: Letter[] = MAIL.map(([, labels], n) => ({
    ...{ id: ID + BigInt(n), labels, bytes: letter(n), receivedAt: AT },
  }));
  const takeout = placeTakeout(folder, 'zip', letters);
  const trees: string[][] = [];
  for (const [n, sources] of [[from()], [`takeout:${takeout}`], [from(), `takeout:${takeout}`]].entries()) {
    const to = path.join(folder, `new-${n}`);
    const errand: Errand = { from: sources, to: `maildir:${to}`, data: path.join(folder, `data-${n}`) };
    const summary = summaryOf(await run('move', errand));
    assert.deepEqual([summary.copied, summary.merged], [MAIL.length, n === 2 ? MAIL.length : 0]);
    trees.push(lying(to));
  }
  assert.deepEqual(trees[0], trees[1], 'the same folders');
  assert.deepEqual(trees[0], trees[2]);
});

const LARGE = 40_000;

function fill(gmail: Gmail, count: number): void {
  for (let n = 0; n < count; n += 1)
    gmail.deliver({
      bytes: letter(n, {
        body: 'x'
          .repeat(78)
          .concat('\r\n')
          .repeat(LARGE / 80),
      }),
      labels: ['\\Inbox'],
    });
}

test('a day that is used up: it rests, says until when, remembers it after a kill, and ends at once when asked', {
  timeout: 120_000,
}, async (t) => {
  const { gmail, folder, from, server } = await scene(t, { daily: { bytes: 1_250_000, dayMs: 86_400_000 } });
  fill(gmail, 60);
  const errand: Errand = {
    from: [from('&daily=1')],
    to: `maildir:${path.join(folder, 'new')}`,
    data: path.join(folder, 'data'),
  };
  const began = Date.now();
  const killed = await run('move', errand, {
    watch: (event) => (event.event === 'rest' ? 'SIGKILL' : undefined),
  });
  assert.equal(killed.signal, 'SIGKILL', tellRan(killed));
  const [rest] = rests(killed);
  assert.deepEqual([rest!.account, rest!.because], [`gmail://${USER}/`, 'daily-limit']);
  const hours = (rest!.untilMs - began) / 3_600_000;
  assert.ok(hours > 23.9 && hours < 24.6, `${hours} hours`);
  const spent = server.daily!.spent;
  assert.ok(spent > 900_000 && spent < 1_250_000, `${spent}`);
  const again = await run('move', errand, {
    watch: (event) => (event.event === 'rest' ? 'SIGINT' : undefined),
  });
  assert.equal(again.code, 130, tellRan(again));
  assert.ok(
    Math.abs(rests(again)[0]!.untilMs - rest!.untilMs) < 60_000,
    'the same moment as before the kill',
  );
  assert.ok(server.daily!.spent - spent < 60_000, `${server.daily!.spent - spent} more`);
  assert.equal(server.daily!.locks, 0, 'the server never had to lock');
  assert.ok(again.ms < 30_000);
});

test('people are told what rests, until when, and that nothing needs to be done', {
  timeout: 120_000,
}, async (t) => {
  const { gmail, folder, from } = await scene(t);
  fill(gmail, 30);
  const ran = await run(
    'move',
    {
      ...{
        from: [from('&daily=1')],
        to: `maildir:${path.join(folder, 'new')}`,
        data: path.join(folder, 'data'),
      },
      ...{ plain: true, more: ['--lang', 'fr'] },
    },
    { signal: { name: 'SIGINT', afterMs: 6_000 } },
  );
  assert.equal(ran.code, 130, tellRan(ran));
  assert.match(
    ran.stderr,
    /marie@gmail\.com\/\u202f: ce qui peut être transféré.*Repos jusqu’au .*rien à faire/,
  );
});
