/** A mailbox whose UIDs name other messages each time it is opened: the engine in this process, the server beside it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Summary } from '../../src/engine/event.ts';
import { prove } from '../../src/engine/prove.ts';
import type { Road } from '../../src/engine/road.ts';
import { move } from '../../src/engine/run.ts';
import { memoryLedger } from '../../src/ledger/memory/ledger.ts';
import { openImapSource } from '../../src/stores/imap/source.ts';
import { memoryMailbox } from '../../src/stores/memory/mailbox.ts';
import { Random } from '../generate/random.ts';
import { startImapServer } from '../servers/imap.ts';

const USER = 'marie';
const SEEDS = process.env.SEED ? [Number(process.env.SEED)] : [1, 2, 3];
const ROUNDS = 4;

type Way = 'not sticky' | 'zero';

async function rounds(seed: number, way: Way): Promise<void> {
  const random = new Random(seed);
  let opened = 0;
  await using server = await startImapServer({
    script: () => ({
      without: ['CONDSTORE', 'QRESYNC', 'UIDPLUS', 'LIST-STATUS'],
      command({ name }) {
        if (name !== 'EXAMINE') return null;
        // As UW-imap does: numbered from 1 when opened.
        const box = server.mailbox(USER, 'INBOX');
        box.uidValidity = way === 'zero' ? 0 : 5_000 + ++opened;
        for (const [n, message] of box.messages.entries()) message.uid = n + 1;
        box.uidNext = box.messages.length + 1;
        return way === 'zero'
          ? null
          : { raw: '* NO [UIDNOTSTICKY] Non-permanent unique identifiers: INBOX\r\n' };
      },
    }),
  });
  const scratch = mkdtempSync(join(tmpdir(), 'malleposte-passing-'));
  const target = memoryMailbox({ name: 'new' });
  const ledger = memoryLedger();
  const go = async (work: (road: Road) => Promise<Summary>): Promise<Summary> => {
    const source = openImapSource({
      ...{ name: 'imap://marie@uw/', host: '127.0.0.1', port: server.port, security: 'none' },
      auth: { by: 'password', user: USER, password: 'secret' },
    });
    const into = target.target();
    try {
      return await work({
        ...{ sources: [source], target: into, ledger, scratch },
        signal: new AbortController().signal,
        tell: () => undefined,
        options: { dryRun: false, settleMs: 20, restMs: 2 },
      });
    } finally {
      await source.close();
      await into.close();
    }
  };
  const box = server.mailbox(USER, 'INBOX');
  const came: string[] = [];
  let number = 0;
  let deleted = 0;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (let n = 1 + random.below(12); n > 0; n--) {
        const id = random.chance(0.2) ? 'twin' : `${++number}`;
        const bytes = `From: paul@example.org\r\nSubject: letter ${id}\r\n\r\n${id}\r\n`;
        box.add({ bytes, internalDate: Date.UTC(2003, 1, 1), flags: ['\\Seen'] });
        came.push(bytes);
      }
      const told = `SEED=${seed} ${way}, round ${round}`;
      const summary = await go(move);
      assert.deepEqual([summary.missing, summary.left], [0, 0], told);
      const there = target.paths().flatMap((path) => target.messages(path));
      assert.deepEqual(
        there.map(({ bytes }) => Buffer.from(bytes).toString('latin1')).sort(),
        [...came].sort(),
        told,
      );
      const proof = await go(prove);
      // What was deleted at the source is rightly still there.
      assert.deepEqual([proof.missing, proof.doubled, proof.extra], [0, 0, deleted], told);
      assert.equal(proof.entries, came.length - deleted, told);
      assert.equal((await go(move)).carried, 0, told);
      // What goes makes every later UID name another message. Not a twin: which of two went, nobody could say.
      const going = box.messages.findIndex(({ bytes }) => !bytes.includes('twin'));
      if (going >= 0) {
        box.messages.splice(going, 1);
        deleted++;
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

suite('journey: UIDs that do not outlast a session', () => {
  for (const way of ['not sticky', 'zero'] as const)
    for (const seed of SEEDS)
      test(`${way}, seed ${seed}: nothing is lost, nothing doubled`, async () => {
        await rounds(seed, way);
      });
});
