/**
 * `npm run soak -- --minutes N --seed S`: the long journeys, one after the other, until the time is out. Each is a file
 * `test/journeys/NAME.soak.ts` that exports `soak(seed)`. A failure prints the seed; `--seed S --only NAME` replays it.
 */
import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './check.ts';

type Soak = (seed: number) => Promise<void>;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
  },
});
const minutes = wholeNumber('minutes', values.minutes);
const first = wholeNumber('seed', values.seed);
const journeys = await loadJourneys(values.only);
if (journeys.length === 0) {
  console.error(`no journey test/journeys/${values.only ?? '*'}.soak.ts`);
  process.exit(1);
}

const until = performance.now() + minutes * 60_000;
let rounds = 0;
console.log(`soak: ${journeys.map(({ name }) => name).join(', ')}; ${minutes} min, seed ${first}`);
// At least one round, however short the time: the seed of a failure must be replayable with `--minutes 0`.
do {
  const seed = first + rounds;
  for (const { name, soak } of journeys) await runOne(name, soak, seed);
  rounds++;
} while (performance.now() < until);
console.log(`soak: ${rounds} rounds of ${journeys.length} journeys, none failed`);

async function runOne(name: string, soak: Soak, seed: number): Promise<void> {
  const began = performance.now();
  try {
    await soak(seed);
  } catch (error) {
    console.error(error);
    console.error(`soak: ${name} FAILED with seed ${seed}`);
    console.error(`replay: npm run soak -- --minutes 0 --only ${name} --seed ${seed}`);
    process.exit(1);
  }
  console.log(`soak: ${name} seed ${seed}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

async function loadJourneys(only: string | undefined): Promise<{ name: string; soak: Soak }[]> {
  const files = globSync('test/journeys/*.soak.ts', { cwd: ROOT }).sort();
  const loaded: { name: string; soak: Soak }[] = [];
  for (const file of files) {
    const name = path.basename(file, '.soak.ts');
    if (only !== undefined && only !== name) continue;
    const { soak } = (await import(path.join(ROOT, file))) as { soak: Soak };
    loaded.push({ name, soak });
  }
  return loaded;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) {
    console.error(`--${name} wants a whole number`);
    process.exit(64);
  }
  return Number(text);
}
