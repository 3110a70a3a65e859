import { randomBytes } from 'node:crypto';
import type { Id, Organisation, Site } from '../../records/facts.ts';
import { isTrouble } from '../../trouble.ts';
import { allowedAt, nextChange } from '../../waves/hours.ts';
import { fairShares } from '../../waves/line.ts';
import { LEAST_BYTES_PER_SECOND } from '../../wire/bandwidth.ts';
import type { Job } from '../../work/work.ts';
import type { Allow } from './coach-job.ts';
import { siteName, taskOf } from './jobs.ts';
import type { RunsParts } from './runs.ts';
import { type Running, startTask } from './task.ts';

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

/** A site as the loop needs it: whether moves may run there now, and what its line bears. */
interface Place {
  organisation: Organisation;
  site: Site | null;
}

export function openLoop(parts: LoopParts): Loop {
  const { work, nowMs, movesAtOnce } = parts;
  // New at each start: nothing that an earlier life held is ours.
  const worker = `server-${process.pid}-${randomBytes(6).toString('hex')}`;
  const running = new Map<string, Running>();
  let places = new Map<string, Place>();
  let placesMs = Number.NEGATIVE_INFINITY;
  let closing = false;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> | undefined;
  let again = false;

  async function tick(): Promise<void> {
    if (performance.now() - placesMs >= PLACES_MS) {
      places = await readPlaces(parts);
      placesMs = performance.now();
    }
    await renew();
    stopClosed();
    if (!closing) await begin();
    shareLines();
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
      if (job.kind === 'move' && !isOpen(places.get(job.site), nowMs())) stop('hours');
  }

  async function begin(): Promise<void> {
    const room = movesAtOnce - running.size;
    if (room <= 0) return;
    const sites = [...places]
      .filter(([, place]) => isOpen(place, nowMs()) && hasRoom(place))
      .map(([name]) => name);
    const limits = { overall: movesAtOnce, perSite: mostAt, sites };
    for (const job of await work.lease(worker, room, LEASE_MS, limits)) launch(job);
  }

  /** No more on a line than can each have the least that keeps a connection alive. */
  function mostAt(name: string): number {
    const line = places.get(name)?.site?.lineBytesPerSecond ?? null;
    if (line === null) return movesAtOnce;
    return Math.max(1, Math.min(movesAtOnce, Math.floor(line / LEAST_BYTES_PER_SECOND)));
  }

  function hasRoom({ organisation }: Place): boolean {
    const own = [...running.values()].filter(({ job }) => taskOf(job)?.organisation === organisation.id);
    return own.length < organisation.movesAtOnce;
  }

  function launch(job: Job): void {
    const begun = startTask(job, worker, parts, () => nextOpen(places.get(job.site), nowMs()));
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
      const line = places.get(name)?.site?.lineBytesPerSecond ?? null;
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
    if (closing) return;
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
    start: () => schedule(0),
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

function isOpen(place: Place | undefined, nowMs: number): boolean {
  if (place === undefined) return false;
  return place.site === null || allowedAt(place.site, nowMs);
}

/** When moves may run there again; now when they may. */
function nextOpen(place: Place | undefined, nowMs: number): number {
  if (place === undefined || place.site === null || allowedAt(place.site, nowMs)) return nowMs;
  return nextChange(place.site, nowMs) ?? nowMs;
}

async function readPlaces({ records }: LoopParts): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  for (const organisation of await records.organisations()) {
    const at = (id: Id | null) => siteName(organisation.id, id);
    places.set(at(null), { organisation, site: null });
    for (const site of await records.sites(organisation.id)) places.set(at(site.id), { organisation, site });
  }
  return places;
}
