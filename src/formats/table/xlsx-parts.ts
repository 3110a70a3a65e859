import { crc32 } from 'node:zlib';
import { isTrouble } from '../../trouble.ts';
import { listZipAtOnce, type ReadAtOnce, unpackEntry, type ZipEntry } from '../zip/index.ts';
import { tableTrouble } from './fault.ts';
import { ENTRIES_MAX, UNPACKED_MAX_BYTES } from './limits.ts';

/** A file within a workbook, unpacked. */
export interface Part {
  name: string;
  bytes: Buffer;
}

/**
 * The XML of a workbook. The sizes are added up from the directory before anything is unpacked, and nothing unpacks to more
 * than it tells of. Throws `malformed`: `unpacks-too-large`, `encrypted`, `other-format`, `damaged`.
 */
export function workbookParts(bytes: Buffer, name: string): Part[] {
  const readAt: ReadAtOnce = (into, position) => bytes.copy(into, 0, position);
  const entries = wantedEntries(bytes, readAt, name);
  if (entries.some((entry) => entry.refused === 'encrypted')) throw tableTrouble('encrypted', name);
  if (!entries.some((entry) => entry.name === 'xl/workbook.xml')) throw tableTrouble('other-format', name);
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (size > UNPACKED_MAX_BYTES) throw tableTrouble('unpacks-too-large', name);
  return entries.map((entry) => ({
    name: entry.name,
    bytes: soundly(name, () => unpackEntry(readAt, entry, name)),
  }));
}

function wantedEntries(bytes: Buffer, readAt: ReadAtOnce, name: string): ZipEntry[] {
  const list = soundly(name, () => listZipAtOnce(readAt, bytes.length, name));
  if (list.count > ENTRIES_MAX) throw tableTrouble('unpacks-too-large', name);
  const wanted = list.entries.filter((entry) => entry.is === 'file' && /\.xml(\.rels)?$/.test(entry.name));
  if (new Set(wanted.map((entry) => entry.name)).size < wanted.length) throw tableTrouble('damaged', name);
  return wanted;
}

/** What the zip archive complains of, as a fault of the table. */
function soundly<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw isTrouble(cause, 'malformed') ? tableTrouble('damaged', name, undefined, cause) : cause;
  }
}

const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;

/** The parts as a zip archive that packs nothing (APPNOTE 6.3.10 §4.3): what the reader of workbooks is given. */
export function storedZip(parts: readonly Part[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes } of parts) {
    const raw = Buffer.from(name);
    const sizes = sizesOf(raw, bytes);
    const local = Buffer.alloc(LOCAL_BYTES);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    sizes.copy(local, 14);
    const central = Buffer.alloc(CENTRAL_BYTES);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(20, 6);
    sizes.copy(central, 16);
    central.writeUInt32LE(at, 42);
    pieces.push(local, raw, bytes);
    directory.push(central, raw);
    at += LOCAL_BYTES + raw.length + bytes.length;
  }
  return Buffer.concat([...pieces, ...directory, endOf(parts.length, at, directory)]);
}

/** CRC-32, packed and unpacked size, length of the name: in this order in both headers. */
function sizesOf(raw: Buffer, bytes: Buffer): Buffer {
  const sizes = Buffer.alloc(14);
  sizes.writeUInt32LE(crc32(bytes), 0);
  sizes.writeUInt32LE(bytes.length, 4);
  sizes.writeUInt32LE(bytes.length, 8);
  sizes.writeUInt16LE(raw.length, 12);
  return sizes;
}

function endOf(count: number, start: number, directory: readonly Buffer[]): Buffer {
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(
    directory.reduce((sum, piece) => sum + piece.length, 0),
    12,
  );
  end.writeUInt32LE(start, 16);
  return end;
}
