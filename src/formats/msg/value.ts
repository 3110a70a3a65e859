/** Values as a MSG file keeps them (MS-OXMSG §2.1, MS-OXCDATA §2.11.1). */
import type { PropertyValue } from '../mapi/item.ts';
import { malformed, type Stream } from './compound.ts';
import { guidText } from './named.ts';

export const VALUE_MAX_BYTES = 16 * 1024 * 1024;

/** `malformed` when it is longer, or breaks off. */
export function readWhole(stream: Stream, maxBytes: number): Buffer {
  if (stream.size > maxBytes) throw malformed('a value that is too large');
  const pieces = [...stream.chunks()];
  return pieces.length === 1 ? Buffer.from(pieces[0]!) : Buffer.concat(pieces);
}

/** Bytes that one value of a type of fixed size takes in a list; 0 for the others. */
export function fixedSize(type: number): number {
  switch (type) {
    case 0x0002:
    case 0x000b:
      return 2;
    case 0x0003:
    case 0x0004:
    case 0x000a:
      return 4;
    case 0x0005:
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case 0x0040:
      return 8;
    case 0x0048:
      return 16;
    default:
      return 0;
  }
}

/** Null for a type that is not known. `at` is where the value begins, with enough bytes after it. */
export function fixedValue(type: number, bytes: Buffer, at: number): PropertyValue | null {
  switch (type) {
    case 0x0002:
      return bytes.readInt16LE(at);
    case 0x0003:
    case 0x000a:
      return bytes.readInt32LE(at);
    case 0x0004:
      return bytes.readFloatLE(at);
    case 0x0005:
    case 0x0007:
      return bytes.readDoubleLE(at);
    case 0x0006:
    case 0x0014:
      return bytes.readBigInt64LE(at);
    case 0x000b:
      return bytes[at] !== 0;
    case 0x0040:
      return timeMs(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4));
    case 0x0048:
      return guidText(bytes.subarray(at, at + 16));
    default:
      return null;
  }
}

const EPOCH_MS = 11_644_473_600_000;

/** A FILETIME: 100 nanoseconds since 1601. */
function timeMs(low: number, high: number): number {
  return Math.floor((high * 2 ** 32 + low) / 10_000) - EPOCH_MS;
}

/** Of the types that lie in a stream. */
export function streamedValue(type: number, bytes: Buffer): PropertyValue | null {
  switch (type) {
    case 0x001f:
      return bytes.toString('utf16le', 0, bytes.length & ~1).replace(/\0+$/, '');
    case 0x001e:
    case 0x0102:
      return bytes;
    case 0x0048:
      return bytes.length < 16 ? null : guidText(bytes);
    default:
      return null;
  }
}
