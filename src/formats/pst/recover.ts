import { isTrouble } from '../../trouble.ts';
import type { BTree, Found } from './btree.ts';
import { unlessDamaged } from './damage.ts';
import type { FileWindows } from './file.ts';
import { leafAt } from './page.ts';

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
  const { kind, layout } = tree;
  const newest = new Map<number, { entry: E; page: number }>();
  for (let at = 0; at + layout.pageBytes <= file.size; at += layout.pageBytes) {
    if (at % STEP_BYTES === 0) yield;
    const leaf = unlessDamaged(() => leafAt(file.bytes(at, layout.pageBytes), at, kind, layout), none);
    if (leaf === null) continue;
    const { page, bid } = leaf;
    const bytes = page.bytes.slice();
    for (let n = 0; n < page.count && newest.size < ENTRIES_MAX; n += 1) {
      const entry = unlessDamaged(() => tree.entryAt(bytes, n * page.entryBytes), none);
      if (entry === null) continue;
      const known = newest.get(entry.key);
      if (known === undefined ? isHidden(tree, entry.key) : known.page < bid)
        newest.set(entry.key, { entry, page: bid });
    }
  }
  tree.useFound(foundOf([...newest.values()].map(({ entry }) => entry)));
}

/** A number that can be none makes no leaf, and no entry: there is nothing to tell of it. */
const none = (): void => {};

/** Multiples of both sizes of pages. */
const STEP_BYTES = 1024 * 1024;
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
