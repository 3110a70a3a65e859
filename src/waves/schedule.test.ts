import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { OpenHours } from '../records/facts.ts';
import { NO_LIMIT } from './line.ts';
import { type Load, type PlannedSite, type Scheduled, schedule } from './schedule.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Tuesday, midnight. */
const FROM = Date.UTC(2026, 10, 24);
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

const load = (bytes: number, changes: Partial<Load> = {}): Load => ({
  ...{ site: null, bytes, bytesPerSecond: 1_000, capDays: 0 },
  ...changes,
});

function site(changes: Partial<PlannedSite> = {}): PlannedSite {
  return { id: 'lyon', zone: 'UTC', hours: [], closed: [], line: NO_LIMIT, ...changes };
}

const line = (bytesPerSecond: number) => ({ bytesPerSecond, outside: null });
const hours = (from: string, to: string, days = EVERY_DAY): OpenHours[] => [{ days, from, to }];

/** Seconds after the start at which each is done. */
function ends(loads: Load[], sites: PlannedSite[], movesAtOnce: number): number[] {
  return schedule(loads, sites, { fromMs: FROM, movesAtOnce }).map(({ endMs }) => (endMs - FROM) / 1_000);
}

test('by its own speed, one after the other or beside each other', () => {
  const loads = [load(1_000), load(3_000), load(2_000)];
  assert.deepEqual(ends(loads, [], 1), [1, 4, 6]);
  assert.deepEqual(ends(loads, [], 2), [1, 3, 3]);
  assert.deepEqual(ends(loads, [], 99), [1, 3, 2]);
  assert.deepEqual(ends([load(0), load(1_000)], [], 1), [0, 1]);
  assert.deepEqual(ends([], [], 3), []);
});

test('a line is shared, and carries no more than it can', () => {
  const here = { site: 'lyon' };
  const loads = [load(1_000, here), load(1_000, here), load(1_000, here)];
  // 1,000 a second each and 1,500 in sum: the second gets 500 for a second; the third waits for its place, and
  // gets 500 until the second is done.
  assert.deepEqual(ends(loads, [site({ line: line(1_500) })], 2), [1, 1.5, 2.25]);
  assert.deepEqual(ends(loads, [site({ line: line(500) })], 3), [2, 4, 6]);
  const elsewhere = [load(1_000, here), load(1_000)];
  assert.deepEqual(ends(elsewhere, [site({ line: line(500) })], 2), [2, 1], 'another site has its own line');
});

test('another limit outside working hours', () => {
  const office = { zone: 'UTC', hours: hours('08:00', '18:00'), closed: [] };
  const lyon = site({ line: { bytesPerSecond: 100, outside: { working: office, bytesPerSecond: 500 } } });
  // Eight hours at 500 a second, then at 100.
  const night = 8 * 3_600 * 500;
  assert.deepEqual(ends([load(night + 100, { site: 'lyon' })], [lyon], 1), [8 * 3_600 + 1]);
});

test('only while the site is open', () => {
  const lyon = site({ hours: hours('20:00', '06:00'), closed: ['2026-11-25'] });
  const here = { site: 'lyon' };
  // Begins in the night of the 23rd, until six; then from 20:00 until midnight, because the 25th is closed.
  const six = 6 * 3_600;
  assert.deepEqual(ends([load(six * 1_000, here)], [lyon], 1), [six]);
  assert.deepEqual(ends([load((six + 1) * 1_000, here)], [lyon], 1), [20 * 3_600 + 1]);
  assert.deepEqual(ends([load((six + 4 * 3_600 + 1) * 1_000, here)], [lyon], 1), [48 * 3_600 + 1]);
});

test('25 GB into 500 MB a day take 50 days; what fits into a day waits for none', () => {
  const archive = load(25e9, { bytesPerSecond: 10e6, capDays: 25e9 / 500e6 });
  const [whole] = ends([archive], [], 1);
  assert.equal(whole, (50 * DAY) / 1_000);
  const small = load(500e6, { bytesPerSecond: 10e6, capDays: 1 });
  assert.deepEqual(ends([small], [], 1), [50]);
  // At night alone the same: what a day leaves unused is used in the night.
  const night = site({ hours: hours('20:00', '06:00') });
  const [nights] = ends([{ ...archive, site: 'lyon' }], [night], 1);
  assert.ok(nights! >= (50 * DAY) / 1_000 && nights! <= (51 * DAY) / 1_000, `${nights! / 86_400} days`);
  // Two hours of Sunday alone: of each week, one day's cap and what comes meanwhile.
  const sunday = site({ hours: hours('02:00', '04:00', [7]) });
  const [sundays] = ends([{ ...archive, site: 'lyon' }], [sunday], 1);
  assert.ok(sundays! > (45 * 7 * DAY) / 1_000, `${sundays! / 86_400 / 7} weeks`);
});

test('what never opens, or is further than we look, never ends', () => {
  const hardly = site({ hours: hours('02:00', '02:01', [7]) });
  assert.deepEqual(ends([load(1e12, { site: 'lyon' }), load(1)], [hardly], 1), [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
});

test('twelve thousand people of forty sites are scheduled', () => {
  const sites = Array.from({ length: 40 }, (_, n) =>
    site({ id: `s${n}`, hours: hours('19:00', '07:00'), line: line(2_000_000 + n * 100_000) }),
  );
  const loads = Array.from({ length: 12_000 }, (_, n) =>
    load(5e7 + (n % 97) * 1e7, { site: `s${n % 40}`, bytesPerSecond: 1e6, capDays: n % 3 }),
  );
  const scheduled = schedule(loads, sites, { fromMs: FROM, movesAtOnce: 60 });
  const carried = loads.reduce((sum, { bytes }) => sum + bytes, 0);
  const end = Math.max(...scheduled.map(({ endMs }) => endMs));
  // Sixty at once at a megabyte a second.
  assert.ok(end - FROM >= (carried / 60e6) * 1_000);
  assert.ok(end < Number.POSITIVE_INFINITY);
});

// --- Less to do, or more to do it with, never ends later.

const anyHours = fc.array(
  fc.record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 3 }),
    from: fc.constantFrom('00:00', '07:30', '19:00', '22:00'),
    to: fc.constantFrom('01:00', '06:00', '12:00', '23:30'),
  }),
  { maxLength: 2 },
);
const anyLimit = fc.option(fc.integer({ min: 50_000, max: 5_000_000 }));
const office = { zone: 'Europe/Paris', hours: hours('08:00', '18:00', [1, 2, 3, 4, 5]), closed: [] };
const anySite = (id: string) =>
  fc.record({ hours: anyHours, line: anyLimit, outside: anyLimit, both: fc.boolean() }).map((one) =>
    site({
      ...{ id, zone: 'Europe/Paris', hours: one.hours, closed: ['2026-12-25'] },
      line: {
        bytesPerSecond: one.line,
        outside: one.both ? { working: office, bytesPerSecond: one.outside } : null,
      },
    }),
  );
const anyLoad: fc.Arbitrary<Load> = fc.record({
  site: fc.constantFrom<(string | null)[]>('lyon', 'brest', null),
  bytes: fc.integer({ min: 0, max: 40_000_000_000 }),
  bytesPerSecond: fc.integer({ min: 100_000, max: 5_000_000 }),
  capDays: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 30, noNaN: true })),
});
const anyPlan = fc.record({
  loads: fc.array(anyLoad, { minLength: 1, maxLength: 12 }),
  sites: fc.tuple(anySite('lyon'), anySite('brest')).map((both): PlannedSite[] => both),
  movesAtOnce: fc.integer({ min: 1, max: 5 }),
  fromMs: fc.nat(20 * 24).map((after) => FROM + after * HOUR),
});
type AnyPlan = typeof anyPlan extends fc.Arbitrary<infer One> ? One : never;

const run = ({ loads, sites, fromMs, movesAtOnce }: AnyPlan): Scheduled[] =>
  schedule(loads, sites, { fromMs, movesAtOnce });

/** Each, not only the last one, is done no later; but for the last bits of what is computed. */
function noLater(better: AnyPlan, worse: AnyPlan): void {
  const [first, second] = [run(better), run(worse)];
  for (const [place, { endMs }] of first.entries())
    assert.ok(endMs <= second[place]!.endMs + 1, `${place}: ${endMs} after ${second[place]!.endMs}`);
}

const changed = (plan: AnyPlan, place: number, change: (one: Load) => Load): AnyPlan => ({
  ...plan,
  loads: plan.loads.map((one, at) => (at === place % plan.loads.length ? change(one) : one)),
});

test('more bytes are never done earlier, neither these nor those after them', () => {
  fc.assert(
    fc.property(anyPlan, fc.nat(), fc.nat(20_000_000_000), (plan, place, more) => {
      noLater(
        plan,
        // The cap stays the same, so the days grow with the bytes.
        changed(plan, place, (one) => ({
          ...one,
          bytes: one.bytes + more,
          capDays: one.bytes === 0 ? 0 : (one.capDays * (one.bytes + more)) / one.bytes,
        })),
      );
    }),
    { numRuns: 150 },
  );
});

test('a tighter cap is never done earlier', () => {
  fc.assert(
    fc.property(anyPlan, fc.nat(), fc.double({ min: 0, max: 20, noNaN: true }), (plan, place, days) => {
      noLater(
        plan,
        changed(plan, place, (one) => ({ ...one, capDays: one.capDays + days })),
      );
    }),
    { numRuns: 100 },
  );
});

test('more hours are never done later', () => {
  fc.assert(
    fc.property(anyPlan, anyHours, (plan, more) => {
      const wider = (one: PlannedSite): PlannedSite => ({
        ...one,
        hours: one.hours.length === 0 ? [] : [...one.hours, ...more],
      });
      const better = { ...plan, sites: plan.sites.map(wider) };
      noLater(better, plan);
      const always = plan.sites.map((one) => ({ ...one, hours: [], closed: [] }));
      noLater({ ...plan, sites: always }, better);
    }),
    { numRuns: 100 },
  );
});

test('more places, a wider line and an earlier start are never done later', () => {
  fc.assert(
    fc.property(anyPlan, fc.integer({ min: 1, max: 4 }), (plan, more) => {
      noLater({ ...plan, movesAtOnce: plan.movesAtOnce + more }, plan);
      noLater({ ...plan, fromMs: plan.fromMs - more * 5 * HOUR }, plan);
      const wider = plan.sites.map((one) => ({
        ...one,
        line: {
          bytesPerSecond: one.line.bytesPerSecond && one.line.bytesPerSecond * (1 + more),
          outside: one.line.outside && { ...one.line.outside, bytesPerSecond: null },
        },
      }));
      noLater({ ...plan, sites: wider }, plan);
    }),
    { numRuns: 100 },
  );
});

test('nobody is done before he alone could be, and no line carries more than it can', () => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      const scheduled = run(plan);
      for (const [place, one] of plan.loads.entries()) {
        const { startMs, endMs } = scheduled[place]!;
        if (endMs === Number.POSITIVE_INFINITY) continue;
        const least = Math.max(
          one.bytes / one.bytesPerSecond,
          one.capDays > 1 && one.bytes ? one.capDays * 86_400 : 0,
        );
        assert.ok(endMs - startMs >= least * 1_000 - 1);
      }
      for (const { id, line: limit } of plan.sites) {
        const most = limit.outside === null ? limit.bytesPerSecond : null;
        if (most === null) continue;
        const here = [...plan.loads.keys()].filter((place) => plan.loads[place]!.site === id);
        const bytes = here.reduce((sum, place) => sum + plan.loads[place]!.bytes, 0);
        const end = Math.max(plan.fromMs, ...here.map((place) => scheduled[place]!.endMs));
        assert.ok(end - plan.fromMs >= (bytes / most) * 1_000 - 1);
      }
    }),
    { numRuns: 150 },
  );
});
