import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { type ExchangeServer, startExchangeServer } from '../../../test/servers/imap/exchange.ts';
import { UidRanges } from '../../wire/imap/uid-set.ts';
import { retrySource } from '../around/retry.ts';
import type { Change } from '../entry.ts';
import { memoryHold } from '../holds/memory.ts';
import type { Source } from '../source.ts';
import { collect, folderAt } from '../stand.suite.ts';
import { openImapSource } from './source.ts';

const WORDS = 'BAD Command Error. 11';
const USER = 'marie';
const INBOX = ['INBOX'];

interface Stand {
  server: ExchangeServer;
  source: Source;
  /** FETCHes that name one of these are refused; the session is cut after ten of them. */
  damaged: Set<number>;
  /** How many were. */
  refused(): number;
}

async function stand(work: (stand: Stand) => Promise<void>, { readable = false } = {}): Promise<void> {
  const damaged = new Set<number>();
  let refused = 0;
  await using server = await startExchangeServer({
    answer({ line }) {
      const set = /UID FETCH (\S+) /.exec(line)?.[1];
      if (set === undefined || (readable && line.includes('BODY'))) return null;
      const ranges = new UidRanges(set);
      if (![...damaged].some((uid) => ranges.has(uid))) return null;
      refused += 1;
      return WORDS;
    },
  });
  const source = retrySource(
    openImapSource({
      ...{ name: 'imap://marie@exchange/', host: '127.0.0.1', port: server.port, security: 'none' as const },
      ...{ auth: { by: 'password', user: USER, password: 'secret' }, lanes: 1 },
    }),
    { firstWaitMs: 1, longestWaitMs: 2 },
  );
  try {
    await work({ server, source, damaged, refused: () => refused });
  } finally {
    await source.close();
  }
}

function deliver(server: ExchangeServer, count: number): void {
  for (let n = 0; n < count; n++)
    server.deliver(USER, 'INBOX', { bytes: `Subject: ${n}\r\n\r\n`, internalDate: 1_558_085_412_000 });
}

function uidOf(key: string): number {
  return Number(key.split('.')[1]);
}

async function told(
  source: Source,
  since: string | null,
): Promise<{ changes: Change[]; checkpoint: string }> {
  const changes = await collect(source.changes(await folderAt(source, INBOX), since));
  const last = changes.pop();
  assert.ok(last?.is === 'checkpoint');
  return { changes, checkpoint: last.checkpoint };
}

/** Each of the UIDs was told once, and exactly the damaged ones without facts. */
function assertTold(changes: readonly Change[], uids: readonly number[], damaged: ReadonlySet<number>): void {
  const entries = changes.flatMap((change) => (change.is === 'entry' ? [change.entry] : []));
  assert.equal(entries.length, changes.length, 'nothing but entries');
  assert.deepEqual(
    entries.map(({ key }) => uidOf(key)).sort((a, b) => a - b),
    [...uids],
  );
  for (const { key, receivedAt, size } of entries) {
    assert.equal(receivedAt === null, damaged.has(uidOf(key)), key);
    assert.equal(size === 0, damaged.has(uidOf(key)), key);
  }
}

function upTo(count: number, from = 1): number[] {
  return Array.from({ length: count - from + 1 }, (_, n) => from + n);
}

suite('a listing that is refused because of one message', () => {
  test('is narrowed; everything else is listed, and reading the damaged ones tells the server’s words', async () => {
    await stand(async ({ server, source, damaged, refused }) => {
      deliver(server, 700);
      for (const uid of [1, 299, 300, 301, 700]) damaged.add(uid);
      const { changes } = await told(source, null);
      assertTold(changes, upTo(700), damaged);
      assert.ok(refused() <= 60, `${refused()} refusals`);
      const keys = changes.flatMap((change) => (change.is === 'entry' ? [change.entry.key] : []));
      const folder = await folderAt(source, INBOX);
      let received = 0;
      for await (const answer of source.read(folder, keys, memoryHold())) {
        assert.equal(answer.is === 'unread', damaged.has(uidOf(answer.key)), answer.key);
        if (answer.is === 'received') {
          received++;
          answer.body.release();
        } else assert.deepEqual([answer.trouble.kind, answer.trouble.answer], ['refused', WORDS]);
      }
      assert.equal(received, 695);
    });
  });

  test('whatever is damaged, across sessions that end after ten refusals, all is told once', async () => {
    const some = fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(some, fc.integer({ min: 0, max: 64 }), async (bad, first) => {
        await stand(async ({ server, source, damaged }) => {
          for (const uid of bad) damaged.add(uid);
          deliver(server, first);
          const { changes, checkpoint } = await told(source, null);
          assertTold(changes, upTo(first), damaged);
          deliver(server, 64 - first);
          const later = await told(source, checkpoint);
          assertTold(later.changes, upTo(64, first + 1), damaged);
          assert.deepEqual((await told(source, later.checkpoint)).changes, []);
        });
      }),
      { numRuns: 25 },
    );
  });

  test('more damaged messages than a session survives are all told unread, each once', async () => {
    await stand(async ({ server, source, damaged }) => {
      deliver(server, 80);
      for (const uid of upTo(70, 31)) damaged.add(uid);
      const folder = await folderAt(source, INBOX);
      const validity = server.mailbox(USER, 'INBOX').uidValidity;
      const keys = upTo(80).map((uid) => `${validity}.${uid}`);
      // Never listed, as after a resume: nothing is known of the damage.
      const unread: number[] = [];
      for await (const answer of source.read(folder, keys, memoryHold()))
        if (answer.is === 'unread') unread.push(uidOf(answer.key));
        else answer.body.release();
      assert.deepEqual(
        unread.sort((a, b) => a - b),
        upTo(70, 31),
      );
    });
  });

  test('marks of all others are told, and what is gone', async () => {
    await stand(async ({ server, source, damaged }) => {
      deliver(server, 20);
      damaged.add(7).add(8);
      const { checkpoint } = await told(source, null);
      const box = server.mailbox(USER, 'INBOX');
      box.mark(box.find(3)!, ['\\Seen']);
      box.remove(8);
      box.remove(9);
      const { changes } = await told(source, checkpoint);
      const shown = changes.map((change) =>
        'key' in change ? `${change.is} ${uidOf(change.key)}` : change.is,
      );
      assert.deepEqual(shown.sort(), ['gone 8', 'gone 9', 'marks 3']);
    });
  });

  test('of which nothing can be described at all: told without facts, not asked for one by one, read all the same', async () => {
    await stand(
      async ({ server, source, damaged, refused }) => {
        deliver(server, 2_000);
        for (const uid of upTo(2_000)) damaged.add(uid);
        const { changes } = await told(source, null);
        assertTold(changes, upTo(2_000), damaged);
        assert.ok(refused() < 1_200, `${refused()} refusals`);
        const keys = changes.flatMap((change) => (change.is === 'entry' ? [change.entry.key] : []));
        let received = 0;
        for await (const answer of source.read(
          await folderAt(source, INBOX),
          keys.slice(0, 50),
          memoryHold(),
        ))
          if (answer.is === 'received') {
            received++;
            answer.body.release();
          }
        assert.equal(received, 50);
      },
      { readable: true },
    );
  });

  test('entries() tells the same', async () => {
    await stand(async ({ server, source, damaged }) => {
      deliver(server, 40);
      damaged.add(11).add(40);
      const folder = await folderAt(source, INBOX);
      const entries = await collect(source.entries(folder));
      assertTold(
        entries.map((entry) => ({ is: 'entry', entry })),
        upTo(40),
        damaged,
      );
      deliver(server, 1);
      const validity = server.mailbox(USER, 'INBOX').uidValidity;
      const later = await collect(source.entries(folder, `${validity}.40`));
      assert.deepEqual(later.map(({ key }) => uidOf(key)).sort(), [40, 41]);
    });
  });
});
