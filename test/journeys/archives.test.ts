/** Mail in a zip archive, killed at every step of the ledger that a run takes, and resumed: every message arrives once. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { makeZip } from '../../src/formats/zip/zip.fixture.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openEmlSource } from '../../src/stores/eml/source.ts';
import { openMboxSource } from '../../src/stores/mbox/source.ts';
import { type MemoryMailbox, memoryMailbox } from '../../src/stores/memory/mailbox.ts';
import type { Source } from '../../src/stores/source.ts';
import { openTakeoutSource } from '../../src/stores/takeout/source.ts';
import { writeTakeout } from '../../src/stores/takeout/takeout.fixture.ts';
import { contents, letter, type MemoryRoad, memoryRoad } from './memory-road.ts';

const inMbox = (from: number, to: number): Buffer =>
  Buffer.concat(
    Array.from({ length: to - from }, (_, n) =>
      Buffer.from(`From - Mon Jan  5 10:00:00 2026\r\nX-Mozilla-Status: 0001\r\n${letter(from + n)}\r\n`),
    ),
  );

const KINDS: Record<string, { zip: Buffer; open(file: string, beside: string): Source }> = {
  mbox: {
    zip: makeZip([
      { name: 'p/prefs.js', bytes: Buffer.from('x') },
      { name: 'p/Mail/Local Folders/Inbox', bytes: inMbox(0, 9) },
      { name: 'p/Mail/Local Folders/Inbox.sbd/Clients', bytes: inMbox(9, 15) },
    ]),
    open: (file) => openMboxSource({ path: file, name: 'mbox:x' }),
  },
  eml: {
    zip: makeZip(Array.from({ length: 15 }, (_, n) => ({ name: `d${n % 2}/${n}.eml`, bytes: letter(n) }))),
    open: (file) => openEmlSource({ path: file, name: 'eml:x' }),
  },
  takeout: {
    zip: makeZip([
      {
        name: 'Takeout/Mail/All.mbox',
        bytes: writeTakeout(
          Array.from({ length: 15 }, (_, n) => ({
            ...{
              id: 1_728_424_719_502_045_299n + BigInt(n),
              labels: [['Inbox', 'Sent', 'Devis'][n % 3]!, 'Opened'],
            },
            ...{ bytes: letter(n), receivedAt: Date.UTC(2022, 2, 2, 9) },
          })),
        ),
      },
    ]),
    open: (file, beside) =>
      openTakeoutSource({ path: file, name: 'takeout:x', index: beside, scratch: beside }),
  },
};

class Killed extends Error {}

/** A ledger whose `n`th call is the last thing the process did. */
function killedAt(n: number): { wrap(ledger: Ledger): Ledger; calls(): number } {
  let calls = 0;
  const wrap = (ledger: Ledger): Ledger =>
    new Proxy(ledger, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...values: unknown[]) => {
          calls += 1;
          if (calls >= n) throw new Killed();
          return value.apply(target, values);
        };
      },
    });
  return { wrap, calls: () => calls };
}

for (const [kind, { zip, open }] of Object.entries(KINDS))
  test(`${kind} in a zip: killed anywhere and resumed`, { timeout: 120_000 }, async (t) => {
    const root = mkdtempSync(path.join(tmpdir(), 'mp-archives-'));
    t.after(() => rmSync(root, { recursive: true }));
    const [file, beside] = [path.join(root, 'x.zip'), path.join(root, 'beside')];
    mkdirSync(beside);
    writeFileSync(file, zip);
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    const source = {
      name: `${kind}:x`,
      source: () => open(file, beside),
    } as Partial<MemoryMailbox> as MemoryMailbox;
    const start = (): MemoryRoad => memoryRoad([source], memoryMailbox({ name: 'imap://new.example/' }));
    const whole = start();
    const counter = killedAt(Number.POSITIVE_INFINITY);
    assert.equal((await whole.move({}, counter.wrap)).copied, 15);
    const wanted = contents(whole.target);
    const step = Math.max(1, Math.floor(counter.calls() / 25));
    for (let n = 1; n < counter.calls(); n += step) {
      const road = start();
      await assert.rejects(road.move({}, killedAt(n).wrap));
      road.crash();
      const summary = await road.move();
      assert.deepEqual([summary.entries, summary.left], [15, 0], `killed at ${n}`);
      assert.deepEqual(contents(road.target), wanted, `killed at ${n}`);
      const proven = await road.prove();
      assert.deepEqual([proven.missing, proven.extra], [0, 0], `killed at ${n}`);
    }
  });
