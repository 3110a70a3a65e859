import { isTrouble } from '../../trouble.ts';
import type { BTree, Found } from './btree.ts';
import { unlessDamaged } from './damage.ts';
import type { FileWindows } from './file.ts';
import { leafAt, type Page } from './page.ts';

/**
 * Pages that no page leads to any more lie in the file all the same: a tree that lost a branch has still its leaves. This
 * looks for them from one end of the file to the other. Older versions of a page lie there, too; so
 *
 * - only keys that the tree cannot tell for damage are taken: what it tells, or tells not to be there, stays so;
 * - of two entries with one key that of the page with the higher id counts, since ids only grow.
 *
 * Yields now and then, so that its caller can let others have their turn.
 */
export function* recover<E extends { key: number }>(file: FileWindows, tree: BTree<E>): Generator<void> {
  const newest = new Map<number, { entry: E; page: number }>();
  for (const { bytes, offset } of leavesOf(file, tree)) {
    if (bytes === null) {
      yield;
      continue;
    }
    const leaf = unlessDamaged(() => leafAt(bytes, offset, tree.kind, tree.layout), none);
    if (leaf !== null) take(tree, leaf, newest);
  }
  tree.useFound(foundOf([...newest.values()].map(({ entry }) => entry)));
}

/** What may be a leaf, by its type alone; null after each piece of the file. */
function* leavesOf<E extends { key: number }>(
  file: FileWindows,
  { kind, layout }: BTree<E>,
): Generator<{ bytes: Uint8Array | null; offset: number }> {
  const { pageBytes, pageTrailerAt } = layout;
  const piece = new Uint8Array(Math.min(PIECE_BYTES, file.size));
  for (let start = 0; start < file.size; start += PIECE_BYTES) {
    const there = piece.subarray(0, Math.min(PIECE_BYTES, file.size - start));
    file.fill(there, start);
    for (let at = 0; at + pageBytes <= there.length; at += pageBytes)
      if (there[at + pageTrailerAt] === kind.type)
        yield { bytes: there.slice(at, at + pageBytes), offset: start + at };
    yield { bytes: null, offset: start };
  }
}

function take<E extends { key: number }>(
  tree: BTree<E>,
  { page, bid }: { page: Page; bid: number },
  newest: Map<number, { entry: E; page: number }>,
): void {
  for (let n = 0; n < page.count && newest.size < ENTRIES_MAX; n += 1) {
    const entry = unlessDamaged(() => tree.entryAt(page.bytes, n * page.entryBytes), none);
    if (entry === null) continue;
    const known = newest.get(entry.key);
    if (known === undefined ? isHidden(tree, entry.key) : known.page < bid)
      newest.set(entry.key, { entry, page: bid });
  }
}

/** A number that can be none makes no leaf, and no entry: there is nothing to tell of it. */
const none = (): void => {};

/** A multiple of both sizes of pages. */
const PIECE_BYTES = 1024 * 1024;
/** Some hundred bytes each: of a larger file that lost its root only a part is found. */
const ENTRIES_MAX = 2_000_000;

function isHidden<E extends { key: number }>(tree: BTree<E>, key: number): boolean {
  try {
    tree.find(key);
    return false;
  } catch (cause) {
    if (!isTrouble(cause, 'malformed')) throw cause;
    return true;
  }
}

function foundOf<E extends { key: number }>(entries: readonly E[]): Found<E> {
  const sorted = [...entries].sort((a, b) => a.key - b.key);
  const byKey = new Map(sorted.map((entry) => [entry.key, entry]));
  return { find: (key) => byKey.get(key) ?? null, all: () => sorted };
}
