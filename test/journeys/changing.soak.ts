import { changingJourney, KINDS } from './changing.ts';
import { SERVERS } from './stands.ts';

/** Twelve kills from each kind of source to each server. */
export async function soak(seed: number): Promise<void> {
  for (const kind of KINDS)
    for (const server of SERVERS) {
      const figures = await changingJourney({ kind, server, kills: 12, seed });
      console.log(
        `  changing ${kind} ${server}: ${figures === null ? 'SKIPPED, cannot be had here' : JSON.stringify(figures)}`,
      );
    }
}
