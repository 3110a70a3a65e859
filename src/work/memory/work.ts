import {
  checkKeys,
  checkLease,
  checkName,
  LEASE_MAX_MS,
  notHeld,
  PAGE_MAX,
  siteLimit,
  timeOf,
  within,
  written,
  writtenJobs,
} from '../limits.ts';
import { type Clock, dueAt, type Moment, machineClock, momentsOf, NO_MOMENT } from '../time.ts';
import type { Cancelled, Job, JobPage, JobState, Limits, Renewal, Work } from '../work.ts';
import { asJob, freshRow, isDue, matches, type Row } from './rows.ts';

/** Work that lasts as long as the process. */
export function memoryWork(clock: Clock = machineClock): Work {
  const rows = new Map<string, Row>();
  const paused = new Set<string>();
  const momentAfter = momentsOf(clock, NO_MOMENT);
  let last = NO_MOMENT;

  const now = (): Moment => {
    last = momentAfter(last);
    return last;
  };
  const all = (state: JobState): Row[] => [...rows.values()].filter((row) => row.state === state);
  const told = (row: Row): Job => asJob(row, paused.has(row.of));

  function held(worker: string, key: string): Row {
    checkName('worker', worker);
    const row = rows.get(key);
    if (row?.state !== 'leased' || row.worker !== worker) throw notHeld(worker, key);
    return row;
  }

  function freeExpired(at: Moment): string[] {
    const silent = all('leased').filter((row) => row.untilMs <= at.timeMs);
    for (const row of silent) {
      row.silences += 1;
      letGo(row, at);
    }
    return silent.map(({ key }) => key);
  }

  return {
    async ask(jobs) {
      const at = now();
      const before = rows.size;
      for (const job of writtenJobs(jobs)) {
        if (!rows.has(job.key)) rows.set(job.key, freshRow(job, rows.size + 1, at));
      }
      return rows.size - before;
    },
    async lease(worker, most, forMs, limits) {
      checkLease(worker, most, forMs, limits);
      // What is wrong with the limits must be said before anything is changed.
      for (const site of new Set([...all('waiting'), ...all('leased')].map((row) => row.site)))
        siteLimit(limits, site);
      const at = now();
      freeExpired(at);
      const waiting = all('waiting').filter((row) => isDue(row, at) && !paused.has(row.of));
      const taken = chosen(waiting, all('leased'), most, limits);
      for (const row of taken) {
        const lease = { worker, leasedMs: at.wallMs, untilMs: at.timeMs + forMs };
        Object.assign(row, lease, { state: 'leased', attempts: row.attempts + 1 });
      }
      return taken.map(told);
    },
    async renew(worker, keys, forMs) {
      checkName('worker', worker);
      checkKeys(keys);
      within('forMs', forMs, 1, LEASE_MAX_MS);
      const untilMs = now().timeMs + forMs;
      const renewal: Renewal = { lost: [], stop: [] };
      for (const key of new Set(keys)) {
        const row = rows.get(key);
        if (row?.state !== 'leased' || row.worker !== worker) {
          renewal.lost.push(key);
          continue;
        }
        row.untilMs = untilMs;
        if (row.stopping) renewal.stop.push({ key, because: 'cancelled' });
        else if (paused.has(row.of)) renewal.stop.push({ key, because: 'paused' });
      }
      return renewal;
    },
    async finish(worker, key, ending) {
      const text = written(key, 'told', ending.told);
      const row = held(worker, key);
      row.told = text;
      end(row, ending.is, now());
    },
    async giveBack(worker, key, { earliestMs, trouble }) {
      const text = written(key, 'trouble', trouble);
      timeOf(key, earliestMs);
      const row = held(worker, key);
      const at = now();
      if (trouble === null) row.attempts -= 1;
      else row.trouble = text;
      Object.assign(row, { earliestMs, dueMs: dueAt(at, earliestMs) });
      letGo(row, at);
    },
    async pause(of) {
      checkName('of', of);
      paused.add(of);
    },
    async resume(of) {
      checkName('of', of);
      paused.delete(of);
    },
    async hasten(keys) {
      checkKeys(keys);
      const at = now();
      const asked = new Set(keys);
      const waiting = all('waiting').filter(({ key }) => asked.has(key));
      for (const row of waiting) Object.assign(row, { earliestMs: at.wallMs, dueMs: at.timeMs });
      return waiting.length;
    },
    async cancel(keys) {
      checkKeys(keys);
      const at = now();
      const answer: Cancelled = { cancelled: [], stopping: [] };
      for (const key of new Set(keys)) {
        const row = rows.get(key);
        if (row?.state === 'waiting') {
          end(row, 'cancelled', at);
          answer.cancelled.push(key);
        } else if (row?.state === 'leased') {
          row.stopping = true;
          answer.stopping.push(key);
        }
      }
      return answer;
    },
    async job(key) {
      const row = rows.get(key);
      return row ? told(row) : null;
    },
    async jobs(query) {
      const limit = within('limit', query.limit, 1, PAGE_MAX);
      return pageOf([...rows.values()].filter((row) => matches(row, query)).map(told), limit);
    },
    async expired() {
      return freeExpired(now());
    },
    async close() {},
  };
}

/** Which of the rows may begin: the highest priority first, then the oldest, as far as the limits go. */
function chosen(waiting: Row[], leased: readonly Row[], most: number, limits: Limits): Row[] {
  const sites = limits.sites === 'all' ? null : new Set(limits.sites);
  const ofs = new Set(leased.map(({ of }) => of));
  const bySite = Map.groupBy(leased, ({ site }) => site);
  const room = (site: string): number => siteLimit(limits, site) - (bySite.get(site)?.length ?? 0);
  const begun = new Map<string, number>();
  const taken: Row[] = [];
  waiting.sort((one, other) => other.priority - one.priority || one.place - other.place);
  for (const row of waiting) {
    if (taken.length >= Math.min(most, limits.overall - leased.length)) break;
    const atSite = begun.get(row.site) ?? 0;
    if (ofs.has(row.of) || (sites && !sites.has(row.site)) || atSite >= room(row.site)) continue;
    ofs.add(row.of);
    begun.set(row.site, atSite + 1);
    taken.push(row);
  }
  return taken;
}

function end(row: Row, state: JobState, at: Moment): void {
  Object.assign(row, { state, worker: null, leasedMs: null, stopping: false, endedMs: at.wallMs });
}

/** Nobody holds it any more; what was cancelled meanwhile ends thereby. */
function letGo(row: Row, at: Moment): void {
  if (row.stopping) end(row, 'cancelled', at);
  else Object.assign(row, { state: 'waiting', worker: null, leasedMs: null });
}

function pageOf(jobs: Job[], limit: number): JobPage {
  const page = jobs.slice(0, limit);
  return { jobs: page, next: jobs.length > limit ? page.at(-1)!.place : null };
}
