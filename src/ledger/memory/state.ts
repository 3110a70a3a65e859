import type { AccountRow, FolderRow, Item, Landing, PlaceRow } from '../ledger.ts';
import { Journal, Rows } from './rows.ts';

/** What outlives a run of the memory ledger. */
export class State {
  readonly journal = new Journal();
  readonly accounts = new Rows<AccountRow>(this.journal);
  readonly folders = new Rows<FolderRow>(this.journal);
  readonly places = new Rows<PlaceRow>(this.journal);
  readonly items = new Rows<Item>(this.journal, (before, after) => this.#indexItem(before, after));
  readonly landings = new Rows<Landing>(this.journal, (before, after) => this.#indexLanding(before, after));
  readonly #values = new Map<string, string>();
  readonly #itemOfKey = new Map<string, number>();
  readonly #landingOfKey = new Map<string, number>();
  readonly #itemsOfLanding = new Map<number, Set<number>>();

  itemByKey(folder: number, key: string): Item | undefined {
    return this.items.get(this.#itemOfKey.get(`${folder} ${key}`) ?? 0);
  }

  landingByKey(place: number, key: string): Landing | undefined {
    return this.landings.get(this.#landingOfKey.get(`${place} ${key}`) ?? 0);
  }

  /** By ascending id. */
  itemsOf(landing: number): Item[] {
    const ids = [...(this.#itemsOfLanding.get(landing) ?? [])].sort((one, other) => one - other);
    return ids.map((id) => this.items.get(id)!);
  }

  value(name: string): string | undefined {
    return this.#values.get(name);
  }

  setValue(name: string, value: string): void {
    const before = this.#values.get(name);
    this.#values.set(name, value);
    this.journal.note(() => {
      if (before === undefined) this.#values.delete(name);
      else this.#values.set(name, before);
    });
  }

  #indexItem(before: Item | undefined, after: Item | undefined): void {
    if (before && !after) this.#itemOfKey.delete(`${before.folder} ${before.key}`);
    if (after && !before) this.#itemOfKey.set(`${after.folder} ${after.key}`, after.id);
    const left = before?.landing ?? null;
    const joined = after?.landing ?? null;
    if (left === joined) return;
    if (left !== null) this.#itemsOfLanding.get(left)?.delete(before!.id);
    if (joined === null) return;
    const items = this.#itemsOfLanding.get(joined) ?? new Set();
    this.#itemsOfLanding.set(joined, items.add(after!.id));
  }

  #indexLanding(before: Landing | undefined, after: Landing | undefined): void {
    if (before?.key === after?.key) return;
    if (before && before.key !== null) this.#landingOfKey.delete(`${before.place} ${before.key}`);
    if (after && after.key !== null) this.#landingOfKey.set(`${after.place} ${after.key}`, after.id);
    if (!after) this.#itemsOfLanding.delete(before!.id);
  }
}
