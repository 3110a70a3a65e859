/** A day that is short: the account lets out less in it than there is to carry. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { spentFile } from '../../src/app/allowance.ts';
import { Allowance, type Rest } from '../../src/stores/around/allowance.ts';
import { allowedSource } from '../../src/stores/around/allowed.ts';
import { retrySource } from '../../src/stores/around/retry.ts';
import { openImapSource } from '../../src/stores/imap/source.ts';
import { type MemoryMailbox, memoryMailbox } from '../../src/stores/memory/mailbox.ts';
import { startGmailServer } from '../servers/imap.ts';
import { letter, memoryRoad } from './memory-road.ts';

const DAY_MS = 2_000;
const LETTERS = 60;
const BYTES = 20_000;

interface Limits {
  ours: number | null;
  theirs: number;
}

async function moved(t: TestContext, { ours, theirs }: Limits) {
  const { server, gmail } = await startGmailServer({ daily: { bytes: theirs, dayMs: DAY_MS } });
  const folder = mkdtempSync(path.join(tmpdir(), 'mp-day-'));
  t.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  for (let n = 0; n < LETTERS; n += 1)
    gmail.deliver({
      bytes: letter(n, { body: `${'x'.repeat(78)}\r\n`.repeat(BYTES / 80) }),
      labels: ['\\Inbox'],
    });
  const rests: Rest[] = [];
  const allowance = (): Allowance =>
    new Allowance({
      ...{ name: 'gmail://marie@gmail.com/', bytes: ours, dayMs: DAY_MS, onRest: (rest) => rests.push(rest) },
      keeper: spentFile(path.join(folder, 'spent.json')),
    });
  const connect = () =>
    openImapSource({
      ...{ name: 'gmail://marie@gmail.com/', host: '127.0.0.1', port: server.port, security: 'none' },
      auth: { by: 'password', user: 'marie@gmail.com', password: 'app password' },
    });
  const account = {
    name: 'gmail://marie@gmail.com/',
    source: () => allowedSource(retrySource(connect(), { firstWaitMs: 5 }), allowance()),
  } as Partial<MemoryMailbox> as MemoryMailbox;
  const target = memoryMailbox({ name: 'imap://marie@new.example/' });
  const road = memoryRoad([account], target);
  const summary = await road.move();
  assert.deepEqual([summary.copied, summary.left, summary.missing], [LETTERS, 0, 0]);
  assert.equal(target.messages(['INBOX']).length, LETTERS);
  const again = await road.move();
  assert.equal(again.carried, 0);
  return { server, rests };
}

test('it rests before the server locks, goes on by itself, and carries all', {
  timeout: 60_000,
}, async (t) => {
  const { server, rests } = await moved(t, { ours: 500_000, theirs: 700_000 });
  assert.ok(rests.length >= 2, `${rests.length} rests`);
  assert.ok(rests.every(({ because }) => because === 'daily-limit'));
  assert.equal(server.daily!.locks, 0);
});

test('locked all the same: it rests with the server’s words, opens its connections again and carries all', {
  timeout: 60_000,
}, async (t) => {
  const { server, rests } = await moved(t, { ours: null, theirs: 700_000 });
  assert.ok(server.daily!.locks >= 1);
  assert.ok(rests.length >= 1);
  for (const { because, answer } of rests) {
    assert.equal(because, 'server');
    assert.match(answer!, /Account exceeded command or bandwidth limits/);
  }
});
