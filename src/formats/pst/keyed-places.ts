import { Narrow, Wide } from './column.ts';

/** Keys with places, twelve bytes each: gathered, then put in order. */
export class KeyedPlaces {
  private readonly keys = new Wide();
  private readonly places = new Narrow();
  private readonly isNewer: (place: number, other: number) => boolean;
  private count = 0;
  private ascending = true;

  /** `isNewer`: which of two places with one key comes first. */
  constructor(isNewer: (place: number, other: number) => boolean) {
    this.isNewer = isNewer;
  }

  get size(): number {
    return this.count;
  }

  /** In bytes. */
  get heldBytes(): number {
    return this.keys.bytes + this.places.bytes;
  }

  key(i: number): number {
    return this.keys.at(i);
  }

  place(i: number): number {
    return this.places.at(i);
  }

  push(key: number, place: number): void {
    if (this.count > 0 && key <= this.keys.at(this.count - 1)) this.ascending = false;
    this.keys.set(this.count, key);
    this.places.set(this.count++, place);
  }

  /** Of those with one key only the first stays. Sorted only. */
  leaveNewest(): void {
    let kept = 0;
    for (let i = 0; i < this.count; i += 1)
      if (kept === 0 || this.keys.at(i) !== this.keys.at(kept - 1)) this.move(i, kept++);
    this.shorten(kept);
  }

  /** The first ones go. */
  drop(count: number): void {
    for (let i = count; i < this.count; i += 1) this.move(i, i - count);
    this.shorten(this.count - count);
  }

  private shorten(count: number): void {
    this.count = count;
    this.keys.shorten(count);
    this.places.shorten(count);
  }

  /** By parts, each half of one; one that the file's order makes too deep by heap. In place. */
  *sort(): Generator<void> {
    if (this.ascending) return;
    this.ascending = true;
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
}

/** Entries between two turns. */
const STEP = 65_536;
/** Entries that are put in order one by one. */
const SMALL = 16;
