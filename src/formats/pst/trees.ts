import { BTree } from './btree.ts';
import { u16, u32 } from './bytes.ts';
import { idAt, type Page, type PageKind } from './page.ts';

/** MS-PST §2.2.2.7.7.4. */
export interface NodeEntry {
  /** The node's id. */
  key: number;
  /** 0: none. */
  data: number;
  /** 0: none. */
  subnodes: number;
  /** The folder of a message or folder; 0: none. */
  parent: number;
}

/** The nodes: folders, messages, tables. */
export class NodeTree extends BTree<NodeEntry> {
  override get kind(): PageKind {
    return { name: 'nodes', type: 0x81, leafBytes: 3 * this.layout.idBytes + 4 };
  }

  override entryAt(bytes: Uint8Array, at: number): NodeEntry {
    const { layout } = this;
    const { idBytes } = layout;
    return {
      key: u32(bytes, at),
      data: idAt(bytes, at + idBytes, layout),
      subnodes: idAt(bytes, at + 2 * idBytes, layout),
      parent: u32(bytes, at + 3 * idBytes),
    };
  }

  /** The upper half of the field holds no part of the key. */
  protected override keyAt(page: Page, n: number): number {
    return u32(page.bytes, n * page.entryBytes);
  }
}

/** MS-PST §2.2.2.7.7.3. */
export interface BlockEntry {
  /** The block's id. */
  key: number;
  offset: number;
  /** In bytes, without padding and trailer. */
  size: number;
}

/** Which block lies where. */
export class BlockTree extends BTree<BlockEntry> {
  override get kind(): PageKind {
    return { name: 'blocks', type: 0x80, leafBytes: 2 * this.layout.idBytes + 4 };
  }

  override entryAt(bytes: Uint8Array, at: number): BlockEntry {
    const { layout } = this;
    const { idBytes } = layout;
    return {
      key: idAt(bytes, at, layout),
      offset: idAt(bytes, at + idBytes, layout),
      size: u16(bytes, at + 2 * idBytes),
    };
  }
}

/** The lowest bit of a block id says nothing of which it is (MS-PST §2.2.2.2). */
export function sameBid(a: number, b: number): boolean {
  return a - (a % 2) === b - (b % 2);
}
