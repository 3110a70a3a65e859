import type { Waiting } from '../ledger/ledger.ts';
import type { Listed } from './listing.ts';
import type { Destination } from './mapping.ts';

/** A source folder on its way. */
export interface Load {
  listed: Listed;
  destination: Destination;
  /** Whether copies of its messages may already be at the target: then each is asked for before it is put. */
  merge: boolean;
  /** How much waited when it was loaded. */
  waiting: Waiting;
  /** The last item a lane has taken. */
  after: number;
  exhausted: boolean;
  lanes: number;
}
