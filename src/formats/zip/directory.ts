import {
  malformed,
  type ReadAt,
  type ReadAtOnce,
  type Reading,
  readExactly,
  readThrough,
  readThroughAtOnce,
  type ZipEntry,
} from './entry.ts';
import { nameOf, segmentsOf } from './name.ts';

/**
 * The central directory of a zip archive, zip64 included (APPNOTE 6.3.10 §4.3.12–16). Read in pieces: memory grows with
 * what is kept, and by 16 bytes for each entry, which are needed to see that none overlaps another.
 */
export interface ZipList {
  /** The entries that `keep` asked for, in the order of the directory. */
  entries: ZipEntry[];
  /** All there are. */
  count: number;
}

/** A Takeout with photographs has some hundred thousand. */
const ENTRIES_MAX = 1_000_000;
const COMMENT_MAX_BYTES = 65_535;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const HEADER_BYTES = 46;
const LOCAL_BYTES = 30;
const PIECE_BYTES = 1024 * 1024;
/** Name, extra field and comment of one entry are 16-bit numbers each. */
const ENTRY_MAX_BYTES = HEADER_BYTES + 3 * 65_535;
const DIRECTORY_MAX_BYTES = 1024 * 1024 * 1024;

/** Deflate cannot say more than this with one byte; mail says less than a fiftieth of it. */
const RATIO_MAX = 200;
/** Below this, however much it grows does no harm. */
const RATIO_FROM_BYTES = 64 * 1024 * 1024;

const FULL = 0xffffffff;

/**
 * What the archive holds. `keep` says of which entries more than their place is to be remembered. Throws `malformed`: no
 * zip, one part of a split one, damaged, more entries than any archive of ours, or entries that lie over each other
 * (which is how a small file is made to unpack to petabytes).
 */
export function listZip(
  readAt: ReadAt,
  size: number,
  on: string,
  keep: (entry: ZipEntry) => boolean = () => true,
): Promise<ZipList> {
  return readThrough(listing(size, on, keep), readAt, on);
}

/** The same, without waiting. */
export function listZipAtOnce(
  readAt: ReadAtOnce,
  size: number,
  on: string,
  keep: (entry: ZipEntry) => boolean = () => true,
): ZipList {
  return readThroughAtOnce(listing(size, on, keep), readAt, on);
}

function* listing(size: number, on: string, keep: (entry: ZipEntry) => boolean): Reading<ZipList> {
  const end = yield* findEnd(size, on);
  const extents = new Float64Array(end.count * 2);
  const entries: ZipEntry[] = [];
  let at = 0;
  let piece: Buffer = Buffer.alloc(0);
  let inPiece = 0;
  for (let n = 0; n < end.count; n += 1) {
    if (piece.length - inPiece < ENTRY_MAX_BYTES && at + piece.length - inPiece < end.size) {
      const wanted = Math.min(end.size - at, Math.max(PIECE_BYTES, ENTRY_MAX_BYTES));
      piece = yield* readExactly(end.start + at, wanted);
      inPiece = 0;
    }
    const { entry, length } = entryAt(piece, inPiece, end, on);
    extents[n * 2] = entry.offset;
    extents[n * 2 + 1] = entry.offset + LOCAL_BYTES + entry.rawName.length + entry.packed;
    if (keep(entry)) entries.push(entry);
    inPiece += length;
    at += length;
  }
  const starts = checkExtents(extents, end.start, on);
  for (const entry of entries) entry.limit = nextAfter(entry.offset, starts, end.start);
  return { entries, count: end.count };
}

interface End {
  /** Where the directory begins in the file, and its size. */
  start: number;
  size: number;
  count: number;
  /** Bytes before the archive (a program that unpacks itself): added to every offset. */
  before: number;
}

function* findEnd(size: number, on: string): Reading<End> {
  const length = Math.min(size, END_BYTES + COMMENT_MAX_BYTES);
  const tail = yield* readExactly(size - length, length);
  for (let at = length - END_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== 0x06054b50) continue;
    // The record ends the file, its comment included; a signature inside a comment does not.
    if (at + END_BYTES + tail.readUInt16LE(at + 20) !== length) continue;
    return yield* readEnd(tail.subarray(at), size - length + at, on);
  }
  throw malformed(on, 'no zip archive, or its end is missing: was it loaded to the end?');
}

function* readEnd(end: Buffer, position: number, on: string): Reading<End> {
  const [disk, startDisk] = [end.readUInt16LE(4), end.readUInt16LE(6)];
  const told = { count: end.readUInt16LE(10), size: end.readUInt32LE(12), start: end.readUInt32LE(16) };
  let directoryEnd = position;
  const end64 = yield* findEnd64(position, on);
  if (end64 !== null) {
    told.count = number64(end64.bytes, 32, on);
    told.size = number64(end64.bytes, 40, on);
    told.start = number64(end64.bytes, 48, on);
    directoryEnd = end64.position;
  } else if (disk !== 0 || startDisk !== 0)
    throw malformed(on, 'one part of a split zip archive, which is no archive of its own');
  const start = directoryEnd - told.size;
  const before = start - told.start;
  if (start < 0 || before < 0 || told.size > DIRECTORY_MAX_BYTES)
    throw malformed(on, 'the directory of the archive lies outside of it');
  if (told.count > ENTRIES_MAX || told.count * HEADER_BYTES > told.size)
    throw malformed(on, `the archive tells of ${told.count} entries`);
  return { start, size: told.size, count: told.count, before };
}

/** The zip64 end record, when there is one (APPNOTE §4.3.14–15). */
function* findEnd64(position: number, on: string): Reading<{ bytes: Buffer; position: number } | null> {
  if (position < LOCATOR_BYTES + END64_BYTES) return null;
  const locator = yield* readExactly(position - LOCATOR_BYTES, LOCATOR_BYTES);
  if (locator.readUInt32LE(0) !== 0x07064b50) return null;
  if (locator.readUInt32LE(16) > 1) throw malformed(on, 'one part of a split zip archive');
  const told = number64(locator, 8, on);
  for (const at of [told, position - LOCATOR_BYTES - END64_BYTES]) {
    if (at < 0 || at + END64_BYTES > position) continue;
    const bytes = yield* readExactly(at, END64_BYTES);
    if (bytes.readUInt32LE(0) === 0x06064b50) return { bytes, position: at };
  }
  throw malformed(on, 'the end of the archive is damaged');
}

function number64(bytes: Buffer, at: number, on: string): number {
  const value = Number(bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw malformed(on, 'a size in the archive is impossible');
  return value;
}

function entryAt(piece: Buffer, at: number, end: End, on: string): { entry: ZipEntry; length: number } {
  if (at + HEADER_BYTES > piece.length || piece.readUInt32LE(at) !== 0x02014b50)
    throw malformed(on, 'the directory of the archive is damaged');
  const nameLength = piece.readUInt16LE(at + 28);
  const extraLength = piece.readUInt16LE(at + 30);
  const length = HEADER_BYTES + nameLength + extraLength + piece.readUInt16LE(at + 32);
  if (at + length > piece.length) throw malformed(on, 'the directory of the archive is damaged');
  const name = at + HEADER_BYTES;
  const rawName = Buffer.from(piece.subarray(name, name + nameLength));
  const extra = extraFields(piece.subarray(name + nameLength, name + nameLength + extraLength));
  const flags = piece.readUInt16LE(at + 8);
  const sizes = sizesOf(piece, at, extra.get(1) ?? null, on);
  const entry: ZipEntry = {
    name: nameOf(rawName, (flags & 0x800) !== 0, extra.get(0x7075) ?? null),
    rawName,
    is: 'file',
    method: piece.readUInt16LE(at + 10),
    size: sizes.size,
    packed: sizes.packed,
    crc: piece.readUInt32LE(at + 16),
    offset: sizes.offset + end.before,
    limit: end.start,
    refused: null,
  };
  entry.is = kindOf(entry.name, piece.readUInt16LE(at + 4), piece.readUInt32LE(at + 38));
  entry.refused = whyRefused(entry, flags, sizes.disk);
  return { entry, length };
}

/** Size, packed size, offset and disk: from the zip64 field those that are full in the header, in this order (§4.5.3). */
function sizesOf(
  piece: Buffer,
  at: number,
  extra: Buffer | null,
  on: string,
): { size: number; packed: number; offset: number; disk: number } {
  let from = 0;
  const wide = (value: number): number => {
    if (value !== FULL) return value;
    if (extra === null || extra.length < from + 8) return value;
    from += 8;
    return number64(extra, from - 8, on);
  };
  const size = wide(piece.readUInt32LE(at + 24));
  const packed = wide(piece.readUInt32LE(at + 20));
  const offset = wide(piece.readUInt32LE(at + 42));
  const disk = piece.readUInt16LE(at + 34);
  return { size, packed, offset, disk: disk === 0xffff ? 0 : disk };
}

/** By their numbers; the first of each counts, what is cut short does not. */
function extraFields(bytes: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const id = bytes.readUInt16LE(at);
    const end = at + 4 + bytes.readUInt16LE(at + 2);
    if (end > bytes.length) break;
    if (!fields.has(id)) fields.set(id, bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

const UNIX = 3;
const TYPE_BITS = 0xf000;
const LINK_BITS = 0xa000;

function kindOf(name: string, madeBy: number, attributes: number): ZipEntry['is'] {
  if (/[/\\]$/.test(name)) return 'directory';
  const link = madeBy >> 8 === UNIX && ((attributes >>> 16) & TYPE_BITS) === LINK_BITS;
  return link ? 'symbolic-link' : 'file';
}

const METHODS: Record<number, string> = {
  1: 'shrunk',
  6: 'imploded',
  9: 'Deflate64',
  12: 'BZIP2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
};

function whyRefused(entry: ZipEntry, flags: number, disk: number): string | null {
  const { method, size, packed } = entry;
  if ((flags & 0x2041) !== 0 || method === 99) return 'encrypted';
  if (disk !== 0) return 'in another part of a split archive';
  if (method !== 0 && method !== 8) return `packed by ${METHODS[method] ?? `method ${method}`}`;
  if (method === 0 && size !== packed) return 'its sizes contradict each other';
  if (size > RATIO_FROM_BYTES && size > packed * RATIO_MAX)
    return `it would grow to ${Math.round(size / packed)} times its size`;
  return segmentsOf(entry.name) === null ? 'its name is no path' : null;
}

/** No two entries share a byte, and none reaches into the directory. Answers where entries begin, in order. */
function checkExtents(extents: Float64Array, limit: number, on: string): Float64Array {
  const count = extents.length / 2;
  const order = new Uint32Array(count).map((_, n) => n);
  order.sort((a, b) => extents[a * 2]! - extents[b * 2]!);
  const starts = new Float64Array(count).map((_, n) => extents[order[n]! * 2]!);
  for (let n = 0; n < count; n += 1) {
    const stop = n + 1 < count ? starts[n + 1]! : limit;
    if (extents[order[n]! * 2 + 1]! > stop)
      throw malformed(on, 'entries of the archive lie over each other: refused');
  }
  return starts;
}

/** Where the entry after the one at `offset` begins. */
function nextAfter(offset: number, starts: Float64Array, limit: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return starts[low] ?? limit;
}
