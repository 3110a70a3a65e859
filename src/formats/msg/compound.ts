/**
 * Compound files (MS-CFB): storages and streams in chains of sectors. Whatever the file says, memory stays within a
 * few times its size and every chain ends.
 */
import { asBuffer } from '../../mail/header.ts';
import { Trouble } from '../../trouble.ts';

export interface Stream {
  name: string;
  /** In bytes. */
  size: number;
  /** The bytes in order, in views of the file. `malformed` where the chain breaks off. */
  chunks(): Iterable<Uint8Array>;
}

export interface Storage {
  name: string;
  streams: ReadonlyMap<string, Stream>;
  storages: ReadonlyMap<string, Storage>;
}

const SIGNATURE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const HEADER_BYTES = 512;
const DIFAT_IN_HEADER = 109;
/** Greater numbers mean free, end of chain and the like. */
const SECTOR_MAX = 0xfffffffa;
const NONE = 0xffffffff;
const MINI_SECTOR_BYTES = 64;
const ENTRY_BYTES = 128;
/** Directory entries; more are no letter. */
const ENTRIES_MAX = 1_000_000;

export function malformed(answer: string): Trouble {
  return new Trouble('malformed', { tried: 'read-file', on: 'msg', answer });
}

export function isCompound(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && asBuffer(bytes).subarray(0, 8).equals(SIGNATURE);
}

/** The root. The keys of its maps are in upper case, as names are compared without case (MS-CFB §2.6.4). */
export function openCompound(bytes: Uint8Array): Storage {
  return new Compound(asBuffer(bytes)).root();
}

class Compound {
  readonly #bytes: Buffer;
  readonly #sectorBytes: number;
  /** A stream shorter than this lies in the mini stream. */
  readonly #miniBelow: number;
  readonly #large: boolean;
  readonly #fat: Uint32Array;
  readonly #miniFat: Uint32Array;
  readonly #directory: Buffer;
  readonly #miniStream: Buffer;
  /** Entries already in the tree: each belongs to one place. */
  readonly #seen = new Set<number>();

  constructor(bytes: Buffer) {
    if (!isCompound(bytes)) throw malformed('no compound file');
    const shift = bytes.readUInt16LE(0x1e);
    if (shift !== 9 && shift !== 12) throw malformed('unknown sector size');
    this.#bytes = bytes;
    this.#sectorBytes = 1 << shift;
    this.#large = shift === 12;
    this.#miniBelow = bytes.readUInt32LE(0x38);
    this.#fat = this.#readFat();
    this.#directory = this.#chain(bytes.readUInt32LE(0x30));
    this.#miniFat = words(this.#chain(bytes.readUInt32LE(0x3c)));
    this.#miniStream = this.#readMiniStream();
  }

  /** Of sectors in the file, a last one that is cut included. */
  #sectorCount(): number {
    return Math.max(0, Math.ceil(this.#bytes.length / this.#sectorBytes) - 1);
  }

  #sector(number: number): Buffer {
    const start = (number + 1) * this.#sectorBytes;
    if (start >= this.#bytes.length) throw malformed('a sector beyond the end of the file');
    return this.#bytes.subarray(start, start + this.#sectorBytes);
  }

  #readFat(): Uint32Array {
    const count = this.#sectorCount();
    const perSector = this.#sectorBytes / 4;
    const fat = new Uint32Array(Math.ceil(count / perSector) * perSector).fill(NONE);
    let filled = 0;
    for (const number of this.#fatSectors(count)) {
      if (filled >= fat.length) break;
      const sector = words(this.#sector(number));
      fat.set(sector.subarray(0, fat.length - filled), filled);
      filled += perSector;
    }
    return fat;
  }

  /** The numbers of the sectors that hold the FAT (MS-CFB §2.5). */
  *#fatSectors(count: number): Iterable<number> {
    for (let i = 0; i < DIFAT_IN_HEADER; i++) {
      const number = this.#bytes.readUInt32LE(0x4c + 4 * i);
      if (number < SECTOR_MAX) yield number;
    }
    let next = this.#bytes.readUInt32LE(0x44);
    for (let steps = 0; next < SECTOR_MAX && steps < count; steps++) {
      const sector = words(this.#sector(next));
      for (const number of sector.subarray(0, -1)) if (number < SECTOR_MAX) yield number;
      next = sector.at(-1) ?? NONE;
    }
  }

  /** A chain without a size. */
  #chain(first: number): Buffer {
    const sectors: Buffer[] = [];
    const most = this.#sectorCount();
    for (let number = first; number < SECTOR_MAX; number = this.#fat[number] ?? NONE) {
      if (sectors.length >= most) throw malformed('a chain without end');
      sectors.push(this.#sector(number));
    }
    return Buffer.concat(sectors);
  }

  #readMiniStream(): Buffer {
    if (this.#directory.length < ENTRY_BYTES) throw malformed('no directory');
    const first = this.#directory.readUInt32LE(116);
    return first < SECTOR_MAX && this.#miniFat.length > 0 ? this.#chain(first) : Buffer.alloc(0);
  }

  root(): Storage {
    if (this.#directory[66] !== 5) throw malformed('no root');
    this.#seen.add(0);
    return this.#storage(0, '');
  }

  /** Not by recursion over siblings: they may hang in one long line. */
  #storage(entry: number, name: string): Storage {
    const streams = new Map<string, Stream>();
    const storages = new Map<string, Storage>();
    const waiting = [this.#directory.readUInt32LE(entry * ENTRY_BYTES + 76)];
    while (waiting.length > 0) {
      const number = waiting.pop()!;
      const at = number * ENTRY_BYTES;
      if (number > ENTRIES_MAX || at + ENTRY_BYTES > this.#directory.length || this.#seen.has(number))
        continue;
      this.#seen.add(number);
      waiting.push(this.#directory.readUInt32LE(at + 68), this.#directory.readUInt32LE(at + 72));
      const child = this.#name(at);
      const key = child.toUpperCase();
      const kind = this.#directory[at + 66];
      if (kind === 1 && !storages.has(key)) storages.set(key, this.#lazyStorage(number, child));
      else if (kind === 2 && !streams.has(key)) streams.set(key, this.#stream(at, child));
    }
    return { name, streams, storages };
  }

  /** Storages are read when asked for: a file may nest them as deep as it is long. */
  #lazyStorage(entry: number, name: string): Storage {
    let read: Storage | null = null;
    const inside = (): Storage => {
      read ??= this.#storage(entry, name);
      return read;
    };
    return {
      name,
      get streams() {
        return inside().streams;
      },
      get storages() {
        return inside().storages;
      },
    };
  }

  #name(at: number): string {
    const size = Math.min(64, this.#directory.readUInt16LE(at + 64)) & ~1;
    return this.#directory.toString('utf16le', at, at + Math.max(0, size - 2));
  }

  #stream(at: number, name: string): Stream {
    const first = this.#directory.readUInt32LE(at + 116);
    // In files of version 3 the upper half may be anything (MS-CFB §2.6.1).
    const size =
      this.#directory.readUInt32LE(at + 120) +
      (this.#large ? this.#directory.readUInt32LE(at + 124) * 2 ** 32 : 0);
    const mini = size < this.#miniBelow;
    return { name, size, chunks: () => (mini ? this.#miniPieces(first, size) : this.#pieces(first, size)) };
  }

  /** Neighbouring sectors come as one piece. */
  *#pieces(first: number, size: number): Iterable<Uint8Array> {
    let left = size;
    let number = first;
    while (left > 0) {
      if (number >= SECTOR_MAX || size > this.#bytes.length) throw malformed('a stream breaks off');
      const start = (number + 1) * this.#sectorBytes;
      let length = this.#sectorBytes;
      let next = this.#fat[number] ?? NONE;
      while (next === number + 1 && length < Math.min(left, PIECE_MAX_BYTES)) {
        number = next;
        next = this.#fat[number] ?? NONE;
        length += this.#sectorBytes;
      }
      const piece = this.#bytes.subarray(start, start + Math.min(length, left));
      if (piece.length < Math.min(length, left)) throw malformed('a stream breaks off');
      yield piece;
      left -= piece.length;
      number = next;
    }
  }

  *#miniPieces(first: number, size: number): Iterable<Uint8Array> {
    let left = size;
    for (let number = first; left > 0; number = this.#miniFat[number] ?? NONE) {
      const start = number * MINI_SECTOR_BYTES;
      const piece = this.#miniStream.subarray(start, start + Math.min(MINI_SECTOR_BYTES, left));
      if (number >= SECTOR_MAX || piece.length < Math.min(MINI_SECTOR_BYTES, left)) {
        throw malformed('a stream breaks off');
      }
      yield piece;
      left -= piece.length;
    }
  }
}

const PIECE_MAX_BYTES = 256 * 1024;

function words(bytes: Buffer): Uint32Array {
  const found = new Uint32Array(Math.floor(bytes.length / 4));
  for (let i = 0; i < found.length; i++) found[i] = bytes.readUInt32LE(4 * i);
  return found;
}
