import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Work } from '../work.ts';
import { openSqliteWork } from './work.ts';

const KILLS = 16;
/** Jobs asked at once in `kill.child.ts`. */
const BATCH = 5;
/** What a worker tells before it is killed: some turns. */
const LINES_MAX = 25;
const LEASE_MS = 400;
const DRAIN_MAX_MS = 120_000;

/** Looks on inside the file: each finishing, and any taking of a job that somebody holds. */
const WITNESS = `
  CREATE TABLE witness (key TEXT NOT NULL);
  CREATE TRIGGER finished AFTER UPDATE OF state ON jobs WHEN new.state = 2
    BEGIN INSERT INTO witness VALUES (new.key); END;
  CREATE TRIGGER taken BEFORE UPDATE OF worker ON jobs WHEN old.state = 1 AND new.state = 1
    BEGIN SELECT raise(ABORT, 'taken while held'); END;`;

interface Said {
  asked: string[][];
  finished: string[];
}

it('kill -9 at random moments: each job is finished exactly once, none is lost, none stuck', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'malleposte-work-'));
  const path = join(folder, 'work.sqlite');
  try {
    await (await openSqliteWork(path)).close();
    execute(path, WITNESS);
    const said = await killedRuns(path);
    const work = await openSqliteWork(path);
    const untouched = await all(work);
    await drain(work);
    const jobs = await all(work);
    await work.close();
    assert.equal(jobs.length, untouched.length);
    examine(said, jobs);
    const finished = execute(path, 'SELECT key FROM witness').map(({ key }) => key as string);
    assert.deepEqual(finished.sort(), jobs.map(({ key }) => key).sort(), 'finished exactly once');
    assert.deepEqual(Object.values(execute(path, 'PRAGMA integrity_check')[0]!), ['ok']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Two processes work at any time; now the one, now the other is killed, some of them while they open the file. */
async function killedRuns(path: string): Promise<Said> {
  const said: Said = { asked: [], finished: [] };
  const running = [worker(path, 'w0', said), worker(path, 'w1', said)];
  try {
    for (let run = 2; running.length > 0; run += 1) {
      const { told, kill } = running[0]!;
      await told(run % 4 === 0 ? 1 : Math.ceil(Math.random() * LINES_MAX));
      await pause(Math.random() * 20);
      await kill();
      running.shift();
      if (run < KILLS) running.push(worker(path, `w${run}`, said));
    }
  } finally {
    await Promise.allSettled(running.map(({ kill }) => kill()));
  }
  return said;
}

interface Running {
  /** Resolves when it has told so many lines, the first as it begins, or has ended. */
  told(lines: number): Promise<void>;
  /** Rejects when it had ended by itself. */
  kill(): Promise<void>;
}

function worker(path: string, name: string, said: Said): Running {
  const child = spawn(process.execPath, [
    join(import.meta.dirname, 'kill.child.ts'),
    path,
    name,
    `${LEASE_MS}`,
  ]);
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  let [heard, errors] = ['', ''];
  child.stdout.on('data', (data) => {
    heard += data;
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  return {
    async told(lines) {
      while (heard.split('\n').length <= lines && child.exitCode === null && child.signalCode === null)
        await Promise.race([once(child.stdout, 'data'), ended]);
    },
    async kill() {
      child.kill('SIGKILL');
      const [, signal] = await ended;
      assert.equal(signal, 'SIGKILL', errors);
      listen(heard, said);
    },
  };
}

/** Takes down what a worker acknowledged; its last line may have been cut. */
function listen(heard: string, said: Said): void {
  for (const line of heard.split('\n').slice(0, -1)) {
    const { asked, finished } = JSON.parse(line) as { asked?: string[]; finished?: string };
    if (asked) said.asked.push(asked);
    if (finished) said.finished.push(finished);
  }
}

/** Does what was left, as the next start of the program would: what the killed ones held comes by itself. */
async function drain(work: Work): Promise<void> {
  const untilMs = performance.now() + DRAIN_MAX_MS;
  while ((await open(work)) && performance.now() < untilMs) {
    const limits = { overall: 1000, perSite: 1000, sites: 'all' } as const;
    const leased = await work.lease('last', 100, DRAIN_MAX_MS, limits);
    for (const { key } of leased) await work.finish('last', key, { is: 'done', told: 'last' });
    if (leased.length === 0) await pause(20);
  }
}

async function open(work: Work): Promise<boolean> {
  for (const state of ['waiting', 'leased'] as const)
    if ((await work.jobs({ state, limit: 1 })).jobs.length > 0) return true;
  return false;
}

function examine(said: Said, jobs: readonly Job[]): void {
  assert(said.finished.length > KILLS, `only ${said.finished.length} jobs were finished before the kills`);
  const byKey = new Map(jobs.map((job) => [job.key, job]));
  for (const key of said.asked.flat()) assert(byKey.has(key), `${key} is lost`);
  for (const [batch, members] of Map.groupBy(jobs, ({ key }) => key.replace(/\.\d+$/, '')))
    assert.equal(members.length, BATCH, `batch ${batch} was asked in part`);
  assert.equal(new Set(said.finished).size, said.finished.length, 'a finishing was acknowledged twice');
  for (const key of said.finished) assert.notEqual(byKey.get(key)?.told, 'last', `${key} was done again`);
  for (const { key, state, attempts } of jobs) assert(state === 'done' && attempts > 0, `${key} is ${state}`);
  assert(
    jobs.some(({ silences }) => silences > 0),
    'no kill hit a worker at work',
  );
}

async function all(work: Work): Promise<Job[]> {
  const found: Job[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = await work.jobs({ after, limit: 1000 });
    found.push(...page.jobs);
    after = page.next;
  }
  return found;
}

function execute(path: string, sql: string): Record<string, unknown>[] {
  const db = new DatabaseSync(path);
  try {
    if (sql.includes('CREATE')) db.exec(sql);
    return sql.includes('CREATE') ? [] : db.prepare(sql).all();
  } finally {
    db.close();
  }
}
