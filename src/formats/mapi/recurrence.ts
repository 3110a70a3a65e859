/** PidLidAppointmentRecur (MS-OXOCAL §2.2.1.44) as an iCalendar rule (RFC 5545 §3.3.10). */
import { asBuffer } from '../../mail/header.ts';

export interface Recurrence {
  rule: string;
  /** First day and time of day, local, as milliseconds of a clock without zone. */
  start: number;
  end: number;
  /** Days (like `start`) without the occurrence they should have. */
  deleted: number[];
  /** Days that have one that was changed. */
  modified: number[];
}

const DATES_MAX = 10_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
/** Times are minutes since 1601. */
const EPOCH_MS = Date.UTC(1601, 0, 1);
/** 31 August 4500: no end. */
const NEVER_MINUTES = 0x5ae980df;

/** Null for what is not understood. */
export function readRecurrence(bytes: Uint8Array): Recurrence | null {
  try {
    return parse(asBuffer(bytes));
  } catch (error) {
    // Beyond the end of the bytes.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function parse(bytes: Buffer): Recurrence | null {
  if (bytes.readUInt16LE(0) !== 0x3004 || bytes.readUInt16LE(8) > 1) return null;
  const frequency = bytes.readUInt16LE(4);
  const pattern = bytes.readUInt16LE(6);
  const period = bytes.readUInt32LE(14);
  let at = 22;
  const next = (): number => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const specific = Array.from({ length: [0, 1, 1, 2, 1][pattern] ?? 0 }, next);
  if (pattern > 4) return null;
  const parts = patternOf(frequency, pattern, period, specific);
  if (parts === null) return null;
  const endType = next();
  const count = next();
  const firstDay = next();
  const dates = (): number[] | null => {
    const length = next();
    return length > DATES_MAX ? null : Array.from({ length }, () => EPOCH_MS + next() * MINUTE_MS);
  };
  const deleted = dates();
  const modified = deleted === null ? null : dates();
  if (deleted === null || modified === null) return null;
  const first = EPOCH_MS + next() * MINUTE_MS;
  const last = next();
  at += 8;
  const offset = next() * MINUTE_MS;
  const endOffset = next() * MINUTE_MS;
  if (offset > 2 * DAY_MS || endOffset > 400 * DAY_MS || Number.isNaN(new Date(first + endOffset).getTime()))
    return null;
  if (endType === 0x2022) parts.push(`COUNT=${count}`);
  else if (endType === 0x2021 && last < NEVER_MINUTES) parts.push(`UNTIL=${until(last)}`);
  if (frequency === 0x200b) parts.push(`WKST=${WEEKDAYS[firstDay] ?? 'SU'}`);
  return {
    rule: parts.join(';'),
    start: first + offset,
    end: first + endOffset,
    deleted: deleted.map((date) => date + offset),
    modified: modified.map((date) => date + offset),
  };
}

/** The whole of the last day, local; a rule with a zone is to be in UTC, where a day more is still the same occurrence. */
function until(minutes: number): string {
  const end = new Date(EPOCH_MS + minutes * MINUTE_MS + DAY_MS - 1000);
  return end.toISOString().slice(0, 19).replace(/[-:]/g, '').concat('Z');
}

/** A year is twelve months: all that Outlook repeats by the month can be said so, whichever month it is. */
function patternOf(
  frequency: number,
  pattern: number,
  period: number,
  specific: readonly number[],
): string[] | null {
  const [first = 0, second = 0] = specific;
  const days = WEEKDAYS.filter((_name, index) => (first & (1 << index)) !== 0).join(',');
  switch (frequency) {
    case 0x200a:
      return pattern === 1 ? ['FREQ=WEEKLY', `BYDAY=${days}`] : ['FREQ=DAILY', interval(period / (24 * 60))];
    case 0x200b:
      return days === '' ? null : ['FREQ=WEEKLY', interval(period), `BYDAY=${days}`];
    case 0x200c:
    case 0x200d: {
      const base = ['FREQ=MONTHLY', interval(period)];
      if (pattern === 2 && first >= 1 && first <= 31) {
        // In a month that is too short Outlook takes its last day.
        return [...base, first > 28 ? `BYMONTHDAY=${range(28, first)};BYSETPOS=-1` : `BYMONTHDAY=${first}`];
      }
      if (pattern === 4) return [...base, 'BYMONTHDAY=-1'];
      if (pattern !== 3 || days === '' || second < 1 || second > 5) return null;
      return [...base, `BYDAY=${days}`, `BYSETPOS=${second === 5 ? -1 : second}`];
    }
    default:
      return null;
  }
}

function interval(count: number): string {
  return `INTERVAL=${Math.max(1, Math.floor(count))}`;
}

function range(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_none, index) => from + index).join(',');
}
