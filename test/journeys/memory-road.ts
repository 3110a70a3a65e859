import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event, Summary } from '../../src/engine/event.ts';
import { prove } from '../../src/engine/prove.ts';
import type { Road } from '../../src/engine/road.ts';
import { move } from '../../src/engine/run.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { type MemoryLedger, memoryLedger } from '../../src/ledger/memory/ledger.ts';
import type { MemoryMailbox } from '../../src/stores/memory/mailbox.ts';

/** Mailboxes and a ledger in memory, and runs over them; what a crash test needs to start again where it was. */
export interface MemoryRoad {
  sources: MemoryMailbox[];
  target: MemoryMailbox;
  ledger: MemoryLedger;
  events: Event[];
  /** One pass. `wrap` may stand between the engine and the ledger. */
  move(options?: Partial<Road['options']>, wrap?: (ledger: Ledger) => Ledger): Promise<Summary>;
  prove(): Promise<Summary>;
  /** What a killed process leaves behind: open calls gone, the ledger's undurable tail lost. */
  crash(): void;
}

/** One for all roads of a test file, gone with its process. */
const scratch = mkdtempSync(join(tmpdir(), 'malleposte-road-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

export function memoryRoad(sources: MemoryMailbox[], target: MemoryMailbox): MemoryRoad {
  const road: MemoryRoad = {
    sources,
    target,
    ledger: memoryLedger(),
    events: [],
    move: (options = {}, wrap = (ledger) => ledger) => run(road, move, options, wrap),
    prove: () => run(road, prove, {}, (ledger) => ledger),
    crash() {
      road.ledger = road.ledger.reopen();
    },
  };
  return road;
}

/** Long enough for whatever lands late in these tests, short enough to wait for it often. */
const SETTLE_MS = 40;

async function run(
  road: MemoryRoad,
  work: (road: Road) => Promise<Summary>,
  options: Partial<Road['options']>,
  wrap: (ledger: Ledger) => Ledger,
): Promise<Summary> {
  const sources = road.sources.map((mailbox) => mailbox.source());
  const target = road.target.target();
  road.events = [];
  try {
    return await work({
      sources,
      target,
      ledger: wrap(road.ledger),
      scratch,
      signal: new AbortController().signal,
      tell: (event) => void road.events.push(event),
      options: { dryRun: false, settleMs: SETTLE_MS, restMs: 2, ...options },
    });
  } finally {
    await Promise.all([...sources, target].map((store) => store.close()));
  }
}

/** A message of little text; `n` makes it its own, `extra` header lines make it odd. */
export function letter(
  n: number | string,
  options: { body?: string; extra?: string[]; from?: string } = {},
): Buffer {
  const lines = [
    `Message-ID: <${n}@atelier.example>`,
    `Date: Tue, 0${1 + ((Number(n) || 0) % 9)} Mar 2022 10:00:00 +0100`,
    `From: ${options.from ?? 'Marie Fontaine <marie@atelier.example>'}`,
    `Subject: Lettre ${n}`,
    ...(options.extra ?? []),
    '',
    options.body ?? `Bonjour, ceci est la lettre ${n}.`,
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** Everything in a mailbox as sorted lines: folder, bytes, marks, date; two mailboxes are equal when these are. */
export function contents(mailbox: MemoryMailbox): string[] {
  return mailbox
    .paths()
    .flatMap((path) =>
      mailbox.messages(path).map((message) =>
        [
          path.join('/'),
          Buffer.from(message.bytes)
            .toString('latin1')
            .match(/Subject: (.*)\r?\n/)?.[1] ?? '?',
          message.bytes.length,
          Buffer.from(message.bytes).toString('base64').slice(-24),
          [...message.marks].sort().join(' '),
          message.receivedAt,
        ].join(' | '),
      ),
    )
    .sort();
}
