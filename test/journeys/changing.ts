/**
 * Sources that never look the same twice, and an engine killed with SIGKILL at random moments: a Gmail whose labels
 * move between passes, or an Exchange that writes every message anew, with an old account that shares their letters.
 * Then it may finish, and every letter is counted. What a seed cannot replay: the Exchange's own new boundaries.
 *
 *   node test/journeys/changing.ts --kind gmail|exchange --server dovecot|cyrus|courier --kills 12 --seed 1
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Random } from '../generate/random.ts';
import { openExchange } from './changing-exchange.ts';
import { openGmail } from './changing-gmail.ts';
import { type Changing, counted, Letters } from './changing-sources.ts';
import { type Errand, run, tellRan } from './engine.ts';
import { count, runAndKill } from './kill.ts';
import { openStand, type ServerName, type Stand } from './stands.ts';

export const KINDS = ['gmail', 'exchange'] as const;

export interface ChangingOptions {
  kind: (typeof KINDS)[number];
  server: ServerName;
  kills: number;
  seed: number;
}

export interface ChangingFigures {
  runs: number;
  kills: number;
  /** Kills that left steps whose end nobody knew: a put was under way. */
  during: number;
  withdrawn: number;
  /** Messages in the target, and how many should be. */
  there: number;
  expected: number;
  lost: number;
  doubled: number;
  seconds: number;
}

/** Null when the server cannot be had. Throws with the seed when a letter is lost, doubled or no letter of ours. */
export async function changingJourney(options: ChangingOptions): Promise<ChangingFigures | null> {
  const { kind, server, seed } = options;
  await using stand = await openStand({ server });
  if (!stand) return null;
  const random = new Random(seed);
  const letters = new Letters();
  const sources =
    kind === 'gmail' ? await openGmail(random, letters, stand.dir) : await openExchange(random, letters);
  try {
    return await killThrough({ stand, sources, letters, random }, options.kills);
  } catch (error) {
    throw new Error(`changing journey from ${kind} to ${server}, seed ${seed}`, { cause: error });
  } finally {
    await sources.stop();
  }
}

interface Scene {
  stand: Stand;
  sources: Changing;
  letters: Letters;
  random: Random;
}

async function killThrough(scene: Scene, kills: number): Promise<ChangingFigures> {
  const { stand, sources, random } = scene;
  const began = performance.now();
  const errand: Errand = { from: sources.addresses, to: stand.target.address, data: join(stand.dir, 'data') };
  const figures = { runs: 0, kills: 0, during: 0, withdrawn: 0 };
  const pace = { ms: 2_500, stirs: 20 };
  sources.arrive(60);
  while (figures.kills < kills) {
    count(figures, await runAndKill(errand, random, pace));
    if (random.chance(0.7)) sources.arrive(1 + random.below(30));
    if (random.chance(0.5)) sources.change();
  }
  count(figures, await run('move', errand));
  const told = await proven(scene, errand);
  return { ...figures, ...told, seconds: (performance.now() - began) / 1000 };
}

type Told = Pick<ChangingFigures, 'there' | 'expected' | 'lost' | 'doubled'>;

/** The independent count, then the mover's own word: nothing more to copy, and a proof that finds nothing. */
async function proven(scene: Scene, errand: Errand): Promise<Told> {
  const told = await countedWell(scene);
  const again = await run('move', errand);
  assert.deepEqual([again.code, again.summary?.carried], [0, 0], tellRan(again));
  const proof = await run('prove', errand);
  assert.equal(proof.code, 0, tellRan(proof));
  assert.partialDeepStrictEqual(proof.summary, { left: 0, missing: 0, doubled: 0, extra: 0 }, tellRan(proof));
  assert.deepEqual(await countedWell(scene), told, 'the second run and the proof change nothing');
  return told;
}

async function countedWell({ letters, stand }: Scene): Promise<Told> {
  const { there, expected, differences } = await counted(letters, stand.target);
  const lost = differences.filter(({ is }) => is === 'missing').length;
  const doubled = differences.filter(({ is }) => is === 'doubled' || is === 'extra').length;
  const told = { there, expected, lost, doubled };
  assert.deepEqual(differences.slice(0, 20), [], JSON.stringify(told));
  return told;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      kind: { type: 'string', default: 'gmail' },
      server: { type: 'string', default: 'dovecot' },
      kills: { type: 'string', default: '12' },
      seed: { type: 'string', default: '1' },
    },
  });
  const kind = values.kind as ChangingOptions['kind'];
  const server = values.server as ServerName;
  const seed = Number(values.seed);
  const figures = await changingJourney({ kind, server, kills: Number(values.kills), seed });
  console.log(
    figures === null ? `${server}: cannot be had here` : JSON.stringify({ kind, server, seed, ...figures }),
  );
}
