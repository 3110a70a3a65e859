import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isTrouble, Trouble, type TroubleKind } from '../../trouble.ts';
import { memoryHold } from '../holds/memory.ts';
import { memoryMailbox } from '../memory/mailbox.ts';
import { memorySourceStand, memoryTargetStand } from '../memory/stand.suite.ts';
import { parcels, putAll } from '../put.suite.ts';
import { readerLaws } from '../reader.suite.ts';
import { sourceSuite } from '../source.suite.ts';
import type { Source } from '../source.ts';
import { collect, folderAt, keysOf, letters, registerLaws, troubleOf } from '../stand.suite.ts';
import { targetSuite } from '../target.suite.ts';
import type { Clock } from './clock.ts';
import { dryTarget } from './dry.ts';
import { type FaultPlan, faultSource, faultTarget, seededFaults } from './fault.ts';
import { paceSource, paceTarget } from './pace.ts';
import { type RecordLine, recordSource, recordTarget } from './record.ts';
import { type RetryOptions, retrySource, retryTarget } from './retry.ts';

const noStall = { law: 'every wait ends', because: 'memory has no other side that could fall silent' };
const skip = [noStall];

/** Time that passes only when someone sleeps. */
function quickClock(): Clock & { slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}

function quick(options: RetryOptions = {}): RetryOptions {
  return { clock: quickClock(), tries: 12, ...options };
}

const seed = Number(process.env.MALLEPOSTE_SEED ?? Math.floor(Math.random() * 2 ** 31));
console.log(`faults: seed ${seed}`);

/** A listing begins anew after a cut, so the next cut leaves it the time to come to its end. */
function noisy(): FaultPlan {
  const plan = seededFaults({
    seed,
    oneIn: 20,
    kinds: ['lost', 'busy'],
    methods: ['folders', 'entries', 'read', 'changes', 'prepare', 'mark', 'quota'],
  });
  let quiet = 0;
  return (call, answers) => {
    if (quiet-- > 0) return null;
    const fault = plan(call, answers);
    if (fault !== null) quiet = 600;
    return fault;
  };
}

sourceSuite({
  name: 'retry around faults around memory, source',
  make: () => memorySourceStand({ around: (source) => retrySource(faultSource(source, noisy()), quick()) }),
  skip,
});
targetSuite({
  name: 'retry around faults around memory, target',
  make: () => memoryTargetStand({ around: (target) => retryTarget(faultTarget(target, noisy()), quick()) }),
  skip,
});
sourceSuite({
  name: 'pace and record around memory, source',
  make: () =>
    memorySourceStand({
      around: (source) =>
        recordSource(
          paceSource(source, { bytesPerSecond: 50_000, messagesPerDay: 9, clock: quickClock() }),
          plainOnly,
        ),
    }),
  skip,
});
targetSuite({
  name: 'pace and record around memory, target',
  make: () =>
    memoryTargetStand({
      around: (target) =>
        recordTarget(
          paceTarget(target, { bytesPerSecond: 50_000, messagesPerDay: 9, clock: quickClock() }),
          plainOnly,
        ),
    }),
  skip,
});
registerLaws(
  'dry around memory, as a reader',
  readerLaws,
  async () => {
    const stand = await memoryTargetStand({ around: dryTarget });
    return {
      ...stand,
      reader: stand.target,
      async seed(path, messages) {
        stand.mailbox.folder({ path });
        for (const message of messages) stand.mailbox.add(path, message);
      },
    };
  },
  skip,
);

/** A line of a record is plain data and carries no message. */
function plainOnly(line: RecordLine): void {
  const text = JSON.stringify(line);
  assert.deepEqual(JSON.parse(text), line);
  assert.ok(!text.includes('Subject:'));
}

describe('retry', () => {
  test('changes begun again tell the consumer the truth, whatever is cut and happens in between', async () => {
    const step = fc.record({
      cutAfter: fc.nat(6),
      act: fc.constantFrom('add', 'expunge', 'flag', 'renumber', 'nothing'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 6 }),
        fc.nat(5),
        fc.boolean(),
        async (steps, before, whole) => {
          const mailbox = memoryMailbox();
          const path = ['INBOX'];
          const happen = (act: string): void => {
            const keys = mailbox.messages(path).map((message) => message.key);
            if (act === 'add') mailbox.add(path, { bytes: Buffer.from('x') });
            else if (act === 'renumber') mailbox.renumber(path);
            else if (act === 'expunge' && keys[0]) mailbox.expunge(path, [keys[0]]);
            else if (act === 'flag' && keys.at(-1)) mailbox.flag(path, keys.at(-1)!, [`m${mailbox.calls()}`]);
          };
          for (let n = 0; n < before; n += 1) happen('add');
          const told = new Map<string, string>();
          let since: string | null = null;
          const plain = mailbox.source();
          const folder = await folderAt(plain, path);
          if (!whole)
            for await (const change of plain.changes(folder, null))
              if (change.is === 'entry') told.set(change.entry.key, change.entry.marks.join());
              else if (change.is === 'checkpoint') since = change.checkpoint;
          for (const act of ['add', 'flag', 'add']) happen(act);

          const left = [...steps];
          let resets = 0;
          const plan = (call: { method: string }, answers: number | null): TroubleKind | null => {
            if (call.method !== 'changes' || left.length === 0 || (answers ?? 0) < left[0]!.cutAfter)
              return null;
            happen(left.shift()!.act);
            return 'lost';
          };
          const source = retrySource(faultSource(mailbox.source(), plan), quick());
          for await (const change of source.changes(folder, since)) {
            if (change.is === 'reset') {
              assert.ok(resets++ === 0, 'one reset is enough');
              told.clear();
            } else if (change.is === 'entry') {
              assert.ok(!told.has(change.entry.key), 'told once');
              told.set(change.entry.key, change.entry.marks.join());
            } else if (change.is === 'gone') assert.ok(told.delete(change.key), 'gone is what was told');
            else if (change.is === 'marks') {
              assert.notEqual(told.get(change.key) ?? change.marks.join(), change.marks.join(), 'changed');
              told.set(change.key, change.marks.join());
            }
          }
          assert.deepEqual(
            [...told].sort(),
            mailbox
              .messages(path)
              .map((message) => [message.key, message.marks.join()])
              .sort(),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('after a checkpoint in the middle it begins there', async () => {
    const entry = (key: string) =>
      ({ is: 'entry', entry: { key, marks: [], receivedAt: null, size: 1 } }) as const;
    const asked: (string | null)[] = [];
    const inner: Source = {
      ...memoryMailbox().source(),
      async *changes(_folder, since) {
        asked.push(since);
        if (since === null) yield* [entry('1'), { is: 'checkpoint', checkpoint: 'one' } as const];
        yield entry('2');
        if (asked.length < 3) throw new Trouble('lost', { tried: 'list-messages', on: 'x' });
        yield { is: 'checkpoint', checkpoint: 'two' };
      },
    };
    const source = retrySource(inner, quick());
    const changes = await collect(source.changes(await folderAt(source, ['INBOX']), null));
    assert.deepEqual(asked, [null, 'one', 'one']);
    assert.deepEqual(
      changes.map((change) => (change.is === 'entry' ? change.entry.key : change.is)),
      ['1', 'checkpoint', '2', 'checkpoint'],
    );
  });

  test('put and withdraw are never repeated', async () => {
    for (const kind of ['lost', 'busy'] as const) {
      const mailbox = memoryMailbox();
      let calls = 0;
      const target = retryTarget(
        faultTarget(mailbox.target(), ({ method }, answers) => {
          if (method !== 'put' && method !== 'withdraw') return null;
          calls += 1;
          return answers === 1 || method === 'withdraw' ? kind : null;
        }),
        quick(),
      );
      const place = await target.prepare(['A'], null, false);
      assert.equal((await troubleOf(() => putAll(target, place, parcels(letters(4)))))?.kind, kind);
      assert.equal(mailbox.messages(['A']).length, 2);
      assert.equal((await troubleOf(() => target.withdraw(place, ['1.1'])))?.kind, kind);
      assert.equal(calls, 4);
    }
  });

  test('busy waits as long as it is asked to, and says so', async () => {
    const clock = quickClock();
    const waits: number[] = [];
    let busy = 2;
    const trouble = new Trouble('busy', { tried: 'list-folders', on: 'x', retryAfterMs: 299_961 });
    const source = retrySource(
      faultSource(memoryMailbox().source(), () => (busy-- > 0 ? trouble : null)),
      quick({ clock, totalMs: 3_600_000, onWait: ({ ms }) => waits.push(ms) }),
    );
    await source.folders();
    assert.equal(waits.length, 2);
    assert.ok(waits.every((ms) => ms >= 299_961 && ms < 320_000));
    assert.deepEqual(clock.slept, waits);
  });

  test('time that is asked for is no failure, however often, as long as something comes in between', async () => {
    const clock = quickClock();
    const mailbox = memoryMailbox();
    for (const message of letters(40)) mailbox.add(['INBOX'], message);
    const trouble = new Trouble('busy', { tried: 'read-message', on: 'x', retryAfterMs: 299_961 });
    const plan = ({ method }: { method: string }, answers: number | null) =>
      method === 'read' && answers === 1 ? trouble : null;
    const source = retrySource(faultSource(mailbox.source(), plan), { clock, random: () => 0 });
    const folder = await folderAt(source, ['INBOX']);
    const keys = await keysOf(source, folder);
    assert.equal((await collect(source.read(folder, keys, memoryHold()))).length, 40);
    assert.ok(clock.slept.length >= 39 && clock.slept.every((ms) => ms === 299_961), `${clock.slept}`);
  });

  test('time that is asked for again and again while nothing comes ends with the Trouble', async () => {
    for (const [retryAfterMs, waits] of [
      [50, 24],
      [0, 24],
      [3_600_001, 0],
    ] as const) {
      const clock = quickClock();
      const trouble = new Trouble('busy', { tried: 'list-folders', on: 'x', retryAfterMs });
      const source = retrySource(
        faultSource(memoryMailbox().source(), () => trouble),
        { clock, random: () => 0 },
      );
      assert.equal(await troubleOf(() => source.folders()), trouble);
      assert.equal(clock.slept.length, waits);
      assert.ok(clock.slept.every((ms) => ms === (retryAfterMs || 1_000)));
    }
  });

  test('time asked of one call is given by all calls to the account, and told once', async () => {
    const mailbox = memoryMailbox();
    for (const message of letters(30)) mailbox.add(['INBOX'], message);
    const clock = quickClock();
    const told: number[] = [];
    const begun: number[] = [];
    let throttledAt = -1;
    const trouble = new Trouble('busy', { tried: 'read-message', on: 'x', retryAfterMs: 60_000 });
    const plan = ({ method }: { method: string }, answers: number | null) => {
      if (method !== 'read') return null;
      if (throttledAt < 0 && answers === 4) {
        throttledAt = clock.now();
        return trouble;
      }
      begun.push(clock.now());
      return null;
    };
    const source = retrySource(faultSource(mailbox.source(), plan), {
      clock,
      onWait: ({ ms }) => told.push(ms),
    });
    const folder = await folderAt(source, ['INBOX']);
    const keys = await keysOf(source, folder);
    const parts = [keys.slice(0, 10), keys.slice(10, 20), keys.slice(20)];
    const read = await Promise.all(parts.map((part) => collect(source.read(folder, part, memoryHold()))));
    assert.equal(read.flat().length, 30);
    assert.equal(told.length, 1);
    assert.ok(
      begun.every((at) => at <= throttledAt || at >= throttledAt + 60_000),
      `${begun}`,
    );
  });

  test('closing ends what waits, at once and as lost', { timeout: 10_000 }, async () => {
    const trouble = new Trouble('busy', { tried: 'list-folders', on: 'x', retryAfterMs: 3_000_000 });
    const waiting = Promise.withResolvers<void>();
    const source = retrySource(
      faultSource(memoryMailbox().source(), ({ method }) => (method === 'folders' ? trouble : null)),
      { onWait: () => waiting.resolve() },
    );
    const asked = troubleOf(() => source.folders());
    await waiting.promise;
    await source.close();
    assert.equal((await asked)?.kind, 'lost');
  });

  test('a put that is told to wait closes the gate for the next one', async () => {
    const clock = quickClock();
    const trouble = new Trouble('busy', { tried: 'store-message', on: 'x', retryAfterMs: 5_000 });
    let busy = 1;
    const target = retryTarget(
      faultTarget(memoryMailbox().target(), ({ method }) =>
        method === 'put' && busy-- > 0 ? trouble : null,
      ),
      { clock, random: () => 0 },
    );
    const place = await target.prepare(['A'], null, false);
    assert.equal(await troubleOf(() => putAll(target, place, parcels(letters(1)))), trouble);
    assert.deepEqual(clock.slept, []);
    await putAll(target, place, parcels(letters(1)));
    assert.deepEqual(clock.slept, [5_000]);
  });

  test('waits grow, tries and total time are bounded, other kinds are thrown at once', async () => {
    const clock = quickClock();
    const dead = (kind: TroubleKind) => faultSource(memoryMailbox().source(), () => kind);
    const options = { clock, tries: 8, firstWaitMs: 100, longestWaitMs: 2000, random: () => 1 };
    assert.equal((await troubleOf(() => retrySource(dead('lost'), options).folders()))?.kind, 'lost');
    assert.deepEqual(clock.slept, [100, 200, 400, 800, 1600, 2000, 2000]);
    const short = quickClock();
    await troubleOf(() => retrySource(dead('lost'), { ...options, clock: short, totalMs: 1000 }).folders());
    assert.deepEqual(short.slept, [100, 200, 400]);
    for (const kind of ['denied', 'missing', 'refused', 'malformed', 'full'] as const) {
      const none = quickClock();
      assert.equal(
        (await troubleOf(() => retrySource(dead(kind), { ...options, clock: none }).folders()))?.kind,
        kind,
      );
      assert.deepEqual(none.slept, []);
    }
  });

  test('telling the same things over and over is no progress', async () => {
    const mailbox = memoryMailbox();
    for (const message of letters(10)) mailbox.add(['INBOX'], message);
    const plan = ({ method }: { method: string }, answers: number | null) =>
      (method === 'entries' || method === 'changes') && answers === 5 ? ('lost' as const) : null;
    const source = retrySource(faultSource(mailbox.source(), plan), quick({ tries: 4 }));
    const folder = await folderAt(source, ['INBOX']);
    assert.equal((await troubleOf(() => collect(source.entries(folder))))?.kind, 'lost');
    assert.equal((await troubleOf(() => collect(source.changes(folder, null))))?.kind, 'lost');
  });

  test('read asks again only for what was not answered', async () => {
    const mailbox = memoryMailbox();
    for (const message of letters(10)) mailbox.add(['INBOX'], message);
    const asked: number[] = [];
    const inner = recordSource(mailbox.source(), (line) => {
      if (line.is === 'call' && line.method === 'read') asked.push((line.args[1] as string[]).length);
    });
    let cuts = 3;
    const plan = ({ method }: { method: string }, answers: number | null) =>
      method === 'read' && answers === 2 && cuts-- > 0 ? ('lost' as const) : null;
    const source = retrySource(faultSource(inner, plan), quick());
    const folder = await folderAt(source, ['INBOX']);
    const keys = await keysOf(source, folder);
    assert.equal((await collect(source.read(folder, keys, memoryHold()))).length, 10);
    assert.deepEqual(asked, [10, 8, 6, 4]);
  });

  test('an abort ends the waiting', async () => {
    const abort = new AbortController();
    const source = retrySource(
      faultSource(memoryMailbox().source(), () => 'lost'),
      {
        signal: abort.signal,
        firstWaitMs: 60_000,
        longestWaitMs: 60_000,
        onWait: () => setImmediate(() => abort.abort()),
      },
    );
    const begun = performance.now();
    assert.equal((await troubleOf(() => source.folders()))?.kind, 'lost');
    assert.ok(performance.now() - begun < 5000);
  });
});

describe('pace', () => {
  test('bytes a second, over many messages', async () => {
    const clock = quickClock();
    const mailbox = memoryMailbox();
    for (const message of letters(100)) mailbox.add(['INBOX'], { ...message, bytes: Buffer.alloc(10_000) });
    const source = paceSource(mailbox.source(), { bytesPerSecond: 20_000, clock });
    const folder = await folderAt(source, ['INBOX']);
    await collect(source.read(folder, await keysOf(source, folder), memoryHold()));
    assert.ok(
      Math.abs(clock.now() - 49_000) < 600,
      `${clock.now()} ms for 1 MB at 20 kB/s, the first second free`,
    );
  });

  test('messages a day: used up at once, then evenly', async () => {
    const clock = quickClock();
    const told: number[] = [];
    const options = { messagesPerDay: 100, clock, onWait: (ms: number) => told.push(ms) };
    const target = paceTarget(memoryMailbox().target(), options);
    const place = await target.prepare(['INBOX'], null, false);
    for (let n = 0; n < 15; n += 1) await putAll(target, place, parcels(letters(10)));
    assert.ok(Math.abs(clock.now() - 0.4 * 86_400_000) < 60_000, `${clock.now() / 3_600_000} hours`);
    assert.ok(told.length > 0);
  });

  test('an abort ends the waiting with busy', async () => {
    const abort = new AbortController();
    const options = {
      messagesPerDay: 1,
      signal: abort.signal,
      onWait: () => setImmediate(() => abort.abort()),
    };
    const target = paceTarget(memoryMailbox().target(), options);
    const place = await target.prepare(['INBOX'], null, false);
    await putAll(target, place, parcels(letters(5)));
    const trouble = await troubleOf(() => putAll(target, place, parcels(letters(1))));
    assert.ok(isTrouble(trouble, 'busy') && trouble.retryAfterMs! > 0);
  });
});

test('dry: answers as if, touches nothing', async () => {
  const mailbox = memoryMailbox({ behaviour: { messageMaxBytes: 500 } });
  mailbox.add(['Archives'], letters(1)[0]!);
  const before = JSON.stringify([mailbox.paths(), mailbox.messages(['Archives'])]);
  const target = dryTarget(mailbox.target());
  const made = await target.prepare(['New', 'Deep'], 'sent', true);
  assert.equal((await target.prepare(['New', 'Deep'], 'sent', true)).handle, made.handle);
  const there = await target.prepare(['Archives'], null, true);
  for (const place of [made, there]) {
    const large = {
      ...parcels(letters(1))[0]!,
      step: 9,
      body: { ...parcels(letters(1))[0]!.body, size: 501 },
    };
    const answers = await putAll(target, place, [...parcels(letters(3)), large]);
    assert.deepEqual(
      answers.map((answer) => answer.is),
      ['landed', 'landed', 'landed', 'refused'],
    );
  }
  const [key] = await keysOf(target, there);
  assert.deepEqual(await target.mark(there, [{ key: key!, add: ['\\Seen'], remove: [] }]), [
    { key, is: 'marked' },
  ]);
  await target.withdraw(there, [key!]);
  assert.deepEqual(await collect(target.entries(made)), []);
  assert.equal(JSON.stringify([mailbox.paths(), mailbox.messages(['Archives'])]), before);
});
