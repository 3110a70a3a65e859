import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Amount, amountsOf } from './amounts.ts';
import { estimate, latestOf, type Plan, type PlannedPerson, type PlannedSource } from './estimate.ts';
import { fits, verdictOf } from './fits.ts';
import { NO_LIMIT } from './line.ts';
import type { PlannedSite } from './schedule.ts';
import { type Measured, UNMEASURED, withSample } from './speeds.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2026, 10, 24);
const NONE: Amount = { messages: 0, bytes: 0 };
const WEEK = [1, 2, 3, 4, 5, 6, 7];

const amount = (bytes: number, messages = 0): Amount => ({ bytes, messages });

function source(known: Amount | null, changes: Partial<PlannedSource> = {}): PlannedSource {
  return { provider: 'old.example', bytesPerDay: null, amount: known, carried: NONE, ...changes };
}

function person(id: string, sources: PlannedSource[], changes: Partial<PlannedPerson> = {}): PlannedPerson {
  return { id, site: 'lyon', sources, target: { provider: 'new.example', bytesPerDay: null }, ...changes };
}

function lyon(changes: Partial<PlannedSite> = {}): PlannedSite {
  return { id: 'lyon', zone: 'Europe/Paris', hours: [], closed: [], line: NO_LIMIT, ...changes };
}

/** A thousand equal passes of a megabyte a second: between 0.9 and 1.11. */
function megabyte(): Measured {
  const one = { messages: 1_000, bytes: 10_000_000, seconds: 10 };
  return Array.from({ length: 1_000 }, () => one).reduce<Measured | null>(withSample, null)!;
}

function plan(people: PlannedPerson[], changes: Partial<Plan> = {}): Plan {
  return {
    ...{ fromMs: FROM, movesAtOnce: 1, people, sites: [lyon()] },
    speeds: { overall: megabyte(), providers: {}, sites: {} },
    ...changes,
  };
}

/** Hours after the start. */
const hoursTo = (ms: number | null): number => Math.round(((ms! - FROM) / HOUR) * 1_000) / 1_000;

test('a range, by the speeds that were measured', () => {
  const told = estimate(plan([person('p', [source(amount(3_600_000_000))])]))!;
  // An hour at a megabyte a second, a tenth up or down.
  assert.ok(Math.abs(hoursTo(told.earliestMs) - 0.9) < 0.02, `${hoursTo(told.earliestMs)}`);
  assert.ok(Math.abs(hoursTo(told.latestMs) - 1 / 0.9) < 0.02, `${hoursTo(told.latestMs)}`);
  assert.deepEqual([told.known, told.measured], [1, 1]);
  assert.equal(told.limit?.by, 'speed');
});

test('nothing is measured: between what is usual, far apart, and said so', () => {
  const bytes = 340_000 * 3_600;
  const told = estimate(
    plan([person('p', [source(amount(bytes))])], { speeds: { overall: null, providers: {}, sites: {} } }),
  )!;
  assert.equal(hoursTo(told.latestMs), 1);
  assert.equal(
    hoursTo(told.earliestMs),
    Math.round((bytes / UNMEASURED.highBytesPerSecond / 3_600) * 1_000) / 1_000,
  );
  assert.equal(told.measured, 0);
  // 72,000 small messages at 20 a second.
  const small = plan([person('p', [source(amount(1_000, 72_000))])], {
    speeds: { overall: null, providers: {}, sites: {} },
  });
  assert.equal(hoursTo(estimate(small)!.latestMs), 1);
});

test('what is carried already takes no time again', () => {
  const half = source(amount(3_600_000_000), { carried: amount(3_600_000_000) });
  const told = estimate(plan([person('p', [half])]))!;
  assert.deepEqual([told.earliestMs, told.latestMs, told.limit, told.longest], [FROM, FROM, null, []]);
  const nobody = estimate(plan([]))!;
  assert.deepEqual([nobody.latestMs, nobody.known, nobody.limit], [FROM, 1, null]);
});

test('25 GB into 500 MB a day take 50 days, and it is said that the cap is why', () => {
  const archive = person('agathe', [source(amount(25e9), { provider: 'pst' })], {
    target: { provider: 'gmail', bytesPerDay: 500e6 },
  });
  const told = estimate(plan([archive, person('p', [source(amount(1e9))])], { movesAtOnce: 2 }))!;
  assert.ok(hoursTo(told.earliestMs) >= 50 * 24);
  assert.deepEqual(told.limit, {
    by: 'daily-cap',
    person: 'agathe',
    bytes: 25e9,
    bytesPerDay: 500e6,
    days: 50,
  });
  assert.deepEqual(
    told.longest.map(({ person, capDays }) => [person, capDays]),
    [
      ['agathe', 50],
      ['p', 0],
    ],
  );
  const out = person('p', [source(amount(15e9), { bytesPerDay: 2.5e9 }), source(amount(25e9))]);
  assert.equal(Math.round(hoursTo(estimate(plan([out]))!.latestMs) / 24), 6, '15 GB at 2.5 GB a day');
});

test('the line, the hours: what holds it back is told with its figures', () => {
  const people = Array.from({ length: 10 }, (_, n) => person(`p${n}`, [source(amount(1e9))]));
  const narrow = [lyon({ line: { bytesPerSecond: 100_000, outside: null } })];
  const byLine = estimate(plan(people, { sites: narrow, movesAtOnce: 5 }))!;
  assert.deepEqual(byLine.limit, { by: 'line', site: 'lyon', bytes: 10e9, bytesPerSecond: 100_000 });
  assert.equal(hoursTo(byLine.earliestMs), Math.round((1e10 / 1e5 / 3_600) * 1_000) / 1_000);
  const short = [lyon({ hours: [{ days: WEEK, from: '04:00', to: '06:00' }] })];
  const byHours = estimate(plan(people, { sites: short }))!;
  assert.deepEqual(byHours.limit, { by: 'hours', site: 'lyon', weekMs: 14 * HOUR });
});

test('further than we look is told as never', () => {
  const hardly = [lyon({ hours: [{ days: [7], from: '02:00', to: '02:01' }] })];
  const told = estimate(plan([person('p', [source(amount(1e12))])], { sites: hardly }))!;
  assert.deepEqual([told.earliestMs, told.latestMs], [null, null]);
  assert.equal(verdictOf(told, FROM + DAY), 'no');
  assert.equal(told.limit?.by, 'hours');
  assert.deepEqual(JSON.parse(JSON.stringify(told)), told);
});

test('amounts that nobody knows are guessed from the site, with a wider range', () => {
  const known = [1e9, 2e9, 3e9].map((bytes, n) => person(`k${n}`, [source(amount(bytes))]));
  const far = person('far', [source(amount(100e9))], { site: 'brest' });
  const ranges = amountsOf([...known, far, person('u', [source(null)])])!;
  assert.deepEqual(ranges[4], [{ best: amount(1e9), worst: amount(6e9) }]);
  assert.deepEqual(ranges[3], [{ best: amount(100e9), worst: amount(100e9) }]);
  // Brest has one that is known, which is too few: all are asked. Of 1, 2, 3 and 100 the median is 2.5.
  const lonely = amountsOf([...known, far, person('u', [source(null)], { site: 'brest' })])!;
  assert.deepEqual(lonely[4], [{ best: amount(1.25e9), worst: amount(7.5e9) }]);
  const told = estimate(plan([...known, person('u', [source(null)])]))!;
  assert.equal(told.known, 0.75);
  assert.equal(estimate(plan([person('u', [source(null)])])), null, 'nobody is known');
  assert.deepEqual(amountsOf([]), []);
});

test('in time, perhaps, or not', () => {
  const range = { earliestMs: 10, latestMs: 20 };
  assert.equal(verdictOf(range, 20), 'yes');
  assert.equal(verdictOf(range, 19), 'perhaps');
  assert.equal(verdictOf(range, 10), 'perhaps');
  assert.equal(verdictOf(range, 9), 'no');
  assert.equal(verdictOf(range, null), 'free');
  assert.equal(verdictOf(null, 9), null);
  assert.equal(verdictOf({ ...range, latestMs: null }, 10), 'perhaps');
});

test('what would make it fit: an earlier start, more hours, more at once, a wider line', () => {
  const people = Array.from({ length: 8 }, (_, n) => person(`p${n}`, [source(amount(3.24e9))]));
  // At its worst 0.9 MB/s: an hour each, four nights of two hours at one at once.
  const nights = [lyon({ hours: [{ days: WEEK, from: '02:00', to: '04:00' }] })];
  const begin = FROM + 4 * DAY;
  const made = plan(people, { fromMs: begin, sites: nights });
  const late = begin + 2 * DAY;
  const fit = fits(made, late, FROM);
  assert.equal(fit.verdict, 'no');
  const by = (code: string) => fit.remedies.find((remedy) => remedy.by === code);
  assert.deepEqual(
    fit.remedies.map((remedy) => remedy.by),
    ['start', 'hours', 'moves', 'deadline'],
  );
  assert.deepEqual(by('hours'), { by: 'hours', sites: ['lyon'] });
  const { movesAtOnce } = by('moves') as { movesAtOnce: number };
  const { fromMs } = by('start') as { fromMs: number };
  assert.ok(
    latestOf({ ...made, movesAtOnce })! <= late &&
      latestOf({ ...made, movesAtOnce: movesAtOnce - 1 })! > late,
  );
  assert.ok(
    latestOf({ ...made, fromMs })! <= late && latestOf({ ...made, fromMs: fromMs + HOUR / 4 })! > late,
  );
  assert.deepEqual(by('deadline'), { by: 'deadline', toMs: fit.estimate!.latestMs });
  assert.deepEqual(fits(made, fit.estimate!.latestMs, FROM).remedies, []);
  assert.deepEqual(fits(made, null, FROM).verdict, 'free');
});

test('a wider line, in working hours and outside', () => {
  const office = {
    zone: 'Europe/Paris',
    hours: [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }],
    closed: [],
  };
  const line = { bytesPerSecond: 50_000, outside: { working: office, bytesPerSecond: 200_000 } };
  const made = plan([person('p', [source(amount(30e9))])], { sites: [lyon({ line })] });
  const fit = fits(made, FROM + DAY, FROM);
  const wider = fit.remedies.find((remedy) => remedy.by === 'line');
  assert.ok(wider?.by === 'line' && wider.sites[0]!.bytesPerSecond! > 200_000, JSON.stringify(fit.remedies));
  const factor = wider.sites[0]!.bytesPerSecond! / 200_000;
  const changed = {
    bytesPerSecond: 50_000 * factor,
    outside: { working: office, bytesPerSecond: 200_000 * factor },
  };
  assert.ok(latestOf({ ...made, sites: [lyon({ line: changed })] })! <= FROM + DAY);
});

test('what no change alone can do may be done by all of them, or by a later deadline alone', () => {
  const people = Array.from({ length: 8 }, (_, n) => person(`p${n}`, [source(amount(3.24e9))]));
  const nights = [
    lyon({
      hours: [{ days: WEEK, from: '02:00', to: '04:00' }],
      line: { bytesPerSecond: 1e6, outside: null },
    }),
  ];
  const made = plan(people, { sites: nights });
  const fit = fits(made, FROM + 2 * HOUR, FROM);
  assert.deepEqual(
    fit.remedies.map((remedy) => remedy.by),
    ['together', 'deadline'],
  );
  assert.deepEqual(
    fits(made, FROM, FROM).remedies.map((remedy) => remedy.by),
    ['deadline'],
  );
});

// --- Properties of the whole.

const anyAmount = fc.record({ messages: fc.nat(500_000), bytes: fc.nat(30_000_000_000) });
const anySource = fc
  .record({ known: fc.option(anyAmount, { freq: 4 }), bytesPerDay: fc.option(fc.constantFrom(500e6, 2.5e9)) })
  .map(({ known, bytesPerDay }) => source(known, { bytesPerDay }));
const anyPlan = fc
  .record({
    people: fc.array(fc.array(anySource, { maxLength: 3 }), { minLength: 1, maxLength: 8 }),
    lineBytes: fc.option(fc.integer({ min: 100_000, max: 3_000_000 })),
    closed: fc.boolean(),
    movesAtOnce: fc.integer({ min: 1, max: 4 }),
    measured: fc.boolean(),
  })
  .map(({ people, lineBytes, closed, movesAtOnce, measured }) =>
    plan(
      [
        ...people.map((sources, n) => person(`p${n}`, sources)),
        person('known', [source(amount(2e9, 20_000))]),
      ],
      {
        movesAtOnce,
        sites: [
          lyon({
            hours: closed ? [{ days: WEEK, from: '19:00', to: '07:00' }] : [],
            line: { bytesPerSecond: lineBytes, outside: null },
          }),
        ],
        speeds: { overall: measured ? megabyte() : null, providers: {}, sites: {} },
      },
    ),
  );

const at = (ms: number | null): number => ms ?? Number.POSITIVE_INFINITY;

test('the earliest is never after the latest, of all and of each', () => {
  fc.assert(
    fc.property(anyPlan, (made) => {
      const told = estimate(made)!;
      assert.ok(FROM <= at(told.earliestMs) && at(told.earliestMs) <= at(told.latestMs));
      for (const { earliestMs, latestMs, lowBytes, highBytes } of told.longest) {
        assert.ok(at(earliestMs) <= at(latestMs) && at(latestMs) <= at(told.latestMs));
        assert.ok(lowBytes <= highBytes);
      }
      assert.deepEqual(JSON.parse(JSON.stringify(told)), told);
    }),
    { numRuns: 60 },
  );
});

test('more bytes are never earlier, what is carried never later, more hours never later', () => {
  fc.assert(
    fc.property(anyPlan, fc.nat(), fc.nat(20_000_000_000), (made, which, bytes) => {
      const told = estimate(made)!;
      const others = (change: (one: PlannedSource) => PlannedSource): Plan => ({
        ...made,
        people: made.people.map((one, place) =>
          place === which % made.people.length ? { ...one, sources: one.sources.map(change) } : one,
        ),
      });
      const more = estimate(
        others((one) =>
          one.amount === null ? one : { ...one, amount: { ...one.amount, bytes: one.amount.bytes + bytes } },
        ),
      )!;
      assert.ok(at(more.earliestMs) >= at(told.earliestMs) - 2 && at(more.latestMs) >= at(told.latestMs) - 2);
      const less = estimate(others((one) => ({ ...one, carried: amount(bytes) })))!;
      assert.ok(at(less.earliestMs) <= at(told.earliestMs) + 2 && at(less.latestMs) <= at(told.latestMs) + 2);
      const open = estimate({ ...made, sites: made.sites.map((one) => ({ ...one, hours: [] })) })!;
      assert.ok(at(open.earliestMs) <= at(told.earliestMs) + 2 && at(open.latestMs) <= at(told.latestMs) + 2);
    }),
    { numRuns: 60 },
  );
});

test('each remedy that is told makes it fit', () => {
  fc.assert(
    fc.property(anyPlan, fc.nat(40), (made, days) => {
      const deadline = FROM + days * DAY + HOUR;
      const begin = { ...made, fromMs: FROM + 2 * DAY };
      const { verdict, remedies, estimate: told } = fits(begin, deadline, FROM);
      assert.equal(verdict, verdictOf(told, deadline));
      assert.equal(remedies.length === 0, verdict === 'yes' || told!.latestMs === null);
      for (const remedy of remedies) {
        if (remedy.by === 'start') assert.ok(latestOf({ ...begin, fromMs: remedy.fromMs })! <= deadline);
        if (remedy.by === 'moves')
          assert.ok(latestOf({ ...begin, movesAtOnce: remedy.movesAtOnce })! <= deadline);
        if (remedy.by === 'deadline') assert.equal(verdictOf(told, remedy.toMs), 'yes');
      }
    }),
    { numRuns: 25 },
  );
});
