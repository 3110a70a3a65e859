import { SERVERS } from './stands.ts';
import { unionJourney } from './union.ts';

export async function soak(seed: number): Promise<void> {
  for (const server of SERVERS) {
    const figures = await unionJourney(server, seed, 400);
    console.log(
      `  union ${server}: ${figures === null ? 'SKIPPED, cannot be had here' : JSON.stringify(figures)}`,
    );
  }
}
