import type { StatementSync } from 'node:sqlite';
import {
  checkKeys,
  checkLease,
  checkName,
  LEASE_MAX_MS,
  notHeld,
  PAGE_MAX,
  timeOf,
  type Written,
  within,
  written,
  writtenJobs,
} from '../limits.ts';
import { type Clock, dueAt, type Moment, machineClock, momentsOf } from '../time.ts';
import type { Cancelled, Renewal, Work } from '../work.ts';
import { chooser } from './choose.ts';
import { openWorkFile, type WorkFile } from './open.ts';
import { asJob, pageSql, type Row, stateCode } from './rows.ts';
import { prepared } from './statements.ts';

/** How far the remembered time may lag behind while nothing else is written. */
const REMEMBER_EVERY_MS = 10_000;

/** Work in a file: see `openWorkFile`, whose Troubles it throws. Several processes may work on it at once. */
export async function openSqliteWork(path: string, clock: Clock = machineClock): Promise<Work> {
  const file = await openWorkFile(path);
  try {
    return await sqliteWork(file, clock);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Work in a file that is open; `close` closes it. */
export async function sqliteWork(file: WorkFile, clock: Clock): Promise<Work> {
  const { db } = file;
  const [sql, choose, pages] = [prepared(db), chooser(db), new Map<string, StatementSync>()];
  const remembered = (): Moment => sql.moment.get() as unknown as Moment;
  const changesSoFar = (): unknown => sql.changes.get()!.count;
  const momentAfter = momentsOf(clock, await file.read(remembered));

  /** A change at a moment that is remembered with it. */
  function change<T>(body: (now: Moment) => T): Promise<T> {
    return file.write(() => {
      const before = remembered();
      const now = momentAfter(before);
      const unchanged = changesSoFar();
      const answer = body(now);
      const lags = now.timeMs - before.timeMs >= REMEMBER_EVERY_MS;
      if (lags || changesSoFar() !== unchanged) sql.remember.run({ ...now });
      return answer;
    });
  }

  function insert(job: Written, now: Moment): number {
    const { key, kind, of: move, site, priority, earliestMs, payload } = job;
    const times = { earliestMs, dueMs: dueAt(now, earliestMs), askedMs: now.wallMs };
    return Number(sql.ask.run({ key, kind, move, site, rank: 0 - priority, payload, ...times }).changes);
  }

  function free(now: Moment): string[] {
    return (sql.free.all({ ...now }) as { key: string }[]).map(({ key }) => key);
  }

  return {
    async ask(jobs) {
      const asked = writtenJobs(jobs);
      return change((now) => asked.reduce((count, job) => count + insert(job, now), 0));
    },
    async lease(worker, most, forMs, limits) {
      checkLease(worker, most, forMs, limits);
      return change((now) => {
        free(now);
        const places = choose(now, most, limits);
        const lease = { worker, leasedMs: now.wallMs, untilMs: now.timeMs + forMs };
        for (const place of places) sql.lease.run({ ...lease, place });
        return places.map((place) => asJob(sql.byPlace.get(place) as unknown as Row));
      });
    },
    async renew(worker, keys, forMs) {
      checkName('worker', worker);
      checkKeys(keys);
      within('forMs', forMs, 1, LEASE_MAX_MS);
      return change((now) => {
        const renewal: Renewal = { lost: [], stop: [] };
        for (const key of new Set(keys)) {
          const held = sql.renew.get({ key, worker, untilMs: now.timeMs + forMs });
          if (!held) renewal.lost.push(key);
          else if (held.stopping) renewal.stop.push({ key, because: 'cancelled' });
          else if (held.paused) renewal.stop.push({ key, because: 'paused' });
        }
        return renewal;
      });
    },
    async finish(worker, key, ending) {
      checkName('worker', worker);
      const told = written(key, 'told', ending.told);
      return change(({ wallMs }) => {
        const { changes } = sql.finish.run({ key, worker, told, wallMs, state: stateCode(ending.is) });
        if (changes === 0) throw notHeld(worker, key);
      });
    },
    async giveBack(worker, key, again) {
      checkName('worker', worker);
      const trouble = again.trouble === null ? null : written(key, 'trouble', again.trouble);
      const earliestMs = timeOf(key, again.earliestMs);
      return change((now) => {
        const due = { earliestMs, dueMs: dueAt(now, earliestMs) };
        const { changes } = sql.giveBack.run({ key, worker, trouble, wallMs: now.wallMs, ...due });
        if (changes === 0) throw notHeld(worker, key);
      });
    },
    async pause(of) {
      checkName('of', of);
      await change(() => sql.pause.run(of));
    },
    async resume(of) {
      checkName('of', of);
      await change(() => sql.resume.run(of));
    },
    async hasten(keys) {
      checkKeys(keys);
      return change((now) => Number(sql.hasten.run({ ...now, keys: JSON.stringify(keys) }).changes));
    },
    async cancel(keys) {
      checkKeys(keys);
      return change(({ wallMs }) => {
        const answer: Cancelled = { cancelled: [], stopping: [] };
        for (const key of new Set(keys)) {
          if (sql.cancel.run({ key, wallMs }).changes) answer.cancelled.push(key);
          else if (sql.stop.run(key).changes) answer.stopping.push(key);
        }
        return answer;
      });
    },
    async job(key) {
      return file.read(() => {
        const row = sql.byKey.get(key) as unknown as Row | undefined;
        return row ? asJob(row) : null;
      });
    },
    async jobs(query) {
      within('limit', query.limit, 1, PAGE_MAX);
      const [text, values] = pageSql(query);
      return file.read(() => {
        const page = pages.get(text) ?? db.prepare(text);
        pages.set(text, page);
        const rows = page.all(...values) as unknown as Row[];
        const jobs = rows.slice(0, query.limit).map(asJob);
        return { jobs, next: rows.length > query.limit ? jobs.at(-1)!.place : null };
      });
    },
    async expired() {
      return change(free);
    },
    async close() {
      file.close();
    },
  };
}
