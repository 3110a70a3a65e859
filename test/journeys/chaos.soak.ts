import { chaosJourney } from './chaos.ts';
import { SERVERS } from './stands.ts';

const STRIPPED = [
  [],
  ['UIDPLUS'],
  ['MULTIAPPEND', 'LITERAL+'],
  ['UIDPLUS', 'MULTIAPPEND', 'LITERAL+', 'CONDSTORE'],
];

export async function soak(seed: number): Promise<void> {
  for (const server of SERVERS) {
    for (const strip of STRIPPED) {
      const figures = await chaosJourney({ server, seed, strip });
      const told = figures === null ? 'SKIPPED, cannot be had here' : JSON.stringify(figures);
      console.log(`  chaos ${server} without [${strip}]: ${told}`);
    }
  }
}
