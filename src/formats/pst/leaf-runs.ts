import { Narrow, Wide } from './column.ts';
import { KeyedPlaces } from './keyed-places.ts';

/** Entries that follow one another in a page. */
export interface Run {
  /** Of the page. */
  offset: number;
  from: number;
  count: number;
}

/** A leaf that lies in the file. */
export interface LeafFacts {
  offset: number;
  bid: number;
  /** The keys that count, by number of their entries; -1: one that does not. */
  keys: readonly number[];
}

/**
 * Where the newest entries of leaves lie in the file, by key. Most leaves stand alone, and need sixteen bytes for all their
 * entries, and thirty-six more while they are gathered; those whose keys overlap are compared entry by entry. First they are
 * gathered, then settled, then looked for.
 */
export class LeafRuns {
  /** By number of the page. */
  private offsets = new Narrow();
  private bids = new Wide();
  private lasts = new Wide();
  /** How many entries they have when all of them are one run, else 0. */
  private counts = new Narrow();
  /** The first key with the number of the page. */
  private firsts = new KeyedPlaces((page, other) => page < other);
  private compared = new KeyedPlaces((place, other) => this.isNewer(place, other));
  /** The last key of what is compared. */
  private comparedUpTo = -1;
  private pages = 0;
  private readonly keys = new Wide();
  private readonly at = new Narrow();
  private readonly spans = new Narrow();
  private runs = 0;
  private readonly most: Most;
  private leftOut = false;

  constructor(most: Most = MOST) {
    this.most = most;
  }

  /** Whether there was more than can be kept: then some is not here. */
  get overflowed(): boolean {
    return this.leftOut;
  }

  /** In bytes. */
  get heldBytes(): number {
    const { offsets, bids, lasts, counts, keys, at, spans } = this;
    const columns = [offsets, bids, lasts, counts, keys, at, spans].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    );
    return columns + this.firsts.heldBytes + this.compared.heldBytes;
  }

  add({ offset, bid, keys }: LeafFacts): void {
    let [first, last, ascending] = [Number.POSITIVE_INFINITY, -1, true];
    for (const key of keys) {
      if (key <= last) ascending = false;
      if (key < 0) continue;
      first = Math.min(first, key);
      last = Math.max(last, key);
    }
    if (last < 0) return;
    if (this.pages >= this.most.pages || offset >= FILE_MAX) {
      this.leftOut = true;
      return;
    }
    this.firsts.push(first, this.pages);
    this.offsets.set(this.pages, offset / UNIT);
    this.bids.set(this.pages, bid);
    this.lasts.set(this.pages, last);
    this.counts.set(this.pages++, ascending ? keys.length : 0);
  }

  /** `keysAt`: what was told of a leaf, once more. */
  *settle(keysAt: (offset: number) => readonly number[]): Generator<void> {
    yield* this.firsts.sort();
    let flushAt = COMPARED_AT_ONCE;
    for (let i = 0; i < this.pages; i += 1) {
      if (i % STEP === 0) yield;
      const [first, page] = [this.firsts.key(i), this.firsts.place(i)];
      if (this.compared.size >= flushAt || (this.compared.size > 0 && first > this.comparedUpTo)) {
        yield* this.flush(first);
        flushAt = Math.max(COMPARED_AT_ONCE, 2 * this.compared.size);
      }
      const count = this.counts.at(page);
      const isAlone = i + 1 === this.pages || this.firsts.key(i + 1) > this.lasts.at(page);
      if (count > 0 && isAlone && this.compared.size === 0) this.run(first, page, 0, count);
      else this.compare(page, keysAt(this.offsets.at(page) * UNIT));
    }
    yield* this.flush(Number.POSITIVE_INFINITY);
    this.forget();
  }

  private compare(page: number, keys: readonly number[]): void {
    this.comparedUpTo = Math.max(this.comparedUpTo, this.lasts.at(page));
    for (const [n, key] of keys.entries()) {
      if (key < 0) continue;
      if (this.compared.size < this.most.compared) this.compared.push(key, page * PAGE_ENTRIES + n);
      else this.leftOut = true;
    }
  }

  /** Makes runs of what was compared below a key: nothing more comes there. */
  private *flush(end: number): Generator<void> {
    const { compared } = this;
    yield* compared.sort();
    compared.leaveNewest();
    let i = 0;
    while (i < compared.size && compared.key(i) < end) {
      const [key, place] = [compared.key(i), compared.place(i)];
      let count = 1;
      while (
        i + count < compared.size &&
        compared.key(i + count) < end &&
        compared.place(i + count) === place + count
      )
        count += 1;
      this.run(key, Math.floor(place / PAGE_ENTRIES), place % PAGE_ENTRIES, count);
      i += count;
    }
    compared.drop(i);
    yield;
  }

  private run(key: number, page: number, from: number, count: number): void {
    if (this.runs >= this.most.runs) {
      this.leftOut = true;
      return;
    }
    this.keys.set(this.runs, key);
    this.at.set(this.runs, this.offsets.at(page));
    this.spans.set(this.runs++, from * PAGE_ENTRIES + count);
  }

  private isNewer(place: number, other: number): boolean {
    const [page, otherPage] = [Math.floor(place / PAGE_ENTRIES), Math.floor(other / PAGE_ENTRIES)];
    const [bid, otherBid] = [this.bids.at(page), this.bids.at(otherPage)];
    if (bid !== otherBid) return bid > otherBid;
    return page === otherPage ? place < other : this.offsets.at(page) < this.offsets.at(otherPage);
  }

  private forget(): void {
    [this.offsets, this.counts] = [new Narrow(), new Narrow()];
    [this.bids, this.lasts] = [new Wide(), new Wide()];
    this.firsts = new KeyedPlaces(() => false);
    this.compared = new KeyedPlaces(() => false);
  }

  /** The run in which the key is, if it is anywhere. Settled only. */
  find(key: number): Run | null {
    let [low, high] = [0, this.runs];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys.at(middle) <= key) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : this.runAt(low - 1);
  }

  /** In ascending order of their keys. Settled only. */
  *all(): Generator<Run> {
    for (let i = 0; i < this.runs; i += 1) yield this.runAt(i);
  }

  private runAt(i: number): Run {
    const span = this.spans.at(i);
    const from = Math.floor(span / PAGE_ENTRIES);
    return { offset: this.at.at(i) * UNIT, from, count: span % PAGE_ENTRIES };
  }
}

export interface Most {
  /** Leaves that are looked at. */
  pages: number;
  /** Entries that are compared at once. */
  compared: number;
  /** Runs that are kept: as many as leaves, unless these are made to interlace. */
  runs: number;
}

/** 50 GB have two million leaves at most. These take 220 MB, so many entries 100 MB, so many runs 190 MB. */
const MOST: Most = { pages: 6_000_000, compared: 8_000_000, runs: 12_000_000 };
/** More than fit into a page. */
const PAGE_ENTRIES = 256;
/** Pages begin at multiples of it. */
const UNIT = 512;
const FILE_MAX = UNIT * 2 ** 32;
const COMPARED_AT_ONCE = 65_536;
/** Pages between two turns. */
const STEP = 2048;
