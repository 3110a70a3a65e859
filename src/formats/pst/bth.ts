import { u8, u16, u32 } from './bytes.ts';
import { damage } from './damage.ts';
import type { Heap } from './heap.ts';

/** A record of a B-tree on a heap. */
export interface HeapRecord {
  key: number;
  /** Where its data begins: a node has hundreds of records, most of which nobody asks for. */
  bytes: Uint8Array;
  at: number;
  /** How many bytes of data it has. */
  size: number;
}

const LEVEL_MAX = 8;

/**
 * All records of a B-tree on a heap (MS-PST §2.3.2), in their order. `sizes`: how many bytes the data of a record may
 * have. Throws `malformed`.
 */
export function* recordsOf(
  heap: Heap,
  id: number,
  keyBytes: 2 | 4,
  sizes: readonly number[],
): Generator<HeapRecord> {
  const head = heap.get(id);
  if (u8(head, 0) !== 0xb5) throw damage('tree on a heap', 'it does not begin as one');
  const dataBytes = u8(head, 2);
  if (u8(head, 1) !== keyBytes || !sizes.includes(dataBytes))
    throw damage('tree on a heap', `records of ${u8(head, 1)} and ${dataBytes} bytes`);
  const levels = u8(head, 3);
  if (levels > LEVEL_MAX) throw damage('tree on a heap', `${levels} levels`);
  const root = u32(head, 4);
  if (root !== 0) yield* below(heap, root, levels, { keyBytes, dataBytes, seen: new Set() });
}

interface Walk {
  keyBytes: 2 | 4;
  dataBytes: number;
  /** No piece counts twice: so a tree that leads back into itself ends. */
  seen: Set<number>;
}

function* below(heap: Heap, id: number, level: number, walk: Walk): Generator<HeapRecord> {
  if (walk.seen.has(id)) throw damage('tree on a heap', 'it leads back into itself');
  walk.seen.add(id);
  const bytes = heap.get(id);
  const { keyBytes } = walk;
  const recordBytes = keyBytes + (level === 0 ? walk.dataBytes : 4);
  for (let at = 0; at + recordBytes <= bytes.length; at += recordBytes) {
    if (level > 0) yield* below(heap, u32(bytes, at + keyBytes), level - 1, walk);
    else
      yield {
        key: keyBytes === 2 ? u16(bytes, at) : u32(bytes, at),
        bytes,
        at: at + keyBytes,
        size: walk.dataBytes,
      };
  }
}
