import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Counts, Item, Ledger } from '../ledger.ts';
import { openSqliteLedger } from './ledger.ts';

const KILLS = 20;
/** Items per intend in `kill.child.ts`. */
const BATCH = 20;

it('kill -9 at random moments: every acknowledged intend is there, no batch is partial', async () => {
  const seed = Number(process.env.MALLEPOSTE_SEED ?? Date.now() % 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'malleposte-ledger-'));
  const path = join(folder, 'target.ledger');
  const acknowledged = new Map<string, number[]>();
  const random = randomOf(seed);
  try {
    for (let run = 0; run < KILLS; run += 1) {
      for (const [batch, landings] of await killedRun(path, run, random)) acknowledged.set(batch, landings);
      if (existsSync(path)) await examine(path, acknowledged);
    }
    assert(acknowledged.size > KILLS, `only ${acknowledged.size} batches were acknowledged`);
  } catch (error) {
    throw new Error(`replay with MALLEPOSTE_SEED=${seed}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Runs the child and kills it; answers what it had acknowledged. Some runs are killed while they open the file. */
async function killedRun(path: string, run: number, random: () => number): Promise<[string, number[]][]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill.child.ts'), path, String(run)]);
  let said = '';
  let errors = '';
  const opening = new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      said += data;
      resolve();
    });
    child.once('close', () => resolve());
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  const ended = new Promise<string | null>((resolve) =>
    child.once('close', (_code, signal) => resolve(signal)),
  );
  await opening;
  await pause(random() * (run % 4 === 0 ? 12 : 150));
  child.kill('SIGKILL');
  assert.equal(await ended, 'SIGKILL', errors);
  const lines = said
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'));
  return lines.map((line) => {
    const { batch, landings } = JSON.parse(line) as { batch: string; landings: number[] };
    return [batch, landings];
  });
}

async function examine(path: string, acknowledged: Map<string, number[]>): Promise<void> {
  const ledger = await openSqliteLedger(path);
  try {
    const items = await allItems(ledger);
    for (const [batch, landings] of acknowledged) {
      for (const [at, landing] of landings.entries()) {
        const item = items.get(`${batch}.${at}`);
        assert(item, `item ${batch}.${at} is lost`);
        if (item.outcome !== 'left') assert.equal(item.landing, landing, `landing of ${batch}.${at}`);
      }
    }
    wholeBatches(items);
    assert.deepEqual(await ledger.counts(), countsOf([...items.values()]), 'stale counts');
  } finally {
    await ledger.close();
  }
  soundFile(path);
}

async function allItems(ledger: Ledger): Promise<Map<string, Item>> {
  const items = new Map<string, Item>();
  for (const folder of await ledger.folders()) {
    for (const item of await ledger.items(folder.id, 0, 1_000_000)) items.set(item.key, item);
  }
  return items;
}

/** Each batch was noted as a whole, intended as a whole and settled as a whole, or not. */
function wholeBatches(items: Map<string, Item>): void {
  const batches = Map.groupBy(items.values(), (item) => item.key.replace(/\.\d+$/, ''));
  for (const [batch, members] of batches) {
    assert.equal(members.length, BATCH, `batch ${batch} was noted in part`);
    const intended = members.filter((item) => item.landing !== null || item.outcome === 'left').length;
    assert(intended === 0 || intended === BATCH, `batch ${batch}: ${intended} intended`);
    const settled = members.filter((item) => item.outcome !== null).length;
    assert(settled === 0 || settled === BATCH, `batch ${batch}: ${settled} settled`);
  }
}

function countsOf(items: readonly Item[]): Counts {
  const ended = (outcome: Item['outcome']) => items.filter((item) => item.outcome === outcome).length;
  return {
    ...{ entries: items.length, gone: 0, bytes: items.reduce((sum, item) => sum + item.size, 0) },
    ...{ copied: ended('copied'), merged: 0, left: ended('left'), asked: 0, open: ended(null) },
  };
}

function soundFile(path: string): void {
  const db = new DatabaseSync(path);
  assert.deepEqual(
    db
      .prepare('PRAGMA integrity_check')
      .all()
      .map((row) => ({ ...row })),
    [{ integrity_check: 'ok' }],
  );
  db.close();
}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
