/** PidLidTimeZoneStruct (MS-OXOCAL §2.2.1.39) as a VTIMEZONE (RFC 5545 §3.6.5). */
import { asBuffer } from '../../mail/header.ts';

interface Turn {
  month: number;
  /** 1 to 4, or -1 for the last. */
  week: number;
  weekday: number;
  hour: number;
  minute: number;
}

export interface Zone {
  /** Minutes east of Greenwich. */
  standard: number;
  daylight: number;
  /** When each begins; null where there is no summer time. */
  turns: { standard: Turn; daylight: Turn } | null;
}

const SIZE = 48;

/** Null for what is none. */
export function zoneOf(struct: Uint8Array | null): Zone | null {
  if (struct === null || struct.length < SIZE) return null;
  const bytes = asBuffer(struct);
  const bias = bytes.readInt32LE(0);
  const standard = -(bias + bytes.readInt32LE(4));
  const daylight = -(bias + bytes.readInt32LE(8));
  if (Math.abs(standard) > 14 * 60 || Math.abs(daylight) > 15 * 60) return null;
  const turns = { standard: turnOf(bytes, 14), daylight: turnOf(bytes, 32) };
  return {
    standard,
    daylight,
    turns:
      turns.standard === null || turns.daylight === null
        ? null
        : { standard: turns.standard, daylight: turns.daylight },
  };
}

/** A SYSTEMTIME whose day is the week of the month, 5 the last. */
function turnOf(bytes: Buffer, at: number): Turn | null {
  const month = bytes.readUInt16LE(at + 2);
  const weekday = bytes.readUInt16LE(at + 4);
  const week = bytes.readUInt16LE(at + 6);
  const hour = bytes.readUInt16LE(at + 8);
  const minute = bytes.readUInt16LE(at + 10);
  if (month < 1 || month > 12 || weekday > 6 || week < 1 || week > 5 || hour > 23 || minute > 59) return null;
  return { month, week: week === 5 ? -1 : week, weekday, hour, minute };
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

type Line = readonly [string, string];

/** Named `Local`. */
export function zoneLines({ standard, daylight, turns }: Zone): Line[] {
  const lines: Line[] = [
    ['BEGIN', 'VTIMEZONE'],
    ['TZID', 'Local'],
  ];
  if (turns === null) lines.push(...observance('STANDARD', standard, standard, null));
  else {
    lines.push(...observance('STANDARD', daylight, standard, turns.standard));
    lines.push(...observance('DAYLIGHT', standard, daylight, turns.daylight));
  }
  return [...lines, ['END', 'VTIMEZONE']];
}

function observance(name: string, from: number, to: number, turn: Turn | null): Line[] {
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = turn === null ? '000000' : `${two(turn.hour)}${two(turn.minute)}00`;
  const rule: Line[] =
    turn === null
      ? []
      : [['RRULE', `FREQ=YEARLY;BYMONTH=${turn.month};BYDAY=${turn.week}${WEEKDAYS[turn.weekday]}`]];
  return [
    ['BEGIN', name],
    ['DTSTART', `16010101T${time}`],
    ['TZOFFSETFROM', offset(from)],
    ['TZOFFSETTO', offset(to)],
    ...rule,
    ['END', name],
  ];
}

function offset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}${String(size % 60).padStart(2, '0')}`;
}
