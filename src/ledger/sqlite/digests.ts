import { sha256 } from '../digest.ts';
import type { Tail } from './tail.ts';

/** Landings held in memory before they go to the file; at least, and as a share of what is there. */
const FRESH_MIN = 20_000;
const FRESH_SHARE = 1 / 8;

/** More than this since another run: to the file at once, so that the next run need not gather them again. */
const BACKLOG_MAX = 2000;

/** Landings of a backlog that are sorted in memory in one go. */
const SORTED_MAX = 200_000;

/** Both digests of landings, first bytes only: they fall on random pages, and a page is written whole. */
const PREFIXES = `SELECT substr(exact, 1, 4), id FROM landings WHERE id > ?1 AND id <= ?2
  UNION ALL SELECT substr(kin, 1, 4), id FROM landings WHERE id > ?1 AND id <= ?2 ORDER BY 1`;

/**
 * Finds landings by digest. Where nobody asks, nothing is written; where somebody does, what is new is gathered in a table
 * in memory and goes to the file sorted, many thousands at a time, together with the number up to which the file has
 * them. A landing that is no more may still stand here: whoever asks compares the landing itself.
 */
export class Digests {
  readonly #tail: Tail;
  /** Landings up to this id are in the file or in memory; null when it must be asked. */
  #upTo: number | null = null;
  /** Landings up to this id are in the file. */
  #filed = 0;

  constructor(tail: Tail) {
    this.#tail = tail;
    tail.onRollback(() => {
      this.#upTo = null;
    });
  }

  /** A condition on landings with one value, the JSON of the digests: those with one of them. Inside a write. */
  where(column: 'exact' | 'kin'): string {
    this.#catchUp();
    const prefixes = 'SELECT substr(unhex(value), 1, 4) FROM json_each(?1)';
    return `id IN (SELECT landing FROM digests WHERE prefix IN (${prefixes})
      UNION ALL SELECT landing FROM fresh WHERE prefix IN (${prefixes}))
      AND ${column} IN (SELECT unhex(value) FROM json_each(?1))`;
  }

  #catchUp(): void {
    const last = this.#number('SELECT max(id) FROM landings');
    const first = this.#upTo === null;
    if (this.#upTo === null) {
      this.#filed = this.#number('SELECT landing FROM digested');
      this.#upTo = Math.max(this.#filed, this.#number('SELECT max(landing) FROM fresh'));
    }
    if (last <= this.#upTo) return;
    if (last - this.#upTo > (first ? BACKLOG_MAX : FRESH_MIN)) this.#file(last);
    else this.#gather(last);
  }

  #gather(last: number): void {
    this.#tail.run(`INSERT OR IGNORE INTO fresh (prefix, landing) ${PREFIXES}`, this.#upTo, last);
    this.#upTo = last;
    if (last - this.#filed > Math.max(FRESH_MIN, last * FRESH_SHARE)) this.#file(last);
  }

  #file(last: number): void {
    this.#tail.run('INSERT OR IGNORE INTO digests (prefix, landing) SELECT prefix, landing FROM fresh');
    this.#tail.run('DELETE FROM fresh');
    for (let from = this.#upTo!; from < last; from += SORTED_MAX) {
      const to = Math.min(last, from + SORTED_MAX);
      this.#tail.run(`INSERT OR IGNORE INTO digests (prefix, landing) ${PREFIXES}`, from, to);
    }
    this.#tail.run('UPDATE digested SET landing = ?', last);
    this.#upTo = last;
    this.#filed = last;
  }

  #number(sql: string): number {
    return this.#tail.rows<[number | null]>(sql)[0]?.[0] ?? 0;
  }
}

/** Digests as a statement takes them: JSON, each once. @throws a bug when one is none */
export function digestList(digests: readonly string[]): string {
  return JSON.stringify([...new Set(digests.map(sha256))]);
}
