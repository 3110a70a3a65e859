import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentLines } from '../content-line.ts';
import { fieldOf, type ReadComponent, readComponents } from './lines.fixture.ts';
import { type RuleFacts, series } from './outlook.fixture.ts';
import { placeLines } from './place-zone.ts';
import { renderGroupware } from './render.ts';
import { placeOfKey, WINDOWS_ZONES } from './windows-zones.ts';

const DAY_MS = 86_400_000;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** `19900325T020000` as a clock shows it. */
function clock(text: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?$/.exec(text)!;
  return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
}

function minutes(text: string): number {
  const [, sign, h, m] = /^([+-])(\d\d)(\d\d)$/.exec(text)!;
  return (sign === '-' ? -1 : 1) * (Number(h) * 60 + Number(m));
}

/** What a VTIMEZONE says, read by RFC 5545 §3.6.5 with code of its own: minutes east of Greenwich from each moment on. */
function turnsBy(zone: ReadComponent): { at: number; to: number }[] {
  const turns = zone.components.flatMap((observance) => {
    const from = minutes(fieldOf(observance, 'TZOFFSETFROM')!);
    const to = minutes(fieldOf(observance, 'TZOFFSETTO')!);
    return onsets(observance).map((local) => ({ at: local - from * 60_000, to }));
  });
  return turns.sort((one, other) => one.at - other.at);
}

/** Asked for moments in ascending order. */
function offsetsBy(zone: ReadComponent): (ms: number) => number {
  const turns = turnsBy(zone);
  let next = 0;
  return (ms) => {
    while (next < turns.length && turns[next]!.at <= ms) next++;
    return turns[Math.max(0, next - 1)]!.to;
  };
}

function onsets(observance: ReadComponent): number[] {
  const start = clock(fieldOf(observance, 'DTSTART')!);
  const rule = fieldOf(observance, 'RRULE');
  if (rule === undefined) return [start];
  const parts = Object.fromEntries(rule.split(';').map((part) => part.split('=') as [string, string]));
  const until = parts.UNTIL === undefined ? Number.POSITIVE_INFINITY : clock(parts.UNTIL);
  const from = minutes(fieldOf(observance, 'TZOFFSETFROM')!);
  return Array.from({ length: 58 }, (_none, index) => index + 1981)
    .flatMap((each) => daysOf(parts, each))
    .map((day) => day + (((start % DAY_MS) + DAY_MS) % DAY_MS))
    .filter((local) => local >= start && local - from * 60_000 <= until);
}

function daysOf(parts: Record<string, string>, year: number): number[] {
  const month = Number(parts.BYMONTH) - 1;
  const days: number[] = [];
  for (let ms = Date.UTC(year, month, 1); new Date(ms).getUTCMonth() === month; ms += DAY_MS) days.push(ms);
  const [, nth = '', weekday] = /^(-?\d)?(\w\w)$/.exec(parts.BYDAY ?? '') ?? [];
  const monthDays = parts.BYMONTHDAY?.split(',').map(Number);
  const fit = days.filter((ms) => {
    const date = new Date(ms);
    if (monthDays !== undefined && !monthDays.includes(date.getUTCDate())) return false;
    return weekday === undefined || WEEKDAYS[date.getUTCDay()] === weekday;
  });
  return nth === '' ? fit : [Number(nth) > 0 ? fit[Number(nth) - 1]! : fit.at(Number(nth))!];
}

test('every zone of Windows is a place, and its VTIMEZONE tells the time there, 1990 to 2037', () => {
  for (const place of new Set(Object.values(WINDOWS_ZONES))) {
    const [zone] = readComponents(contentLines(placeLines(place)));
    const offsetAt = offsetsBy(zone!);
    for (let ms = Date.UTC(1990, 0, 2); ms < Date.UTC(2037, 11, 31); ms += 41.3 * DAY_MS) {
      const there = Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(place);
      assert.equal(
        offsetAt(Math.floor(ms)),
        Math.round(there.offsetNanoseconds / 60e9),
        `${place} ${there.toString()}`,
      );
    }
  }
});

test('keys of Windows', () => {
  assert.equal(placeOfKey('Romance Standard Time'), 'Europe/Paris');
  assert.equal(placeOfKey('romance standard time\0\0'), 'Europe/Paris');
  assert.equal(placeOfKey('Europe/Paris'), 'Europe/Paris');
  for (const none of ['', 'Romance', 'Europe/Nowhere', '../etc/passwd', 'constructor'])
    assert.equal(placeOfKey(none), null);
});

function zoneTold(zone: RuleFacts): { tzid: string; text: string } {
  const facts = { frequency: 'daily', kind: 0, period: 1440, first: '2024-01-01', zone } as const;
  return renderGroupware(series(facts), 1252)!.zones[0]!;
}

test('a rule without a name: that of western Europe is known, any other is told as it is', () => {
  assert.equal(zoneTold({ bias: -60, winter: [10, 0, 5, 3], summer: [3, 0, 5, 2] }).tzid, 'Europe/Paris');
  assert.equal(zoneTold({ bias: 0, winter: [10, 0, 5, 2], summer: [3, 0, 5, 1] }).tzid, 'Europe/London');
  assert.equal(zoneTold({ bias: 330 }).tzid, 'UTC-0530');
  const south = zoneTold({ bias: -600, winter: [4, 0, 1, 3], summer: [10, 0, 1, 2] });
  const offsetAt = offsetsBy(readComponents(south.text)[0]!);
  for (let ms = Date.UTC(2000, 0, 2); ms < Date.UTC(2030, 0, 1); ms += 10 * DAY_MS) {
    const there = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('Australia/Sydney');
    // Today's rule of Sydney, which has held since 2008.
    if (ms > Date.UTC(2008, 5, 1)) assert.equal(offsetAt(ms), there.offsetNanoseconds / 60e9);
  }
});
