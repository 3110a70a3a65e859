import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { digest, entry, step } from '../ledger.suite.ts';
import type { Ledger } from '../ledger.ts';
import { openSqliteLedger } from './ledger.ts';

describe('ledger: sqlite digests', () => {
  let directory: string;
  let path: string;
  let ledger: Ledger;
  let folder: number;
  let place: number;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'malleposte-ledger-'));
    path = join(directory, 'target.ledger');
    await open();
    const account = await ledger.enrol('mbox:archive', 0);
    folder = (await ledger.folder(account, ['x'])).id;
    place = (await ledger.place(['x'])).id;
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(directory, { recursive: true });
  });

  async function open(): Promise<void> {
    ledger = await openSqliteLedger(path);
  }

  /** Makes landings `from` to `to`, each with its number as text. */
  async function intend(from: number, to: number): Promise<void> {
    const numbers = Array.from({ length: to - from }, (_, at) => from + at);
    await ledger.note(
      folder,
      numbers.map((number) => entry(`${number}`)),
    );
    const items = await ledger.waiting(folder, 0, numbers.length);
    await ledger.intend(
      items.map((item) => ({ ...step(item.id, place, item.key), kin: digest(`kin of ${item.key}`) })),
    );
  }

  async function expectFound(count: number): Promise<void> {
    const numbers = Array.from({ length: 60 }, (_, at) => Math.floor((at * (count - 1)) / 59));
    const exact = await ledger.landingsByExact([
      ...numbers.map((number) => digest(`${number}`)),
      digest('none'),
    ]);
    const kin = await ledger.landingsByKin(numbers.map((number) => digest(`kin of ${number}`)));
    const expected = [...new Set(numbers)].map((number) => digest(`${number}`));
    assert.deepEqual(
      exact.map((landing) => landing.exact),
      expected,
    );
    assert.deepEqual(kin, exact);
  }

  function filed(): unknown {
    const db = new DatabaseSync(path);
    const row = db.prepare('SELECT (SELECT landing FROM digested), count(*) FROM digests').get()!;
    db.close();
    return Object.values(row);
  }

  it('are found whether they are new, in memory or in the file', { timeout: 60_000 }, async () => {
    await intend(0, 100);
    await expectFound(100);
    for (let from = 100; from < 20_500; from += 3400) {
      await intend(from, from + 3400);
      await expectFound(from + 3400);
    }
    await ledger.close();
    assert.deepEqual(filed(), [20_500, 41_000], 'what was gathered went to the file');
    await open();
    await expectFound(20_500);
  });

  it('what an earlier run left behind is gathered when somebody asks', async () => {
    await intend(0, 2500);
    await ledger.close();
    assert.deepEqual(filed(), [0, 0], 'where nobody asks, nothing is written');
    await open();
    await expectFound(2500);
    await intend(2500, 2600);
    await expectFound(2600);
    await ledger.close();
    assert.deepEqual(filed(), [2500, 5000]);
    await open();
    await expectFound(2600);
  });

  it('survive a verb that is taken back', async () => {
    await intend(0, 50);
    await expectFound(50);
    await assert.rejects(ledger.intend([step(1, place, 'again')]), /not waiting/);
    await intend(50, 80);
    await expectFound(80);
    assert.deepEqual(await ledger.landingsByExact([digest('again')]), []);
    await ledger.settle([{ is: 'absent', landing: 1 }]);
    assert.deepEqual(await ledger.landingsByExact([digest('0')]), []);
  });
});
