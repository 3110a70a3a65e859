import { isTrouble, type Trouble } from '../../trouble.ts';
import { damage, unlessDamaged } from './damage.ts';
import type { FileWindows } from './file.ts';
import type { PageRef } from './header.ts';
import type { Layout } from './layout.ts';
import { idAt, type Page, type PageKind, readPage } from './page.ts';
import { Recent } from './recent.ts';

const PAGES_BUDGET = 512 * 1024;
/** Twenty entries a page are 10^9 at this level. */
const LEVEL_MAX = 8;

type Tell = (trouble: Trouble) => void;

/** What was found beside the tree, of keys below damaged pages. */
export interface Found<E> {
  find(key: number): E | null;
  /** In ascending order; what cannot be read is told. */
  all(tell: Tell): Iterable<E>;
}

/**
 * A B-tree of pages, walked as it is needed (MS-PST §2.2.2.7.7). A page counts only where its keys lie between that of
 * the entry which led to it and the next: so no chain of pages, however it was made, is gone through twice.
 */
export abstract class BTree<E extends { key: number }> {
  readonly layout: Layout;
  private found: Found<E> | null = null;
  private readonly file: FileWindows;
  private readonly root: PageRef;
  private readonly pages = new Recent<number, Page>(PAGES_BUDGET, ({ bytes }) => bytes.length);

  constructor(file: FileWindows, root: PageRef, layout: Layout) {
    this.file = file;
    this.root = root;
    this.layout = layout;
  }

  abstract readonly kind: PageKind;
  /** The entry of a leaf. */
  abstract entryAt(bytes: Uint8Array, at: number): E;

  /** From now on, what is not to be found for damage is looked for here. */
  useFound(found: Found<E>): void {
    this.found = found;
  }

  /** Null when it is not there. Throws `malformed` when a page on the way is damaged. */
  find(key: number): E | null {
    try {
      return this.findInTree(key);
    } catch (cause) {
      const found = isTrouble(cause, 'malformed') ? (this.found?.find(key) ?? null) : null;
      if (found === null) throw cause;
      return found;
    }
  }

  /** Every entry in ascending order; what lies under a damaged page is told, and left out unless it was found. */
  *walk(tell: Tell): Generator<E> {
    const more = (this.found?.all(tell) ?? [])[Symbol.iterator]();
    let next = more.next();
    for (const entry of this.walkTree(tell)) {
      for (; !next.done && next.value.key < entry.key; next = more.next()) yield next.value;
      if (!next.done && next.value.key === entry.key) next = more.next();
      yield entry;
    }
    for (; !next.done; next = more.next()) yield next.value;
  }

  private *walkTree(tell: Tell): Generator<E> {
    const root = unlessDamaged(() => this.page(this.root, null), tell);
    if (root !== null) yield* this.below(root, -1, Number.POSITIVE_INFINITY, tell);
  }

  private findInTree(key: number): E | null {
    let page = this.page(this.root, null);
    for (;;) {
      const n = this.lastUpTo(page, key);
      if (n < 0) return null;
      const at = n * page.entryBytes;
      if (page.level === 0) return this.keyAt(page, n) === key ? this.entryAt(page.bytes, at) : null;
      page = this.page(this.refAt(page.bytes, at), page.level - 1);
    }
  }

  /**
   * Keys around this one that nothing can be said of, from the first to before the second, since a page on the way to them
   * is damaged; null when the tree tells whether this one is there.
   */
  hiddenAround(key: number): readonly [from: number, to: number] | null {
    let hidden: [number, number] = [0, Number.POSITIVE_INFINITY];
    try {
      let page = this.page(this.root, null);
      for (;;) {
        const [from, to] = hidden;
        hidden = [key, key + 1];
        const n = this.lastUpTo(page, key);
        if (n < 0) return null;
        const at = n * page.entryBytes;
        if (page.level === 0) {
          if (this.keyAt(page, n) === key) this.entryAt(page.bytes, at);
          return null;
        }
        const next = n + 1 < page.count ? this.keyAt(page, n + 1) : to;
        const ref = this.refAt(page.bytes, at);
        hidden = [Math.max(from, this.keyAt(page, n)), Math.min(to, next)];
        page = this.page(ref, page.level - 1);
      }
    } catch (cause) {
      if (!isTrouble(cause, 'malformed')) throw cause;
      return hidden;
    }
  }

  private *below(page: Page, from: number, to: number, tell: Tell): Generator<E> {
    for (let n = 0; n < page.count; n += 1) {
      const key = this.keyAt(page, n);
      const next = n + 1 < page.count ? this.keyAt(page, n + 1) : to;
      if (key < from || key >= next) {
        tell(damage(`page of ${this.kind.name}`, `its keys are out of order at ${key.toString(16)}`));
        return;
      }
      const at = n * page.entryBytes;
      if (page.level === 0) {
        const entry = unlessDamaged(() => this.entryAt(page.bytes, at), tell);
        if (entry !== null) yield entry;
        continue;
      }
      const child = unlessDamaged(() => this.page(this.refAt(page.bytes, at), page.level - 1), tell);
      if (child !== null) yield* this.below(child, key, next, tell);
    }
  }

  /** The last entry whose key is not greater; -1 when all are. */
  private lastUpTo(page: Page, key: number): number {
    let [low, high] = [0, page.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keyAt(page, middle) <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  protected keyAt(page: Page, n: number): number {
    return idAt(page.bytes, n * page.entryBytes, this.layout);
  }

  private refAt(bytes: Uint8Array, at: number): PageRef {
    const { layout } = this;
    const { idBytes } = layout;
    return { bid: idAt(bytes, at + idBytes, layout), offset: idAt(bytes, at + 2 * idBytes, layout) };
  }

  private page(ref: PageRef, level: number | null): Page {
    let page = this.pages.get(ref.offset);
    if (page === undefined) {
      // A copy: what is kept must not keep the window it was read in.
      const bytes = this.file.bytes(ref.offset, this.layout.pageBytes).slice();
      page = readPage(bytes, ref, this.kind, this.layout);
      this.pages.set(ref.offset, page);
    }
    if (level === null ? page.level > LEVEL_MAX : page.level !== level)
      throw damage(`page of ${this.kind.name} at ${ref.offset}`, `it is of level ${page.level}`);
    return page;
  }
}
