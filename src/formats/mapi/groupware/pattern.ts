/** How an appointment or task repeats (MS-OXOCAL §2.2.1.44) as an iCalendar rule (RFC 5545 §3.3.10). */
import { asBuffer } from '../../../mail/header.ts';
import { type ChangedOccurrence, Reader, readChanged } from './changed.ts';

/** Times are milliseconds of a clock without zone; a day is its midnight. */
export interface Pattern {
  /** `FREQ=…` without an end. */
  rule: string;
  /** `first`: a day. */
  first: number;
  /** How often in all; null where it is not counted. */
  count: number | null;
  /** The last day it may be on; null for no end, and where it is counted. */
  last: number | null;
  /** Days without the occurrence they should have, those of changed ones among them. */
  deleted: readonly number[];
  /** Of an appointment: from midnight to its start and its end. Null for a task. */
  offsets: { start: number; end: number } | null;
  changed: readonly ChangedOccurrence[];
}

const DATES_MAX = 10_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
/** Times are minutes since 1601. */
export const EPOCH_MS = Date.UTC(1601, 0, 1);
/** 31 August 4500: no end. */
const NEVER_MINUTES = 0x5ae980df;
const [BY_DATE, BY_COUNT] = [0x2021, 0x2022];
const [DAILY, WEEKLY, MONTHLY, YEARLY] = [0x200a, 0x200b, 0x200c, 0x200d];

/** Null for what is not understood, other calendars than the Gregorian among it. */
export function readPattern(bytes: Uint8Array): Pattern | null {
  try {
    return parse(new Reader(asBuffer(bytes)));
  } catch (error) {
    // Beyond the end of the bytes.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function parse(reader: Reader): Pattern | null {
  if (reader.u16() !== 0x3004) return null;
  reader.skip(2);
  const [frequency, kind, calendar] = [reader.u16(), reader.u16(), reader.u16()];
  reader.skip(4);
  const period = reader.u32();
  reader.skip(4);
  if (kind > 4 || calendar > 1) return null;
  const specific = Array.from({ length: [0, 1, 1, 2, 1][kind]! }, () => reader.u32());
  const [endType, count, firstDay] = [reader.u32(), reader.u32(), reader.u32()];
  const deleted = daysOf(reader);
  const moved = deleted === null ? null : daysOf(reader);
  if (deleted === null || moved === null) return null;
  const [firstMinutes, lastMinutes] = [reader.u32(), reader.u32()];
  const first = EPOCH_MS + firstMinutes * MINUTE_MS;
  if (firstMinutes >= NEVER_MINUTES) return null;
  const parts = partsOf({ frequency, kind, period, specific, first });
  if (parts === null) return null;
  if (frequency === WEEKLY) parts.push(`WKST=${WEEKDAYS[firstDay] ?? 'SU'}`);
  return {
    rule: parts.join(';'),
    first,
    count: endType === BY_COUNT ? Math.min(Math.max(count, 1), COUNT_MAX) : null,
    last: endType === BY_DATE && lastMinutes < NEVER_MINUTES ? EPOCH_MS + lastMinutes * MINUTE_MS : null,
    deleted,
    ...readTimes(reader),
  };
}

const COUNT_MAX = 100_000;

function daysOf(reader: Reader): number[] | null {
  const length = reader.u32();
  if (length > DATES_MAX) return null;
  return Array.from({ length }, () => EPOCH_MS + reader.u32() * MINUTE_MS);
}

/** What only appointments have; what of the changed occurrences can be read. */
function readTimes(reader: Reader): Pick<Pattern, 'offsets' | 'changed'> {
  if (reader.left < 16) return { offsets: null, changed: [] };
  reader.skip(4);
  const writer = reader.u32();
  const [start, end] = [reader.u32() * MINUTE_MS, reader.u32() * MINUTE_MS];
  if (start > 2 * DAY_MS || end > 400 * DAY_MS || end < start) return { offsets: null, changed: [] };
  return { offsets: { start, end }, changed: readChanged(reader, writer) };
}

interface Raw {
  frequency: number;
  kind: number;
  period: number;
  specific: readonly number[];
  first: number;
}

function partsOf({ frequency, kind, period, specific, first }: Raw): string[] | null {
  const [one = 0, two = 0] = specific;
  const days = WEEKDAYS.filter((_name, index) => (one & (1 << index)) !== 0);
  switch (frequency) {
    case DAILY:
      if (kind !== 1) return ['FREQ=DAILY', ...interval(period / (24 * 60))];
      return days.length === 0 ? null : ['FREQ=WEEKLY', `BYDAY=${days.join(',')}`];
    case WEEKLY:
      return days.length === 0 ? null : ['FREQ=WEEKLY', ...interval(period), `BYDAY=${days.join(',')}`];
    case MONTHLY:
    case YEARLY: {
      const month = new Date(first).getUTCMonth() + 1;
      const isYearly = frequency === YEARLY && period % 12 === 0;
      const base = isYearly
        ? ['FREQ=YEARLY', ...interval(period / 12), `BYMONTH=${month}`]
        : ['FREQ=MONTHLY', ...interval(period)];
      if (kind === 2) return one < 1 || one > 31 ? null : [...base, monthDay(one, isYearly ? month : null)];
      if (kind === 4) return [...base, 'BYMONTHDAY=-1'];
      if (kind !== 3 || days.length === 0 || two < 1 || two > 5) return null;
      const nth = two === 5 ? -1 : two;
      if (days.length === 1) return [...base, `BYDAY=${nth}${days[0]}`];
      return [...base, `BYDAY=${days.join(',')}`, `BYSETPOS=${nth}`];
    }
    default:
      return null;
  }
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** In a month that is too short Outlook takes its last day. `month`: the only one it can be, from 1; null for any. */
function monthDay(day: number, month: number | null): string {
  const shortest = month === null ? 28 : MONTH_DAYS[month - 1]!;
  const longest = month === null ? 31 : month === 2 ? 29 : shortest;
  if (day <= shortest && day < longest) return `BYMONTHDAY=${day}`;
  // The 31st of a month that always has it is that day; of any other, or of every month, the last.
  if (day >= longest) return day === longest && shortest === longest ? `BYMONTHDAY=${day}` : 'BYMONTHDAY=-1';
  const days = Array.from({ length: day - shortest + 1 }, (_none, index) => shortest + index);
  return `BYMONTHDAY=${days.join(',')};BYSETPOS=-1`;
}

function interval(count: number): string[] {
  const whole = Math.min(Math.max(1, Math.floor(count)), INTERVAL_MAX);
  return whole === 1 ? [] : [`INTERVAL=${whole}`];
}

const INTERVAL_MAX = 10_000;
