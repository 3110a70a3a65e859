import { killJourney } from './kill.ts';
import { SERVERS } from './stands.ts';

/** Sixty kills on each server. */
export async function soak(seed: number): Promise<void> {
  for (const server of SERVERS) {
    const figures = await killJourney({ server, kills: 60, seed });
    console.log(
      `  kill ${server}: ${figures === null ? 'SKIPPED, cannot be had here' : JSON.stringify(figures)}`,
    );
  }
}
