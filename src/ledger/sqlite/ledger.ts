import type { Entry } from '../../stores/entry.ts';
import type {
  AccountRow,
  Counts,
  FolderRow,
  FoundMessage,
  Item,
  ItemIdentity,
  Landing,
  Ledger,
  Outcome,
  PlaceRow,
  Step,
  Waiting,
} from '../ledger.ts';
import { Digests } from './digests.ts';
import { Interned } from './interned.ts';
import { Items } from './items.ts';
import { Landings } from './landings.ts';
import { Names } from './names.ts';
import { type LedgerFile, openLedgerFile } from './open.ts';
import { Settling } from './settle.ts';
import { Sums } from './sums.ts';
import { Tail } from './tail.ts';

/**
 * The ledger of one target mailbox in one file (SQLite, WAL, each commit synchronised). The folder must be there, the
 * file need not. At most about 5,000 rows or what was told in the last second are lost by a crash; nothing that was told
 * before an `intend`, `advance` or `flush` returned.
 *
 * @throws Trouble (`open-ledger`) `busy`, `malformed`, `missing`, `denied`, `full`. Its verbs throw Trouble
 *   (`write-ledger`, `read-file`) `full`, `denied`, `malformed`: what was not durable is then rolled back, and every
 *   further verb throws the same.
 */
export async function openSqliteLedger(path: string): Promise<Ledger> {
  return ledgerOn(openLedgerFile(path), path);
}

/** For tests that prepare the database themselves. */
export function ledgerOn(file: LedgerFile, path: string): Ledger {
  return new SqliteLedger(new Tail(file, path));
}

class SqliteLedger implements Ledger {
  readonly #tail: Tail;
  readonly #names: Names;
  readonly #items: Items;
  readonly #landings: Landings;
  readonly #settling: Settling;
  readonly #sums: Sums;

  constructor(tail: Tail) {
    const marks = new Interned<readonly string[]>(tail, 'marks');
    this.#tail = tail;
    this.#names = new Names(tail);
    this.#items = new Items(tail, marks, new Interned(tail, 'paths'));
    this.#landings = new Landings(tail, marks, new Digests(tail));
    this.#settling = new Settling(tail, marks);
    this.#sums = new Sums(tail);
  }

  async enrol(name: string, rank: number): Promise<number> {
    return this.#tail.write(1, () => this.#names.enrol(name, rank));
  }

  async accounts(): Promise<AccountRow[]> {
    return this.#tail.read(() => this.#names.accounts());
  }

  async folder(account: number, path: readonly string[]): Promise<FolderRow> {
    return this.#tail.write(1, () => this.#names.folder(account, path));
  }

  async folders(): Promise<FolderRow[]> {
    return this.#tail.read(() => this.#names.folders());
  }

  async place(path: readonly string[]): Promise<PlaceRow> {
    return this.#tail.write(1, () => this.#names.place(path));
  }

  async places(): Promise<PlaceRow[]> {
    return this.#tail.read(() => this.#names.places());
  }

  async updatePlace(place: number, change: { window?: string | null; state?: string | null }): Promise<void> {
    this.#tail.write(1, () => this.#names.updatePlace(place, change));
  }

  async note(folder: number, entries: readonly Entry[]): Promise<number> {
    return this.#change(entries, () => this.#items.note(folder, this.#names.accountOf(folder), entries));
  }

  async gone(folder: number, keys: readonly string[] | 'all'): Promise<void> {
    this.#tail.write(keys === 'all' ? 1 : keys.length, () => {
      const changed = keys === 'all' ? this.#items.allGone(folder) : this.#items.gone(folder, keys);
      if (changed > 0) this.#sums.forget();
    });
  }

  async remark(folder: number, changes: readonly { key: string; marks: readonly string[] }[]): Promise<void> {
    this.#tail.write(changes.length, () => this.#items.remark(folder, changes));
  }

  async waiting(folder: number, after: number, limit: number): Promise<Item[]> {
    return this.#tail.read(() => this.#items.waiting(folder, after, limit));
  }

  async waitingByFolder(): Promise<Waiting[]> {
    return this.#tail.read(() => this.#items.waitingByFolder());
  }

  async items(folder: number, after: number, limit: number): Promise<Item[]> {
    return this.#tail.read(() => this.#items.page(folder, after, limit));
  }

  async identify(found: readonly ItemIdentity[]): Promise<void> {
    this.#change(found, () => this.#items.identify(found));
  }

  async intend(steps: readonly Step[]): Promise<number[]> {
    const now = Date.now();
    const landings = this.#change(steps, () => {
      for (const place of new Set(steps.map((step) => step.place))) this.#names.requirePlace(place);
      return steps.map((step) => this.#landings.intend(step, now));
    });
    await this.#tail.durable();
    return landings;
  }

  async settle(outcomes: readonly Outcome[]): Promise<void> {
    this.#change(outcomes, () => {
      for (const outcome of outcomes) this.#settling.settle(outcome);
    });
  }

  async unsettled(place?: number): Promise<Landing[]> {
    return this.#tail.read(() => this.#landings.inState(0, place));
  }

  async unverified(place?: number): Promise<Landing[]> {
    return this.#tail.read(() => this.#landings.inState(1, place));
  }

  async found(place: number, messages: readonly FoundMessage[]): Promise<void> {
    const now = Date.now();
    this.#tail.write(messages.length, () => {
      this.#names.requirePlace(place);
      this.#landings.found(place, messages, now);
    });
  }

  async landingsByExact(exact: readonly string[]): Promise<Landing[]> {
    return this.#tail.write(0, () => this.#landings.by('exact', exact));
  }

  async landingsByKin(kin: readonly string[]): Promise<Landing[]> {
    return this.#tail.write(0, () => this.#landings.by('kin', kin));
  }

  async landingsByKey(place: number, keys: readonly string[]): Promise<Landing[]> {
    return this.#tail.read(() => this.#landings.byKey(place, keys));
  }

  async landing(id: number): Promise<Landing | null> {
    return this.#tail.read(() => this.#landings.one(id));
  }

  async itemsOf(landings: readonly number[]): Promise<Item[]> {
    return this.#tail.read(() => this.#items.of(landings));
  }

  async goneByExact(account: number, exact: readonly string[]): Promise<Item[]> {
    return this.#tail.read(() => this.#items.goneByExact(account, exact));
  }

  async mergeable(account: number): Promise<boolean> {
    return this.#tail.read(() => this.#sums.mergeable(account));
  }

  async unmarked(after: number, limit: number): Promise<{ landing: Landing; wanted: string[] }[]> {
    return this.#tail.write(0, () => this.#landings.unmarked(after, limit));
  }

  async advance(folder: number, checkpoint: string): Promise<void> {
    this.#tail.write(1, () => this.#names.advance(folder, checkpoint));
    await this.#tail.durable();
  }

  async counts(account?: number): Promise<Counts> {
    return this.#tail.write(0, () => this.#sums.counts(account ?? null));
  }

  async exceptions(after: number, limit: number): Promise<Item[]> {
    return this.#tail.read(() => this.#items.exceptions(after, limit));
  }

  async recall(name: string): Promise<string | null> {
    return this.#tail.read(() => this.#names.recall(name));
  }

  async remember(name: string, value: string): Promise<void> {
    this.#tail.write(1, () => this.#names.remember(name, value));
  }

  async flush(): Promise<void> {
    await this.#tail.durable();
  }

  async close(): Promise<void> {
    this.#tail.close();
  }

  /** A verb that changes items. */
  #change<T>(told: readonly unknown[], work: () => T): T {
    return this.#tail.write(told.length, () => {
      if (told.length > 0) this.#sums.forget();
      return work();
    });
  }
}
