import type { Ledger } from '../ledger/ledger.ts';
import type { AsideBecause, Source } from '../stores/source.ts';
import type { Target } from '../stores/target.ts';
import type { Event } from './event.ts';

/** Everything one run over one person's accounts needs; the use cases in `app/` put it together. */
export interface Road {
  /** In order of precedence: where copies differ in what only one of them can be, the first account's wins. */
  sources: readonly Source[];
  target: Target;
  ledger: Ledger;
  /** A directory of this run alone, for messages too large for memory. */
  scratch: string;
  /** Aborted: stop at the next safe point. */
  signal: AbortSignal;
  tell(event: Event): void;
  options: RoadOptions;
}

export interface RoadOptions {
  /**
   * Nothing is read back, no checkpoint advances. The target is then one that touches nothing (`stores/around/dry.ts`) and
   * the ledger one that is thrown away: the road itself goes on as ever, so that its numbers are those of a real run.
   */
  dryRun: boolean;
  /** How long a target must have been quiet before a message in doubt counts as absent; by default from what was seen. */
  settleMs?: number;
  /** How many folders or parts of folders travel at once; by default what both sides are worth. */
  lanes?: number;
  /** First rest after a connection was lost, doubled with each loss in a row; 500 ms by default. */
  restMs?: number;
}

/** Messages of one `put`, and their bytes: small enough that a cut leaves little in doubt, large enough for MULTIAPPEND to pay. */
export const BATCH_MESSAGES = 100;
export const BATCH_BYTES = 4 * 1024 * 1024;
export const FIRST_BATCH_BYTES = 512 * 1024;

/** Above this a message travels through a temporary file (law 6). */
export const FILE_ABOVE_BYTES = 1024 * 1024;
/** Unless little else is under way. */
export const WITH_ROOM = { belowBytes: 24 * 1024 * 1024, fileAboveBytes: 4 * 1024 * 1024 };

/** How much of a folder one lane takes at a time: large folders are shared out among the lanes. */
export const CHUNK_MESSAGES = 400;
export const CHUNK_PUTS = 4;
export const CHUNK_BYTES = 24 * 1024 * 1024;

/** Thrown at a safe point after `signal` was aborted; not a Trouble: nothing went wrong. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

export function stopIfCancelled(road: Road): void {
  if (road.signal.aborted) throw new Cancelled('cancelled');
}

/** Mail may lie in these, and nobody could look. What was left by choice, or is known to be something else, is not of them. */
const UNOPENED: ReadonlySet<AsideBecause> = new Set([
  ...(['unreadable', 'encrypted', 'overgrown', 'unsafe-name', 'nested', 'too-deep'] as const),
  ...(['no-reader', 'all-mail-hidden'] as const),
]);

/** What lies in a source and is no message: told by whoever has listed it. Answers how much of it could not be looked into. */
export function tellAside(road: Road, source: Source): number {
  const aside = source.aside?.() ?? [];
  for (const thing of aside) road.tell({ event: 'aside', account: source.name, ...thing });
  return aside.filter(({ because }) => UNOPENED.has(because)).length;
}

/** A path for people: segments joined by a separator that no one mistakes for a part of a name. */
export function folderName(path: readonly string[]): string {
  return path.join(' › ');
}

/** A path as a key. */
export function pathKey(path: readonly string[]): string {
  return path.join('\u0000');
}
