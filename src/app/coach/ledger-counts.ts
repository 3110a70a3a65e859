import type { Ledger } from '../../ledger/ledger.ts';
import { isTrouble } from '../../trouble.ts';
import type { CoachEvent } from './messages.ts';

const EVERY_MS = 1_000;

/**
 * Tells once a second what the ledger counts, which it keeps as sums: it is asked for a handful of rows. Answers how to end it;
 * then it is told once more.
 */
export function watchLedger(ledger: Ledger, tell: (event: CoachEvent) => void): () => void {
  const look = (): void => {
    ledger.counts().then(
      ({ entries, copied, merged, left, asked }) =>
        tell({ event: 'ledger', entries, landed: copied, merged, left, asked }),
      (error: unknown) => {
        clearInterval(timer);
        // The road is told the same, and says so.
        if (!isTrouble(error)) throw error;
      },
    );
  };
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
  };
}
