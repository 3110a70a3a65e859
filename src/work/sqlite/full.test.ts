import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { after, it } from 'node:test';
import { JSON_MAX_CHARS } from '../limits.ts';
import { asked, handClock, jobOf, leasedKeys, troubled } from '../work.suite.ts';
import type { Job, Work } from '../work.ts';
import { openWorkFile } from './open.ts';
import { openSqliteWork, sqliteWork } from './work.ts';

const folder = mkdtempSync(join(tmpdir(), 'malleposte-work-'));
after(() => rmSync(folder, { recursive: true }));

it('a full disk ends in Trouble `full`, loses nothing, and work goes on when there is room', async () => {
  const path = join(folder, 'work.sqlite');
  const file = await openWorkFile(path);
  const work = await sqliteWork(file, handClock());
  try {
    await work.ask([asked('held', { priority: 9 }), asked('asked')]);
    assert.deepEqual(await leasedKeys(work, 'w', 1), ['held']);
    allowPages(file.db, 4);
    const before = await all(work);
    const many = Array.from({ length: 300 }, (_, at) => asked(`many ${at}`, { payload: 'x'.repeat(200) }));
    await troubled('full', work.ask(many), path);
    assert.deepEqual(await all(work), before, 'all or none');
    allowPages(file.db, 0);
    const long = 'x'.repeat(JSON_MAX_CHARS - 2);
    await troubled('full', work.finish('w', 'held', { is: 'done', told: long }), path);
    await troubled('full', work.giveBack('w', 'held', { earliestMs: 0, trouble: long }), path);
    assert.deepEqual(await all(work), before);
    assert.deepEqual(await work.renew('w', ['held'], 1000), { lost: [], stop: [] }, 'it is still held');
    allowPages(file.db, 1000);
    await work.finish('w', 'held', { is: 'done', told: long });
    assert.equal(await work.ask(many), 300);
    assert.equal((await jobOf(work, 'held')).told, long);
  } finally {
    await work.close();
  }
  const again = await openSqliteWork(path);
  assert.equal((await all(again)).length, 302);
  await again.close();
});

it('where even a lease finds no room, nothing is held by halves', async () => {
  const file = await openWorkFile(join(folder, 'leases.sqlite'));
  const work = await sqliteWork(file, handClock());
  await work.ask(Array.from({ length: 900 }, (_, at) => asked(`${at}`, { of: `move ${at}`.padEnd(150) })));
  allowPages(file.db, 0);
  await troubled('full', leasedKeys(work, 'w', 900));
  assert.deepEqual((await work.jobs({ state: 'leased', limit: 1 })).jobs, []);
  assert.equal((await work.jobs({ state: 'waiting', limit: 1000 })).jobs.length, 900);
  allowPages(file.db, 1000);
  assert.equal((await leasedKeys(work, 'w', 900)).length, 900);
  await work.close();
});

/** As if the disk had room for so many pages more. */
function allowPages(db: DatabaseSync, more: number): void {
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + more}`);
}

async function all(work: Work): Promise<Job[]> {
  return (await work.jobs({ limit: 1000 })).jobs;
}
