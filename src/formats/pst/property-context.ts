import type { Property, PropertyBag, PropertyStream } from '../mapi/item.ts';
import { recordsOf } from './bth.ts';
import { u16, u32 } from './bytes.ts';
import { damage } from './damage.ts';
import { HEAP_OF } from './heap.ts';
import type { NamedIds } from './named.ts';
import type { PstNode } from './node.ts';
import { bytesAt, fixedBytes, propertyValue, streamAt } from './value.ts';

interface Held {
  type: number;
  /** Four bytes: the value itself, or where it lies. */
  raw: number;
}

/** The properties of a node (MS-PST §2.3.3). The list is read at once, each value when it is asked for. */
export class PropertyContext implements PropertyBag {
  protected readonly names: NamedIds;
  private readonly find: () => PstNode;
  private found: PstNode | null = null;
  private cached: Map<number, Held> | null = null;

  /** `find` may throw `malformed`: then everything asked of it does. */
  constructor(find: () => PstNode, names: NamedIds) {
    this.find = find;
    this.names = names;
  }

  protected get node(): PstNode {
    this.found ??= this.find();
    return this.found;
  }

  ids(): readonly number[] {
    return [...this.held().keys()].sort((a, b) => a - b);
  }

  get(id: number): Property | null {
    const held = this.held().get(id);
    if (held === undefined) return null;
    const { type, raw } = held;
    const size = fixedBytes(type);
    const bytes = size !== null && size <= 4 ? fourBytes(raw) : bytesAt(this.node, raw);
    const value = propertyValue(type, bytes);
    return value === null ? null : { id, type, value };
  }

  named(set: string, name: number | string): Property | null {
    const id = this.names.idOf(set, name);
    return id === null ? null : this.get(id);
  }

  stream(id: number): PropertyStream | null {
    const held = this.held().get(id);
    return held === undefined ? null : streamAt(this.node, held.raw, held.type);
  }

  /** The type a property has, and where it lies: for what is no value but a place. */
  protected heldAt(id: number): { type: number; at: number } | null {
    const held = this.held().get(id);
    return held === undefined ? null : { type: held.type, at: held.raw };
  }

  private held(): Map<number, Held> {
    if (this.cached === null) {
      const heap = this.node.heap();
      if (heap.holds !== HEAP_OF.properties) throw damage('node', 'it holds no properties');
      const held = new Map<number, Held>();
      for (const { key, bytes, at } of recordsOf(heap, heap.root, 2, [6]))
        held.set(key, { type: u16(bytes, at), raw: u32(bytes, at + 2) });
      this.cached = held;
    }
    return this.cached;
  }
}

function fourBytes(raw: number): Uint8Array {
  return Uint8Array.of(raw, raw >>> 8, raw >>> 16, raw >>> 24);
}
