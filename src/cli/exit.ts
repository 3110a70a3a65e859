import { isUsage } from '../app/usage.ts';
import { anyExceptions, sumsUp } from '../engine/certificate.ts';
import type { Summary } from '../engine/event.ts';
import type { Trouble } from '../trouble.ts';

/** Exit codes are a promise; the same table stands in `docs/exit-codes.md`. */
export const EXIT = {
  complete: 0,
  /** Complete, but some messages were left or asked, or something could not be read at the source. */
  exceptions: 3,
  /** Cannot reach, or cannot go on for now: the same command later goes on. */
  unreachable: 10,
  denied: 11,
  /** The proof failed: something is missing, doubled, or the sum does not add up. */
  failed: 12,
  usage: 64,
  /** A fault of ours (sysexits EX_SOFTWARE). */
  bug: 70,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Of a proof. */
export function exitOfProof(summary: Summary): ExitCode {
  if (summary.doubled > 0 || summary.missing > 0 || !sumsUp(summary)) return EXIT.failed;
  return anyExceptions(summary) ? EXIT.exceptions : EXIT.complete;
}

/** Of a move: entries without an outcome are for the next run. A dry run gives none. */
export function exitOfMove(summary: Summary, dryRun: boolean): ExitCode {
  if (!sumsUp(summary)) return EXIT.failed;
  if (summary.missing > 0 && !dryRun) return EXIT.unreachable;
  return anyExceptions(summary) ? EXIT.exceptions : EXIT.complete;
}

export function exitOfTrouble(trouble: Trouble): ExitCode {
  if (isUsage(trouble)) return EXIT.usage;
  return trouble.kind === 'denied' ? EXIT.denied : EXIT.unreachable;
}
