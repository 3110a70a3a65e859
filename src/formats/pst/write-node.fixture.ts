import type { BagFacts } from '../mapi/item.fixture.ts';
import type { PropertyValue } from '../mapi/item.ts';
import { type BlockWriter, inGroups, type Subnode } from './write-blocks.fixture.ts';

/** A property as it is written. */
export interface Written {
  id: number;
  type: number;
  bytes: Buffer;
}

const SET_BYTES = 16;
/** What a piece of a heap may have (MS-PST §2.3.3.3). */
const PIECE_MAX = 3580;

/** The names of a file: each gets the next id (MS-PST §2.4.7). */
export class NameWriter {
  private readonly ids = new Map<string, { set: string; name: number | string; id: number }>();

  idOf(set: string, name: number | string): number {
    const key = `${set} ${typeof name} ${name}`;
    let found = this.ids.get(key);
    if (found === undefined) {
      found = { set, name, id: 0x8000 + this.ids.size };
      this.ids.set(key, found);
    }
    return found.id;
  }

  properties(): Written[] {
    const sets: string[] = [];
    const entries: Buffer[] = [];
    const strings: Buffer[] = [];
    let stringBytes = 0;
    for (const { set, name, id } of this.ids.values()) {
      if (!sets.includes(set)) sets.push(set);
      const entry = Buffer.alloc(8);
      if (typeof name === 'number') entry.writeUInt32LE(name, 0);
      else {
        entry.writeUInt32LE(stringBytes, 0);
        const text = Buffer.from(name, 'utf16le');
        const padded = Buffer.alloc(Math.ceil(text.length / 4) * 4 + 4);
        padded.writeUInt32LE(text.length, 0);
        text.copy(padded, 4);
        strings.push(padded);
        stringBytes += padded.length;
      }
      entry.writeUInt16LE(((sets.indexOf(set) + 3) << 1) | (typeof name === 'string' ? 1 : 0), 4);
      entry.writeUInt16LE(id - 0x8000, 6);
      entries.push(entry);
    }
    return [
      { id: 2, type: 0x102, bytes: Buffer.concat(sets.map(guidBytes)) },
      { id: 3, type: 0x102, bytes: Buffer.concat(entries) },
      { id: 4, type: 0x102, bytes: Buffer.concat(strings) },
    ];
  }
}

/** A heap with the subnodes of its node (MS-PST §2.3.1). */
export class NodeWriter {
  readonly blocks: BlockWriter;
  private readonly heap: Buffer[][] = [[]];
  private readonly subnodes: Subnode[] = [];
  private nextSubnode = 1;
  private filled = 12;

  constructor(blocks: BlockWriter) {
    this.blocks = blocks;
  }

  /** Its id. Blocks other than the first begin with a header of two bytes, every 128th from the ninth on with one of 66. */
  piece(bytes: Buffer): number {
    const max = this.blocks.shape.blockBytes;
    if (this.filled + bytes.length + 2 * (this.heap.at(-1)!.length + 1) + 8 > max) {
      this.heap.push([]);
      this.filled = headBytes(this.heap.length - 1);
    }
    const block = this.heap.at(-1)!;
    block.push(bytes);
    this.filled += bytes.length;
    const { heapIndexBits } = this.blocks.shape.layout;
    return (((this.heap.length - 1) << (5 + heapIndexBits)) | (block.length << 5)) >>> 0;
  }

  /** In the heap, or in a subnode when it is too large. */
  value(bytes: Buffer): number {
    if (bytes.length === 0) return 0;
    if (bytes.length <= Math.min(PIECE_MAX, this.blocks.shape.blockBytes / 3)) return this.piece(bytes);
    return this.subnode(this.newSubnodeId(), { data: this.blocks.data(bytes), subnodes: 0 });
  }

  newSubnodeId(type = 0x1f): number {
    return (this.nextSubnode++ << 5) | type;
  }

  subnode(nid: number, made: { data: number; subnodes: number }): number {
    this.subnodes.push({ nid, ...made });
    return nid;
  }

  /** MS-PST §2.3.2. */
  tree(keyBytes: 2 | 4, records: readonly { key: number; data: Buffer }[]): number {
    const dataBytes = records[0]?.data.length ?? (keyBytes === 2 ? 6 : 4);
    const sorted = [...records].sort((a, b) => a.key - b.key);
    let level = 0;
    let list: { key: number; bytes: Buffer }[] = sorted.map(({ key, data }) => ({
      key,
      bytes: Buffer.concat([keyOf(key, keyBytes), data]),
    }));
    while (level === 0 ? list.length > 0 : list.length > 1) {
      if (level > 0)
        list = list.map(({ key, bytes }) => ({ key, bytes: Buffer.concat([keyOf(key, keyBytes), bytes]) }));
      const most = Math.min(PIECE_MAX, this.blocks.shape.blockBytes / 3);
      list = inGroups(list, Math.max(2, Math.floor(most / list[0]!.bytes.length))).map((group) => ({
        key: group[0]!.key,
        bytes: u32(this.piece(Buffer.concat(group.map(({ bytes }) => bytes)))),
      }));
      level += 1;
    }
    const head = Buffer.from([0xb5, keyBytes, dataBytes, Math.max(0, level - 1), 0, 0, 0, 0]);
    list[0]?.bytes.copy(head, 4);
    return this.piece(head);
  }

  /** MS-PST §2.3.3. */
  properties(list: readonly Written[]): number {
    const records = list.map(({ id, type, bytes }) => {
      const data = Buffer.alloc(6);
      data.writeUInt16LE(type, 0);
      if (isFixed(type) && bytes.length <= 4) bytes.copy(data, 2);
      else data.writeUInt32LE(this.value(bytes), 2);
      return { key: id, data };
    });
    return this.tree(2, records);
  }

  /** MS-PST §2.3.4. */
  table(rows: readonly { rowId: number; cells: readonly Written[] }[]): number {
    const columns = columnsOf(rows.flatMap(({ cells }) => cells));
    const { end, bitmapAt, rowBytes } = placed(columns);
    const matrix = rows.map(({ rowId, cells }) => {
      const row = Buffer.alloc(rowBytes);
      row.writeUInt32LE(rowId, 0);
      row.set([0xc0], bitmapAt);
      for (const { id, bytes } of cells) {
        const column = columns.find((each) => each.id === id)!;
        if (column.inCell) bytes.copy(row, column.at);
        else row.writeUInt32LE(this.value(bytes), column.at);
        row[bitmapAt + (column.bit >>> 3)]! |= 0x80 >>> (column.bit & 7);
      }
      return row;
    });
    const narrow = this.blocks.shape.layout.kind === 'ansi';
    const index = this.tree(
      4,
      rows.map(({ rowId }, n) => ({ key: rowId, data: narrow ? u16(n) : u32(n) })),
    );
    const head = Buffer.alloc(22 + 8 * columns.length);
    head.set([0x7c, columns.length]);
    for (const [n, value] of [...end, bitmapAt, rowBytes].entries()) head.writeUInt16LE(value, 2 + 2 * n);
    head.writeUInt32LE(index, 10);
    head.writeUInt32LE(this.rows(matrix, rowBytes), 14);
    for (const [n, { id, type, at, bytes, bit }] of columns.entries()) {
      head.writeUInt16LE(type, 22 + 8 * n);
      head.writeUInt16LE(id, 24 + 8 * n);
      head.writeUInt16LE(at, 26 + 8 * n);
      head.set([bytes, bit], 28 + 8 * n);
    }
    return this.piece(head);
  }

  private rows(matrix: readonly Buffer[], rowBytes: number): number {
    if (matrix.length === 0) return 0;
    const all = Buffer.concat(matrix);
    if (all.length <= Math.min(PIECE_MAX, this.blocks.shape.blockBytes / 3)) return this.piece(all);
    const most = this.blocks.shape.layout.blockMax - this.blocks.shape.layout.blockTrailerBytes;
    const blocks = inGroups(matrix, Math.floor(most / rowBytes)).map((group) => Buffer.concat(group));
    return this.subnode(this.newSubnodeId(), { data: this.blocks.dataOf(blocks), subnodes: 0 });
  }

  /** `holds`: the kind of heap; `root`: its first piece. */
  end(holds: number, root: number): { data: number; subnodes: number } {
    const blocks = this.heap.map((pieces, n) => {
      const head = Buffer.alloc(headBytes(n));
      const map = Buffer.alloc(4 + 2 * (pieces.length + 1));
      map.writeUInt16LE(pieces.length, 0);
      let at = head.length;
      for (const [i, bytes] of [...pieces, Buffer.alloc(0)].entries()) {
        map.writeUInt16LE(at, 4 + 2 * i);
        at += bytes.length;
      }
      const pad = at & 1;
      head.writeUInt16LE(at + pad, 0);
      if (n === 0) {
        head.set([0xec, holds], 2);
        head.writeUInt32LE(root, 4);
      }
      return Buffer.concat([head, ...pieces, Buffer.alloc(pad), map]);
    });
    return { data: this.blocks.dataOf(blocks), subnodes: this.blocks.subnodes(this.subnodes) };
  }
}

function headBytes(block: number): number {
  if (block === 0) return 12;
  return block >= 8 && (block - 8) % 128 === 0 ? 66 : 2;
}

interface Column {
  id: number;
  type: number;
  at: number;
  bytes: number;
  bit: number;
  inCell: boolean;
}

const ROW_ID = 0x67f2;
const ROW_VERSION = 0x67f3;

function columnsOf(cells: readonly Written[]): Column[] {
  const types = new Map([
    [ROW_ID, 3],
    [ROW_VERSION, 3],
  ]);
  for (const { id, type } of cells) types.set(id, type);
  return [...types].map(([id, type], bit) => {
    const fixed = FIXED[type] ?? 16;
    return { id, type, bit, at: 0, bytes: fixed <= 8 ? fixed : 4, inCell: fixed <= 8 };
  });
}

/** Cells of eight and four bytes first, then of two, then of one, then the bitmap (MS-PST §2.3.4.4). */
function placed(columns: Column[]): { end: number[]; bitmapAt: number; rowBytes: number } {
  let at = 0;
  const end: number[] = [];
  const groups = [(n: number) => n >= 4, (n: number) => n === 2, (n: number) => n === 1];
  for (const fits of groups) {
    for (const column of columns)
      if (fits(column.bytes)) {
        column.at = at;
        at += column.bytes;
      }
    end.push(at);
  }
  const bitmapAt = end.pop()!;
  return { end, bitmapAt, rowBytes: bitmapAt + Math.ceil(columns.length / 8) };
}

const FIXED: Readonly<Record<number, number>> = {
  2: 2,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 1,
  20: 8,
  64: 8,
  72: 16,
};

function isFixed(type: number): boolean {
  return type in FIXED;
}

/** The properties of a bag, named ones among them. */
export function writtenOf(facts: BagFacts, names: NameWriter): Written[] {
  const plain = Object.entries(facts.properties ?? {}).map(([id, value]) => writtenAs(Number(id), value));
  const named = (facts.named ?? []).map(({ set, name, type, value }) => {
    const written = writtenAs(names.idOf(set, name), value);
    return type === undefined ? written : { ...written, type };
  });
  return [...plain, ...named];
}

type Given = NonNullable<BagFacts['properties']>[number];

export function writtenAs(id: number, given: Given): Written {
  const typed = given instanceof Date ? { type: 64, value: given.getTime() } : typedOf(given);
  return { id, type: typed.type, bytes: bytesOf(typed.type, typed.value) };
}

function typedOf(given: Exclude<Given, Date>): { type: number; value: PropertyValue } {
  if (typeof given === 'number') return { type: 3, value: given };
  if (typeof given === 'bigint') return { type: 20, value: given };
  if (typeof given === 'boolean') return { type: 11, value: given };
  if (typeof given === 'string') return { type: 31, value: given };
  if (given instanceof Uint8Array) return { type: 0x102, value: given };
  if (Array.isArray(given)) return { type: 0x1000 | typedOf(given[0] ?? '').type, value: given };
  return given as { type: number; value: PropertyValue };
}

function bytesOf(type: number, value: PropertyValue): Buffer {
  if ((type & 0x1000) !== 0) return severalOf(type & 0xfff, value as readonly PropertyValue[]);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (type === 72) return guidBytes(value as string);
  if (typeof value === 'string') return Buffer.from(value, 'utf16le');
  const bytes = Buffer.alloc(FIXED[type]!);
  if (type === 64) bytes.writeBigUInt64LE((BigInt(value as number) + 11_644_473_600_000n) * 10_000n);
  else if (type === 4) bytes.writeFloatLE(value as number);
  else if (type === 5 || type === 7) bytes.writeDoubleLE(value as number);
  else if (bytes.length === 8) bytes.writeBigInt64LE(value as bigint);
  else bytes.writeIntLE(Number(value), 0, bytes.length);
  return bytes;
}

function severalOf(type: number, values: readonly PropertyValue[]): Buffer {
  const parts = values.map((each) => bytesOf(type, each));
  if (isFixed(type) || parts.length === 0) return Buffer.concat(parts);
  const head = Buffer.alloc(4 + 4 * parts.length);
  head.writeUInt32LE(parts.length, 0);
  let at = head.length;
  for (const [n, bytes] of parts.entries()) {
    head.writeUInt32LE(at, 4 + 4 * n);
    at += bytes.length;
  }
  return Buffer.concat([head, ...parts]);
}

function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes.subarray(0, SET_BYTES);
}

function keyOf(key: number, bytes: 2 | 4): Buffer {
  return bytes === 2 ? u16(key) : u32(key);
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
