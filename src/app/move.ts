import type { Summary } from '../engine/event.ts';
import { type Errand, withRoad } from './errand.ts';

/** One person's accounts into one mailbox; run again, the delta pass. Throws Trouble, `Cancelled`. */
export function runMove(errand: Errand): Promise<Summary> {
  // Loaded while the accounts are signed in to.
  return withRoad(errand, 'made', async (road) => (await import('../engine/run.ts')).move(road));
}
