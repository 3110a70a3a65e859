import { damage } from './damage.ts';

/**
 * Little-endian numbers (MS-PST §2). Offsets come from the file, so every read asks whether it lies within the bytes
 * there are; what does not is `malformed`.
 */
export function u8(bytes: Uint8Array, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw short(bytes, at);
  return value;
}

export function u16(bytes: Uint8Array, at: number): number {
  if (at < 0 || at + 2 > bytes.length) throw short(bytes, at);
  return bytes[at]! | (bytes[at + 1]! << 8);
}

export function u32(bytes: Uint8Array, at: number): number {
  if (at < 0 || at + 4 > bytes.length) throw short(bytes, at);
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** A block id or file offset: 64 bits of which no file uses more than a Number holds. */
export function u64(bytes: Uint8Array, at: number): number {
  const high = u32(bytes, at + 4);
  if (high >= 0x200000) throw damage('file', `a number beyond 2^53 at ${at}`);
  return high * 0x1_0000_0000 + u32(bytes, at);
}

export function part(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (start < 0 || start > end || end > bytes.length) throw short(bytes, end);
  return bytes.subarray(start, end);
}

function short(bytes: Uint8Array, at: number) {
  return damage('file', `${bytes.length} bytes where offset ${at} is pointed at`);
}
