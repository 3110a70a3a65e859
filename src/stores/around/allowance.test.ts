import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Trouble } from '../../trouble.ts';
import { memoryHold } from '../holds/memory.ts';
import { memoryMailbox } from '../memory/mailbox.ts';
import { memorySourceStand, memoryTargetStand } from '../memory/stand.suite.ts';
import { sourceSuite } from '../source.suite.ts';
import type { Source } from '../source.ts';
import { targetSuite } from '../target.suite.ts';
import type { Target } from '../target.ts';
import { Allowance, type AllowanceOptions, type Rest, type Spent, type SpentKeeper } from './allowance.ts';
import { allowedSource, allowedTarget } from './allowed.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A world with a clock of its own: whoever sleeps moves it. */
function world(start = Date.UTC(2026, 10, 24, 9)) {
  const kept = { spent: [] as Spent };
  const rests: Rest[] = [];
  const clock = { now: start, slept: 0 };
  const keeper: SpentKeeper = {
    async update(change) {
      kept.spent = change(kept.spent);
      return kept.spent;
    },
  };
  const make = (bytes: number | null, more: Partial<AllowanceOptions> = {}): Allowance =>
    new Allowance({
      ...{ name: 'gmail://marie@gmail.com/', bytes, keeper, onRest: (rest) => rests.push(rest) },
      now: () => clock.now,
      async sleep(ms) {
        clock.now += ms;
        clock.slept += ms;
      },
      ...more,
    });
  return { kept, rests, clock, make };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('it rests when a day is used up, and goes on when enough of it is free', async () => {
  const { rests, clock, make } = world();
  const allowance = make(1_000_000);
  const begun = clock.now;
  await allowance.pass();
  allowance.spend(999_000);
  await allowance.pass();
  assert.equal(clock.slept, 0);
  allowance.spend(5_000);
  assert.ok(allowance.used);
  await Promise.all([allowance.pass(), allowance.pass(), allowance.pass()]);
  assert.equal(rests.length, 1, 'told once, to all');
  assert.equal(rests[0]!.because, 'daily-limit');
  assert.ok(clock.now - begun >= DAY && clock.now - begun <= DAY + HOUR / 2);
  assert.ok(!allowance.used);
});

test('in no 24 hours more than the allowance and one message is spent, whatever comes when', async () => {
  const steps = fc.array(fc.tuple(fc.nat(200), fc.nat(3 * HOUR)), { minLength: 1, maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const { clock, make } = world();
      const allowance = make(5_000);
      const spent: { at: number; bytes: number }[] = [];
      for (const [bytes, pause] of list) {
        clock.now += pause;
        await allowance.pass();
        allowance.spend(bytes);
        spent.push({ at: clock.now, bytes });
        const within = spent
          .filter(({ at }) => at > clock.now - DAY)
          .reduce((sum, one) => sum + one.bytes, 0);
        assert.ok(within <= 5_000 + 200, `${within}`);
      }
    }),
    { numRuns: 60 },
  );
});

test('a kill forgets nothing, and costs what was written ahead; a clean end costs nothing', async () => {
  const { clock, make, kept } = world();
  const sum = (): number => kept.spent.reduce((total, [, bytes]) => total + bytes, 0);
  const killed = make(1_000_000);
  await killed.pass();
  let spent = 0;
  for (let n = 0; n < 200; n += 1) {
    killed.spend(3_000);
    spent += 3_000;
    await settle();
    assert.ok(sum() >= spent, `${sum()} written, ${spent} spent`);
    assert.ok(sum() <= spent + 20_000);
  }
  const next = make(1_000_000);
  await next.pass();
  next.spend(300_000);
  assert.ok(!next.used || sum() >= 1_000_000);
  next.spend(200_000);
  assert.ok(next.used, 'what the killed one spent counts');
  clock.now += 2 * DAY;
  const clean = make(1_000_000);
  await clean.pass();
  clean.spend(1_234);
  await clean.close();
  assert.equal(sum(), 1_234);
});

test('two processes share one day', async () => {
  const { make } = world();
  const [one, two] = [make(1_000_000), make(1_000_000)];
  await one.pass();
  one.spend(600_000);
  await settle();
  await two.pass();
  two.spend(450_000);
  assert.ok(two.used);
});

test('a clock that jumps back locks nobody out for longer than a day; one that jumps on frees at once', async () => {
  const { clock, make, rests } = world();
  const before = make(1_000_000);
  await before.pass();
  before.spend(1_100_000);
  await before.close();
  clock.now -= 400 * DAY;
  const begun = clock.now;
  await make(1_000_000).pass();
  assert.ok(clock.now - begun <= DAY + HOUR, `${(clock.now - begun) / HOUR} hours`);
  assert.equal(rests.length, 1);
  const again = make(1_000_000);
  await again.pass();
  again.spend(1_100_000);
  await again.close();
  clock.now += 3 * DAY;
  const slept = clock.slept;
  await make(1_000_000).pass();
  assert.equal(clock.slept, slept);
});

test('a raised signal ends the rest', async () => {
  const ending = new AbortController();
  const { make } = world();
  const allowance = make(100, {
    signal: ending.signal,
    sleep: async () => ending.abort(),
  });
  await allowance.pass();
  allowance.spend(200);
  await assert.rejects(allowance.pass(), (error) => error instanceof Trouble && error.kind === 'busy');
});

const LOCK = () =>
  new Trouble('busy', {
    ...{ tried: 'read-message', on: 'x', answer: 'BYE Account exceeded command or bandwidth limits.' },
    retryAfterMs: DAY,
  });

test('locked all the same: an hour, then longer, up to a day; other troubles pass', async () => {
  const { make, rests, clock } = world();
  const allowance = make(null);
  const waits: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    const before = clock.now;
    await allowance.bear(LOCK());
    waits.push(Math.round((clock.now - before) / HOUR));
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 24, 24]);
  assert.deepEqual([rests[0]!.because, rests[0]!.answer], ['server', LOCK().answer]);
  allowance.progress();
  const before = clock.now;
  await allowance.bear(LOCK());
  assert.equal(clock.now - before, HOUR);
  const lost = new Trouble('lost', { tried: 'converse', on: 'x' });
  await assert.rejects(allowance.bear(lost), (error) => error === lost);
});

test('a reading that is stopped by the allowance goes on with what is left; a lock in its middle, too', async () => {
  const { make, rests } = world();
  const box = memoryMailbox({ name: 'imap://marie@old.example/' });
  for (let n = 0; n < 20; n += 1)
    box.add(['INBOX'], { bytes: Buffer.from(`Subject: ${n}\r\n\r\n${'x'.repeat(900)}\r\n`) });
  const inner = box.source();
  let answered = 0;
  const source = allowedSource(
    {
      ...inner,
      get traits() {
        return inner.traits;
      },
      async *read(folder, keys, hold) {
        for await (const answer of inner.read(folder, keys, hold)) {
          if (++answered === 5) throw LOCK();
          yield answer;
        }
      },
    } as Source,
    make(12_000),
  );
  const [folder] = await source.folders();
  const keys = (await Array.fromAsync(source.entries(folder!))).map(({ key }) => key);
  const got: string[] = [];
  for await (const answer of source.read(folder!, keys, memoryHold())) got.push(answer.key);
  assert.deepEqual([...got].sort(), [...keys].sort());
  assert.equal(new Set(got).size, 20);
  assert.deepEqual(new Set(rests.map(({ because }) => because)), new Set(['daily-limit', 'server']));
  await source.close();
});

test('a put waits for its day before it begins; one that was locked out rests, is told, and is not repeated', async () => {
  const { make, rests, clock } = world();
  const box = memoryMailbox({ name: 'imap://marie@new.example/' });
  const inner = box.target();
  let puts = 0;
  const target = allowedTarget(
    {
      ...inner,
      get traits() {
        return inner.traits;
      },
      async *put(place, parcels) {
        puts += 1;
        if (puts === 3) throw LOCK();
        yield* inner.put(place, parcels);
      },
    } as Target,
    { up: make(5_000), down: new Allowance({ name: 'x', bytes: null }) },
  );
  const place = await target.prepare(['INBOX'], 'inbox', true);
  const put = async (step: number) => {
    const sink = memoryHold().begin(3_000);
    sink.write(Buffer.alloc(3_000, 65));
    const parcel = { step, body: sink.end(), marks: [], receivedAt: null };
    return (await Array.fromAsync(target.put(place, [parcel]))).map(({ is }) => is);
  };
  assert.deepEqual([await put(1), await put(2)], [['landed'], ['landed']]);
  assert.equal(clock.slept, 0);
  const before = clock.now;
  await assert.rejects(put(3), (error) => {
    assert.ok(error instanceof Trouble && error.kind === 'busy');
    assert.equal(error.retryAfterMs, undefined, 'rested already');
    return true;
  });
  assert.ok(clock.now - before > DAY);
  assert.deepEqual(
    rests.map(({ because }) => because),
    ['daily-limit', 'server'],
  );
  assert.equal(puts, 3);
  await target.close();
});

const free = (): Allowance => new Allowance({ name: 'x', bytes: 10 ** 12 });

sourceSuite({
  name: 'allowed source',
  make: () => memorySourceStand({ around: (source) => allowedSource(source, free()) }),
});
targetSuite({
  name: 'allowed target',
  make: () => memoryTargetStand({ around: (target) => allowedTarget(target, { up: free(), down: free() }) }),
});
