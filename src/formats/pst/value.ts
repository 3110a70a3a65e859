import type { PropertyStream, PropertyValue } from '../mapi/item.ts';
import { part, u8, u16, u32 } from './bytes.ts';
import { damage } from './damage.ts';
import type { PstNode } from './node.ts';

/** MS-OXCDATA §2.11.1. */
export const TYPE = {
  integer16: 0x02,
  integer32: 0x03,
  float32: 0x04,
  float64: 0x05,
  currency: 0x06,
  floatingTime: 0x07,
  error: 0x0a,
  boolean: 0x0b,
  object: 0x0d,
  integer64: 0x14,
  string8: 0x1e,
  string: 0x1f,
  time: 0x40,
  guid: 0x48,
  serverId: 0xfb,
  restriction: 0xfd,
  ruleAction: 0xfe,
  binary: 0x102,
} as const;

const MULTIPLE = 0x1000;
/** What a property may hold in memory; a larger one is read as a stream. */
const VALUE_MAX_BYTES = 16 * 1024 * 1024;

/** Bytes of the types that have a fixed size; the others have as many as they have. */
const FIXED: Readonly<Record<number, number>> = {
  [TYPE.integer16]: 2,
  [TYPE.integer32]: 4,
  [TYPE.float32]: 4,
  [TYPE.float64]: 8,
  [TYPE.currency]: 8,
  [TYPE.floatingTime]: 8,
  [TYPE.error]: 4,
  [TYPE.boolean]: 1,
  [TYPE.integer64]: 8,
  [TYPE.time]: 8,
  [TYPE.guid]: 16,
};
const STREAMED: ReadonlySet<number> = new Set([TYPE.string8, TYPE.string, TYPE.binary]);
const KNOWN_OTHERS: ReadonlySet<number> = new Set([
  ...STREAMED,
  ...[TYPE.object, TYPE.serverId, TYPE.restriction, TYPE.ruleAction],
]);

/** The size of a value of this type; null when it varies or the type is not known. */
export function fixedBytes(type: number): number | null {
  return FIXED[type] ?? null;
}

/** Where a value lies: in the heap of a node, in a subnode of it, or nowhere (MS-PST §2.3.3.2). */
export function bytesAt(node: PstNode, id: number): Uint8Array {
  if (id === 0) return new Uint8Array(0);
  return (id & 0x1f) === 0 ? node.heap().get(id) : node.subnode(id).data().whole(VALUE_MAX_BYTES);
}

/** Null when a value of this type is no stream of bytes. */
export function streamAt(node: PstNode, id: number, type: number): PropertyStream | null {
  if (!STREAMED.has(type)) return null;
  if (id === 0 || (id & 0x1f) === 0) {
    const bytes = bytesAt(node, id);
    return { type, size: bytes.length, chunks: () => [bytes] };
  }
  const data = node.subnode(id).data();
  return { type, size: data.size, chunks: () => data.chunks() };
}

/** The bytes of a value as what its type says; null when the type is not known. Throws `malformed`. */
export function propertyValue(type: number, bytes: Uint8Array): PropertyValue | null {
  if ((type & MULTIPLE) !== 0) return valuesOf(type & ~MULTIPLE, bytes);
  const size = FIXED[type];
  if (size !== undefined && bytes.length < size)
    throw damage('property', `${bytes.length} bytes for a value of type ${type.toString(16)}`);
  switch (type) {
    case TYPE.integer16:
      return (u16(bytes, 0) << 16) >> 16;
    case TYPE.integer32:
    case TYPE.error:
      return u32(bytes, 0) | 0;
    case TYPE.float32:
      return viewOf(bytes).getFloat32(0, true);
    case TYPE.float64:
    case TYPE.floatingTime:
      return viewOf(bytes).getFloat64(0, true);
    case TYPE.currency:
    case TYPE.integer64:
      return viewOf(bytes).getBigInt64(0, true);
    case TYPE.boolean:
      return u8(bytes, 0) !== 0;
    case TYPE.time:
      return millisecondsOf(viewOf(bytes).getBigUint64(0, true));
    case TYPE.guid:
      return guidOf(bytes, 0);
    case TYPE.string:
      return textOf(bytes);
    default:
      return KNOWN_OTHERS.has(type) ? bytes : null;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength & ~1).toString('utf16le');
}

const TICKS_A_MILLISECOND = 10_000n;
/** From 1601 to 1970. */
const EPOCH_MS = 11_644_473_600_000;

function millisecondsOf(ticks: bigint): number {
  return Number(ticks / TICKS_A_MILLISECOND) - EPOCH_MS;
}

/** Three numbers in little-endian order, then eight bytes (MS-DTYP §2.3.4.2). */
export function guidOf(bytes: Uint8Array, at: number): string {
  const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0');
  const rest = Buffer.from(part(bytes, at + 8, at + 16)).toString('hex');
  const head = `${hex(u32(bytes, at), 8)}-${hex(u16(bytes, at + 4), 4)}-${hex(u16(bytes, at + 6), 4)}`;
  return `${head}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}

/** MS-PST §2.3.3.4: of a fixed size one after the other; else a count and the offset of each. */
function valuesOf(type: number, bytes: Uint8Array): PropertyValue | null {
  const size = FIXED[type];
  if (size === undefined) return KNOWN_OTHERS.has(type) ? varyingOf(type, bytes) : null;
  const values: PropertyValue[] = [];
  for (let at = 0; at + size <= bytes.length; at += size)
    values.push(propertyValue(type, bytes.subarray(at, at + size))!);
  return values;
}

function varyingOf(type: number, bytes: Uint8Array): PropertyValue {
  if (bytes.length === 0) return [];
  const count = u32(bytes, 0);
  part(bytes, 4, 4 + 4 * count);
  const values: PropertyValue[] = [];
  // Values that overlap would make a small property a large one.
  let before = 4 + 4 * count;
  for (let n = 0; n < count; n += 1) {
    const start = u32(bytes, 4 + 4 * n);
    const end = n + 1 < count ? u32(bytes, 8 + 4 * n) : bytes.length;
    if (start < before) throw damage('property', 'its values overlap');
    values.push(propertyValue(type, part(bytes, start, end))!);
    before = end;
  }
  return values;
}
