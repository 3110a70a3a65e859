import type { Trouble } from '../../trouble.ts';
import type { BTree, Found } from './btree.ts';
import { damage, unlessDamaged } from './damage.ts';
import type { FileWindows } from './file.ts';
import { LeafRuns, type Most, type Run } from './leaf-runs.ts';
import { leafAt, type Page } from './page.ts';
import { Recent } from './recent.ts';

/**
 * Pages that no page leads to any more lie in the file all the same: a tree that lost a branch has still its leaves. This
 * looks for them, for all `trees` at once, from one end of the file to the other. Older versions of a page lie there, too; so
 *
 * - only keys that the tree cannot tell for damage are taken: what it tells, or tells not to be there, stays so;
 * - of two entries with one key that of the page with the higher id counts, since ids only grow.
 *
 * Only where an entry lies is kept. Yields now and then, so that its caller can let others have their turn. Answers what it
 * had to leave out: nothing, unless there are more entries than anyone's file has.
 */
export function* recover(
  file: FileWindows,
  trees: readonly BTree<Keyed>[],
  most?: Most,
): Generator<void, Trouble[]> {
  const lost = trees.map((tree) => new Lost(file, tree, new LeafRuns(most)));
  const piece = new Uint8Array(Math.min(PIECE_BYTES, file.size));
  for (let start = 0; start < file.size; start += PIECE_BYTES) {
    const there = piece.subarray(0, Math.min(PIECE_BYTES, file.size - start));
    file.fill(there, start);
    for (const each of lost) each.gather(there, start);
    yield;
  }
  for (const each of lost) yield* each.settle();
  for (const each of lost) each.tree.useFound(each);
  return lost.filter(({ runs }) => runs.overflowed).map(({ tree }) => tooMany(tree));
}

type Keyed = { key: number };

/** A multiple of both sizes of pages. */
const PIECE_BYTES = 1024 * 1024;
const PAGES_BUDGET = 256 * 1024;

function tooMany({ kind }: BTree<Keyed>): Trouble {
  return damage(
    `tree of ${kind.name}`,
    'it is lost, and there is more of it in the file than can be looked for',
  );
}

/** What a tree lost. */
class Lost<E extends Keyed> implements Found<E> {
  readonly tree: BTree<E>;
  readonly runs: LeafRuns;
  private readonly file: FileWindows;
  private readonly pages = new Recent<number, Page>(PAGES_BUDGET, ({ bytes }) => bytes.length);
  /** Keys that were not to be told last. */
  private hidden: readonly [from: number, to: number] = [0, 0];

  constructor(file: FileWindows, tree: BTree<E>, runs: LeafRuns) {
    this.file = file;
    this.tree = tree;
    this.runs = runs;
  }

  /** From the leaves in a piece of the file that begins at `start`. */
  gather(piece: Uint8Array, start: number): void {
    const { kind, layout } = this.tree;
    const { pageBytes, pageTrailerAt } = layout;
    for (let at = 0; at + pageBytes <= piece.length; at += pageBytes) {
      if (piece[at + pageTrailerAt] !== kind.type || piece[at + pageTrailerAt + 1] !== kind.type) continue;
      const bytes = piece.subarray(at, at + pageBytes);
      const leaf = unlessDamaged(() => leafAt(bytes, start + at, kind, layout), none);
      if (leaf === null) continue;
      this.runs.add({ offset: start + at, bid: leaf.bid, keys: this.keysOf(leaf.page) });
    }
  }

  /** Now `find` and `all` can be asked. */
  settle(): Generator<void> {
    return this.runs.settle((offset) => this.keysOf(this.pageAt(offset)));
  }

  /** By number; -1: nothing to be taken. */
  private keysOf(page: Page): number[] {
    return Array.from({ length: page.count }, (_, n) => {
      const entry = unlessDamaged(() => this.tree.entryAt(page.bytes, n * page.entryBytes), none);
      return entry !== null && this.isHidden(entry.key) ? entry.key : -1;
    });
  }

  private isHidden(key: number): boolean {
    if (key >= this.hidden[0] && key < this.hidden[1]) return true;
    const hidden = this.tree.hiddenAround(key);
    if (hidden !== null) this.hidden = hidden;
    return hidden !== null;
  }

  find(key: number): E | null {
    const run = this.runs.find(key);
    if (run === null) return null;
    for (const entry of this.entriesOf(run)) if (entry.key === key) return entry;
    return null;
  }

  *all(tell: (trouble: Trouble) => void): Generator<E> {
    for (const run of this.runs.all()) yield* unlessDamaged(() => this.entriesOf(run), tell) ?? [];
  }

  private entriesOf({ offset, from, count }: Run): E[] {
    const page = this.pageAt(offset);
    if (from + count > page.count) throw changed(offset);
    return Array.from({ length: count }, (_, n) =>
      this.tree.entryAt(page.bytes, (from + n) * page.entryBytes),
    );
  }

  private pageAt(offset: number): Page {
    const known = this.pages.get(offset);
    if (known !== undefined) return known;
    const { kind, layout } = this.tree;
    // A copy: what is kept must not keep the window it was read in.
    const leaf = leafAt(this.file.bytes(offset, layout.pageBytes).slice(), offset, kind, layout);
    if (leaf === null) throw changed(offset);
    this.pages.set(offset, leaf.page);
    return leaf.page;
  }
}

/** A number that can be none makes no leaf, and no entry: there is nothing to tell of it. */
const none = (): void => {};

function changed(offset: number): Trouble {
  return damage(`page at ${offset}`, 'it is no longer what it was');
}
