import type { Id } from '../records/facts.ts';
import { atAllHours, type Estimate, eachLimit, estimate, latestOf, type Plan } from './estimate.ts';

/** `yes`: even at its worst; `no`: not even at its best; `perhaps`: it lies between; `free`: there is no deadline. */
export type Verdict = 'yes' | 'perhaps' | 'no' | 'free';

/** Of an estimate against its deadline, for the gate `plan-fits`; null: there is no estimate, so nothing is known. */
export function verdictOf(
  told: Pick<Estimate, 'earliestMs' | 'latestMs'> | null,
  deadlineMs: number | null,
): Verdict | null {
  if (deadlineMs === null) return 'free';
  if (told === null) return null;
  const { earliestMs, latestMs } = told;
  if (latestMs !== null && latestMs <= deadlineMs) return 'yes';
  return earliestMs !== null && earliestMs <= deadlineMs ? 'perhaps' : 'no';
}

/** What would make a plan end in time even at its worst; each has its words. */
export type Remedy =
  /** Beginning then, at the latest. */
  | { by: 'start'; fromMs: number }
  /** Moving at all hours, at the sites that have some. */
  | { by: 'hours'; sites: Id[] }
  /** So many at once, at least; as long as speeds stay what they are with so many. */
  | { by: 'moves'; movesAtOnce: number }
  /** So much of the line, at least; of a site with two limits, the larger. Null: no limit at all. */
  | { by: 'line'; sites: { site: Id; bytesPerSecond: number | null }[] }
  /** Nothing of this alone, but all of it together: now, at all hours, without a limit, so many at once. */
  | { by: 'together'; movesAtOnce: number }
  /** Another deadline, as it is; always possible, and last. */
  | { by: 'deadline'; toMs: number };
export type RemedyCode = Remedy['by'];

export interface Fit {
  verdict: Verdict | null;
  estimate: Estimate | null;
  /** Empty when it fits. */
  remedies: Remedy[];
}

/** More moves than this at once are advised to nobody. */
export const MOVES_MOST = 64;
/** A wider line is looked for up to this many times of what it is. */
const WIDER_MOST = 64;
/** Limits are told to a part in so many of what they are, starts to a quarter of an hour. */
const LINE_STEPS = 8;
const START_STEP_MS = 900_000;

/**
 * Whether a plan ends in time, and what would make it. Plans that cannot are refused by the gate `plan-fits`. Each remedy is tried on the
 * whole plan, alone, the smallest that is enough; `nowMs`: nothing begins earlier. Throws as `estimate` does.
 */
export function fits(plan: Plan, deadlineMs: number | null, nowMs: number): Fit {
  const told = estimate(plan);
  const verdict = verdictOf(told, deadlineMs);
  if (told === null || deadlineMs === null || verdict === 'yes')
    return { verdict, estimate: told, remedies: [] };
  const inTime = (changed: Plan): boolean => (latestOf(changed) ?? Number.POSITIVE_INFINITY) <= deadlineMs;
  const alone = [
    earlier(plan, nowMs, inTime),
    atMoreHours(plan, inTime),
    moreAtOnce(plan, inTime),
    widerLine(plan, inTime),
  ].filter((remedy) => remedy !== null);
  const found = alone.length > 0 ? alone : together(plan, nowMs, inTime);
  const later: Remedy[] = told.latestMs === null ? [] : [{ by: 'deadline', toMs: told.latestMs }];
  return { verdict, estimate: told, remedies: [...found, ...later] };
}

type InTime = (plan: Plan) => boolean;

function earlier(plan: Plan, nowMs: number, inTime: InTime): Remedy | null {
  const steps = Math.floor((plan.fromMs - nowMs) / START_STEP_MS);
  const least = leastOf(1, steps, (step) => inTime({ ...plan, fromMs: plan.fromMs - step * START_STEP_MS }));
  return least === null ? null : { by: 'start', fromMs: plan.fromMs - least * START_STEP_MS };
}

function atMoreHours(plan: Plan, inTime: InTime): Remedy | null {
  const sites = plan.sites.filter(({ hours, closed }) => hours.length + closed.length > 0);
  if (sites.length === 0 || !inTime({ ...plan, sites: plan.sites.map(atAllHours) })) return null;
  return { by: 'hours', sites: sites.map(({ id }) => id) };
}

function moreAtOnce(plan: Plan, inTime: InTime): Remedy | null {
  const movesAtOnce = leastOf(plan.movesAtOnce + 1, mostAtOnce(plan), (many) =>
    inTime({ ...plan, movesAtOnce: many }),
  );
  return movesAtOnce === null ? null : { by: 'moves', movesAtOnce };
}

function mostAtOnce({ people, movesAtOnce }: Plan): number {
  return Math.max(movesAtOnce, Math.min(MOVES_MOST, people.length));
}

function widerLine(plan: Plan, inTime: InTime): Remedy | null {
  const most = WIDER_MOST * LINE_STEPS;
  const wider = (step: number): Plan => ({
    ...plan,
    // The last step is no limit at all.
    sites: plan.sites.map((site) => ({ ...site, line: eachLimit(site.line, (is) => widened(is, step)) })),
  });
  const widened = (is: number | null, step: number): number | null =>
    is === null || step > most ? null : Math.ceil((is * step) / LINE_STEPS);
  const step = leastOf(LINE_STEPS + 1, most + 1, (one) => inTime(wider(one)));
  if (step === null) return null;
  const sites = plan.sites.flatMap(({ id, line }) => {
    const limits = [line.bytesPerSecond, line.outside?.bytesPerSecond ?? null].filter((is) => is !== null);
    return limits.length === 0 ? [] : [{ site: id, bytesPerSecond: widened(Math.max(...limits), step) }];
  });
  return { by: 'line', sites };
}

function together(plan: Plan, nowMs: number, inTime: InTime): Remedy[] {
  const movesAtOnce = mostAtOnce(plan);
  const sites = plan.sites.map((site) => ({ ...atAllHours(site), line: eachLimit(site.line, () => null) }));
  const fromMs = Math.min(plan.fromMs, nowMs);
  return inTime({ ...plan, fromMs, movesAtOnce, sites }) ? [{ by: 'together', movesAtOnce }] : [];
}

/** The smallest whole number between the two for which it holds, if what holds for one holds for all above. */
function leastOf(from: number, to: number, holds: (n: number) => boolean): number | null {
  if (to < from || !holds(to)) return null;
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
