import { inflateSync } from 'node:zlib';
import { part, u8, u16, u32, u64 } from './bytes.ts';
import { agrees } from './checksum.ts';
import { decoded } from './crypt.ts';
import { damage } from './damage.ts';
import type { FileWindows } from './file.ts';
import type { Header } from './header.ts';
import { Recent } from './recent.ts';
import { type BlockEntry, type BlockTree, sameBid } from './trees.ts';

const BLOCKS_BUDGET = 2 * 1024 * 1024;
/** Deflate makes nothing smaller than by this. */
const INFLATES_MAX = 1032;

/** Blocks by their ids, decoded and, in a 4K file, inflated (MS-PST §2.2.2.8). What is given stays as it is. */
export class Blocks {
  readonly header: Header;
  private readonly file: FileWindows;
  private readonly tree: BlockTree;
  private readonly recent = new Recent<number, Uint8Array>(BLOCKS_BUDGET, (bytes) => bytes.length);

  constructor(file: FileWindows, header: Header, tree: BlockTree) {
    this.file = file;
    this.header = header;
    this.tree = tree;
  }

  /** What the file can hold: a list that names one block again and again tells more. */
  get mostBytes(): number {
    return this.file.size * (this.header.layout.kind === 'unicode-4k' ? INFLATES_MAX : 1);
  }

  /** Throws `malformed` when it is not there or damaged. `keep`: it is likely to be read again. */
  read(id: number, keep = true): Uint8Array {
    const bid = id - (id % 2);
    let bytes = this.recent.get(bid);
    if (bytes === undefined) {
      bytes = this.readAt(this.entry(bid));
      if (keep) this.recent.set(bid, bytes);
    }
    return bytes;
  }

  /** How many bytes it has; without reading them, where the file tells it elsewhere. Throws `malformed`. */
  sizeOf(id: number): number {
    const bid = id - (id % 2);
    return this.header.layout.kind === 'unicode-4k' ? this.read(bid).length : this.entry(bid).size;
  }

  private entry(bid: number): BlockEntry {
    const entry = this.tree.find(bid);
    if (entry === null) throw damage(place(bid), 'there is no such block');
    return entry;
  }

  private readAt({ key: bid, offset, size }: BlockEntry): Uint8Array {
    const { blockTrailerBytes, blockUnit, blockMax, idBytes, kind } = this.header.layout;
    const whole = Math.ceil((size + blockTrailerBytes) / blockUnit) * blockUnit;
    if (whole > blockMax) throw damage(place(bid), `it would have ${size} bytes`);
    const bytes = this.file.bytes(offset, whole);
    const stored = bytes.subarray(0, size);
    const trailer = bytes.subarray(whole - blockTrailerBytes);
    const id = idBytes === 8 ? u64(trailer, 8) : u32(trailer, 4);
    if (!sameBid(id, bid)) throw damage(place(bid), 'another block lies where it should');
    if (!agrees(stored, u32(trailer, idBytes === 8 ? 4 : 8)))
      throw damage(place(bid), 'its checksum does not agree');
    // A copy in any case: what is kept must not keep the window it was read in.
    const plain = isInternal(bid) ? stored.slice() : decoded(stored, this.header.crypt, bid);
    return kind === 'unicode-4k' ? inflated(plain, u16(trailer, 18), bid) : plain;
  }
}

/** A 4K file tells the size before compression; where it is that of the stored bytes they are plain. */
function inflated(bytes: Uint8Array, size: number, bid: number): Uint8Array {
  if (size === bytes.length || size === 0) return bytes;
  try {
    const plain = inflateSync(bytes, { maxOutputLength: size });
    if (plain.length === size) return plain;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw damage(place(bid), `it cannot be inflated: ${cause.message}`);
  }
  throw damage(place(bid), 'it inflates to another size than it should');
}

function isInternal(bid: number): boolean {
  return bid % 4 >= 2;
}

function place(bid: number): string {
  return `block ${bid.toString(16)}`;
}

/**
 * The bytes of a node: one block, or the leaves of a tree of blocks in their order (XBLOCK, XXBLOCK: MS-PST §2.2.2.8.3.2).
 * Ids are gathered only as far as they are needed.
 */
export class DataTree {
  /** In bytes, as the file tells it. */
  readonly size: number;
  private readonly blocks: Blocks;
  private readonly more: Iterator<number>;
  private readonly ids: number[] = [];

  /** `bid` 0: no bytes. Throws `malformed`. */
  constructor(blocks: Blocks, bid: number) {
    this.blocks = blocks;
    if (bid === 0 || !isInternal(bid)) {
      this.size = bid === 0 ? 0 : blocks.sizeOf(bid);
      this.more = (bid === 0 ? [] : [bid])[Symbol.iterator]();
      return;
    }
    const root = blocks.read(bid);
    this.size = u32(root, 4);
    if (this.size > blocks.mostBytes)
      throw damage(place(bid), `a list of ${this.size} bytes in a smaller file`);
    this.more = leavesOf(blocks, root, bid, 2);
  }

  /** Throws `malformed` when there are not so many. */
  block(n: number): Uint8Array {
    if (!this.has(n)) throw damage(`block ${n} of a node`, `there are ${this.ids.length}`);
    return this.blocks.read(this.ids[n]!);
  }

  has(n: number): boolean {
    while (this.ids.length <= n) {
      const { done, value } = this.more.next();
      if (done) return false;
      this.ids.push(value);
    }
    return true;
  }

  /**
   * In order; of several none is kept, since they are read once, and what is kept for a while becomes garbage that waits
   * long to be collected. Throws `malformed` at the end when there were fewer or more bytes than `size`.
   */
  *chunks(): Generator<Uint8Array> {
    let told = 0;
    for (let n = 0; this.has(n); n += 1) {
      const bytes = this.blocks.read(this.ids[n]!, !this.has(1));
      told += bytes.length;
      if (told > this.size) break;
      yield bytes;
    }
    if (told !== this.size) throw damage('data of a node', `${told} bytes instead of ${this.size}`);
  }

  /** All of it. Throws `malformed` when it is larger than `limit`. */
  whole(limit: number): Uint8Array {
    if (this.size > limit) throw damage('data of a node', `${this.size} bytes, more than ${limit}`);
    if (this.has(0) && !this.has(1)) return this.block(0);
    // Gathered first: the size told is not believed before the bytes are there.
    const pieces = [...this.chunks()];
    return Buffer.concat(pieces);
  }
}

function* leavesOf(blocks: Blocks, bytes: Uint8Array, bid: number, levels: number): Generator<number> {
  const level = u8(bytes, 1);
  if (u8(bytes, 0) !== 1 || level < 1 || level > levels) throw damage(place(bid), 'it is no list of blocks');
  const { idBytes } = blocks.header.layout;
  const count = u16(bytes, 2);
  const list = part(bytes, 8, 8 + count * idBytes);
  for (let n = 0; n < count; n += 1) {
    const id = idBytes === 8 ? u64(list, n * 8) : u32(list, n * 4);
    if (isInternal(id) !== level > 1) throw damage(place(bid), 'it lists a block of another level');
    if (level === 1) yield id;
    else yield* leavesOf(blocks, blocks.read(id), id, 1);
  }
}
