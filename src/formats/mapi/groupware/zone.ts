/** The time zone an appointment was made in (MS-OXOCAL §2.2.1.39, §2.2.1.41). */
import { asBuffer } from '../../../mail/header.ts';
import { contentLines, type Line } from '../content-line.ts';
import { PidLid, PropertySet } from '../properties.ts';
import type { Values } from '../values.ts';
import { Lid } from './ids.ts';
import { observance, offsetText, placeLines, placeOffset } from './place-zone.ts';
import { placeOfEuropeanRule, placeOfKey } from './windows-zones.ts';

/** A VTIMEZONE (RFC 5545 §3.6.5). Two of one `tzid` are the same. */
export interface ZoneText {
  tzid: string;
  text: string;
}

export interface Zone extends ZoneText {
  /** Minutes east of Greenwich, at a moment in milliseconds since 1970. */
  offsetAt(ms: number): number;
}

const MINUTE_MS = 60_000;

/** The moment when the clocks there show `local` (milliseconds of a clock without zone). */
export function utcOf(zone: Zone, local: number): number {
  const near = local - zone.offsetAt(local) * MINUTE_MS;
  return local - zone.offsetAt(near) * MINUTE_MS;
}

export function localOf(zone: Zone, ms: number): number {
  return ms + zone.offsetAt(ms) * MINUTE_MS;
}

/** In which it repeats; null when none is told. */
export function recurrenceZone(values: Values): Zone | null {
  return definedZone(values, Lid.TimeZoneDefinitionRecur) ?? structZone(values);
}

/** In which it was made, or is shown; null when none is told. */
export function shownZone(values: Values): Zone | null {
  return definedZone(values, Lid.TimeZoneDefinitionStartDisplay) ?? recurrenceZone(values);
}

const RULE_BYTES = 66;
const RULE_IN_FORCE = 2;

function definedZone(values: Values, lid: number): Zone | null {
  const definition = values.namedBytes(PropertySet.Appointment, lid);
  if (definition === null || definition.length < 8) return null;
  const bytes = asBuffer(definition);
  if (bytes[0] !== 2) return null;
  const end = 8 + 2 * bytes.readUInt16LE(6);
  const place = placeOfKey(bytes.toString('utf16le', 8, Math.min(end, bytes.length)));
  if (place !== null) return placeZone(place);
  return rulesZone(bytes, end);
}

function rulesZone(bytes: Buffer, from: number): Zone | null {
  const count = from + 2 <= bytes.length ? bytes.readUInt16LE(from) : 0;
  let chosen: number | null = null;
  for (let n = 0; n < count; n++) {
    const at = from + 2 + n * RULE_BYTES;
    if (at + RULE_BYTES > bytes.length) break;
    if (chosen === null || (bytes.readUInt16LE(at + 4) & RULE_IN_FORCE) !== 0) chosen = at;
  }
  if (chosen === null) return null;
  return ruleZone({ bytes, biases: chosen + 22, standard: chosen + 34, daylight: chosen + 50 });
}

const STRUCT_BYTES = 48;

function structZone(values: Values): Zone | null {
  const struct = values.namedBytes(PropertySet.Appointment, PidLid.TimeZoneStruct);
  if (struct === null || struct.length < STRUCT_BYTES) return null;
  const at = { bytes: asBuffer(struct), biases: 0, standard: 14, daylight: 32 };
  const named = placeOfKey(values.namedText(PropertySet.Appointment, Lid.TimeZoneDescription) ?? '');
  return named === null ? ruleZone(at) : placeZone(named);
}

interface RuleAt {
  bytes: Buffer;
  /** Offsets of the parts. */
  biases: number;
  standard: number;
  daylight: number;
}

function ruleZone({ bytes, biases, standard: standardAt, daylight: daylightAt }: RuleAt): Zone | null {
  const bias = bytes.readInt32LE(biases);
  const standard = -(bias + bytes.readInt32LE(biases + 4));
  const daylight = -(bias + bytes.readInt32LE(biases + 8));
  if (Math.abs(standard) > OFFSET_MAX || Math.abs(daylight) > OFFSET_MAX) return null;
  const [winter, summer] = [turnAt(bytes, standardAt), turnAt(bytes, daylightAt)];
  if (winter === null || summer === null) return fixedZone(standard);
  const place = isEuropean(winter, summer, standard) ? placeOfEuropeanRule(standard) : null;
  if (place !== null && daylight === standard + 60) return placeZone(place);
  return turningZone({ standard, daylight, winter, summer });
}

const OFFSET_MAX = 15 * 60;

/** A SYSTEMTIME whose day is the week of the month, 5 the last. */
interface Turn {
  month: number;
  /** 1 to 4, or -1 for the last. */
  week: number;
  weekday: number;
  minutes: number;
}

/** Null for none, and for a date of one year. */
function turnAt(bytes: Buffer, at: number): Turn | null {
  const [year, month, weekday, week, hour, minute] = [0, 2, 4, 6, 8, 10].map((more) =>
    bytes.readUInt16LE(at + more),
  ) as [number, number, number, number, number, number];
  if (year !== 0 || month < 1 || month > 12 || weekday > 6 || week < 1 || week > 5) return null;
  if (hour > 23 || minute > 59) return null;
  return { month, week: week === 5 ? -1 : week, weekday, minutes: hour * 60 + minute };
}

/** The last Sundays of March and October, at one o'clock in Greenwich. */
function isEuropean(winter: Turn, summer: Turn, standard: number): boolean {
  const lastSunday = (turn: Turn, month: number): boolean =>
    turn.month === month && turn.week === -1 && turn.weekday === 0;
  return (
    lastSunday(winter, 10) &&
    lastSunday(summer, 3) &&
    summer.minutes === 60 + standard &&
    winter.minutes === 120 + standard
  );
}

const PLACES = new Map<string, Zone>();

function placeZone(place: string): Zone {
  const known = PLACES.get(place);
  if (known !== undefined) return known;
  const zone: Zone = {
    tzid: place,
    text: contentLines(placeLines(place)),
    offsetAt: (ms) => placeOffset(place, ms),
  };
  PLACES.set(place, zone);
  return zone;
}

function fixedZone(standard: number): Zone {
  const tzid = `UTC${offsetText(standard)}`;
  const lines: Line[] = [
    ['BEGIN', 'VTIMEZONE'],
    ['TZID', tzid],
    ...observance('STANDARD', START, standard, standard, null),
    ['END', 'VTIMEZONE'],
  ];
  return { tzid, text: contentLines(lines), offsetAt: () => standard };
}

const START = '16010101T000000';
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

interface Turning {
  standard: number;
  daylight: number;
  winter: Turn;
  summer: Turn;
}

/** Named for its rule: two appointments of the same rule share it. */
function turningZone({ standard, daylight, winter, summer }: Turning): Zone {
  const name = (turn: Turn): string =>
    `${turn.month}.${turn.week}.${WEEKDAYS[turn.weekday]}.${clock(turn.minutes)}`;
  const tzid = `UTC${offsetText(standard)}_${name(winter)}_UTC${offsetText(daylight)}_${name(summer)}`;
  const lines: Line[] = [
    ['BEGIN', 'VTIMEZONE'],
    ['TZID', tzid],
    ...observance('STANDARD', startOf(winter), daylight, standard, ruleOf(winter)),
    ...observance('DAYLIGHT', startOf(summer), standard, daylight, ruleOf(summer)),
    ['END', 'VTIMEZONE'],
  ];
  return {
    tzid,
    text: contentLines(lines),
    offsetAt(ms) {
      const year = new Date(ms + standard * MINUTE_MS).getUTCFullYear();
      const on = turnDay(summer, year) - standard * MINUTE_MS;
      const off = turnDay(winter, year) - daylight * MINUTE_MS;
      const isSummer = on < off ? ms >= on && ms < off : ms >= on || ms < off;
      return isSummer ? daylight : standard;
    },
  };
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}`;
}

/** Outlook's own beginning of time, on a day of the rule as RFC 5545 §3.6.5 wants it. */
function startOf(turn: Turn): string {
  return new Date(turnDay(turn, 1601)).toISOString().slice(0, 19).replace(/[-:]/g, '');
}

function ruleOf({ month, week, weekday }: Turn): string {
  return `FREQ=YEARLY;BYMONTH=${month};BYDAY=${week}${WEEKDAYS[weekday]}`;
}

const DAY_MS = 24 * 60 * MINUTE_MS;

/** When the clock is put in a year, as it shows then. */
function turnDay({ month, week, weekday, minutes }: Turn, year: number): number {
  const first = Date.UTC(year, month - 1, 1);
  const shift = (weekday - new Date(first).getUTCDay() + 7) % 7;
  let day = first + (shift + (week === -1 ? 4 : week - 1) * 7) * DAY_MS;
  while (new Date(day).getUTCMonth() !== month - 1) day -= 7 * DAY_MS;
  return day + minutes * MINUTE_MS;
}
