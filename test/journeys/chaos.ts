/**
 * The way to the target breaks at seeded moments: cut at any byte, answers that never arrive, messages that land when the
 * connection is long gone. However often it does, every message lies there once in the end.
 *
 *   node test/journeys/chaos.ts --server dovecot --seed 1 --rounds 10
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type ChaosProxy, chaosProxy } from '../chaos/proxy.ts';
import { type ScheduleOptions, seededSchedule } from '../chaos/schedule.ts';
import { Random } from '../generate/random.ts';
import { type Errand, imapAddress, type Ran, run, tellRan } from './engine.ts';
import { openSources, type Sources } from './sources.ts';
import { openStand, type ServerName, type Stand } from './stands.ts';

export interface ChaosJourney {
  server: ServerName;
  seed: number;
  /** Capabilities that the engine is not to see. */
  strip?: readonly string[];
  /** One letter in so many is a genuine twin. Default 3. */
  twinOneIn?: number;
  /** Passes, each with new letters. Default 4. */
  passes?: number;
  /** Letters that come before each pass. Default 40. */
  letters?: number;
  schedule?: Omit<ScheduleOptions, 'seed'>;
  settleSeconds?: number;
  /** For the last of what is late, before the pass that must put it right. */
  waitMs?: number;
}

export interface ChaosFigures {
  seed: number;
  messages: number;
  twins: number;
  runs: number;
  connections: number;
  faults: number;
  lost: number;
  doubled: number;
  /** Copies too many that arrived after the settle time and were taken back. */
  withdrawn: number;
}

/** A person starts it again so often before giving up. */
const RUNS_MAX = 40;

/** Null when the servers cannot be had. Throws with the seed when anything is lost, doubled or different. */
export async function chaosJourney(journey: ChaosJourney): Promise<ChaosFigures | null> {
  const { server, seed, strip = [] } = journey;
  await using stand = await openStand({ server, sources: 1 });
  if (!stand) return null;
  const { host, port } = stand.target;
  const proxy = await chaosProxy({
    to: { host, port },
    strip,
    schedule: seededSchedule({
      withinBytes: 20_000,
      withinCommands: 2,
      peaceOneIn: 6,
      lateMs: 500,
      ...journey.schedule,
      seed,
    }),
  });
  const random = new Random(seed);
  const shape = { twinOneIn: journey.twinOneIn ?? 3, overlap: 0.2, largeOneIn: 40, largeBytes: 300_000 };
  const sources = await openSources(stand, random, shape);
  try {
    return await throughChaos(stand, sources, proxy, journey);
  } catch (error) {
    const happened = JSON.stringify(proxy.happened.slice(-20));
    throw new Error(`chaos on ${server}, seed ${seed}, without ${strip}: ${happened}`, { cause: error });
  } finally {
    await sources.close();
    await proxy.close();
  }
}

async function throughChaos(
  stand: Stand,
  sources: Sources,
  proxy: ChaosProxy,
  { seed, passes = 4, letters = 40, settleSeconds = 1, waitMs = 0 }: ChaosJourney,
): Promise<ChaosFigures> {
  const errand: Errand = {
    from: sources.addresses,
    to: imapAddress(stand.target.user, proxy.port),
    data: join(stand.dir, 'data'),
    settleSeconds,
  };
  const all: Ran[] = [];
  const untilDone = async (): Promise<Ran> => {
    for (;;) {
      const ran = await run('move', errand);
      all.push(ran);
      if (ran.code === 0) return ran;
      assert.equal(ran.code, 10, tellRan(ran));
      assert.ok(all.length < RUNS_MAX, `not done after ${all.length} runs: ${tellRan(ran)}`);
    }
  };
  for (let pass = 0; pass < passes; pass++) {
    await sources.arrive(letters);
    await sources.change(letters / 8);
    await untilDone();
  }
  proxy.schedule(() => ({ is: 'none' }));
  const faults = proxy.happened.length;
  if (waitMs > 0) {
    await sleep(waitMs);
    await untilDone();
  }
  const differences = await sources.differences(stand.target);
  const lost = differences.filter(({ is }) => is === 'missing').length;
  const doubled = differences.filter(({ is }) => is === 'doubled' || is === 'extra').length;
  assert.deepEqual(differences.slice(0, 20), [], `lost ${lost}, doubled ${doubled}`);
  assert.deepEqual(proxy.violations, []);
  const again = await run('move', errand);
  assert.equal(again.code, 0, tellRan(again));
  assert.equal(again.summary?.carried, 0, tellRan(again));
  const withdrawn = all.flatMap(({ events }) => events).filter(({ event }) => event === 'withdrawn').length;
  const { posted: messages, twins } = sources;
  return {
    ...{ seed, messages, twins, runs: all.length, connections: proxy.connections() },
    ...{ faults, lost, doubled, withdrawn },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      server: { type: 'string', default: 'dovecot' },
      seed: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '3' },
      strip: { type: 'string', default: '' },
    },
  });
  for (let i = 0; i < Number(values.rounds); i++) {
    const strip = values.strip.split(',').filter(Boolean);
    const server = values.server as ServerName;
    const figures = await chaosJourney({ server, seed: Number(values.seed) + i, strip });
    console.log(JSON.stringify({ server, strip, ...figures }));
  }
}
