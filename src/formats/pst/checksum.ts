import { crc32 } from 'node:zlib';

/** MS-PST §5.3: the polynomial of zlib, without its inversion before and after. */
export function checksum(bytes: Uint8Array): number {
  return ~crc32(bytes, 0xffff_ffff) >>> 0;
}

/** A file whose maker left the field out has 0 there. */
export function agrees(bytes: Uint8Array, stored: number): boolean {
  return stored === 0 || checksum(bytes) === stored;
}

/** MS-PST §5.5: tells that a page or block was written for the place where it lies. */
export function signature(offset: number, bid: number): number {
  const mixed = ((offset % 0x1_0000_0000) ^ (bid % 0x1_0000_0000)) >>> 0;
  return (mixed >>> 16) ^ (mixed & 0xffff);
}
