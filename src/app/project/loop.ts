import { randomBytes } from 'node:crypto';
import type { Id, Organisation, Site } from '../../records/facts.ts';
import { isTrouble } from '../../trouble.ts';
import { allowedAt, nextChange } from '../../waves/hours.ts';
import { fairShares } from '../../waves/line.ts';
import { LEAST_BYTES_PER_SECOND } from '../../wire/bandwidth.ts';
import type { Job } from '../../work/work.ts';
import type { Allow } from './coach-job.ts';
import { organisationIn, siteName } from './jobs.ts';
import type { RunsParts } from './runs.ts';
import { type Running, startTask } from './task.ts';
import { settleWaves } from './wave-arrival.ts';

/** Takes what is due from the store of work, within hours, limits and lines, and lets coaches do it. */
export interface Loop {
  start(): void;
  /** Looks at once: something was asked for. */
  wake(): void;
  isRunning(key: string): boolean;
  /** All coaches stop at their next safe point; their jobs are given back. */
  close(): Promise<void>;
}

export interface LoopParts extends RunsParts {
  allow: Allow;
}

/** A server that is killed lets others wait for so long. */
const LEASE_MS = 20_000;
const TICK_MS = 1_000;
/** Sites and their hours are read anew so often. */
const PLACES_MS = 5_000;

/** Whether moves may run at a site now, and what its line bears: by the name that jobs have of it. Null: at no site. */
interface Places {
  sites: Map<string, Site | null>;
  organisations: Map<Id, Organisation>;
}

export function openLoop(parts: LoopParts): Loop {
  const { work, nowMs, movesAtOnce } = parts;
  // New at each start: nothing that an earlier life held is ours.
  const worker = `server-${process.pid}-${randomBytes(6).toString('hex')}`;
  const running = new Map<string, Running>();
  let { sites, organisations }: Places = { sites: new Map(), organisations: new Map() };
  /** Sites that are no more, under which something waits. */
  const gone = new Set<string>();
  let placesMs = Number.NEGATIVE_INFINITY;
  let closing = false;
  /** Commands on the folder ask for work; only a server does it. */
  let started = false;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> | undefined;
  let again = false;

  async function tick(): Promise<void> {
    if (performance.now() - placesMs >= PLACES_MS) {
      await readAnew();
      for (const id of organisations.keys()) await settleWaves(parts.records, id, nowMs());
    }
    await renew();
    stopClosed();
    if (!closing) await begin();
    shareLines();
  }

  async function readAnew(): Promise<void> {
    ({ sites, organisations } = await readPlaces(parts));
    placesMs = performance.now();
  }

  async function renew(): Promise<void> {
    if (running.size === 0) return;
    const { lost, stop } = await work.renew(worker, [...running.keys()], LEASE_MS);
    for (const key of lost) running.get(key)?.abandon();
    for (const { key } of stop) running.get(key)?.stop('asked');
  }

  /** The hours of a site are over: what moves there comes to rest. Checks and surveys that a person asked for go on. */
  function stopClosed(): void {
    for (const { job, stop } of running.values())
      if (job.kind === 'move' && !isOpen(sites.get(job.site), nowMs())) stop('hours');
  }

  /** One after the other: each takes room from the next of its organisation. */
  async function begin(): Promise<void> {
    while (running.size < movesAtOnce) {
      const strangers = new Set<string>();
      const perSite = (name: string): number => {
        if (!isKnown(name)) strangers.add(name);
        return mostAt(name);
      };
      const [job] = await work.lease(worker, 1, LEASE_MS, { overall: movesAtOnce, perSite, sites: 'all' });
      if (job !== undefined) launch(job);
      else if (!(await isNews(strangers))) return;
    }
  }

  /** Sites were added since they were read, or removed since they had jobs. */
  async function isNews(strangers: ReadonlySet<string>): Promise<boolean> {
    if (strangers.size === 0) return false;
    await readAnew();
    for (const name of strangers) if (!isKnown(name)) gone.add(name);
    return true;
  }

  function isKnown(name: string): boolean {
    return sites.has(name) || gone.has(name);
  }

  /**
   * No more on a line than can each have the least that keeps a connection alive. What waits under a site that was removed has no
   * line and no hours any more: it would wait for ever.
   */
  function mostAt(name: string): number {
    const site = sites.get(name);
    if (site === undefined && !gone.has(name)) return 0;
    if (!isOpen(site, nowMs()) || !hasRoom(organisationIn(name))) return 0;
    const line = site?.lineBytesPerSecond ?? null;
    if (line === null) return movesAtOnce;
    return Math.max(1, Math.min(movesAtOnce, Math.floor(line / LEAST_BYTES_PER_SECOND)));
  }

  function hasRoom(organisation: Id): boolean {
    const own = [...running.values()].filter(({ job }) => organisationIn(job.site) === organisation);
    return own.length < (organisations.get(organisation)?.movesAtOnce ?? movesAtOnce);
  }

  function launch(job: Job): void {
    const begun = startTask(job, worker, parts, () => nextOpen(sites.get(job.site), nowMs()));
    running.set(job.key, begun);
    begun.done
      .catch((error: unknown) => {
        // What came of it could not be written down: its lease runs out, and it is done once more.
        if (!isTrouble(error)) throw error;
        parts.live.obstruct(error);
      })
      .finally(() => {
        running.delete(job.key);
        wake();
      });
  }

  /** What moves on one line shares it. */
  function shareLines(): void {
    const lines = Map.groupBy(running.values(), ({ job }) => job.site);
    for (const [name, runs] of lines) {
      const line = sites.get(name)?.lineBytesPerSecond ?? null;
      const moves = runs.map(({ job }) => ({ id: job.key, mostBytesPerSecond: null }));
      const shares = fairShares(line, moves);
      for (const { id, bytesPerSecond } of shares)
        running
          .get(id)!
          .limit(bytesPerSecond && Math.max(LEAST_BYTES_PER_SECOND, Math.floor(bytesPerSecond)));
    }
  }

  function wake(): void {
    again = true;
    if (ticking === undefined) schedule(0);
  }

  function schedule(ms: number): void {
    clearTimeout(timer);
    if (closing || !started) return;
    timer = setTimeout(() => {
      again = false;
      ticking = tick()
        .then(() => parts.live.obstruct(null))
        .catch((error: unknown) => {
          // The disk is full or busy: looked at again at the next tick, and leases run out meanwhile at worst.
          if (!isTrouble(error)) throw error;
          parts.live.obstruct(error);
        })
        .finally(() => {
          ticking = undefined;
          schedule(again ? 0 : TICK_MS);
        });
    }, ms);
  }

  return {
    start() {
      started = true;
      schedule(0);
    },
    wake,
    isRunning: (key) => running.has(key),
    async close() {
      closing = true;
      clearTimeout(timer);
      await ticking;
      for (const one of running.values()) one.stop('closing');
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}

/** People at no site have no hours. */
function isOpen(site: Site | null | undefined, nowMs: number): boolean {
  return !site || allowedAt(site, nowMs);
}

/** When moves may run there again; now when they may. */
function nextOpen(site: Site | null | undefined, nowMs: number): number {
  return !site || allowedAt(site, nowMs) ? nowMs : (nextChange(site, nowMs) ?? nowMs);
}

async function readPlaces({ records }: LoopParts): Promise<Places> {
  const places: Places = { sites: new Map(), organisations: new Map() };
  for (const organisation of await records.organisations()) {
    const { id } = organisation;
    places.organisations.set(id, organisation);
    places.sites.set(siteName(id, null), null);
    for (const site of await records.sites(id)) places.sites.set(siteName(id, site.id), site);
  }
  return places;
}
