/** From Exchange, which makes us wait, writes messages anew at each reading and shows its calendar as mail. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Event } from '../../src/engine/event.ts';
import { multipart, unrendered } from '../generate/rendered.ts';
import {
  type ExchangeOptions,
  type ExchangeServer,
  GROUPWARE,
  startExchangeServer,
} from '../servers/imap/exchange.ts';
import { type ImapServer, startImapServer } from '../servers/imap.ts';
import { type Errand, imapAddress, type Ran, run, SECRET, tellRan } from './engine.ts';

const USER = 'marie';
const DAY = Date.UTC(2022, 2, 1, 9);
const LETTERS = 150;
const FOLDERS = ['INBOX', 'INBOX/Chantiers', 'Clients', 'Clients/&AMk-t&AOk-'];

interface Move extends AsyncDisposable {
  exchange: ExchangeServer;
  target: ImapServer;
  errand: Errand;
}

async function openMove(options: ExchangeOptions): Promise<Move> {
  const users = { [USER]: SECRET };
  const exchange = await startExchangeServer({ users, ...options });
  const target = await startImapServer({ users });
  const dir = mkdtempSync(join(tmpdir(), 'malleposte-exchange-'));
  for (let n = 0; n < LETTERS; n++) {
    exchange.deliver(USER, FOLDERS[n % FOLDERS.length]!, {
      bytes: multipart(n % 25 === 0 ? 'twin' : n),
      flags: n % 2 ? ['\\Seen'] : ['\\Flagged'],
      internalDate: DAY + n * 1000,
    });
  }
  for (const [name, item] of Object.entries(GROUPWARE)) exchange.deliver(USER, name, { bytes: item });
  return {
    ...{ exchange, target },
    errand: {
      from: [imapAddress(USER, exchange.port)],
      to: imapAddress(USER, target.port),
      data: join(dir, 'data'),
    },
    async [Symbol.asyncDispose]() {
      await exchange.stop();
      await target.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Which letters lie where, with marks and date, whichever rendering it is. */
function held(server: ImapServer, folders: readonly string[]): string[] {
  return folders
    .flatMap((name) =>
      server
        .mailbox(USER, name)
        .messages.map(({ bytes, flags, internalDate }) =>
          JSON.stringify([name, unrendered(bytes), [...flags].sort(), internalDate]),
        ),
    )
    .sort();
}

function allFolders(server: ImapServer): string[] {
  return [...server.account(USER).boxes]
    .filter(([, box]) => box.messages.length > 0)
    .map(([name]) => name)
    .sort();
}

function classesOf(ran: Ran): string[] {
  return [...new Set(ran.events.flatMap((told) => (told.event === 'finding' ? told.finding.classes : [])))];
}

async function assertMoved({ exchange, target, errand }: Move): Promise<void> {
  assert.deepEqual(allFolders(target), [...FOLDERS].sort());
  assert.deepEqual(held(target, FOLDERS), held(exchange, FOLDERS));
  const again = await run('move', errand);
  assert.deepEqual([again.code, again.summary?.carried], [0, 0], tellRan(again));
  const proof = await run('prove', errand);
  assert.equal(proof.code, 0, tellRan(proof));
  const { entries, copied, missing, doubled, extra } = proof.summary!;
  assert.deepEqual([entries, copied, missing, doubled, extra], [LETTERS, LETTERS, 0, 0, 0]);
  const by = new Set(proof.events.flatMap((told) => (told.event === 'finding' ? [told.finding.by] : [])));
  assert.deepEqual([[...by], classesOf(proof)], [['likely'], ['rendered']]);
  const aside = proof.events.filter((told) => told.event === 'aside');
  assert.deepEqual(aside.map(({ path }) => path).sort(), [
    'Calendrier',
    'Contacts',
    'Notes',
    'Problèmes de synchronisation',
    'Tâches',
  ]);
}

suite('journey: Exchange', () => {
  test('throttled in every way it has, everything arrives once; renumbered, nothing comes again', async () => {
    await using move = await openMove({ throttle: { everyMessages: 40, ms: 300 } });
    const { exchange, errand } = move;
    const ran = await run('move', errand);
    assert.equal(ran.code, 0, tellRan(ran));
    const waits = ran.events.filter((event: Event) => event.event === 'trouble' && event.inMs !== null);
    assert.ok(
      exchange.throttled.told >= 2 && waits.length >= 2,
      `told ${exchange.throttled.told}, waited ${waits.length}`,
    );
    assert.equal(exchange.throttled.disobeyed, 0);
    await assertMoved(move);
    for (const name of FOLDERS) exchange.mailbox(USER, name).renumber();
    await assertMoved(move);
  });

  test('killed again and again while it carries, each letter is there once', async () => {
    await using move = await openMove({});
    let kills = 0;
    for (let after = 20; kills < 4 && after < LETTERS; after += 30) {
      let puts = move.target.log.filter((line) => / APPEND /.test(line)).length;
      const already = puts;
      const ran = await run('move', move.errand, {
        started(child) {
          const timer = setInterval(() => {
            puts = move.target.log.filter((line) => / APPEND /.test(line)).length;
            if (puts - already < 1 + (after % 3)) return;
            clearInterval(timer);
            child.kill('SIGKILL');
          }, 1);
          child.once('close', () => clearInterval(timer));
        },
      });
      if (ran.signal === 'SIGKILL') kills++;
      else break;
    }
    assert.ok(kills > 0);
    const last = await run('move', move.errand);
    assert.equal(last.code, 0, tellRan(last));
    await assertMoved(move);
  });
});
