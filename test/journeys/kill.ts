/**
 * Kills the engine with SIGKILL at random moments, again and again, while mail keeps coming; then lets it finish and
 * compares everything.
 *
 *   node test/journeys/kill.ts --server dovecot|cyrus|courier --kills 200 --seed 1
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Random } from '../generate/random.ts';
import { type Errand, type Ran, run, tellRan } from './engine.ts';
import { openSources, type Sources } from './sources.ts';
import { openStand, type ServerName, type Stand } from './stands.ts';

export interface KillOptions {
  server: ServerName;
  kills: number;
  seed: number;
  /** Letters that come before each run, about. */
  letters?: number;
  log?: (line: string) => void;
}

export interface KillFigures {
  runs: number;
  kills: number;
  /** Kills that left steps whose end nobody knew: a put was under way. */
  during: number;
  messages: number;
  twins: number;
  lost: number;
  doubled: number;
  withdrawn: number;
  seconds: number;
}

/** Null when the servers cannot be had. Throws with the seed when anything is lost, doubled or different. */
export async function killJourney(options: KillOptions): Promise<KillFigures | null> {
  await using stand = await openStand({ server: options.server, sources: 2 });
  if (!stand) return null;
  const random = new Random(options.seed);
  const sources = await openSources(stand, random, { twinOneIn: 10, overlap: 0.3, largeOneIn: 25 });
  try {
    return await killThrough(stand, sources, random, options);
  } catch (error) {
    throw new Error(`kill journey on ${options.server}, seed ${options.seed}`, { cause: error });
  } finally {
    await sources.close();
  }
}

async function killThrough(
  stand: Stand,
  sources: Sources,
  random: Random,
  { kills, letters = 60, log = () => undefined }: KillOptions,
): Promise<KillFigures> {
  const began = performance.now();
  const errand: Errand = { from: sources.addresses, to: stand.target.address, data: join(stand.dir, 'data') };
  const figures = { runs: 0, kills: 0, during: 0, withdrawn: 0 };
  await sources.arrive(letters);
  const first = await run('move', errand);
  count(figures, first);
  const pace = { ms: first.ms, stirs: 20 };
  await sources.arrive(letters);
  while (figures.kills < kills) {
    const ran = await runAndKill(errand, random, pace);
    count(figures, ran);
    if (figures.runs % 20 === 0) log(`${JSON.stringify(figures)} ${sources.posted} messages`);
    // A run that begins with nothing new has only the old wounds to heal, and may be killed while it does.
    if (random.chance(0.7)) await sources.arrive(1 + random.below(letters));
    if (random.chance(0.5)) await sources.change(random.below(8));
  }
  const last = await run('move', errand);
  count(figures, last);
  const { lost, doubled } = await proven(sources, stand, errand, last);
  const { posted: messages, twins } = sources;
  return { ...figures, messages, twins, lost, doubled, seconds: (performance.now() - began) / 1000 };
}

/** Throws when a run ended otherwise than well or by our hand. */
export function count(
  figures: { runs: number; kills: number; during: number; withdrawn: number },
  ran: Ran,
): void {
  figures.runs++;
  const begin = ran.events.find((event) => event.event === 'begin');
  if (begin && begin.resumed > 0) figures.during++;
  figures.withdrawn += ran.events.filter((event) => event.event === 'withdrawn').length;
  if (ran.signal === 'SIGKILL') figures.kills++;
  else assert.equal(ran.code, 0, tellRan(ran));
}

/**
 * One run, killed at a moment chosen by chance: one in three by the clock alone, the others by how often the ledger has
 * been written so far, because most of a short run is starting and signing in. `pace` learns how long a run is.
 */
export async function runAndKill(
  errand: Errand,
  random: Random,
  pace: { ms: number; stirs: number },
): Promise<Ran> {
  if (random.chance(1 / 3)) {
    const ran = await run('move', errand, { signal: { name: 'SIGKILL', afterMs: random.next() * pace.ms } });
    if (ran.signal === null) pace.ms += (Math.min(ran.ms, 5_000) - pace.ms) / 4;
    return ran;
  }
  const wanted = 1 + random.below(Math.ceil(pace.stirs * 1.1));
  const moreMs = random.next() * 8;
  let watching: { stirs(): number; end(): void } | null = null;
  const ran = await run('move', errand, {
    started(child) {
      watching = watchLedger(errand.data, (stirs) => {
        if (stirs === wanted) setTimeout(() => child.kill('SIGKILL'), moreMs);
      });
    },
  });
  const { stirs, end } = watching!;
  end();
  if (ran.signal === null) pace.stirs += (stirs() - pace.stirs) / 3;
  return ran;
}

/** Tells each time that something new was seen in the ledger's files. */
function watchLedger(data: string, stirred: (stirs: number) => void): { stirs(): number; end(): void } {
  const directory = join(data, 'ledgers');
  const look = (): string =>
    (existsSync(directory) ? readdirSync(directory) : [])
      .filter((name) => name.endsWith('-wal'))
      .map((name) => statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0)
      .join(' ');
  let stirs = 0;
  let last = look();
  const timer = setInterval(() => {
    const now = look();
    if (now === last) return;
    last = now;
    stirred(++stirs);
  }, 1);
  return { stirs: () => stirs, end: () => clearInterval(timer) };
}

/** The independent comparison, then the mover's own word: nothing more to copy, and a proof. */
async function proven(
  sources: Sources,
  stand: Stand,
  errand: Errand,
  last: Ran,
): Promise<{ lost: number; doubled: number }> {
  const differences = await sources.differences(stand.target);
  const lost = differences.filter(({ is }) => is === 'missing').length;
  const doubled = differences.filter(({ is }) => is === 'doubled' || is === 'extra').length;
  assert.deepEqual(differences.slice(0, 20), [], `lost ${lost}, doubled ${doubled} (${tellRan(last)})`);
  const again = await run('move', errand);
  assert.equal(again.code, 0, tellRan(again));
  assert.equal(again.summary?.carried, 0, tellRan(again));
  const proof = await run('prove', errand);
  assert.equal(proof.code, 0, tellRan(proof));
  assert.deepEqual(
    await sources.differences(stand.target),
    [],
    'the second run and the proof change nothing',
  );
  return { lost, doubled };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      server: { type: 'string', default: 'dovecot' },
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      letters: { type: 'string', default: '60' },
    },
  });
  const { server, kills, seed, letters } = values;
  const wanted = { kills: Number(kills), seed: Number(seed), letters: Number(letters) };
  const figures = await killJourney({ server: server as ServerName, ...wanted, log: console.log });
  console.log(
    figures === null ? `${server}: cannot be had here` : JSON.stringify({ server, seed, ...figures }),
  );
}
