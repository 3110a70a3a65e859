import type { Counts } from '../ledger.ts';
import { OUTCOMES } from './rows.ts';
import type { Tail } from './tail.ts';

interface Sum {
  gone: number;
  outcome: number | null;
  items: number;
  bytes: number;
}

/**
 * Sums over the items, added up when they are asked for and kept in the file until the next write to an item, which
 * removes them in the same transaction: a pass that changes nothing reads a few rows, and no crash leaves a stale sum.
 */
export class Sums {
  readonly #tail: Tail;
  /** None are kept, as far as this process knows. */
  #forgotten = false;

  constructor(tail: Tail) {
    this.#tail = tail;
    tail.onRollback(() => {
      this.#forgotten = false;
    });
  }

  /** Items have changed; inside a write. */
  forget(): void {
    if (this.#forgotten) return;
    this.#tail.run('DELETE FROM sums');
    this.#forgotten = true;
  }

  /** `Ledger.counts`; null for all accounts. A write. */
  counts(account: number | null): Counts {
    if (!this.#tail.get('SELECT 1 FROM sums LIMIT 1')) this.#add();
    const sql = 'SELECT gone, outcome, items, bytes FROM sums WHERE account = coalesce(?, account)';
    const counts = { entries: 0, copied: 0, merged: 0, left: 0, asked: 0, open: 0, gone: 0, bytes: 0 };
    for (const { gone, outcome, items, bytes } of this.#tail.all<Sum>(sql, account)) {
      if (gone) counts.gone += items;
      if (gone) continue;
      counts.entries += items;
      counts.bytes += bytes;
      counts[outcome === null ? 'open' : OUTCOMES[outcome]!] += items;
    }
    return counts;
  }

  /** Few groups, so that no sorting is needed: a million items are added up in about a third of a second. */
  #add(): void {
    this.#tail.run(
      `INSERT INTO sums (account, gone, outcome, items, bytes)
        SELECT account, gone, outcome, count(*), sum(size) FROM items GROUP BY account, gone, outcome`,
    );
    this.#forgotten = false;
  }

  /** `Ledger.mergeable`: each question ends at the first row that answers it. */
  mergeable(account: number): boolean {
    const found = 'SELECT 1 FROM landings WHERE state = 3';
    const gone = 'SELECT 1 FROM items WHERE account = ? AND gone = 1';
    const held = `SELECT 1 FROM folders JOIN items ON items.folder = folders.id
      WHERE folders.account <> ? AND items.landing IS NOT NULL`;
    const sql = `SELECT EXISTS (${found}) OR EXISTS (${gone}) OR EXISTS (${held}) AS mergeable`;
    return this.#tail.get<{ mergeable: number }>(sql, account, account)!.mergeable === 1;
  }
}
