import type { Trouble } from '../../trouble.ts';
import type { BTree, Found } from './btree.ts';
import { damage, unlessDamaged } from './damage.ts';
import { type EntryPlace, EntryPlaces } from './entry-places.ts';
import type { FileWindows } from './file.ts';
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
  most?: number,
): Generator<void, Trouble[]> {
  const lost = trees.map((tree) => new Lost(file, tree, new EntryPlaces(most)));
  const piece = new Uint8Array(Math.min(PIECE_BYTES, file.size));
  for (let start = 0; start < file.size; start += PIECE_BYTES) {
    const there = piece.subarray(0, Math.min(PIECE_BYTES, file.size - start));
    file.fill(there, start);
    for (const each of lost) yield* each.gather(there, start);
    yield;
  }
  for (const each of lost) yield* each.places.settle();
  for (const each of lost) each.tree.useFound(each);
  return lost.filter(({ places }) => places.overflowed).map(({ tree, places }) => tooMany(tree, places));
}

type Keyed = { key: number };

/** A multiple of both sizes of pages. */
const PIECE_BYTES = 1024 * 1024;
const PAGES_BUDGET = 256 * 1024;

function tooMany({ kind }: BTree<Keyed>, { size }: EntryPlaces): Trouble {
  return damage(`tree of ${kind.name}`, `it is lost, and only ${size} entries of it could be kept`);
}

/** What a tree lost. */
class Lost<E extends Keyed> implements Found<E> {
  readonly tree: BTree<E>;
  readonly places: EntryPlaces;
  private readonly file: FileWindows;
  private readonly pages = new Recent<number, Page>(PAGES_BUDGET, ({ bytes }) => bytes.length);
  /** Keys that were not to be told last. */
  private hidden: readonly [from: number, to: number] = [0, 0];

  constructor(file: FileWindows, tree: BTree<E>, places: EntryPlaces) {
    this.file = file;
    this.tree = tree;
    this.places = places;
  }

  /** From the leaves in a piece of the file that begins at `start`. */
  *gather(piece: Uint8Array, start: number): Generator<void> {
    const { kind, layout } = this.tree;
    const { pageBytes, pageTrailerAt } = layout;
    for (let at = 0; at + pageBytes <= piece.length; at += pageBytes) {
      if (piece[at + pageTrailerAt] !== kind.type || piece[at + pageTrailerAt + 1] !== kind.type) continue;
      const bytes = piece.subarray(at, at + pageBytes);
      const leaf = unlessDamaged(() => leafAt(bytes, start + at, kind, layout), none);
      if (leaf === null) continue;
      if (this.places.isCrowded) yield* this.places.settle();
      this.places.add({ offset: start + at, bid: leaf.bid }, this.keysOf(leaf.page));
    }
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
    const place = this.places.find(key);
    return place === null ? null : this.entryAt(place);
  }

  *all(tell: (trouble: Trouble) => void): Generator<E> {
    for (const place of this.places.all()) {
      const entry = unlessDamaged(() => this.entryAt(place), tell);
      if (entry !== null) yield entry;
    }
  }

  private entryAt({ key, offset, n }: EntryPlace): E {
    const page = this.pageAt(offset);
    const entry = n < page.count ? this.tree.entryAt(page.bytes, n * page.entryBytes) : null;
    if (entry?.key !== key) throw changed(offset);
    return entry;
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
