import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { asked, handClock, leasedKeys, NO_LIMITS } from '../work.suite.ts';
import { openSqliteWork } from './work.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('work: sqlite, from one life of a process to the next', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'malleposte-work-'));
    path = join(folder, 'work.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A process that leases a job for a minute and is gone. */
  async function leftBehind(): Promise<void> {
    const work = await openSqliteWork(path, handClock());
    await work.ask([asked('a')]);
    assert.deepEqual(await leasedKeys(work, 'gone'), ['a']);
    await work.close();
  }

  it('what a killed one held is free at the next start, when its lease ran out meanwhile', async () => {
    await leftBehind();
    const clock = handClock();
    clock.set(MINUTE_MS - 1);
    const early = await openSqliteWork(path, clock);
    assert.deepEqual(await leasedKeys(early, 'next'), []);
    await early.close();
    clock.set(1);
    const work = await openSqliteWork(path, clock);
    assert.deepEqual(await leasedKeys(work, 'next'), ['a']);
    await work.close();
  });

  it('a clock set back between two lives makes a lease last no longer than it should have', async () => {
    await leftBehind();
    const clock = handClock();
    clock.set(-10_000 * HOUR_MS);
    const work = await openSqliteWork(path, clock);
    clock.pass(MINUTE_MS - 1);
    assert.deepEqual(await work.expired(), []);
    clock.pass(1);
    assert.deepEqual(await leasedKeys(work, 'next'), ['a']);
    await work.close();
  });

  it('one that only waits does not end the leases of one that came after a clock was set back', async () => {
    const clock = handClock();
    const idle = await openSqliteWork(path, clock);
    clock.pass(HOUR_MS);
    assert.deepEqual(await leasedKeys(idle, 'idle'), []);
    clock.set(-HOUR_MS);
    const busy = await openSqliteWork(path, clock);
    await busy.ask([asked('a')]);
    assert.equal((await busy.lease('busy', 1, MINUTE_MS, NO_LIMITS)).length, 1);
    assert.deepEqual(await idle.expired(), []);
    clock.pass(MINUTE_MS);
    assert.deepEqual(await idle.expired(), ['a']);
    await Promise.all([idle.close(), busy.close()]);
  });
});
