import type { DataTree } from './block.ts';
import { part, u8, u16, u32 } from './bytes.ts';
import { damage } from './damage.ts';

/** What a heap holds (MS-PST §2.3.1.2). */
export const HEAP_OF = { table: 0x7c, properties: 0xbc } as const;

/** A heap on a node: small pieces by id, each within one block of the node's data (MS-PST §2.3.1). */
export class Heap {
  readonly holds: number;
  /** The piece by which everything else is found. */
  readonly root: number;
  private readonly data: DataTree;
  private readonly indexBits: number;

  /** Throws `malformed` when the data does not begin as a heap. */
  constructor(data: DataTree, indexBits: number) {
    this.data = data;
    this.indexBits = indexBits;
    const first = data.block(0);
    if (u8(first, 2) !== 0xec) throw damage('heap', 'it does not begin as one');
    this.holds = u8(first, 3);
    this.root = u32(first, 4);
  }

  /** Throws `malformed`. */
  get(id: number): Uint8Array {
    if ((id & 0x1f) !== 0) throw damage('heap', `${id.toString(16)} is no id of a piece`);
    const index = (id >>> 5) & ((1 << this.indexBits) - 1);
    const block = id >>> (5 + this.indexBits);
    const bytes = this.data.block(block);
    // Each block begins with the place of its map, whatever kind of header follows (MS-PST §2.3.1.2–§2.3.1.4).
    const map = u16(bytes, 0);
    if (index < 1 || index > u16(bytes, map)) throw damage('heap', `piece ${id.toString(16)} is not there`);
    const at = map + 4 + 2 * (index - 1);
    const end = u16(bytes, at + 2);
    if (end > map) throw damage('heap', `piece ${id.toString(16)} overlaps the map`);
    return part(bytes, u16(bytes, at), end);
  }
}
