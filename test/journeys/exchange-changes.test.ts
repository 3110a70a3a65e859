/** What happens in an Exchange mailbox between passes, by chance: the engine in this process, the servers beside it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Event, Summary } from '../../src/engine/event.ts';
import { prove } from '../../src/engine/prove.ts';
import type { Road } from '../../src/engine/road.ts';
import { move } from '../../src/engine/run.ts';
import { memoryLedger } from '../../src/ledger/memory/ledger.ts';
import { retrySource } from '../../src/stores/around/retry.ts';
import { openImapSource } from '../../src/stores/imap/source.ts';
import { memoryMailbox } from '../../src/stores/memory/mailbox.ts';
import { Random } from '../generate/random.ts';
import { multipart, unrendered } from '../generate/rendered.ts';
import { type ExchangeServer, GROUPWARE, startExchangeServer } from '../servers/imap/exchange.ts';

const USER = 'marie';
const SECRET = 'secret';
const DAY = Date.UTC(2022, 2, 1, 9);
/** Mail lies in all of them; in the last two, beside items. */
const FOLDERS = ['INBOX', 'Clients', 'Notes', 'Calendrier'];
const ROUNDS = 5;

interface Desk {
  server: ExchangeServer;
  random: Random;
  /** Every letter that ever came, as it is told apart from others; twins twice. */
  came: string[];
  n: number;
}

function arrive(desk: Desk): void {
  const { server, random } = desk;
  for (let n = random.below(12); n >= 0; n--) {
    const folder = FOLDERS[random.below(FOLDERS.length)]!;
    const id = random.chance(0.1) ? 'twin' : `${++desk.n}`;
    const to = 'To: Marie <marie@atelier.example>\r\nSubject';
    const bytes = multipart(id).toString('latin1').replace('Subject', to);
    server.deliver(USER, folder, { bytes, internalDate: DAY + desk.n * 1000, flags: ['\\Seen'] });
    desk.came.push(unrendered(Buffer.from(bytes, 'latin1')));
  }
  for (let n = random.below(4); n > 0; n--) server.deliver(USER, 'Notes', { bytes: GROUPWARE.Notes });
  for (let n = random.below(4); n > 0; n--)
    server.deliver(USER, 'Calendrier', { bytes: GROUPWARE.Calendrier });
}

/** Only items go: of a letter that goes, nothing could be demanded. */
function change({ server, random }: Desk): void {
  for (const name of FOLDERS) {
    const box = server.mailbox(USER, name);
    if (random.chance(0.3)) box.renumber();
    const item = box.messages.find(({ bytes }) => !bytes.includes('multipart/mixed'));
    if (item && random.chance(0.5)) box.remove(item.uid);
    const [first] = box.messages;
    if (first && random.chance(0.5)) box.mark(first, ['\\Seen', '\\Flagged']);
  }
}

const SEEDS = process.env.SEED ? [Number(process.env.SEED)] : [1, 2, 3, 4, 5, 6];

suite('journey: an Exchange mailbox that is used meanwhile', () => {
  for (const seed of SEEDS)
    test(`seed ${seed}`, async () => {
      const random = new Random(seed);
      await using server = await startExchangeServer({
        throttle: { everyMessages: 15 + random.below(20), ms: 20 },
      });
      const scratch = mkdtempSync(join(tmpdir(), 'malleposte-exchange-'));
      const target = memoryMailbox({ name: 'new' });
      const ledger = memoryLedger();
      const desk: Desk = { server, random, came: [], n: 0 };
      let events: Event[] = [];
      const go = async (work: (road: Road) => Promise<Summary>): Promise<Summary> => {
        events = [];
        const source = retrySource(
          openImapSource({
            ...{ name: 'imap://marie@exchange/', host: '127.0.0.1', port: server.port, security: 'none' },
            auth: { by: 'password', user: USER, password: SECRET },
          }),
          { firstWaitMs: 1 },
        );
        const into = target.target();
        try {
          return await work({
            ...{ sources: [source], target: into, ledger, scratch },
            signal: new AbortController().signal,
            tell: (event) => void events.push(event),
            options: { dryRun: false, settleMs: 20, restMs: 2 },
          });
        } finally {
          await source.close();
          await into.close();
        }
      };
      try {
        for (let round = 0; round < ROUNDS; round++) {
          arrive(desk);
          const summary = await go(move);
          const told = `SEED=${seed}, round ${round}`;
          assert.equal(summary.missing, 0, told);
          const there = target.paths().flatMap((path) => target.messages(path));
          assert.deepEqual(there.map(({ bytes }) => unrendered(bytes)).sort(), [...desk.came].sort(), told);
          const proof = await go(prove);
          assert.deepEqual([proof.missing, proof.doubled, proof.extra], [0, 0, 0], told);
          assert.equal(proof.entries, desk.came.length, told);
          assert.equal((await go(move)).carried, 0, told);
          change(desk);
        }
        assert.ok(server.throttled.told > 0);
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    });
});
