/** Writes compound files (MS-CFB): what was a storage inside another file becomes a file of its own. */

export interface StorageContent {
  streams: ReadonlyMap<string, Uint8Array>;
  storages: ReadonlyMap<string, StorageContent>;
}

const FREE = 0xffffffff;
const END = 0xfffffffe;
const FAT_SECTOR = 0xfffffffd;
const DIFAT_SECTOR = 0xfffffffc;
const MINI_BELOW = 4096;
const MINI_BYTES = 64;
const ENTRY_BYTES = 128;
const DIFAT_IN_HEADER = 109;

interface DirectoryEntry {
  name: string;
  /** 1 storage, 2 stream, 5 root. */
  kind: number;
  left: number;
  right: number;
  child: number;
  first: number;
  size: number;
}

/** The same bytes for the same content. Version 4 has sectors of 4,096 bytes, version 3 of 512. */
export function writeCompound(root: StorageContent, version: 3 | 4 = 3): Buffer {
  return new Writer(version === 3 ? 512 : 4096).write(root);
}

class Writer {
  readonly #sectorBytes: number;
  readonly #sectors: Buffer[] = [];
  readonly #fat: number[] = [];
  readonly #mini: Buffer[] = [];
  readonly #miniFat: number[] = [];
  readonly #directory: DirectoryEntry[] = [];

  constructor(sectorBytes: number) {
    this.#sectorBytes = sectorBytes;
  }

  write(root: StorageContent): Buffer {
    const top = this.#entry('Root Entry', 5);
    top.child = this.#children(root);
    const mini = Buffer.concat(this.#mini);
    top.first = this.#chain(mini);
    top.size = mini.length;
    const miniFat = this.#chain(this.#filled(this.#miniFat));
    const directory = this.#chain(Buffer.concat(this.#padded(this.#directory.map(entryBytes))));
    const { fatSectors, firstDifat, difatCount } = this.#closeFat();
    const header = this.#header(fatSectors, directory, miniFat, firstDifat, difatCount);
    return Buffer.concat([header, ...this.#sectors]);
  }

  #entry(name: string, kind: number): DirectoryEntry {
    const entry = { name, kind, left: FREE, right: FREE, child: FREE, first: kind === 1 ? 0 : END, size: 0 };
    this.#directory.push(entry);
    return entry;
  }

  /** The root of the tree of a storage's children. */
  #children({ streams, storages }: StorageContent): number {
    const numbers: number[] = [];
    for (const [name, bytes] of streams) {
      numbers.push(this.#directory.length);
      const entry = this.#entry(name, 2);
      entry.size = bytes.length;
      entry.first = bytes.length < MINI_BELOW ? this.#miniChain(bytes) : this.#chain(bytes);
    }
    for (const [name, content] of storages) {
      numbers.push(this.#directory.length);
      this.#entry(name, 1).child = this.#children(content);
    }
    numbers.sort((a, b) => byName(this.#directory[a]!.name, this.#directory[b]!.name));
    return this.#tree(numbers);
  }

  #tree(numbers: readonly number[]): number {
    if (numbers.length === 0) return FREE;
    const middle = numbers.length >> 1;
    const entry = this.#directory[numbers[middle]!]!;
    entry.left = this.#tree(numbers.slice(0, middle));
    entry.right = this.#tree(numbers.slice(middle + 1));
    return numbers[middle]!;
  }

  #miniChain(bytes: Uint8Array): number {
    if (bytes.length === 0) return END;
    const first = this.#miniFat.length;
    for (let at = 0; at < bytes.length; at += MINI_BYTES) {
      const sector = Buffer.alloc(MINI_BYTES);
      sector.set(bytes.subarray(at, at + MINI_BYTES));
      this.#mini.push(sector);
      this.#miniFat.push(at + MINI_BYTES < bytes.length ? this.#miniFat.length + 1 : END);
    }
    return first;
  }

  #chain(bytes: Uint8Array): number {
    if (bytes.length === 0) return END;
    const first = this.#sectors.length;
    for (let at = 0; at < bytes.length; at += this.#sectorBytes) {
      const sector = Buffer.alloc(this.#sectorBytes);
      sector.set(bytes.subarray(at, at + this.#sectorBytes));
      this.#sectors.push(sector);
      this.#fat.push(at + this.#sectorBytes < bytes.length ? this.#sectors.length : END);
    }
    return first;
  }

  /** Numbers as whole sectors, the rest of the last one free. */
  #filled(numbers: readonly number[]): Buffer {
    const bytes = Buffer.alloc(Math.ceil((numbers.length * 4) / this.#sectorBytes) * this.#sectorBytes, 0xff);
    for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, 4 * index);
    return bytes;
  }

  #padded(entries: Buffer[]): Buffer[] {
    while ((entries.length * ENTRY_BYTES) % this.#sectorBytes !== 0) {
      entries.push(
        entryBytes({ name: '', kind: 0, left: FREE, right: FREE, child: FREE, first: 0, size: 0 }),
      );
    }
    return entries;
  }

  /** The FAT tells of its own sectors too, and of those that tell where it lies. */
  #closeFat(): { fatSectors: number[]; firstDifat: number; difatCount: number } {
    const perFat = this.#sectorBytes / 4;
    const data = this.#sectors.length;
    let fats = 0;
    let difats = 0;
    while (fats * perFat < data + fats + difats || difats * (perFat - 1) < fats - DIFAT_IN_HEADER) {
      if (fats * perFat < data + fats + difats) fats++;
      else difats++;
    }
    const fatSectors = Array.from({ length: fats }, (_none, index) => data + index);
    this.#fat.push(...fatSectors.map(() => FAT_SECTOR));
    for (let i = 0; i < difats; i++) this.#fat.push(DIFAT_SECTOR);
    const fat = this.#filled(this.#fat);
    for (let at = 0; at < fat.length; at += this.#sectorBytes)
      this.#sectors.push(fat.subarray(at, at + this.#sectorBytes));
    for (let i = 0; i < difats; i++) {
      const start = DIFAT_IN_HEADER + i * (perFat - 1);
      const sector = this.#filled([...fatSectors.slice(start, start + perFat - 1)].concat(0)).subarray(
        0,
        this.#sectorBytes,
      );
      if (fatSectors.length < start + perFat - 1) sector.fill(0xff, 4 * (fatSectors.length - start));
      sector.writeUInt32LE(i + 1 < difats ? data + fats + i + 1 : END, this.#sectorBytes - 4);
      this.#sectors.push(sector);
    }
    return { fatSectors, firstDifat: difats === 0 ? END : data + fats, difatCount: difats };
  }

  #header(
    fatSectors: readonly number[],
    directory: number,
    miniFat: number,
    difat: number,
    difatCount: number,
  ): Buffer {
    const header = Buffer.alloc(this.#sectorBytes);
    const isLarge = this.#sectorBytes === 4096;
    Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
    header.writeUInt16LE(0x3e, 0x18);
    header.writeUInt16LE(isLarge ? 4 : 3, 0x1a);
    header.writeUInt16LE(0xfffe, 0x1c);
    header.writeUInt16LE(isLarge ? 12 : 9, 0x1e);
    header.writeUInt16LE(6, 0x20);
    const directorySectors = Math.ceil((this.#directory.length * ENTRY_BYTES) / this.#sectorBytes);
    header.writeUInt32LE(isLarge ? directorySectors : 0, 0x28);
    header.writeUInt32LE(fatSectors.length, 0x2c);
    header.writeUInt32LE(directory, 0x30);
    header.writeUInt32LE(MINI_BELOW, 0x38);
    header.writeUInt32LE(miniFat, 0x3c);
    header.writeUInt32LE(Math.ceil((this.#miniFat.length * 4) / this.#sectorBytes), 0x40);
    header.writeUInt32LE(difat, 0x44);
    header.writeUInt32LE(difatCount, 0x48);
    for (let i = 0; i < DIFAT_IN_HEADER; i++) header.writeUInt32LE(fatSectors[i] ?? FREE, 0x4c + 4 * i);
    return header;
  }
}

/** MS-CFB §2.6.4: the shorter name first. */
function byName(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  const [one, other] = [a.toUpperCase(), b.toUpperCase()];
  return one < other ? -1 : one > other ? 1 : 0;
}

function entryBytes({ name, kind, left, right, child, first, size }: DirectoryEntry): Buffer {
  const bytes = Buffer.alloc(ENTRY_BYTES);
  const length = bytes.write(name.slice(0, 31), 0, 'utf16le');
  bytes.writeUInt16LE(name === '' ? 0 : length + 2, 64);
  bytes[66] = kind;
  bytes[67] = 1;
  bytes.writeUInt32LE(left, 68);
  bytes.writeUInt32LE(right, 72);
  bytes.writeUInt32LE(child, 76);
  bytes.writeUInt32LE(first, 116);
  bytes.writeUInt32LE(size, 120);
  return bytes;
}
