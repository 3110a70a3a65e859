/**
 * What `changes()` has told of a folder, small enough to be kept in a checkpoint: which UIDs, and which marks each had.
 * The checkpoint names each set of marks once, with the ranges of UIDs that have it.
 */
import { parseUidSet, uidSet } from '../../wire/imap/index.ts';

/** More messages than any folder has that a server can still open. */
const UIDS_MAX = 20_000_000;

export class Told {
  /** Ascending once `#sorted`. */
  #uids: number[] = [];
  #groups: number[] = [];
  #sorted = true;
  readonly #marks: (readonly string[])[] = [];
  readonly #byText = new Map<string, number>();
  readonly #byList = new WeakMap<readonly string[], number>();

  get size(): number {
    return this.#uids.length;
  }

  /** Ascending. A copy: what is told meanwhile is not in it. */
  uids(): readonly number[] {
    this.#sort();
    return [...this.#uids];
  }

  add(uid: number, marks: readonly string[]): void {
    const last = this.#uids.at(-1);
    if (last !== undefined && uid <= last) this.#sorted = false;
    this.#uids.push(uid);
    this.#groups.push(this.#groupOf(marks));
  }

  has(uid: number): boolean {
    return this.#find(uid) >= 0;
  }

  /** Takes the marks as they are now; false when they were so already or the message was never told. */
  mark(uid: number, marks: readonly string[]): boolean {
    const at = this.#find(uid);
    if (at < 0) return false;
    const group = this.#groupOf(marks);
    if (this.#groups[at] === group) return false;
    this.#groups[at] = group;
    return true;
  }

  /** Forgets all below `limit` that are not in `there` (ascending), and answers them. */
  keep(there: readonly number[], limit: number): number[] {
    this.#sort();
    const gone: number[] = [];
    const uids: number[] = [];
    const groups: number[] = [];
    let other = 0;
    for (const [at, uid] of this.#uids.entries()) {
      while (other < there.length && there[other]! < uid) other += 1;
      if (uid < limit && there[other] !== uid) gone.push(uid);
      else {
        uids.push(uid);
        groups.push(this.#groups[at]!);
      }
    }
    this.#uids = uids;
    this.#groups = groups;
    return gone;
  }

  toJSON(): [string[], string][] {
    this.#sort();
    const members: number[][] = this.#marks.map(() => []);
    for (const [at, uid] of this.#uids.entries()) members[this.#groups[at]!]!.push(uid);
    return members.flatMap((uids, group): [string[], string][] =>
      uids.length === 0 ? [] : [[[...this.#marks[group]!], uidSet(uids)]],
    );
  }

  /** Null for what `toJSON` never wrote. */
  static from(value: unknown): Told | null {
    if (!Array.isArray(value)) return null;
    const told = new Told();
    try {
      for (const row of value as unknown[]) {
        if (!Array.isArray(row) || row.length !== 2 || !isMarks(row[0]) || typeof row[1] !== 'string')
          return null;
        for (const uid of parseUidSet(row[1], UIDS_MAX)) told.add(uid, row[0]);
      }
    } catch {
      return null; // a set that cannot be read: the folder is told from the start
    }
    told.#sort();
    return told;
  }

  #groupOf(marks: readonly string[]): number {
    let group = this.#byList.get(marks);
    if (group !== undefined) return group;
    const text = marks.join(' ');
    group = this.#byText.get(text);
    if (group === undefined) {
      group = this.#marks.push(marks) - 1;
      this.#byText.set(text, group);
    }
    this.#byList.set(marks, group);
    return group;
  }

  #find(uid: number): number {
    this.#sort();
    let low = 0;
    let high = this.#uids.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const there = this.#uids[middle]!;
      if (there === uid) return middle;
      if (there < uid) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #sort(): void {
    if (this.#sorted) return;
    const order = this.#uids.map((_, at) => at).sort((a, b) => this.#uids[a]! - this.#uids[b]!);
    this.#uids = order.map((at) => this.#uids[at]!);
    this.#groups = order.map((at) => this.#groups[at]!);
    this.#sorted = true;
  }
}

function isMarks(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
