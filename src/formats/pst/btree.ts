import type { Trouble } from '../../trouble.ts';
import { u8, u16, u32, u64 } from './bytes.ts';
import { agrees } from './checksum.ts';
import { damage, unlessDamaged } from './damage.ts';
import type { FileWindows } from './file.ts';
import type { PageRef } from './header.ts';
import type { Layout } from './layout.ts';
import { Recent } from './recent.ts';

/** MS-PST §2.2.2.7.7.4. */
export interface NodeEntry {
  nid: number;
  /** 0: none. */
  data: number;
  /** 0: none. */
  subnodes: number;
  /** The folder of a message or folder; 0: none. */
  parent: number;
}

/** MS-PST §2.2.2.7.7.3. */
export interface BlockEntry {
  bid: number;
  offset: number;
  /** In bytes, without padding and trailer. */
  size: number;
}

interface Page {
  bytes: Uint8Array;
  level: number;
  count: number;
  entryBytes: number;
}

const PAGES_BUDGET = 2 * 1024 * 1024;
/** Twenty entries a page are 10^9 at this level. */
const LEVEL_MAX = 8;

/**
 * A B-tree of pages, walked as it is needed (MS-PST §2.2.2.7.7). A page counts only where its keys lie between that of
 * the entry which led to it and the next: so no chain of pages, however it was made, is gone through twice.
 */
abstract class BTree<E> {
  protected readonly layout: Layout;
  protected readonly idBytes: number;
  private readonly file: FileWindows;
  private readonly root: PageRef;
  private readonly pages = new Recent<number, Page>(PAGES_BUDGET, ({ bytes }) => bytes.length);

  constructor(file: FileWindows, root: PageRef, layout: Layout) {
    this.file = file;
    this.root = root;
    this.layout = layout;
    this.idBytes = layout.idBytes;
  }

  protected abstract readonly type: number;
  protected abstract readonly leafBytes: number;
  protected abstract entryAt(bytes: Uint8Array, at: number): E;

  /** Null when it is not there. Throws `malformed` when a page on the way is damaged. */
  find(key: number): E | null {
    let page = this.page(this.root, null);
    for (;;) {
      const n = this.lastUpTo(page, key);
      if (n < 0) return null;
      const at = n * page.entryBytes;
      if (page.level === 0) return this.keyAt(page, n) === key ? this.entryAt(page.bytes, at) : null;
      page = this.page(this.refAt(page.bytes, at), page.level - 1);
    }
  }

  /** Every entry in ascending order; what lies under a damaged page is left out and told. */
  *walk(tell: (trouble: Trouble) => void): Generator<E> {
    const root = unlessDamaged(() => this.page(this.root, null), tell);
    if (root !== null) yield* this.below(root, -1, Number.POSITIVE_INFINITY, tell);
  }

  private *below(page: Page, from: number, to: number, tell: (trouble: Trouble) => void): Generator<E> {
    for (let n = 0; n < page.count; n += 1) {
      const key = this.keyAt(page, n);
      const next = n + 1 < page.count ? this.keyAt(page, n + 1) : to;
      if (key < from || key >= next) {
        tell(damage(`page of ${this.name()}`, `its keys are out of order at ${key.toString(16)}`));
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
    return this.id(page.bytes, n * page.entryBytes);
  }

  protected id(bytes: Uint8Array, at: number): number {
    return this.idBytes === 8 ? u64(bytes, at) : u32(bytes, at);
  }

  private refAt(bytes: Uint8Array, at: number): PageRef {
    return { bid: this.id(bytes, at + this.idBytes), offset: this.id(bytes, at + 2 * this.idBytes) };
  }

  private page(ref: PageRef, level: number | null): Page {
    let page = this.pages.get(ref.offset);
    if (page === undefined) {
      page = this.readPage(ref);
      this.pages.set(ref.offset, page);
    }
    if (level === null ? page.level > LEVEL_MAX : page.level !== level)
      throw damage(this.place(ref), `it is of level ${page.level}`);
    return page;
  }

  private readPage(ref: PageRef): Page {
    const { pageBytes, countsAt, pageTrailerAt, idBytes } = this.layout;
    // A copy: what is kept must not keep the window it was read in.
    const bytes = this.file.bytes(ref.offset, pageBytes).slice();
    const [crcAt, bidAt] = idBytes === 8 ? [4, 8] : [8, 4];
    if (u8(bytes, pageTrailerAt) !== this.type || u8(bytes, pageTrailerAt + 1) !== this.type)
      throw damage(this.place(ref), 'it is no page of this kind');
    if (!sameBid(this.id(bytes, pageTrailerAt + bidAt), ref.bid))
      throw damage(this.place(ref), 'it is another page than the one pointed at');
    if (!agrees(bytes.subarray(0, pageTrailerAt), u32(bytes, pageTrailerAt + crcAt)))
      throw damage(this.place(ref), 'its checksum does not agree');
    const large = this.layout.kind === 'unicode-4k';
    const count = large ? u16(bytes, countsAt) : u8(bytes, countsAt);
    const entryBytes = u8(bytes, countsAt + (large ? 4 : 2));
    const level = u8(bytes, countsAt + (large ? 5 : 3));
    if (entryBytes < (level === 0 ? this.leafBytes : 3 * idBytes) || count * entryBytes > countsAt)
      throw damage(this.place(ref), `${count} entries of ${entryBytes} bytes do not fit`);
    return { bytes, level, count, entryBytes };
  }

  private place({ offset }: PageRef): string {
    return `page of ${this.name()} at ${offset}`;
  }

  protected abstract name(): string;
}

/** The nodes: folders, messages, tables (MS-PST §2.2.2.7.7.4). */
export class NodeTree extends BTree<NodeEntry> {
  protected override readonly type = 0x81;

  protected override get leafBytes(): number {
    return 3 * this.idBytes + 4;
  }

  protected override entryAt(bytes: Uint8Array, at: number): NodeEntry {
    const { idBytes } = this;
    return {
      nid: u32(bytes, at),
      data: this.id(bytes, at + idBytes),
      subnodes: this.id(bytes, at + 2 * idBytes),
      parent: u32(bytes, at + 3 * idBytes),
    };
  }

  /** The upper half of the field holds no part of the key. */
  protected override keyAt(page: Page, n: number): number {
    return u32(page.bytes, n * page.entryBytes);
  }

  protected override name(): string {
    return 'nodes';
  }
}

/** Which block lies where (MS-PST §2.2.2.7.7.3). */
export class BlockTree extends BTree<BlockEntry> {
  protected override readonly type = 0x80;

  protected override get leafBytes(): number {
    return 2 * this.idBytes + 4;
  }

  protected override entryAt(bytes: Uint8Array, at: number): BlockEntry {
    const { idBytes } = this;
    return {
      bid: this.id(bytes, at),
      offset: this.id(bytes, at + idBytes),
      size: u16(bytes, at + 2 * idBytes),
    };
  }

  protected override name(): string {
    return 'blocks';
  }
}

/** The lowest bit of a block id says nothing of which it is (MS-PST §2.2.2.2). */
export function sameBid(a: number, b: number): boolean {
  return a - (a % 2) === b - (b % 2);
}
