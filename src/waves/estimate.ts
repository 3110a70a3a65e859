import type { Id } from '../records/facts.ts';
import { type Amount, amountsOf } from './amounts.ts';
import { allowedMsBetween } from './hours.ts';
import { type Load, type PlannedSite, type Scheduled, schedule } from './schedule.ts';
import { type Speeds, speedOf } from './speeds.ts';

/** Everything that is known of what shall move. Plain values; the time is in it. */
export interface Plan {
  /** When it begins; of a wave that runs, now. */
  fromMs: number;
  /** Over all sites. */
  movesAtOnce: number;
  /** In the order in which they move; those under way first, those that are done left out or with nothing left. */
  people: readonly PlannedPerson[];
  sites: readonly PlannedSite[];
  speeds: Speeds;
}

export interface PlannedPerson {
  id: Id;
  site: Id | null;
  sources: readonly PlannedSource[];
  target: PlannedEnd;
}

/** An account, as far as its provider holds it back. */
export interface PlannedEnd {
  /** A name under which speeds are measured: a host, a suite, `pst`. */
  provider: string;
  /** What may be moved within a day; null: no cap is known. */
  bytesPerDay: number | null;
}

export interface PlannedSource extends PlannedEnd {
  /** All of it, as surveyed or counted by an earlier pass; null: nobody looked yet. */
  amount: Amount | null;
  /** Of it, what is at the target already. */
  carried: Amount;
}

export interface Estimate {
  /** Null: not within the 1,100 days that we look ahead. */
  earliestMs: number | null;
  latestMs: number | null;
  /** The part of the accounts whose amounts are known, 0 to 1; the others are guessed from those. */
  known: number;
  /** The part of the moves whose speed was measured, at their site, of their providers or as a whole; 0 to 1. */
  measured: number;
  /** Null: nothing is left to be moved. */
  limit: Limit | null;
  /** Those who take longest, the longest first. */
  longest: PersonEstimate[];
}

export interface PersonEstimate {
  person: Id;
  /** When this one is done; null as above. */
  earliestMs: number | null;
  latestMs: number | null;
  /** What is left to be moved, between the two. */
  lowBytes: number;
  highBytes: number;
  /** The days that the caps of its accounts need at least; 0: there are none, or it fits into one. */
  capDays: number;
}

/** What holds the plan back most: with twice as much of it (or, of hours, with all) it would be done soonest. */
export type Limit =
  /** The line of this site: so many bytes must go through, at so much. */
  | { by: 'line'; site: Id; bytes: number; bytesPerSecond: number }
  /** A daily cap of this person's accounts: so many bytes at so many a day. */
  | { by: 'daily-cap'; person: Id; bytes: number; bytesPerDay: number; days: number }
  /** The hours of this site: open for so long in the first week. */
  | { by: 'hours'; site: Id; weekMs: number }
  /** How fast moves go, and how many at once. */
  | { by: 'speed'; lowBytesPerSecond: number; highBytesPerSecond: number; movesAtOnce: number };
export type LimitCode = Limit['by'];

/** What is bad for us, and what is good: in the amounts and in the speeds. */
type Case = 'best' | 'worst';

const LONGEST = 10;
const WEEK_MS = 7 * 86_400_000;

/**
 * Done by when, as a range: earliest if everything is at its best (the least that amounts may be, the fastest that speeds may
 * be), latest if everything is at its worst. Both are found by moving everybody in thought, in the order of the plan, through the hours and
 * lines of the sites, the places there are and the daily caps; `schedule` tells how. While a wave runs, the same is asked again
 * from now, with what is carried already and the speeds measured by then.
 *
 * Null: of nobody is known how much there is. Throws Trouble `malformed` (`read-record`) for hours that cannot be.
 */
export function estimate(plan: Plan, longest = LONGEST): Estimate | null {
  const cases = casesOf(plan);
  if (cases === null) return null;
  const { best, worst } = cases;
  const [early, late] = [schedule(best, plan.sites, plan), schedule(worst, plan.sites, plan)];
  const earliest = endOfAll(early, plan.fromMs);
  const latest = Math.max(earliest, endOfAll(late, plan.fromMs));
  const sources = plan.people.flatMap((person) => person.sources);
  return {
    earliestMs: moment(earliest),
    latestMs: moment(latest),
    known: part(sources, ({ amount }) => amount !== null),
    measured: part(plan.people, (person) => speedFor(plan, person).measured),
    limit: limitOf(plan, worst, late),
    longest: longestOf(plan, best, worst, early, late).slice(0, longest),
  };
}

/** The latest that `estimate` would tell, for less work; `Infinity` where it tells null. Null as `estimate` is. */
export function latestOf(plan: Plan): number | null {
  const cases = casesOf(plan);
  if (cases === null) return null;
  const { best, worst } = cases;
  return Math.max(
    endOfAll(schedule(best, plan.sites, plan), plan.fromMs),
    endOfAll(schedule(worst, plan.sites, plan), plan.fromMs),
  );
}

/** What everybody has to do, at its best and at its worst. */
function casesOf(plan: Plan): Record<Case, Load[]> | null {
  const amounts = amountsOf(plan.people);
  if (amounts === null) return null;
  const loads = (which: Case): Load[] =>
    plan.people.map((person, place) =>
      loadOf(
        plan,
        person,
        amounts[place]!.map((range) => range[which]),
        which,
      ),
    );
  return { best: loads('best'), worst: loads('worst') };
}

function loadOf(plan: Plan, person: PlannedPerson, amounts: readonly Amount[], which: Case): Load {
  const messages = amounts.reduce((sum, amount) => sum + amount.messages, 0);
  const size = amounts.reduce((sum, amount) => sum + amount.bytes, 0);
  // A message has a byte at least: else a list of empty ones would take no time.
  const bytes = Math.max(size, messages);
  const speed = speedFor(plan, person);
  const seconds =
    which === 'best'
      ? bytes / speed.highBytesPerSecond
      : Math.max(bytes / speed.lowBytesPerSecond, messages / speed.lowMessagesPerSecond);
  const days = person.sources.map(({ bytesPerDay }, place) => daysOf(amounts[place]!.bytes, bytesPerDay));
  return {
    site: person.site,
    bytes,
    bytesPerSecond: bytes > 0 ? bytes / seconds : 1,
    capDays: Math.max(0, daysOf(size, person.target.bytesPerDay), ...days),
  };
}

function daysOf(bytes: number, bytesPerDay: number | null): number {
  return bytesPerDay === null ? 0 : bytes / bytesPerDay;
}

function speedFor({ speeds }: Plan, { site, sources, target }: PlannedPerson): ReturnType<typeof speedOf> {
  return speedOf(speeds, site, [...sources.map(({ provider }) => provider), target.provider]);
}

function endOfAll(scheduled: readonly Scheduled[], fromMs: number): number {
  return scheduled.reduce((end, { endMs }) => Math.max(end, endMs), fromMs);
}

/** Each bound is eased in turn; the one that saves most is the one that holds. */
function limitOf(plan: Plan, loads: readonly Load[], late: readonly Scheduled[]): Limit | null {
  if (loads.every(({ bytes }) => bytes === 0)) return null;
  const end = endOfAll(late, plan.fromMs);
  const eased = (changed: readonly Load[], sites = plan.sites): number =>
    endOfAll(schedule(changed, sites, plan), plan.fromMs);
  const twice = (bytesPerSecond: number | null): number | null =>
    bytesPerSecond === null ? null : bytesPerSecond * 2;
  const ends: [LimitCode, number][] = [
    ['speed', eased(loads.map((load) => ({ ...load, bytesPerSecond: load.bytesPerSecond * 2 })))],
    ['daily-cap', eased(loads.map((load) => ({ ...load, capDays: load.capDays / 2 })))],
    [
      'line',
      eased(
        loads,
        plan.sites.map((site) => ({ ...site, line: eachLimit(site.line, twice) })),
      ),
    ],
    ['hours', eased(loads, plan.sites.map(atAllHours))],
  ];
  const [code] = ends.reduce((most, one) => (one[1] < most[1] ? one : most));
  const last = late.findIndex(({ endMs }) => endMs === end);
  return limitFacts(code, plan, loads, Math.max(0, last));
}

/** The figures, so that it can be said in a sentence; told of the one who is done last. */
function limitFacts(code: LimitCode, plan: Plan, loads: readonly Load[], last: number): Limit {
  const person = plan.people[last]!;
  const site = plan.sites.find(({ id }) => id === person.site);
  const load = loads[last]!;
  if (code === 'daily-cap' && load.capDays > 0) {
    const { bytes, capDays } = load;
    return { by: code, person: person.id, bytes, bytesPerDay: bytes / capDays, days: capDays };
  }
  if (code === 'hours' && site !== undefined)
    return { by: code, site: site.id, weekMs: allowedMsBetween(site, plan.fromMs, plan.fromMs + WEEK_MS) };
  const least = site === undefined ? null : leastLimit(site.line);
  if (code === 'line' && site !== undefined && least !== null) {
    const bytes = loads.reduce((sum, one) => (one.site === site.id ? sum + one.bytes : sum), 0);
    return { by: code, site: site.id, bytes, bytesPerSecond: least };
  }
  const { lowBytesPerSecond, highBytesPerSecond } = speedFor(plan, person);
  return { by: 'speed', lowBytesPerSecond, highBytesPerSecond, movesAtOnce: plan.movesAtOnce };
}

function leastLimit({ bytesPerSecond, outside }: PlannedSite['line']): number | null {
  const both = [bytesPerSecond, outside?.bytesPerSecond ?? null].filter((limit) => limit !== null);
  return both.length === 0 ? null : Math.min(...both);
}

/** The same line with other limits, in working hours and outside. */
export function eachLimit(
  { bytesPerSecond, outside }: PlannedSite['line'],
  change: (bytesPerSecond: number | null) => number | null,
): PlannedSite['line'] {
  return {
    bytesPerSecond: change(bytesPerSecond),
    outside: outside === null ? null : { ...outside, bytesPerSecond: change(outside.bytesPerSecond) },
  };
}

export function atAllHours(site: PlannedSite): PlannedSite {
  return { ...site, hours: [], closed: [] };
}

function longestOf(
  { people }: Plan,
  best: readonly Load[],
  worst: readonly Load[],
  early: readonly Scheduled[],
  late: readonly Scheduled[],
): PersonEstimate[] {
  const takes = ({ startMs, endMs }: Scheduled): number =>
    endMs === Number.POSITIVE_INFINITY ? endMs : endMs - startMs;
  return [...people.keys()]
    .filter((place) => worst[place]!.bytes > 0)
    .sort(
      (a, b) => descending(takes(late[a]!), takes(late[b]!)) || descending(worst[a]!.bytes, worst[b]!.bytes),
    )
    .map((place) => ({
      person: people[place]!.id,
      earliestMs: moment(early[place]!.endMs),
      latestMs: moment(Math.max(early[place]!.endMs, late[place]!.endMs)),
      lowBytes: Math.ceil(best[place]!.bytes),
      highBytes: Math.ceil(worst[place]!.bytes),
      capDays: worst[place]!.capDays > 1 ? worst[place]!.capDays : 0,
    }));
}

const descending = (a: number, b: number): number => (a === b ? 0 : a < b ? 1 : -1);

function moment(ms: number): number | null {
  return ms === Number.POSITIVE_INFINITY ? null : Math.ceil(ms);
}

/** 1 of nothing: there is nothing that is not known. */
function part<T>(list: readonly T[], is: (one: T) => boolean): number {
  return list.length === 0 ? 1 : list.filter(is).length / list.length;
}
