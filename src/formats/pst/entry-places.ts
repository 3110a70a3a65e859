import { Narrow, Wide } from './column.ts';

/**
 * Where entries of leaves lie in the file, by key: twelve bytes for each, and sixteen for each page that has some. First
 * they are gathered, then settled, then looked for.
 */
export class EntryPlaces {
  private readonly keys = new Wide();
  /** Number of the page, times 256, and number of the entry in it. */
  private readonly places = new Narrow();
  private readonly offsets = new Wide();
  private readonly ids = new Wide();
  private readonly most: number;
  private count = 0;
  private pages = 0;
  private ascending = true;
  /** No room can be made any more. */
  private closed = false;
  private leftOut = false;

  /** `most`: how many entries are kept at most. */
  constructor(most: number = ENTRIES_MAX) {
    this.most = most;
  }

  /** Once settled, how many keys there are. */
  get size(): number {
    return this.count;
  }

  /** Whether there were more than can be kept: then some are not here. */
  get overflowed(): boolean {
    return this.leftOut;
  }

  /** In bytes. */
  get heldBytes(): number {
    return [this.keys, this.places, this.offsets, this.ids].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether `settle` should be called before more is added: of one key many versions can lie in the file. */
  get isCrowded(): boolean {
    return !this.closed && (this.count > this.most - PAGE_ENTRIES || this.pages === PAGES_MAX);
  }

  /** Not while it is crowded. `keys`: by number of the entry in the page that lies at `offset`; -1 for those that do not count. */
  add(page: { offset: number; bid: number }, keys: readonly number[]): void {
    if (keys.every((key) => key < 0)) return;
    if (this.closed) {
      this.leftOut = true;
      return;
    }
    this.offsets.set(this.pages, page.offset);
    this.ids.set(this.pages, page.bid);
    const place = this.pages++ * PAGE_ENTRIES;
    for (const [n, key] of keys.entries()) if (key >= 0) this.push(key, place + n);
  }

  private push(key: number, place: number): void {
    if (this.count > 0 && key <= this.keys.at(this.count - 1)) this.ascending = false;
    this.keys.set(this.count, key);
    this.places.set(this.count++, place);
  }

  /** Puts them in order; of those with one key the one on the page with the highest id stays, else the first. */
  *settle(): Generator<void> {
    const crowded = this.isCrowded;
    if (!this.ascending) {
      yield* this.sort();
      this.leaveNewest();
      this.ascending = true;
    }
    // What made no room now makes none later.
    if (crowded) this.closed = this.pages === PAGES_MAX || this.count > this.most * MOSTLY;
  }

  /** Where the entry lies; null when there is none. Settled only. */
  find(key: number): EntryPlace | null {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys.at(middle) < key) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.keys.at(low) === key ? this.placeAt(low) : null;
  }

  /** In ascending order of their keys. Settled only. */
  *all(): Generator<EntryPlace> {
    for (let i = 0; i < this.count; i += 1) yield this.placeAt(i);
  }

  private placeAt(i: number): EntryPlace {
    const place = this.places.at(i);
    const page = Math.floor(place / PAGE_ENTRIES);
    return { key: this.keys.at(i), offset: this.offsets.at(page), n: place % PAGE_ENTRIES };
  }

  /** By parts, each half of one; one that the file's order makes too deep by heap. In place. */
  private *sort(): Generator<void> {
    const parts = [{ from: 0, end: this.count, depth: 2 * Math.log2(this.count) }];
    let steps = 0;
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const { from, end } = part;
      const depth = part.depth - 1;
      steps += end - from;
      if (steps > STEP) {
        steps = 0;
        yield;
      }
      if (end - from <= SMALL) this.sortSmall(from, end);
      else if (depth < 0) yield* this.sortByHeap(from, end);
      else {
        const middle = this.parted(from, end);
        parts.push({ from, end: middle, depth }, { from: middle, end, depth });
      }
    }
  }

  /** Moves what comes before an entry in the middle before what comes after it; answers where the second begins. */
  private parted(from: number, end: number): number {
    const middle = (from + end - 1) >>> 1;
    const [key, place] = [this.keys.at(middle), this.places.at(middle)];
    for (let [low, high] = [from, end - 1]; ; low += 1, high -= 1) {
      while (this.isBefore(this.keys.at(low), this.places.at(low), key, place)) low += 1;
      while (this.isBefore(key, place, this.keys.at(high), this.places.at(high))) high -= 1;
      if (low >= high) return high + 1;
      const [other, otherPlace] = [this.keys.at(low), this.places.at(low)];
      this.move(high, low);
      this.keys.set(high, other);
      this.places.set(high, otherPlace);
    }
  }

  private sortSmall(from: number, end: number): void {
    for (let next = from + 1; next < end; next += 1) {
      const [key, place] = [this.keys.at(next), this.places.at(next)];
      let at = next;
      for (; at > from && this.isBefore(key, place, this.keys.at(at - 1), this.places.at(at - 1)); at -= 1)
        this.move(at - 1, at);
      this.keys.set(at, key);
      this.places.set(at, place);
    }
  }

  private *sortByHeap(from: number, end: number): Generator<void> {
    for (let top = from + ((end - from) >>> 1) - 1; top >= from; top -= 1) {
      this.sink(from, end, top, this.keys.at(top), this.places.at(top));
      if (top % STEP === 0) yield;
    }
    for (let last = end - 1; last > from; last -= 1) {
      const [key, place] = [this.keys.at(last), this.places.at(last)];
      this.move(from, last);
      this.sink(from, last, from, key, place);
      if (last % STEP === 0) yield;
    }
  }

  /** Puts an entry into the heap between `from` and `end`, at or below a place. */
  private sink(from: number, end: number, top: number, key: number, place: number): void {
    const { keys, places } = this;
    let at = top;
    for (;;) {
      let below = 2 * at - from + 1;
      if (below >= end) break;
      const more = below + 1;
      if (more < end && this.isBefore(keys.at(below), places.at(below), keys.at(more), places.at(more)))
        below = more;
      if (!this.isBefore(key, place, keys.at(below), places.at(below))) break;
      this.move(below, at);
      at = below;
    }
    keys.set(at, key);
    places.set(at, place);
  }

  /** By key; of one key the newest first. */
  private isBefore(key: number, place: number, other: number, otherPlace: number): boolean {
    return key < other || (key === other && this.isNewer(place, otherPlace));
  }

  private move(from: number, to: number): void {
    this.keys.set(to, this.keys.at(from));
    this.places.set(to, this.places.at(from));
  }

  private isNewer(place: number, other: number): boolean {
    const id = this.ids.at(Math.floor(place / PAGE_ENTRIES));
    const otherId = this.ids.at(Math.floor(other / PAGE_ENTRIES));
    return id === otherId ? place < other : id > otherId;
  }

  private leaveNewest(): void {
    let kept = 0;
    for (let i = 0; i < this.count; i += 1)
      if (kept === 0 || this.keys.at(i) !== this.keys.at(kept - 1)) this.move(i, kept++);
    this.count = kept;
    this.keys.shorten(kept);
    this.places.shorten(kept);
  }
}

export interface EntryPlace {
  key: number;
  /** Of the page. */
  offset: number;
  /** Which entry of it. */
  n: number;
}

/** 50 GB have some seven million blocks; these take 320 MB. */
export const ENTRIES_MAX = 24_000_000;
/** More than fit into a page. */
const PAGE_ENTRIES = 256;
const PAGES_MAX = 2 ** 24;
const MOSTLY = 7 / 8;
/** Entries between two turns. */
const STEP = 65_536;
/** Entries that are put in order one by one. */
const SMALL = 16;
