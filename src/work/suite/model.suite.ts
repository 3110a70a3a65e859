import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../../trouble.ts';
import type { Job, JobState, Limits, Work } from '../work.ts';
import { asked, type Bed, START_MS } from './trial.ts';

const RUNS = 60;
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
const OFS = ['marie', 'paul', 'zoé'] as const;
const SITES = ['Lyon', 'Brest'] as const;
const WORKERS = ['one', 'two'] as const;
const LEASE_MS = 100;

type Verb = 'finish' | 'giveBack' | 'renew' | 'cancel' | 'hasten';
type Command =
  | { is: 'ask'; key: string; of: string; site: string; priority: number; inMs: number }
  | { is: 'lease'; worker: string; most: number; limits: Limits }
  | { is: Verb; worker: string; key: string; inMs: number; troubled: boolean }
  | { is: 'pause' | 'resume'; of: string }
  | { is: 'pass' | 'set'; ms: number }
  | { is: 'expired' };

/** What the laws say of one job, in the plainest way. */
interface Known {
  of: string;
  site: string;
  priority: number;
  place: number;
  state: JobState;
  worker: string | null;
  attempts: number;
  silences: number;
  stopping: boolean;
  untilMs: number;
  /** By the wall clock, and by the time that passes. */
  earliestMs: number;
  dueMs: number;
}

interface Model {
  jobs: Map<string, Known>;
  paused: Set<string>;
  wallMs: number;
  passedMs: number;
}

export function model(make: () => Promise<Bed>): void {
  it('keeps to what the laws say', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.tuple(commands(), fc.boolean()), { maxLength: 60, size: 'max' }),
      (script) => played(make, script),
    );
    await fc.assert(property, { numRuns: RUNS });
  });
}

async function played(make: () => Promise<Bed>, script: [Command, boolean][]): Promise<void> {
  const bed = await make();
  const known: Model = { jobs: new Map(), paused: new Set(), wallMs: START_MS, passedMs: 0 };
  try {
    for (const [command, byOther] of script) {
      await step(bed, byOther ? bed.other : bed.work, known, command);
      const { jobs } = await (byOther ? bed.work : bed.other).jobs({ limit: 100 });
      assert.deepEqual(jobs.map(seen), [...known.jobs].map(expected(known)), JSON.stringify(command));
    }
  } finally {
    await bed.end();
  }
}

function seen(job: Job): object {
  const { key, of, state, worker, attempts, silences, stopping, paused } = job;
  return { key, of, state, worker, attempts, silences, stopping, paused };
}

function expected({ paused }: Model): (entry: [string, Known]) => object {
  return ([key, { of, state, worker, attempts, silences, stopping }]) => {
    return { key, of, state, worker, attempts, silences, stopping, paused: paused.has(of) };
  };
}

async function step(bed: Bed, work: Work, known: Model, command: Command): Promise<void> {
  switch (command.is) {
    case 'ask':
      return ask(work, known, command);
    case 'lease':
      return lease(work, known, command);
    case 'pause':
      known.paused.add(command.of);
      return work.pause(command.of);
    case 'resume':
      known.paused.delete(command.of);
      return work.resume(command.of);
    case 'pass':
      bed.clock.pass(command.ms);
      known.passedMs += command.ms;
      known.wallMs += command.ms;
      return;
    case 'set':
      bed.clock.set(command.ms);
      known.wallMs += command.ms;
      return;
    case 'expired':
      assert.deepEqual((await work.expired()).sort(), freed(known).sort());
      return;
    default:
      return touch(work, known, command);
  }
}

async function ask(work: Work, known: Model, command: Command & { is: 'ask' }): Promise<void> {
  const { key, of, site, priority, inMs } = command;
  const job = asked(key, { of, site, priority, earliestMs: known.wallMs + inMs });
  assert.equal(await work.ask([job]), known.jobs.has(key) ? 0 : 1);
  if (known.jobs.has(key)) return;
  known.jobs.set(key, {
    ...{ of, site, priority, place: known.jobs.size + 1, state: 'waiting', worker: null, attempts: 0 },
    ...{ silences: 0, stopping: false, untilMs: 0, earliestMs: job.earliestMs, dueMs: known.passedMs + inMs },
  });
}

async function lease(work: Work, known: Model, command: Command & { is: 'lease' }): Promise<void> {
  const { worker, most, limits } = command;
  freed(known);
  const before = held(known);
  const free = [...known.jobs].filter(([, job]) => mayBegin(known, job, limits)).sort(byRank);
  const answered = (await work.lease(worker, most, LEASE_MS, limits)).map(({ key }) => key);
  const taken: Known[] = [];
  for (const [key, job] of free) {
    const now = [...before, ...taken];
    const atSite = now.filter(({ site }) => site === job.site).length;
    const room =
      taken.length < most &&
      now.length < limits.overall &&
      atSite < siteMost(limits, job.site) &&
      now.every(({ of }) => of !== job.of);
    assert.equal(answered.includes(key), room, `${key} ${room ? 'could' : 'must not'} be leased`);
    if (room) taken.push(job);
  }
  assert.deepEqual(
    answered,
    free.filter(([, job]) => taken.includes(job)).map(([key]) => key),
  );
  for (const job of taken) {
    Object.assign(job, {
      state: 'leased',
      worker,
      attempts: job.attempts + 1,
      untilMs: known.passedMs + LEASE_MS,
    });
  }
}

async function touch(work: Work, known: Model, command: Command & { is: Verb }): Promise<void> {
  const { is, worker, key, inMs, troubled } = command;
  const job = known.jobs.get(key);
  const holds = job?.state === 'leased' && job.worker === worker;
  if (is === 'renew') {
    const stop = holds && (job.stopping ? 'cancelled' : known.paused.has(job.of) ? 'paused' : null);
    const expected = { lost: holds ? [] : [key], stop: stop ? [{ key, because: stop }] : [] };
    assert.deepEqual(await work.renew(worker, [key], LEASE_MS), expected);
    if (holds) job.untilMs = known.passedMs + LEASE_MS;
  } else if (is === 'cancel') {
    await work.cancel([key]);
    if (job?.state === 'waiting') job.state = 'cancelled';
    else if (job?.state === 'leased') job.stopping = true;
  } else if (is === 'hasten') {
    await work.hasten([key]);
    if (job?.state === 'waiting') Object.assign(job, { earliestMs: known.wallMs, dueMs: known.passedMs });
  } else if (is === 'finish') {
    await asHolder(holds, work.finish(worker, key, { is: troubled ? 'failed' : 'done', told: null }));
    if (holds) Object.assign(job, { state: troubled ? 'failed' : 'done', worker: null, stopping: false });
  } else {
    const earliestMs = known.wallMs + inMs;
    await asHolder(holds, work.giveBack(worker, key, { earliestMs, trouble: troubled ? 'no' : null }));
    if (!holds) return;
    Object.assign(job, { earliestMs, dueMs: known.passedMs + inMs });
    if (!troubled) job.attempts -= 1;
    letGo(job);
  }
}

async function asHolder(holds: boolean, doing: Promise<void>): Promise<void> {
  if (holds) await doing;
  else await assert.rejects(doing, (error) => isTrouble(error, 'refused'));
}

function freed(known: Model): string[] {
  const silent = [...known.jobs].filter(([, job]) => job.state === 'leased' && job.untilMs <= known.passedMs);
  for (const [, job] of silent) {
    job.silences += 1;
    letGo(job);
  }
  return silent.map(([key]) => key);
}

function letGo(job: Known): void {
  Object.assign(job, { state: job.stopping ? 'cancelled' : 'waiting', worker: null, stopping: false });
}

function held(known: Model): Known[] {
  return [...known.jobs.values()].filter(({ state }) => state === 'leased');
}

function mayBegin(known: Model, job: Known, { sites }: Limits): boolean {
  const due = job.earliestMs <= known.wallMs || job.dueMs <= known.passedMs;
  return (
    job.state === 'waiting' &&
    due &&
    !known.paused.has(job.of) &&
    (sites === 'all' || sites.includes(job.site))
  );
}

function byRank([, one]: [string, Known], [, other]: [string, Known]): number {
  return other.priority - one.priority || one.place - other.place;
}

function siteMost({ perSite }: Limits, site: string): number {
  return typeof perSite === 'number' ? perSite : perSite(site);
}

function commands(): fc.Arbitrary<Command> {
  const worker = fc.constantFrom(...WORKERS);
  const key = fc.constantFrom(...KEYS);
  const of = fc.constantFrom(...OFS, ...KEYS);
  const inMs = fc.constantFrom(0, 0, 50, 1000);
  const limits = fc.record({
    overall: fc.constantFrom(0, 1, 3, 100),
    perSite: fc.constantFrom(1, 2, 100, 100),
    sites: fc.constantFrom<Limits['sites']>('all', 'all', ['Lyon'], []),
  });
  const verb = fc.constantFrom<Verb>('finish', 'finish', 'giveBack', 'giveBack', 'renew', 'cancel', 'hasten');
  const ask = { is: fc.constant('ask' as const), key, of, site: fc.constantFrom(...SITES) };
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ ...ask, priority: fc.integer({ min: 0, max: 2 }), inMs }) },
    {
      weight: 4,
      arbitrary: fc.record({ is: fc.constant('lease' as const), worker, most: fc.nat(4), limits }),
    },
    { weight: 6, arbitrary: fc.record({ is: verb, worker, key, inMs, troubled: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constantFrom('pause' as const, 'resume' as const), of }) },
    {
      weight: 2,
      arbitrary: fc.record({ is: fc.constant('pass' as const), ms: fc.constantFrom(1, 40, 100) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ is: fc.constant('set' as const), ms: fc.constantFrom(-5000, 70, 5000) }),
    },
    { weight: 1, arbitrary: fc.constant({ is: 'expired' as const }) },
  );
}
