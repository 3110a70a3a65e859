import type { Entry } from '../../stores/entry.ts';
import { sha256 } from '../digest.ts';
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
import { markSet, sameMarks, wantedMarks } from '../marks.ts';
import { intendOne, readOf, settleOne } from './settle.ts';
import { State } from './state.ts';

/** A ledger that forgets when the process ends; its state outlives `close()` and can be reopened. */
export interface MemoryLedger extends Ledger {
  /**
   * What the next run finds. After `close()`: everything. Without it, as after a crash: what was told since the last
   * `intend`, `advance` or `flush` is lost. This handle is dead from then on: every verb throws.
   */
  reopen(): MemoryLedger;
}

export function memoryLedger(): MemoryLedger {
  return new InMemory(new State());
}

class InMemory implements MemoryLedger {
  readonly #state: State;
  #closed = false;

  constructor(state: State) {
    this.#state = state;
  }

  reopen(): MemoryLedger {
    this.#closed = true;
    this.#state.journal.rollback(0);
    return new InMemory(this.#state);
  }

  async enrol(name: string, rank: number): Promise<number> {
    const { accounts } = this.#open();
    const known = first(accounts.all(), (row) => row.name === name);
    if (!known) return accounts.add((id) => ({ id, name, rank })).id;
    if (known.rank !== rank) accounts.change(known, { rank });
    return known.id;
  }

  async accounts(): Promise<AccountRow[]> {
    return copies(this.#open().accounts.all());
  }

  async folder(account: number, path: readonly string[]): Promise<FolderRow> {
    const { folders, accounts } = this.#open();
    if (!accounts.get(account)) throw new Error(`no account ${account}`);
    const known = first(folders.all(), (row) => row.account === account && samePath(row.path, path));
    return { ...(known ?? folders.add((id) => ({ id, account, path: [...path], checkpoint: null }))) };
  }

  async folders(): Promise<FolderRow[]> {
    return copies(this.#open().folders.all());
  }

  async place(path: readonly string[]): Promise<PlaceRow> {
    const { places } = this.#open();
    const known = first(places.all(), (row) => samePath(row.path, path));
    return { ...(known ?? places.add((id) => ({ id, path: [...path], window: null, state: null }))) };
  }

  async places(): Promise<PlaceRow[]> {
    return copies(this.#open().places.all());
  }

  async updatePlace(place: number, change: { window?: string | null; state?: string | null }): Promise<void> {
    const { places } = this.#open();
    const row = known(places.get(place), `place ${place}`);
    const window = change.window === undefined ? row.window : change.window;
    places.change(row, { window, state: change.state === undefined ? row.state : change.state });
  }

  async note(folder: number, entries: readonly Entry[]): Promise<number> {
    const state = this.#open();
    const { account } = known(state.folders.get(folder), `folder ${folder}`);
    let fresh = 0;
    for (const entry of entries) {
      const item = state.itemByKey(folder, entry.key);
      if (item?.gone) state.items.change(item, { gone: false });
      if (item) continue;
      state.items.add((id) => newItem(id, folder, account, entry));
      fresh += 1;
    }
    return fresh;
  }

  async gone(folder: number, keys: readonly string[] | 'all'): Promise<void> {
    const { items } = this.#open();
    for (const item of keys === 'all' ? this.#of(folder) : this.#byKeys(folder, keys)) {
      if (!item.gone) items.change(item, { gone: true });
    }
  }

  async remark(folder: number, changes: readonly { key: string; marks: readonly string[] }[]): Promise<void> {
    const state = this.#open();
    for (const { key, marks } of changes) {
      const item = state.itemByKey(folder, key);
      if (item) state.items.change(item, { marks: markSet(marks) });
    }
  }

  async waiting(folder: number, after: number, limit: number): Promise<Item[]> {
    const open = (item: Item) => item.outcome === null && item.landing === null && !item.gone;
    return page(this.#of(folder, after), limit, open);
  }

  async waitingByFolder(): Promise<Waiting[]> {
    const sums = new Map<number, Waiting>();
    for (const { folder, size, outcome, landing, gone } of this.#open().items.all()) {
      if (outcome !== null || landing !== null || gone) continue;
      const sum = sums.get(folder) ?? { folder, items: 0, bytes: 0 };
      sums.set(folder, { folder, items: sum.items + 1, bytes: sum.bytes + size });
    }
    return [...sums.values()].sort((one, other) => one.folder - other.folder);
  }

  async items(folder: number, after: number, limit: number): Promise<Item[]> {
    return page(this.#of(folder, after), limit);
  }

  async identify(found: readonly ItemIdentity[]): Promise<void> {
    this.#whole((state) => {
      for (const { item: id, ...identity } of found) {
        const item = known(state.items.get(id), `item ${id}`);
        state.items.change(item, readOf(item, identity));
      }
    });
  }

  async intend(steps: readonly Step[]): Promise<number[]> {
    const now = Date.now();
    const ids = this.#whole((state) => steps.map((step) => intendOne(state, step, now)));
    await this.flush();
    return ids;
  }

  async settle(outcomes: readonly Outcome[]): Promise<void> {
    this.#whole((state) => {
      for (const outcome of outcomes) settleOne(state, outcome);
    });
  }

  async unsettled(place?: number): Promise<Landing[]> {
    return this.#landings((row) => row.state === 'intended' && (place === undefined || row.place === place));
  }

  async unverified(place?: number): Promise<Landing[]> {
    return this.#landings((row) => row.state === 'landed' && (place === undefined || row.place === place));
  }

  async found(place: number, messages: readonly FoundMessage[]): Promise<void> {
    const intendedAt = Date.now();
    this.#whole((state) => {
      known(state.places.get(place), `place ${place}`);
      for (const message of messages) {
        if (state.landingByKey(place, message.key)) continue;
        state.landings.add((id) => foundLanding(id, place, message, intendedAt));
      }
    });
  }

  async landingsByExact(exact: readonly string[]): Promise<Landing[]> {
    const wanted = new Set(exact.map(sha256));
    return this.#landings((row) => wanted.has(row.exact));
  }

  async landingsByKin(kin: readonly string[]): Promise<Landing[]> {
    const wanted = new Set(kin.map(sha256));
    return this.#landings((row) => wanted.has(row.kin));
  }

  async landingsByKey(place: number, keys: readonly string[]): Promise<Landing[]> {
    const state = this.#open();
    const rows = [...new Set(keys)].map((key) => state.landingByKey(place, key));
    return copies(rows.filter((row) => row !== undefined).sort((one, other) => one.id - other.id));
  }

  async landing(id: number): Promise<Landing | null> {
    const row = this.#open().landings.get(id);
    return row ? { ...row } : null;
  }

  async itemsOf(landings: readonly number[]): Promise<Item[]> {
    const state = this.#open();
    const items = [...new Set(landings)].flatMap((landing) => state.itemsOf(landing));
    return copies(items.sort((one, other) => one.id - other.id));
  }

  async goneByExact(account: number, exact: readonly string[]): Promise<Item[]> {
    const wanted = new Set(exact.map(sha256));
    const held = (item: Item) => item.gone && item.landing !== null && item.account === account;
    return page(this.#open().items.all(), Infinity, (item) => held(item) && wanted.has(item.exact ?? ''));
  }

  async mergeable(account: number): Promise<boolean> {
    const { items, landings } = this.#open();
    if (first(landings.all(), (row) => row.state === 'found')) return true;
    const worth = (item: Item) => (item.account === account ? item.gone : item.landing !== null);
    return first(items.all(), worth) !== undefined;
  }

  async unmarked(after: number, limit: number): Promise<{ landing: Landing; wanted: string[] }[]> {
    const state = this.#open();
    const answer: { landing: Landing; wanted: string[] }[] = [];
    for (const landing of state.landings.all(after)) {
      if (answer.length >= limit) break;
      if (landing.key === null) continue;
      const wanted = wantedMarks(landing.state, landing.marks, state.itemsOf(landing.id));
      if (!sameMarks(wanted, landing.marks)) answer.push({ landing: { ...landing }, wanted });
    }
    return answer;
  }

  async advance(folder: number, checkpoint: string): Promise<void> {
    const { folders } = this.#open();
    const row = known(folders.get(folder), `folder ${folder}`);
    const open = first(this.#of(folder), (item) => item.outcome === null && !item.gone);
    if (open) throw new Error(`folder ${folder} cannot advance: item ${open.id} is open`);
    folders.change(row, { checkpoint });
    await this.flush();
  }

  async counts(account?: number): Promise<Counts> {
    const counts = { entries: 0, copied: 0, merged: 0, left: 0, asked: 0, open: 0, gone: 0, bytes: 0 };
    for (const item of this.#open().items.all()) {
      if (account !== undefined && item.account !== account) continue;
      if (item.gone) counts.gone += 1;
      if (item.gone) continue;
      counts.entries += 1;
      counts.bytes += item.size;
      counts[item.outcome ?? 'open'] += 1;
    }
    return counts;
  }

  async exceptions(after: number, limit: number): Promise<Item[]> {
    const without = (item: Item) => item.outcome === 'left' || item.outcome === 'asked';
    return page(this.#open().items.all(after), limit, without);
  }

  async recall(name: string): Promise<string | null> {
    return this.#open().value(name) ?? null;
  }

  async remember(name: string, value: string): Promise<void> {
    this.#open().setValue(name, value);
  }

  async flush(): Promise<void> {
    this.#open().journal.commit();
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#state.journal.commit();
    this.#closed = true;
  }

  #open(): State {
    if (this.#closed) throw new Error('the ledger is closed');
    return this.#state;
  }

  /** A verb is done as a whole or not at all. */
  #whole<T>(work: (state: State) => T): T {
    const state = this.#open();
    const { here } = state.journal;
    try {
      return work(state);
    } catch (error) {
      state.journal.rollback(here);
      throw error;
    }
  }

  *#of(folder: number, after = 0): Generator<Item> {
    for (const item of this.#open().items.all(after)) if (item.folder === folder) yield item;
  }

  *#byKeys(folder: number, keys: readonly string[]): Generator<Item> {
    for (const key of keys) {
      const item = this.#open().itemByKey(folder, key);
      if (item) yield item;
    }
  }

  #landings(wanted: (row: Landing) => boolean): Landing[] {
    return page(this.#open().landings.all(), Infinity, wanted);
  }
}

function newItem(id: number, folder: number, account: number, entry: Entry): Item {
  const { key, size, receivedAt } = entry;
  const told = { key, size, receivedAt, marks: markSet(entry.marks), alsoIn: entry.alsoIn ?? [] };
  const end = { gone: false, outcome: null, landing: null, by: null, reason: null };
  const identity = { exact: null, kin: null, likely: null, messageId: null, subject: null };
  return { id, folder, account, ...told, ...end, ...identity };
}

function foundLanding(id: number, place: number, message: FoundMessage, intendedAt: number): Landing {
  sha256(message.sent);
  sha256(message.exact);
  sha256(message.kin);
  if (message.likely !== null) sha256(message.likely);
  const marks = markSet(message.marks);
  return {
    ...message,
    id,
    place,
    state: 'found',
    marks,
    rung: 'as-is',
    altered: [],
    stored: null,
    intendedAt,
  };
}

function known<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new Error(`no ${what}`);
  return row;
}

function first<T>(rows: Iterable<T>, wanted: (row: T) => boolean): T | undefined {
  for (const row of rows) if (wanted(row)) return row;
  return undefined;
}

function page<T>(rows: Iterable<T>, limit: number, wanted: (row: T) => boolean = () => true): T[] {
  const answer: T[] = [];
  if (limit <= 0) return answer;
  for (const row of rows) {
    if (wanted(row)) answer.push({ ...row });
    if (answer.length >= limit) break;
  }
  return answer;
}

function copies<T>(rows: Iterable<T>): T[] {
  return [...rows].map((row) => ({ ...row }));
}

function samePath(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((segment, at) => segment === other[at]);
}
