import { deflateSync } from 'node:zlib';
import { checksum, signature } from './checksum.ts';
import { type Crypt, encoded } from './crypt.ts';
import type { Layout } from './layout.ts';

/** How a file is made, for tests. */
export interface Shape {
  layout: Layout;
  crypt: Crypt;
  /** 4K files: blocks are compressed where that makes them smaller. */
  compress: boolean;
  /** Where the first block or page lies. */
  start: number;
  /** How many bytes a block holds at most; less makes deeper trees. */
  blockBytes: number;
  /** How many entries a list of blocks or subnodes holds at most. */
  listMax: number;
  /** How many entries a page holds at most. */
  pageMax: number;
  /** Pages lie where their entries were made, as in a file that grew; else all at the end. */
  spread: boolean;
}

/** Bytes at a place. */
export interface Piece {
  position: number;
  bytes: Buffer;
}

export interface Subnode {
  nid: number;
  data: number;
  subnodes: number;
}

interface NodeFacts {
  nid: number;
  data: number;
  subnodes: number;
  parent: number;
}

/** A page of a tree and what it tells. */
export interface Leaf {
  of: 'nodes' | 'blocks';
  offset: number;
  /** The first and the last. */
  keys: [number, number];
}

interface PageEntry {
  key: number;
  bytes: Buffer;
}

/** Makes blocks and pages one after the other (MS-PST §2.2.2.7, §2.2.2.8). */
export class BlockWriter {
  readonly shape: Shape;
  readonly pieces: Piece[] = [];
  /** The leaves of both trees, as they were written. */
  readonly leaves: Leaf[] = [];
  private placed: { bid: number; offset: number; size: number }[] = [];
  private spreadNodes: PageEntry[] = [];
  private readonly spreadPages: Record<'blocks' | 'nodes', PageEntry[]> = { blocks: [], nodes: [] };
  private readonly refs = new WeakMap<PageEntry, { bid: number; offset: number }>();
  private readonly give: (piece: Piece) => void;
  private nextId = 4;
  private end: number;

  /** `give` takes each piece as it is made; left out: they are kept in `pieces`. */
  constructor(shape: Shape, give?: (piece: Piece) => void) {
    this.shape = shape;
    this.end = shape.start;
    this.give = give ?? ((piece) => void this.pieces.push(piece));
  }

  /** The id of the next block. */
  get nextBlock(): number {
    return this.nextId;
  }

  /** Where everything ends. */
  get fileBytes(): number {
    return this.end;
  }

  /** Data of any size: one block, or a tree of them (MS-PST §2.2.2.8.3.2). */
  data(bytes: Uint8Array): number {
    const { blockBytes } = this.shape;
    const blocks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += blockBytes) blocks.push(bytes.subarray(at, at + blockBytes));
    return this.dataOf(blocks);
  }

  /** Data in these blocks. */
  dataOf(blocks: readonly Uint8Array[]): number {
    if (blocks.length === 0) return 0;
    const leaves = blocks.map((bytes) => ({ bid: this.block(bytes, false), size: bytes.length }));
    if (leaves.length === 1) return leaves[0]!.bid;
    const lists = inGroups(leaves, this.shape.listMax).map((list) => this.list(1, list));
    return lists.length === 1 ? lists[0]!.bid : this.list(2, lists).bid;
  }

  private list(
    level: number,
    parts: readonly { bid: number; size: number }[],
  ): { bid: number; size: number } {
    const size = parts.reduce((sum, each) => sum + each.size, 0);
    const head = Buffer.alloc(8);
    head[0] = 1;
    head[1] = level;
    head.writeUInt16LE(parts.length, 2);
    head.writeUInt32LE(size, 4);
    const bid = this.block(Buffer.concat([head, ...parts.map((each) => this.id(each.bid))]), true);
    return { bid, size };
  }

  /** MS-PST §2.2.2.8.3.3. */
  subnodes(entries: readonly Subnode[]): number {
    if (entries.length === 0) return 0;
    const sorted = [...entries].sort((a, b) => a.nid - b.nid);
    const leaves = inGroups(sorted, this.shape.listMax).map((list) => ({
      nid: list[0]!.nid,
      bid: this.subnodeList(
        0,
        list.map((each) => [each.nid, each.data, each.subnodes]),
      ),
    }));
    if (leaves.length === 1) return leaves[0]!.bid;
    return this.subnodeList(
      1,
      leaves.map((each) => [each.nid, each.bid]),
    );
  }

  private subnodeList(level: number, entries: readonly number[][]): number {
    const head = Buffer.alloc(this.shape.layout.idBytes === 8 ? 8 : 4);
    head[0] = 2;
    head[1] = level;
    head.writeUInt16LE(entries.length, 2);
    return this.block(Buffer.concat([head, ...entries.flat().map((each) => this.id(each))]), true);
  }

  block(plain: Uint8Array, internal: boolean): number {
    const { layout, crypt, compress } = this.shape;
    const bid = this.nextId + (internal ? 2 : 0);
    this.nextId += 4;
    const packed = compress && layout.kind === 'unicode-4k' ? deflateSync(plain) : plain;
    const inner = packed.length < plain.length ? packed : plain;
    const bytes = internal ? inner : encoded(inner, crypt, bid);
    const offset = this.place(layout.blockUnit);
    const whole = Math.ceil((bytes.length + layout.blockTrailerBytes) / layout.blockUnit) * layout.blockUnit;
    const block = Buffer.alloc(whole);
    block.set(bytes);
    const trailer = block.subarray(whole - layout.blockTrailerBytes);
    trailer.writeUInt16LE(bytes.length, 0);
    trailer.writeUInt16LE(signature(offset, bid), 2);
    trailer.writeUInt32LE(checksum(bytes), layout.idBytes === 8 ? 4 : 8);
    this.id(bid).copy(trailer, layout.idBytes === 8 ? 8 : 4);
    if (layout.kind === 'unicode-4k') trailer.writeUInt16LE(plain.length, 18);
    this.put(offset, block);
    this.placed.push({ bid, offset, size: bytes.length });
    if (this.shape.spread && this.placed.length >= this.fits(this.blockEntryBytes)) this.spreadBlocks();
    return bid;
  }

  /** The tree of blocks made so far. */
  blockTree(): { bid: number; offset: number } {
    return this.tree(0x80, this.blockEntries(), this.spreadPages.blocks);
  }

  private get blockEntryBytes(): number {
    const { idBytes } = this.shape.layout;
    return 2 * idBytes + (idBytes === 8 ? 8 : 4);
  }

  private spreadBlocks(): void {
    this.spreadPages.blocks.push(this.leaf(0x80, [...this.blockEntries()]));
    this.placed = [];
  }

  /** With `spread`: a node with an id above all that are given later to `nodeTree`, and above the one before. */
  node(node: NodeFacts): void {
    this.spreadNodes.push(this.nodeEntry(node));
    if (this.spreadNodes.length < this.fits(4 * this.shape.layout.idBytes)) return;
    this.spreadPages.nodes.push(this.leaf(0x81, this.spreadNodes));
    this.spreadNodes = [];
  }

  /** One at a time: a large file has hundreds of thousands. */
  private *blockEntries(): Generator<PageEntry> {
    for (const { bid, offset, size } of this.placed) {
      const tail = Buffer.alloc(this.shape.layout.idBytes === 8 ? 8 : 4);
      tail.writeUInt16LE(size, 0);
      tail.writeUInt16LE(2, 2);
      yield { key: bid, bytes: Buffer.concat([this.id(bid), this.id(offset), tail]) };
    }
  }

  nodeTree(nodes: readonly NodeFacts[]): { bid: number; offset: number } {
    const entries = nodes.map((node) => this.nodeEntry(node)).sort((a, b) => a.key - b.key);
    const last = this.spreadNodes.length > 0 ? [this.leaf(0x81, this.spreadNodes)] : [];
    return this.tree(0x81, entries, [], [...this.spreadPages.nodes, ...last]);
  }

  private nodeEntry({ nid, data, subnodes, parent }: NodeFacts): PageEntry {
    const tail = Buffer.alloc(this.shape.layout.idBytes);
    tail.writeUInt32LE(parent, 0);
    return { key: nid, bytes: Buffer.concat([this.id(nid), this.id(data), this.id(subnodes), tail]) };
  }

  /** `entries` in ascending order; `before` and `after`: pages of keys below and above them. */
  private tree(
    type: number,
    entries: Iterable<PageEntry>,
    before: readonly PageEntry[] = [],
    after: readonly PageEntry[] = [],
  ): { bid: number; offset: number } {
    const pages = [...before];
    let group: PageEntry[] = [];
    for (const entry of entries) {
      if (group.length >= this.fits(entry.bytes.length)) {
        pages.push(this.leaf(type, group));
        group = [];
      }
      group.push(entry);
    }
    if (group.length > 0 || pages.length + after.length === 0) pages.push(this.leaf(type, group));
    return this.above(type, [...pages, ...after], 1);
  }

  private above(type: number, pages: readonly PageEntry[], level: number): { bid: number; offset: number } {
    if (pages.length === 1) return this.refs.get(pages[0]!)!;
    const groups = inGroups(pages, this.fits(pages[0]!.bytes.length));
    return this.above(
      type,
      groups.map((group) => this.page(type, level, group)),
      level + 1,
    );
  }

  private leaf(type: number, entries: readonly PageEntry[]): PageEntry {
    const page = this.page(type, 0, entries);
    const keys: [number, number] = [page.key, entries.at(-1)?.key ?? 0];
    this.leaves.push({ of: type === 0x81 ? 'nodes' : 'blocks', offset: this.refs.get(page)!.offset, keys });
    return page;
  }

  private fits(entryBytes: number): number {
    return Math.min(this.shape.pageMax, Math.floor(this.shape.layout.countsAt / entryBytes));
  }

  /** The entry that leads to it. */
  private page(type: number, level: number, entries: readonly PageEntry[]): PageEntry {
    const entryBytes = entries[0]?.bytes.length ?? 3 * this.shape.layout.idBytes;
    const { pageBytes, countsAt, pageTrailerAt, idBytes, kind } = this.shape.layout;
    const bid = this.nextId;
    this.nextId += 4;
    const offset = this.place(pageBytes);
    const page = Buffer.alloc(pageBytes);
    Buffer.concat(entries.map(({ bytes }) => bytes)).copy(page);
    if (kind === 'unicode-4k') {
      page.writeUInt16LE(entries.length, countsAt);
      page.writeUInt16LE(this.shape.pageMax & 0xffff, countsAt + 2);
      page[countsAt + 4] = entryBytes;
      page[countsAt + 5] = level;
    } else page.set([entries.length, entries.length, entryBytes, level], countsAt);
    const trailer = page.subarray(pageTrailerAt);
    trailer.set([type, type]);
    trailer.writeUInt16LE(signature(offset, bid), 2);
    trailer.writeUInt32LE(checksum(page.subarray(0, pageTrailerAt)), idBytes === 8 ? 4 : 8);
    this.id(bid).copy(trailer, idBytes === 8 ? 8 : 4);
    this.put(offset, page);
    const key = entries[0]?.key ?? 0;
    const entry = { key, bytes: Buffer.concat([this.id(key), this.id(bid), this.id(offset)]) };
    this.refs.set(entry, { bid, offset });
    return entry;
  }

  private place(unit: number): number {
    return Math.ceil(this.end / unit) * unit;
  }

  private put(position: number, bytes: Buffer): void {
    this.give({ position, bytes });
    this.end = position + bytes.length;
  }

  /** What lies before all blocks. */
  putHeader(bytes: Buffer): void {
    this.give({ position: 0, bytes });
  }

  /** A block id, file offset or node id as the file has it. */
  id(value: number): Buffer {
    const bytes = Buffer.alloc(this.shape.layout.idBytes);
    if (bytes.length === 8) bytes.writeBigUInt64LE(BigInt(value));
    else bytes.writeUInt32LE(value);
    return bytes;
  }
}

export function inGroups<T>(list: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < list.length; at += size) groups.push(list.slice(at, at + size));
  return groups;
}
