import type { OpenHours, Site } from '../records/facts.ts';
import { Trouble } from '../trouble.ts';

/**
 * When moves of a site may run. Local times in the site's zone; a window belongs to the day on which it begins, and passes
 * midnight when `to` is not after `from` (`08:00`–`08:00` is a whole day). On `closed` dates nothing moves from midnight to
 * midnight, a window from the evening before included. No windows at all: always, but for `closed`.
 *
 * A window begins, and ends, when the local clock first shows that time or a later one. So where the clock springs from 02:00
 * to 03:00, 02:30 is 03:00; where it falls back, 02:30 is the first one, and the hour that comes twice opens nothing twice.
 */
export type SiteHours = Pick<Site, 'zone' | 'hours' | 'closed'>;

/** What is wrong with hours that somebody typed; each has its words. */
export const HOURS_PROBLEMS = ['zone', 'day', 'time', 'date', 'many'] as const;
export type HoursProblem = (typeof HOURS_PROBLEMS)[number];

/** From, and not including, to; milliseconds since 1970. */
export interface Span {
  fromMs: number;
  toMs: number;
}

export const ALWAYS: SiteHours = { zone: 'UTC', hours: [], closed: [] };

const WINDOWS_MAX = 50;
const CLOSED_MAX = 2_000;
/** How far ahead a change is looked for. */
export const LOOK_AHEAD_DAYS = 1_100;
const DAY_MS = 86_400_000;
const DAY_MINUTES = 1_440;
/** What a `Temporal.Instant` can hold. */
const INSTANT_MAX_MS = 8.64e15;

/** Null: nothing is wrong with them. */
export function hoursProblem({ zone, hours, closed }: SiteHours): HoursProblem | null {
  if (hours.length > WINDOWS_MAX || closed.length > CLOSED_MAX) return 'many';
  if (!isZone(zone)) return 'zone';
  for (const { days, from, to } of hours) {
    if (days.length === 0 || !days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7))
      return 'day';
    if (!isTime(from) || !(isTime(to) || to === '24:00')) return 'time';
  }
  return closed.every(isDate) ? null : 'date';
}

/** Whether moves may run at that instant. Throws Trouble `malformed` (`read-record`) with a `HoursProblem`. */
export function allowedAt(hours: SiteHours, instantMs: number): boolean {
  for (const { fromMs } of openSpans(hours, instantMs, instantMs + 1)) return fromMs <= instantMs;
  return false;
}

/**
 * The first instant after this one at which it changes whether moves may run; null: none in the next 1,100 days, which is as far as we
 * look. Throws as `allowedAt` does.
 */
export function nextChange(hours: SiteHours, instantMs: number): number | null {
  const end = instantMs + LOOK_AHEAD_DAYS * DAY_MS;
  for (const { fromMs, toMs } of openSpans(hours, instantMs, end)) {
    if (fromMs > instantMs) return fromMs;
    return toMs < end ? toMs : null;
  }
  return null;
}

/** For how long moves may run between the two; 0 when `toMs` is not after `fromMs`. Throws as `allowedAt` does. */
export function allowedMsBetween(hours: SiteHours, fromMs: number, toMs: number): number {
  let sum = 0;
  for (const span of openSpans(hours, fromMs, toMs)) sum += span.toMs - span.fromMs;
  return sum;
}

/**
 * The open times between the two, in their order, apart from each other (what touches is one span), cut at both ends. A stream:
 * who needs the first asks for no more. Throws as `allowedAt` does.
 */
export function* openSpans(hours: SiteHours, fromMs: number, toMs: number): Generator<Span> {
  const problem = hoursProblem(hours);
  if (problem !== null)
    throw new Trouble('malformed', { tried: 'read-record', on: hours.zone, answer: problem });
  if (!(toMs > fromMs)) return;
  if (hours.hours.length === 0 && hours.closed.length === 0) return yield { fromMs, toMs };
  let last: Span | null = null;
  for (const span of pieces(hours, fromMs, toMs)) {
    const cut = { fromMs: Math.max(fromMs, span.fromMs), toMs: Math.min(toMs, span.toMs) };
    if (cut.toMs <= cut.fromMs) continue;
    if (last !== null && cut.fromMs <= last.toMs) {
      last = { fromMs: last.fromMs, toMs: Math.max(last.toMs, cut.toMs) };
      continue;
    }
    if (last !== null) yield last;
    last = cut;
  }
  if (last !== null) yield last;
}

/** Day by day, sorted by their beginnings, closed dates left out; they may touch and overlap. */
function* pieces({ zone, hours, closed }: SiteHours, fromMs: number, toMs: number): Generator<Span> {
  const shut = new Set(closed);
  let day = localDate(zone, fromMs);
  let begins = whenShows(zone, day, 0);
  while (begins < toMs) {
    const next = day.add({ days: 1 });
    const ends = whenShows(zone, next, 0);
    if (shut.size === 0 || !shut.has(day.toString())) {
      // A day of 24 hours is one in which the clock does not jump; the others are asked minute by minute.
      const at = (minutes: number): number =>
        ends - begins === DAY_MS || minutes === DAY_MINUTES
          ? begins + (minutes * (ends - begins)) / DAY_MINUTES
          : whenShows(zone, day, minutes);
      for (const [from, to] of minutesOn(hours, day.dayOfWeek)) yield { fromMs: at(from), toMs: at(to) };
    }
    day = next;
    begins = ends;
  }
}

/** What is open of a day, in minutes since its midnight: what yesterday's windows reach into it, and its own. */
function minutesOn(hours: readonly OpenHours[], weekday: number): [from: number, to: number][] {
  if (hours.length === 0) return [[0, DAY_MINUTES]];
  const before = weekday === 1 ? 7 : weekday - 1;
  const open = hours.flatMap(({ days, from, to }): [number, number][] => {
    const [begin, end] = [minutesOf(from), minutesOf(to)];
    const passes = end <= begin;
    return [
      ...(passes && days.includes(before) ? [[0, end] as [number, number]] : []),
      ...(days.includes(weekday) ? [[begin, passes ? DAY_MINUTES : end] as [number, number]] : []),
    ];
  });
  return open.sort(([a], [b]) => a - b);
}

/** When the local clock of a day first shows so many minutes, or later. */
function whenShows(zone: string, day: Temporal.PlainDate, minutes: number): number {
  const local = day.toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
  const at = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (at.toPlainDateTime().equals(local)) return at.epochMilliseconds;
  // It lies in a gap: `at` is before it, and the clock first shows more when it has sprung.
  return at.getTimeZoneTransition('next')!.epochMilliseconds;
}

function localDate(zone: string, instantMs: number): Temporal.PlainDate {
  const within = Math.min(INSTANT_MAX_MS, Math.max(-INSTANT_MAX_MS, Math.floor(instantMs)));
  return Temporal.Instant.fromEpochMilliseconds(within).toZonedDateTimeISO(zone).toPlainDate();
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function isTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

function isZone(zone: string): boolean {
  // Offsets (`+02:00`) are taken by Temporal, and know no summer time: not what somebody wants who plans for a place.
  if (!/^[A-Za-z]/.test(zone) || zone.length > 64) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}
