/** A time zone of the IANA database as a VTIMEZONE (RFC 5545 §3.6.5), with its past. */
import type { Line } from '../content-line.ts';

/** Appointments are kept for decades; before the first year the first rule holds, after the last one the last. */
const [FIRST_YEAR, LAST_YEAR] = [1990, 2037];
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Minutes east of Greenwich. `place` must be one that Intl knows. */
export function placeOffset(place: string, ms: number): number {
  const time = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(place);
  return Math.round(time.offsetNanoseconds / 60e9);
}

/** The clock put forward or back. */
interface Turn {
  /** UTC, milliseconds. */
  at: number;
  from: number;
  to: number;
  /** What the clock showed then, before it was put. */
  local: number;
  year: number;
}

/** Turns that follow one rule, year after year. */
interface Run {
  turns: Turn[];
  rule: string;
}

/** Its lines, the same for the same place. */
export function placeLines(place: string): Line[] {
  const turns = turnsOf(place);
  const first = placeOffset(place, Date.UTC(FIRST_YEAR, 0, 1));
  const lines: Line[] = [
    ['BEGIN', 'VTIMEZONE'],
    ['TZID', place],
    ...observance('STANDARD', `${FIRST_YEAR}0101T000000`, first, first, null),
  ];
  if (turns.length > 0) lines.splice(2, lines.length, ...firstObservance(turns[0]!, first));
  for (const { turns: list, rule } of runsOf(turns)) {
    const [begin, last] = [list[0]!, list.at(-1)!];
    const endless = last.year >= LAST_YEAR;
    const text = list.length === 1 && !endless ? null : endless ? rule : `${rule};UNTIL=${stamp(last.at)}Z`;
    const name = begin.to > begin.from ? 'DAYLIGHT' : 'STANDARD';
    lines.push(...observance(name, stamp(begin.local), begin.from, begin.to, text));
  }
  return [...lines, ['END', 'VTIMEZONE']];
}

/** What held before the first turn. */
function firstObservance(turn: Turn, offset: number): Line[] {
  const name = turn.to > turn.from ? 'STANDARD' : 'DAYLIGHT';
  return observance(name, '19000101T000000', offset, offset, null);
}

function turnsOf(place: string): Turn[] {
  const turns: Turn[] = [];
  const end = Date.UTC(LAST_YEAR + 1, 0, 1);
  let time = Temporal.Instant.fromEpochMilliseconds(Date.UTC(FIRST_YEAR, 0, 1)).toZonedDateTimeISO(place);
  for (;;) {
    const next = time.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds >= end) return turns;
    const at = next.epochMilliseconds;
    const from = placeOffset(place, at - 1);
    const local = at + from * MINUTE_MS;
    const to = placeOffset(place, at);
    if (from !== to) turns.push({ at, from, to, local, year: new Date(local).getUTCFullYear() });
    time = next;
  }
}

/** Each turn goes to the run that it carries on: the year after, the same offsets, and still one rule for all. */
function runsOf(turns: readonly Turn[]): Run[] {
  const runs: (Run & { rules: string[] })[] = [];
  for (const turn of turns) {
    const own = rulesFor(turn.local);
    const open = runs.find(({ turns: list, rules }) => {
      const last = list.at(-1)!;
      const follows = last.year + 1 === turn.year && last.from === turn.from && last.to === turn.to;
      return follows && timeOf(last) === timeOf(turn) && rules.some((rule) => own.includes(rule));
    });
    if (open === undefined) runs.push({ turns: [turn], rule: own[0]!, rules: own });
    else {
      open.turns.push(turn);
      open.rules = open.rules.filter((rule) => own.includes(rule));
      open.rule = open.rules[0]!;
    }
  }
  return runs;
}

function timeOf({ local }: Turn): number {
  return local % DAY_MS;
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** The rules by which a day of the year may have been chosen, the likeliest first. */
function rulesFor(local: number): string[] {
  const date = new Date(local);
  const [month, day, weekday] = [date.getUTCMonth(), date.getUTCDate(), WEEKDAYS[date.getUTCDay()]!];
  const days = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const base = `FREQ=YEARLY;BYMONTH=${month + 1}`;
  const rules: string[] = [];
  if (day > days - 7) rules.push(`${base};BYDAY=-1${weekday}`);
  // The week that holds the day: `BYDAY=2SU` is the Sunday from the 8th to the 14th; other weeks are days of the month.
  for (let first = Math.max(1, day - 6); first <= day; first++) {
    const list = Array.from({ length: 7 }, (_none, index) => first + index);
    if (list.at(-1)! > days) continue;
    const nth = (first - 1) / 7;
    if (Number.isInteger(nth)) rules.unshift(`${base};BYDAY=${nth + 1}${weekday}`);
    else rules.push(`${base};BYMONTHDAY=${list.join(',')};BYDAY=${weekday}`);
  }
  rules.push(`${base};BYMONTHDAY=${day}`);
  // The last of the month before the fifth: most laws say so.
  return rules.sort((a, b) => Number(/BYDAY=[45]/.test(a)) - Number(/BYDAY=[45]/.test(b)));
}

/** As it stands in a VTIMEZONE. Minutes east of Greenwich; `rule` null: once. */
export function observance(
  name: 'STANDARD' | 'DAYLIGHT',
  start: string,
  from: number,
  to: number,
  rule: string | null,
): Line[] {
  return [
    ['BEGIN', name],
    ['DTSTART', start],
    ['TZOFFSETFROM', offsetText(from)],
    ['TZOFFSETTO', offsetText(to)],
    ['RRULE', rule],
    ['END', name],
  ];
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '');
}

export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}
