import { isIncomplete } from '../mail/rebuild-note.ts';
import type { Finding, Summary } from './event.ts';
import type { Road } from './road.ts';
import type { Tally } from './tally.ts';

/** A proof while it is made: what lies at the target, ticked off, and the sums so far. */
export interface Proving {
  road: Road;
  tally: Tally;
  counts: Omit<Summary, 'event' | 'seconds' | 'unopened'> & { unseen: number; incomplete: number };
  /** Files and folders at the sources that may hold mail and could not be looked into. */
  unopened: number;
}

export function tell(proving: Proving, finding: Finding): void {
  if (isIncomplete(finding.classes)) proving.counts.incomplete++;
  proving.road.tell({ event: 'finding', finding });
}
