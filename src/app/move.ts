import type { Summary } from '../engine/event.ts';
import { move } from '../engine/run.ts';
import { type Errand, withRoad } from './errand.ts';

/** One person's accounts into one mailbox; run again, the delta pass. Throws Trouble, `Cancelled`. */
export function runMove(errand: Errand): Promise<Summary> {
  return withRoad(errand, 'made', (road) => move(road));
}
