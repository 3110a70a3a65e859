import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isTrouble } from '../../trouble.ts';
import { digest, entry, step } from '../ledger.suite.ts';
import type { Ledger } from '../ledger.ts';
import { ledgerOn, openSqliteLedger } from './ledger.ts';
import { type LedgerFile, openLedgerFile } from './open.ts';

describe('ledger: sqlite tail', () => {
  let folder: string;
  let path: string;
  let file: LedgerFile;
  let ledger: Ledger;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'malleposte-ledger-'));
    path = join(folder, 'target.ledger');
    file = openLedgerFile(path);
    ledger = ledgerOn(file, path);
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });

  it('commits after 5,000 rows without being asked', async () => {
    const account = await ledger.enrol('mbox:archive', 0);
    const { id } = await ledger.folder(account, ['x']);
    const entries = Array.from({ length: 5000 }, (_, at) => entry(`${at}`));
    await ledger.note(id, entries.slice(0, 4900));
    assert(file.db.isTransaction);
    await ledger.note(id, entries);
    assert(!file.db.isTransaction);
  });

  it('commits after a second without being asked', async () => {
    await ledger.remember('x', '1');
    assert(file.db.isTransaction);
    for (let waited = 0; file.db.isTransaction && waited < 5000; waited += 50) await pause(50);
    assert(!file.db.isTransaction);
  });

  it('a full disk is Trouble `full`: the tail is rolled back, further work refused, the rest is there', async () => {
    const account = await ledger.enrol('mbox:archive', 0);
    const { id } = await ledger.folder(account, ['x']);
    await ledger.note(id, [entry('kept')]);
    await ledger.flush();
    await ledger.note(id, [entry('held')]);
    limitPages(file, 4);
    const many = Array.from({ length: 5000 }, (_, at) => entry(`${at}`));
    await assert.rejects(ledger.note(id, many), isFull);
    await assert.rejects(ledger.counts(), isFull);
    await assert.rejects(ledger.remember('x', '1'), isFull);
    await assert.rejects(ledger.flush(), isFull);
    await ledger.close();
    ledger = await openSqliteLedger(path);
    assert.deepEqual(
      (await ledger.items(id, 0, 10)).map(({ key }) => key),
      ['kept'],
    );
    assert.equal((await ledger.counts()).entries, 1);
  });

  it('a full disk in the middle of an intend leaves none of it', async () => {
    const account = await ledger.enrol('mbox:archive', 0);
    const { id } = await ledger.folder(account, ['x']);
    const place = (await ledger.place(['x'])).id;
    await ledger.note(
      id,
      Array.from({ length: 900 }, (_, at) => entry(`${at}`)),
    );
    await ledger.flush();
    limitPages(file, 8);
    const items = await ledger.items(id, 0, 900);
    await assert.rejects(ledger.intend(items.map((item) => step(item.id, place, `m${item.id}`))), isFull);
    await ledger.close();
    ledger = await openSqliteLedger(path);
    assert.deepEqual(await ledger.unsettled(), []);
    assert.equal((await ledger.waiting(id, 0, 1000)).length, 900);
  });

  it('a refused verb does not take the rest of the tail with it', async () => {
    const account = await ledger.enrol('mbox:archive', 0);
    const { id } = await ledger.folder(account, ['x']);
    await ledger.note(id, [entry('1', ['$One'])]);
    const place = (await ledger.place(['x'])).id;
    const [item] = await ledger.items(id, 0, 1);
    const steps = [step(item!.id, place, 'a', ['$New']), step(item!.id, place, 'a')];
    await assert.rejects(ledger.intend(steps), /not waiting/);
    // The set of marks that was made within the refused verb is gone: it must be made again, not pointed at.
    await ledger.note(id, [entry('2', ['$New'])]);
    await ledger.close();
    ledger = await openSqliteLedger(path);
    assert.deepEqual(
      (await ledger.items(id, 0, 9)).map(({ marks }) => marks),
      [['$One'], ['$New']],
    );
  });

  it('an intend answers when the log is synchronised, not before; others join meanwhile', async () => {
    const place = await waiting(30);
    const syncs: (() => void)[] = [];
    const real = file.sync;
    file.sync = () =>
      new Promise((resolve, reject) => {
        syncs.push(() => real().then(resolve, reject));
      });
    const answered: number[] = [];
    const intend = async (item: number) => {
      await ledger.intend([step(item, place, `${item}`)]);
      answered.push(item);
    };
    const first = intend(1);
    while (syncs.length === 0) await pause(1);
    assert(!file.db.isTransaction, 'committed, then synchronised');
    const others = [2, 3, 4].map(intend);
    await pause(20);
    assert.deepEqual([answered, syncs.length], [[], 1]);
    assert(file.db.isTransaction, 'the disk is busy: who comes now goes with the next');
    syncs[0]!();
    await first;
    assert.deepEqual(answered, [1]);
    while (syncs.length === 1) await pause(1);
    syncs[1]!();
    await Promise.all(others);
    assert.equal(syncs.length, 2);
    file.sync = real;
  });

  it('a log that cannot be synchronised is a Trouble, for all who wait and from then on', async () => {
    const place = await waiting(3);
    file.sync = async () => {
      throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    };
    const isDenied = (error: unknown) => isTrouble(error, 'denied') && error.tried === 'write-ledger';
    const both = [1, 2].map((item) => assert.rejects(ledger.intend([step(item, place, 'a')]), isDenied));
    await Promise.all(both);
    await assert.rejects(ledger.counts(), isDenied);
    await assert.rejects(ledger.intend([step(3, place, 'a')]), isDenied);
  });

  it('where nothing was told, nothing is synchronised', async () => {
    await ledger.flush();
    file.sync = async () => assert.fail('synchronised');
    await ledger.counts();
    await ledger.flush();
    await ledger.flush();
  });

  /** So many items that wait; answers a place. */
  async function waiting(count: number): Promise<number> {
    const account = await ledger.enrol('mbox:archive', 0);
    const { id } = await ledger.folder(account, ['x']);
    const entries = Array.from({ length: count }, (_, at) => entry(`${at}`));
    await ledger.note(id, entries);
    const place = (await ledger.place(['x'])).id;
    await ledger.flush();
    return place;
  }

  it('keeps what DESIGN promises of the file: log ahead, synchronised before it is copied from, no one else', () => {
    const pragma = (name: string) => Object.values(file.db.prepare(`PRAGMA ${name}`).get() as object)[0];
    assert.equal(pragma('journal_mode'), 'wal');
    assert.equal(pragma('synchronous'), 1);
    assert.equal(pragma('locking_mode'), 'exclusive');
  });

  it('no verb scans a table', async () => {
    const seen = new Set<string>();
    const real = DatabaseSync.prototype.prepare;
    DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string, ...rest) {
      seen.add(sql);
      return real.call(this, sql, ...rest);
    } as typeof real;
    try {
      await everyVerb(ledger);
    } finally {
      DatabaseSync.prototype.prepare = real;
    }
    assert(seen.size > 40, `${seen.size} statements`);
    for (const sql of seen) assert.deepEqual(scans(file.db, sql), [], sql);
  });
});

function isFull(error: unknown): boolean {
  return isTrouble(error, 'full') && error.tried === 'write-ledger';
}

/** The database may grow by this many pages only; then SQLite itself says SQLITE_FULL, as on a full disk. */
function limitPages({ db }: LedgerFile, more: number): void {
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + more}`);
}

/** Indices of a few rows only, and the adding up that is kept until an item changes. */
const SMALL =
  /USING (COVERING )?INDEX (items_excepted|items_open|landings_due|landings_found|landings_unmarked)/;
const ADDING_UP = /^INSERT INTO sums/;

/** Steps of the plan that read `items` or `landings` from end to end. */
function scans(db: DatabaseSync, sql: string): string[] {
  if (!/^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(sql) || ADDING_UP.test(sql)) return [];
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
  return plan
    .map(({ detail }) => detail)
    .filter((detail) => /SCAN (items|landings)/.test(detail) && !SMALL.test(detail));
}

async function everyVerb(ledger: Ledger): Promise<void> {
  const account = await ledger.enrol('mbox:archive', 0);
  await ledger.enrol('mbox:archive', 1);
  const { id } = await ledger.folder(account, ['x']);
  const place = (await ledger.place(['x'])).id;
  await ledger.updatePlace(place, { window: 'w', state: 's' });
  await ledger.note(
    id,
    Array.from({ length: 8 }, (_, at) => entry(`${at}`)),
  );
  await ledger.note(id, [entry('1')]);
  const items = await ledger.items(id, 0, 10);
  const [a, b, c, d] = await ledger.intend(items.slice(0, 4).map((item) => step(item.id, place, 'a')));
  await ledger.found(place, [
    { ...step(0, 0, 'a'), key: '9.9' },
    { ...step(0, 0, 'a'), key: '9.1' },
  ]);
  await ledger.settle([
    { is: 'landed', landing: a!, key: '9.1' },
    { is: 'verified', landing: b!, key: '9.2', stored: null, altered: [] },
    { is: 'absent', landing: c! },
    { is: 'marked', landing: a!, marks: ['x'] },
    { is: 'left', item: items[3]!.id, reason: '{}' },
    {
      is: 'merged',
      item: items[4]!.id,
      landing: (await ledger.landingsByKey(place, ['9.9']))[0]!.id,
      by: 'exact',
    },
  ]);
  assert.equal(await ledger.landing(d!), null);
  await ledger.gone(id, ['0']);
  await ledger.settle([{ is: 'moved', item: items[5]!.id, from: items[0]!.id }]);
  await ledger.remark(id, [{ key: '1', marks: ['y'] }]);
  await ledger.identify([
    {
      item: items[6]!.id,
      exact: digest('a'),
      kin: digest('k'),
      likely: null,
      messageId: null,
      subject: null,
      size: 1,
      marks: [],
      receivedAt: 1,
    },
  ]);
  await ledger.waiting(id, 0, 10);
  await ledger.unsettled();
  await ledger.unsettled(place);
  await ledger.unverified();
  await ledger.unverified(place);
  await ledger.landingsByExact([digest('a')]);
  await ledger.landingsByKin([digest('kin a')]);
  await ledger.itemsOf([a!]);
  await ledger.goneByExact(account, [digest('a')]);
  await ledger.mergeable(account);
  await ledger.unmarked(0, 10);
  await ledger.counts();
  await ledger.exceptions(0, 10);
  await ledger.remember('x', '1');
  await ledger.recall('x');
  await ledger.accounts();
  await ledger.folders();
  await ledger.places();
  await ledger.gone(id, 'all');
  await ledger.advance(id, 'x');
}
