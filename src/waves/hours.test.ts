import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { OpenHours } from '../records/facts.ts';
import { Trouble } from '../trouble.ts';
import {
  ALWAYS,
  allowedAt,
  allowedMsBetween,
  hoursProblem,
  nextChange,
  openSpans,
  type SiteHours,
} from './hours.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = [1, 2, 3, 4, 5, 6, 7];
const PARIS = 'Europe/Paris';

const at = (local: string, zone = PARIS): number =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
const nights = (closed: string[] = [], days = WEEK): SiteHours => ({
  zone: PARIS,
  hours: [{ days, from: '20:00', to: '06:00' }],
  closed,
});
const opens = (hours: SiteHours, from: string, to: string): string[] =>
  [...openSpans(hours, at(from), at(to))].map(({ fromMs, toMs }) =>
    [fromMs, toMs]
      .map((ms) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(hours.zone))
      .map((time) => time.toString({ smallestUnit: 'minute', timeZoneName: 'never' }))
      .join(' '),
  );

test('a night passes midnight, and belongs to the day on which it begins', () => {
  const hours = nights([], [5]);
  // 2026-11-27 is a Friday.
  assert.deepEqual(opens(hours, '2026-11-23T00:00', '2026-11-30T00:00'), [
    '2026-11-27T20:00+01:00 2026-11-28T06:00+01:00',
  ]);
  assert.ok(!allowedAt(hours, at('2026-11-27T19:59:59.999')));
  assert.ok(allowedAt(hours, at('2026-11-27T20:00')));
  assert.ok(allowedAt(hours, at('2026-11-28T05:59:59.999')));
  assert.ok(!allowedAt(hours, at('2026-11-28T06:00')));
  assert.equal(nextChange(hours, at('2026-11-24T12:00')), at('2026-11-27T20:00'));
  assert.equal(nextChange(hours, at('2026-11-27T20:00')), at('2026-11-28T06:00'));
  assert.equal(nextChange(hours, at('2026-11-28T06:00')), at('2026-12-04T20:00'));
});

test('on a closed date nothing moves, from midnight to midnight', () => {
  assert.deepEqual(opens(nights(['2026-12-25']), '2026-12-24T12:00', '2026-12-27T00:00'), [
    '2026-12-24T20:00+01:00 2026-12-25T00:00+01:00',
    '2026-12-26T00:00+01:00 2026-12-26T06:00+01:00',
    '2026-12-26T20:00+01:00 2026-12-27T00:00+01:00',
  ]);
});

test('no windows: always, but for the closed dates', () => {
  assert.ok(allowedAt(ALWAYS, 0));
  assert.equal(nextChange(ALWAYS, at('2026-11-24T12:00')), null);
  assert.equal(allowedMsBetween(ALWAYS, 5, 1_000), 995);
  assert.equal(allowedMsBetween(ALWAYS, 1_000, 5), 0);
  const closed = { ...ALWAYS, zone: PARIS, closed: ['2027-05-01'] };
  assert.equal(nextChange(closed, at('2026-11-24T12:00')), at('2027-05-01T00:00'));
  assert.equal(nextChange(closed, at('2027-05-01T00:00')), at('2027-05-02T00:00'));
  assert.equal(allowedMsBetween(closed, at('2027-04-30T00:00'), at('2027-05-03T00:00')), 2 * DAY);
  const whole = { ...closed, closed: [], hours: [{ days: WEEK, from: '00:00', to: '24:00' }] };
  assert.equal(nextChange(whole, at('2026-11-24T12:00')), null);
});

test('what touches is one span', () => {
  const hours: SiteHours = {
    zone: PARIS,
    hours: [
      { days: [1], from: '20:00', to: '24:00' },
      { days: [2], from: '00:00', to: '06:00' },
      { days: [2], from: '05:00', to: '07:30' },
    ],
    closed: [],
  };
  assert.deepEqual(opens(hours, '2026-11-23T00:00', '2026-11-29T00:00'), [
    '2026-11-23T20:00+01:00 2026-11-24T07:30+01:00',
  ]);
});

test('a night in which the clock springs is an hour shorter, one in which it falls back an hour longer', () => {
  const [spring, autumn] = ['2026-03-28T12:00', '2026-10-24T12:00'];
  const next = (local: string) => Temporal.PlainDateTime.from(local).add({ days: 1 }).toString();
  assert.equal(allowedMsBetween(nights(), at(spring), at(next(spring))), 9 * HOUR);
  assert.equal(allowedMsBetween(nights(), at(autumn), at(next(autumn))), 11 * HOUR);
});

test('a time that the clock skips is the moment it springs; one that comes twice is its first', () => {
  const within = (from: string, to: string): SiteHours => ({
    ...{ zone: PARIS, closed: [] },
    hours: [{ days: WEEK, from, to }],
  });
  const spring = (from: string, to: string) =>
    opens(within(from, to), '2026-03-29T00:00', '2026-03-29T12:00');
  assert.deepEqual(spring('02:30', '05:00'), ['2026-03-29T03:00+02:00 2026-03-29T05:00+02:00']);
  assert.deepEqual(spring('01:00', '02:30'), ['2026-03-29T01:00+01:00 2026-03-29T03:00+02:00']);
  assert.deepEqual(spring('02:10', '02:50'), []);
  const autumn = (from: string, to: string) =>
    opens(within(from, to), '2026-10-25T00:00', '2026-10-25T12:00');
  assert.deepEqual(autumn('01:00', '02:30'), ['2026-10-25T01:00+02:00 2026-10-25T02:30+02:00']);
  assert.deepEqual(autumn('02:30', '04:00'), ['2026-10-25T02:30+02:00 2026-10-25T04:00+01:00']);
});

test('a midnight that is skipped, and a day that never was', () => {
  const beirut: SiteHours = { zone: 'Asia/Beirut', hours: [], closed: ['2026-03-29'] };
  const noon = at('2026-03-28T12:00', 'Asia/Beirut');
  assert.equal(allowedMsBetween(beirut, noon, noon + 3 * DAY), 2 * DAY + HOUR);
  const apia: SiteHours = {
    zone: 'Pacific/Apia',
    hours: [{ days: WEEK, from: '08:00', to: '10:00' }],
    closed: [],
  };
  const begin = at('2011-12-29T00:00', 'Pacific/Apia');
  assert.equal(allowedMsBetween(apia, begin, begin + 2 * DAY), 4 * HOUR);
});

test('hours that cannot be are named, and never run by', () => {
  const bad = (changes: Partial<SiteHours>, window: Partial<OpenHours> = {}) =>
    hoursProblem({
      ...nights(),
      hours: [{ days: [1], from: '20:00', to: '06:00', ...window }],
      ...changes,
    });
  assert.equal(bad({}), null);
  for (const zone of ['', 'Mars/Olympus', '+02:00', 'x'.repeat(100), 'Europe/Paris\u0000'])
    assert.equal(bad({ zone }), 'zone', zone);
  for (const days of [[], [0], [8], [1.5], [Number.NaN]]) assert.equal(bad({}, { days }), 'day');
  for (const from of ['', '24:00', '7:00', '07:60', '07:00:00', '２０:00'])
    assert.equal(bad({}, { from }), 'time', from);
  assert.equal(bad({}, { to: '24:00' }), null);
  assert.equal(bad({}, { to: '24:01' }), 'time');
  for (const date of ['2026-02-29', '2026-2-1', '26-02-01', '2026-11-24T10:00', '2026-13-01', ''])
    assert.equal(bad({ closed: [date] }), 'date', date);
  assert.equal(bad({ closed: Array<string>(3_000).fill('2026-11-24') }), 'many');
  assert.throws(
    () => allowedAt({ ...nights(), zone: 'Mars/Olympus' }, 0),
    (error) => error instanceof Trouble && error.kind === 'malformed' && error.answer === 'zone',
  );
});

const zones = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'] as const;
const time = fc
  .tuple(fc.nat(23), fc.constantFrom(0, 7, 15, 30, 45, 59))
  .map((pair) => pair.map((n) => String(n).padStart(2, '0')).join(':'));
const openHours: fc.Arbitrary<OpenHours> = fc.record({
  days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  from: time,
  to: time,
});
const siteHours: fc.Arbitrary<SiteHours> = fc.record({
  zone: fc.constantFrom(...zones),
  hours: fc.array(openHours, { maxLength: 3 }),
  closed: fc.array(fc.constantFrom('2026-03-28', '2026-03-29', '2026-10-25', '2026-11-01', '2026-04-05')),
});
/** Around the days on which one of the zones changes its clock. */
const instant = fc
  .tuple(fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-25', '2026-11-01'), fc.nat(4_000))
  .map(([date, minutes]) => at(`${date}T00:00`) + (minutes - 2_000) * 60_000);

/** Read off the local clock: the window lies between today's or yesterday's `from` and its `to`. */
function byTheClock({ zone, hours, closed }: SiteHours, instantMs: number): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone);
  if (closed.includes(local.toPlainDate().toString())) return false;
  const now = local.toPlainTime().toString({ smallestUnit: 'minute' });
  const [today, yesterday] = [local.dayOfWeek, local.subtract({ days: 1 }).dayOfWeek];
  const within = ({ days, from, to }: OpenHours): boolean =>
    to > from
      ? days.includes(today) && now >= from && now < to
      : (days.includes(today) && now >= from) || (days.includes(yesterday) && now < to);
  return hours.length === 0 || hours.some(within);
}

/** Whether the clock showed, or will show, the same time once more within the next or last hours. */
function comesTwice(zone: string, instantMs: number): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone).toPlainDateTime();
  const first = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return (
    first.epochMilliseconds !== local.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds
  );
}

test('what is allowed is what the local clock says, but for the hour that comes twice', () => {
  fc.assert(
    fc.property(siteHours, instant, (hours, ms) => {
      fc.pre(!comesTwice(hours.zone, ms));
      assert.equal(allowedAt(hours, ms), byTheClock(hours, ms));
    }),
    { numRuns: 400 },
  );
});

test('between two changes nothing changes, and at each something does', () => {
  fc.assert(
    fc.property(siteHours, instant, fc.double({ min: 0, max: 0.999, noNaN: true }), (hours, ms, share) => {
      const change = nextChange(hours, ms);
      const is = allowedAt(hours, ms);
      const end = change ?? ms + DAY;
      assert.ok(end > ms);
      assert.equal(allowedAt(hours, Math.floor(ms + (end - ms) * share)), is);
      if (change !== null) {
        assert.equal(allowedAt(hours, change - 1), is);
        assert.equal(allowedAt(hours, change), !is);
      }
    }),
    { numRuns: 300 },
  );
});

test('allowed times add up, and are never more than the time there is', () => {
  const spans = fc.tuple(siteHours, instant, fc.nat(5 * DAY), fc.nat(5 * DAY));
  fc.assert(
    fc.property(spans, ([hours, from, first, second]) => {
      const [middle, end] = [from + first, from + first + second];
      const whole = allowedMsBetween(hours, from, end);
      assert.equal(allowedMsBetween(hours, from, middle) + allowedMsBetween(hours, middle, end), whole);
      assert.ok(whole >= 0 && whole <= end - from);
    }),
    { numRuns: 200 },
  );
});

test('spans are in order, apart, and each is open from end to end', () => {
  fc.assert(
    fc.property(siteHours, instant, fc.nat(10 * DAY), (hours, from, length) => {
      let before = Number.NEGATIVE_INFINITY;
      for (const { fromMs, toMs } of openSpans(hours, from, from + length)) {
        assert.ok(fromMs > before && toMs > fromMs && fromMs >= from && toMs <= from + length);
        assert.ok(allowedAt(hours, fromMs) && allowedAt(hours, toMs - 1));
        before = toMs;
      }
    }),
    { numRuns: 200 },
  );
});
