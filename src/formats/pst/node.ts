import { type Blocks, DataTree } from './block.ts';
import { part, u8, u16, u32, u64 } from './bytes.ts';
import { damage } from './damage.ts';
import { Heap } from './heap.ts';

/** What a node is (MS-PST §2.2.2.1): the lowest five bits of its id. */
export const NID_TYPE = {
  folder: 0x02,
  message: 0x04,
  attachment: 0x05,
  hierarchy: 0x0d,
  contents: 0x0e,
} as const;

/** The node of another type with the same index: a folder's tables. */
export function sibling(nid: number, type: number): number {
  return ((nid & ~0x1f) | type) >>> 0;
}

export function typeOf(nid: number): number {
  return nid & 0x1f;
}

/** A subnode (MS-PST §2.2.2.8.3.3.1.1). */
export interface SubnodeEntry {
  nid: number;
  data: number;
  subnodes: number;
}

/** A node with its bytes, its heap and its subnodes; each is read when it is asked for. */
export class PstNode {
  readonly blocks: Blocks;
  private readonly dataId: number;
  private readonly subnodesId: number;
  private cachedData: DataTree | null = null;
  private cachedHeap: Heap | null = null;

  constructor(blocks: Blocks, entry: { data: number; subnodes: number }) {
    this.blocks = blocks;
    this.dataId = entry.data;
    this.subnodesId = entry.subnodes;
  }

  data(): DataTree {
    this.cachedData ??= new DataTree(this.blocks, this.dataId);
    return this.cachedData;
  }

  heap(): Heap {
    this.cachedHeap ??= new Heap(this.data(), this.blocks.header.layout.heapIndexBits);
    return this.cachedHeap;
  }

  /** Throws `malformed` when it is not there. */
  subnode(nid: number): PstNode {
    const found = this.findSubnode(nid);
    if (found === null) throw damage(`subnode ${nid.toString(16)}`, 'it is not there');
    return found;
  }

  findSubnode(nid: number): PstNode | null {
    if (this.subnodesId === 0) return null;
    const branch = readSubnodes(this.blocks, this.subnodesId);
    if (branch.level === 0) return this.inLeaf(branch, nid);
    let child = 0;
    for (let n = 0; n < branch.count && branch.nidAt(n) <= nid; n += 1) child = branch.idAt(n, 1);
    return child === 0 ? null : this.inLeaf(leafAt(this.blocks, child), nid);
  }

  /** The ids of all subnodes. */
  *subnodes(): Generator<number> {
    if (this.subnodesId === 0) return;
    const root = readSubnodes(this.blocks, this.subnodesId);
    for (let n = 0; n < root.count; n += 1) {
      if (root.level === 0) yield root.nidAt(n);
      else {
        const leaf = leafAt(this.blocks, root.idAt(n, 1));
        for (let m = 0; m < leaf.count; m += 1) yield leaf.nidAt(m);
      }
    }
  }

  private inLeaf(leaf: SubnodeList, nid: number): PstNode | null {
    for (let n = 0; n < leaf.count; n += 1)
      if (leaf.nidAt(n) === nid)
        return new PstNode(this.blocks, { data: leaf.idAt(n, 1), subnodes: leaf.idAt(n, 2) });
    return null;
  }
}

/** An SLBLOCK (level 0) or SIBLOCK (level 1): MS-PST §2.2.2.8.3.3. */
interface SubnodeList {
  level: number;
  count: number;
  nidAt(n: number): number;
  idAt(n: number, field: number): number;
}

function leafAt(blocks: Blocks, bid: number): SubnodeList {
  const leaf = readSubnodes(blocks, bid);
  if (leaf.level !== 0) throw damage(`subnodes ${bid.toString(16)}`, 'deeper than two levels');
  return leaf;
}

function readSubnodes(blocks: Blocks, bid: number): SubnodeList {
  const bytes = blocks.read(bid);
  const level = u8(bytes, 1);
  if (u8(bytes, 0) !== 2 || level > 1) throw damage(`subnodes ${bid.toString(16)}`, 'no list of subnodes');
  const { idBytes } = blocks.header.layout;
  const count = u16(bytes, 2);
  const entryBytes = idBytes * (level === 0 ? 3 : 2);
  // After the count a wide file pads to eight bytes.
  const start = idBytes === 8 ? 8 : 4;
  const list = part(bytes, start, start + count * entryBytes);
  return {
    level,
    count,
    nidAt: (n) => u32(list, n * entryBytes),
    idAt: (n, field) => (idBytes === 8 ? u64 : u32)(list, n * entryBytes + field * idBytes),
  };
}
