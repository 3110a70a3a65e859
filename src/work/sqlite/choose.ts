import type { DatabaseSync } from 'node:sqlite';
import { siteLimit } from '../limits.ts';
import type { Moment } from '../time.ts';
import type { Limits } from '../work.ts';

/** Every site for which something waits, by one look at the index each. */
const WAITING_SITES = `
  WITH RECURSIVE found (site) AS (
    SELECT min(site) FROM jobs INDEXED BY jobs_sites WHERE state = 0
    UNION ALL
    SELECT (SELECT min(site) FROM jobs INDEXED BY jobs_sites WHERE state = 0 AND jobs.site > found.site) FROM found WHERE site IS NOT NULL
  )
  SELECT site FROM found WHERE site IS NOT NULL`;

const HELD_BY_SITE = 'SELECT site, count(*) AS held FROM jobs WHERE state = 1 GROUP BY site';

/** Jobs of some sites that may begin, in the order in which they should, after one of them. */
const NEXT = `
  SELECT place, rank, move, site FROM jobs INDEXED BY jobs_waiting
  WHERE state = 0 AND (rank, place) > (:rank, :place) AND (earliest_ms <= :wallMs OR due_ms <= :timeMs)
    AND site IN (SELECT value FROM json_each(:sites))
    AND move NOT IN (SELECT move FROM paused)
    AND NOT EXISTS (SELECT 1 FROM jobs AS held WHERE held.state = 1 AND held.move = jobs.move)
  ORDER BY rank, place`;

interface Candidate {
  place: number;
  rank: number;
  move: string;
  site: string;
}

/** Tells the places of the jobs that may begin: the highest priority first, then the oldest, as far as the limits go. */
export type Choose = (now: Moment, most: number, limits: Limits) => number[];

export function chooser(db: DatabaseSync): Choose {
  const waitingSites = db.prepare(WAITING_SITES);
  const heldBySite = db.prepare(HELD_BY_SITE);
  const next = db.prepare(NEXT);

  function roomBySite(held: Map<string, number>, limits: Limits): Map<string, number> {
    const may = limits.sites === 'all' ? null : new Set(limits.sites);
    const sites = (waitingSites.all() as { site: string }[]).map(({ site }) => site);
    const rooms = sites
      .filter((site) => may?.has(site) ?? true)
      .map((site): [string, number] => [site, siteLimit(limits, site) - (held.get(site) ?? 0)]);
    return new Map(rooms.filter(([, room]) => room > 0));
  }

  return (now, most, limits) => {
    const rows = heldBySite.all() as { site: string; held: number }[];
    const held = new Map(rows.map((row) => [row.site, row.held]));
    const rooms = roomBySite(held, limits);
    const room = Math.min(most, limits.overall - rows.reduce((sum, row) => sum + row.held, 0));
    const moves = new Set<string>();
    const taken: number[] = [];
    let last = { rank: Number.MIN_SAFE_INTEGER, place: 0 };
    while (taken.length < room && rooms.size > 0) {
      const filled = walk(last);
      if (filled === null) break;
      // From here on without the site that is at its limit: its jobs, maybe thousands, are not even read.
      rooms.delete(filled);
    }
    return taken;

    /** Takes jobs until there is no room, no job (both: null), or no room at the site that it names. */
    function walk({ rank, place }: typeof last): string | null {
      const sites = JSON.stringify([...rooms.keys()]);
      for (const row of next.iterate({ rank, place, sites, ...now }) as Iterable<Candidate>) {
        last = row;
        if (moves.has(row.move)) continue;
        moves.add(row.move);
        taken.push(row.place);
        rooms.set(row.site, rooms.get(row.site)! - 1);
        if (taken.length >= room) return null;
        if (rooms.get(row.site) === 0) return row.site;
      }
      return null;
    }
  };
}
