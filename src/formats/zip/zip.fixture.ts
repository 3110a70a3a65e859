import { crc32, deflateRawSync } from 'node:zlib';
import type { ReadAt } from './entry.ts';

/** A file to be put into an archive; what contradicts itself is for tests of the reader. */
export interface Packed {
  name: string | Buffer;
  bytes: Buffer;
  method?: 0 | 8 | number;
  flags?: number;
  /** Instead of what is true. */
  crc?: number;
  size?: number;
  offset?: number;
  localName?: string;
  /** Extra field of the directory, whole. */
  extra?: Buffer;
  /** Upper half of the external attributes: the mode on Unix. */
  mode?: number;
  zip64?: boolean;
}

/** Writes a zip archive. `before`: bytes in front of it; `comment`: at its end. */
export function makeZip(
  files: readonly Packed[],
  options: { zip64?: boolean; before?: Buffer; comment?: string } = {},
): Buffer {
  const pieces: Buffer[] = [];
  const headers: Buffer[] = [];
  let at = 0;
  const add = (bytes: Buffer): void => {
    pieces.push(bytes);
    at += bytes.length;
  };
  for (const file of files) {
    const offset = file.offset ?? at;
    const method = file.method ?? 8;
    const data = method === 8 ? deflateRawSync(file.bytes) : file.bytes;
    const facts = { crc: file.crc ?? crc32(file.bytes), size: file.size ?? file.bytes.length };
    const local = Buffer.from(file.localName ?? file.name);
    add(localHeader(local, method, file.flags ?? 0x800, facts, data.length));
    add(local);
    add(data);
    headers.push(centralHeader(file, method, facts, data.length, offset));
  }
  const start = at;
  for (const header of headers) add(header);
  const size = at - start;
  if (options.zip64) add(end64(files.length, size, start));
  add(end(files.length, size, start, options));
  return Buffer.concat([options.before ?? Buffer.alloc(0), ...pieces]);
}

interface Told {
  crc: number;
  size: number;
}

function localHeader(
  name: Buffer,
  method: number,
  flags: number,
  { crc, size }: Told,
  packed: number,
): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(method, 8);
  head.writeUInt32LE(crc, 14);
  head.writeUInt32LE(packed, 18);
  head.writeUInt32LE(Math.min(size, 0xffffffff), 22);
  head.writeUInt16LE(name.length, 26);
  return head;
}

function centralHeader(file: Packed, method: number, told: Told, packed: number, offset: number): Buffer {
  const name = Buffer.from(file.name);
  const extra = Buffer.concat([
    file.zip64 ? extraField(1, numbers64(told.size, packed, offset)) : Buffer.alloc(0),
    file.extra ?? Buffer.alloc(0),
  ]);
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(file.mode === undefined ? 20 : 0x0314, 4);
  head.writeUInt16LE(20, 6);
  head.writeUInt16LE(file.flags ?? 0x800, 8);
  head.writeUInt16LE(method, 10);
  head.writeUInt32LE(told.crc, 16);
  head.writeUInt32LE(file.zip64 ? 0xffffffff : packed, 20);
  head.writeUInt32LE(file.zip64 ? 0xffffffff : told.size, 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE(((file.mode ?? 0) << 16) >>> 0, 38);
  head.writeUInt32LE(file.zip64 ? 0xffffffff : offset, 42);
  return Buffer.concat([head, name, extra]);
}

export function extraField(id: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

function numbers64(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, n) => {
    bytes.writeBigUInt64LE(BigInt(value), n * 8);
  });
  return bytes;
}

function end64(count: number, size: number, start: number): Buffer {
  const record = Buffer.alloc(76);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.set(numbers64(count, count, size, start), 24);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(start + size), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

function end(
  count: number,
  size: number,
  start: number,
  { zip64 = false, comment = '' }: { zip64?: boolean; comment?: string },
): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(zip64 ? 0xffff : count, 8);
  record.writeUInt16LE(zip64 ? 0xffff : count, 10);
  record.writeUInt32LE(zip64 ? 0xffffffff : size, 12);
  record.writeUInt32LE(zip64 ? 0xffffffff : start, 16);
  record.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([record, Buffer.from(comment)]);
}

/** Reads from memory, at most so many bytes at once. */
export function readsFrom(bytes: Buffer, atOnce = bytes.length): ReadAt {
  return async (into, position) =>
    bytes.copy(into, 0, position, Math.min(bytes.length, position + Math.min(into.length, atOnce)));
}
