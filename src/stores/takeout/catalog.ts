import { hash } from 'node:crypto';
import type { Quoting } from '../../formats/mbox/index.ts';
import type { Role } from '../../mail/role.ts';

/**
 * All messages of an export, by folder: what one pass over the files leaves in memory. Some 60 bytes a message, in typed
 * arrays, and each different set of labels once.
 */
export class Catalog {
  /** Of the files it was made of; equal stamps promise an equal catalog. */
  readonly stamp: string;
  /** The stamp, or empty when some file is too fresh to trust it. */
  readonly steady: string;
  readonly folders: CatalogFolder[] = [];
  readonly files: CatalogFile[] = [];
  private readonly rows = new Rows();
  private readonly filings: Filed[] = [];
  /** Messages, by folder, in the order of the files. */
  private order = new Uint32Array(0);
  /** Open addressing by the lowest bits of the tag; a row plus one. */
  private table = new Uint32Array(1024);

  constructor(stamp: string, steady: string) {
    this.stamp = stamp;
    this.steady = steady;
  }

  addFile(file: CatalogFile): number {
    return this.files.push(file) - 1;
  }

  addFiling(filed: Filed): number {
    return this.filings.push(filed) - 1;
  }

  /** False when the same message was met before: told once, wherever it lies. */
  add(row: NewRow): boolean {
    if (this.slotOf(row.tag) === null) return false;
    if ((this.rows.count + 1) * 2 > this.table.length) this.grow();
    const slot = this.slotOf(row.tag)!;
    this.table[slot] = this.rows.add(row) + 1;
    return true;
  }

  /** When all messages are in and every filing has its folder: which folder holds which. */
  sortIntoFolders(): void {
    const { rows, filings, folders } = this;
    for (let n = 0; n < rows.count; n += 1) {
      const folder = filings[rows.filing[n]!]!.folder;
      if (folder !== null) folders[folder]!.count += 1;
    }
    let start = 0;
    for (const folder of folders) {
      folder.start = start;
      start += folder.count;
    }
    this.order = new Uint32Array(start);
    const next = folders.map((folder) => folder.start);
    for (let n = 0; n < rows.count; n += 1) {
      const folder = filings[rows.filing[n]!]!.folder;
      if (folder !== null) {
        const at = next[folder]!;
        this.order[at] = n;
        next[folder] = at + 1;
      }
    }
  }

  get count(): number {
    return this.rows.count;
  }

  /** The messages of one file lie together, in its order. */
  rowsOf(file: number): { first: number; count: number } {
    const { file: column, count } = this.rows;
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (column[middle]! < file) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < count && column[end] === file) end += 1;
    return { first: low, count: end - low };
  }

  /** Where the message of a row lies. `isMail`: it can be read. */
  placeOf(row: number): { folder: number | null; offset: number; end: number; isMail: boolean } {
    const { rows } = this;
    const isMail = (rows.bits[row]! & PREAMBLE) === 0 && this.files[rows.file[row]!]!.damage === null;
    const { folder } = this.filings[rows.filing[row]!]!;
    return { folder, offset: rows.offset[row]!, end: rows.end[row]!, isMail };
  }

  /** All of it, to be kept: what JSON can hold, and the columns. */
  parts(): { facts: CatalogFacts; columns: ArrayBufferView[] } {
    const { folders, files, filings, rows, order } = this;
    const facts = { folders, files, filings, count: rows.count, ordered: order.length };
    return { facts, columns: [...rows.columns(), order] };
  }

  /** What `parts` gave; null when the columns do not fit the facts. */
  static from(
    stamps: { stamp: string; steady: string },
    { folders, files, filings, count, ordered }: CatalogFacts,
    bytes: Buffer,
  ): Catalog | null {
    const catalog = new Catalog(stamps.stamp, stamps.steady);
    if (bytes.length !== count * ROW_BYTES + ordered * 4) return null;
    catalog.folders.push(...folders);
    catalog.files.push(...files);
    for (const each of filings) catalog.filings.push(each);
    const taken = catalog.rows.fill(count, bytes);
    catalog.order = new Uint32Array(copyOf(bytes, taken, ordered * 4));
    while (count * 2 > catalog.table.length) catalog.table = new Uint32Array(catalog.table.length * 2);
    catalog.fillTable();
    return catalog;
  }

  folderAt(handle: string): number | null {
    const found = this.folders.findIndex((folder) => folder.handle === handle);
    return found === -1 ? null : found;
  }

  *messagesOf(folder: number): Generator<Message> {
    const { start, count } = this.folders[folder]!;
    for (let n = start; n < start + count; n += 1) yield this.message(this.order[n]!);
  }

  /** The message of this key in this folder; null when there is none, or it would be read otherwise now. */
  find(key: string, folder: number): Message | null {
    const parts = /^([0-9a-f]{24})([nro])$/.exec(key);
    if (parts === null) return null;
    const n = this.rowOf(tagFrom(parts[1]!));
    if (n === null) return null;
    const message = this.message(n);
    return message.filed.folder === folder && message.key === key ? message : null;
  }

  private message(row: number): Message {
    const { rows } = this;
    const file = this.files[rows.file[row]!]!;
    const quoted = (rows.bits[row]! & QUOTED) !== 0;
    const quoting = quoted ? file.quoting : 'none';
    const tag = [rows.tag0[row]!, rows.tag1[row]!, rows.tag2[row]!];
    return {
      row,
      key: `${tag.map((part) => part.toString(16).padStart(8, '0')).join('')}${LETTERS[quoting]}`,
      file: rows.file[row]!,
      offset: rows.offset[row]!,
      start: rows.offset[row]! + rows.head[row]!,
      end: rows.end[row]!,
      receivedAt: rows.seconds[row] === 0 ? null : rows.seconds[row]! * 1000,
      filed: this.filings[rows.filing[row]!]!,
      quoting,
      unread: (rows.bits[row]! & PREAMBLE) !== 0 ? NO_MESSAGE : file.damage,
    };
  }

  private rowOf(tag: Tag): number | null {
    const { table, rows } = this;
    const mask = table.length - 1;
    for (let slot = tag[2] & mask; table[slot] !== 0; slot = (slot + 1) & mask) {
      const n = table[slot]! - 1;
      if (rows.tag2[n] === tag[2] && rows.tag1[n] === tag[1] && rows.tag0[n] === tag[0]) return n;
    }
    return null;
  }

  /** The free slot for a tag; null when it is in the table. */
  private slotOf(tag: Tag): number | null {
    if (this.rowOf(tag) !== null) return null;
    const mask = this.table.length - 1;
    let slot = tag[2] & mask;
    while (this.table[slot] !== 0) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    this.table = new Uint32Array(this.table.length * 2);
    this.fillTable();
  }

  private fillTable(): void {
    const { rows } = this;
    const mask = this.table.length - 1;
    for (let n = 0; n < rows.count; n += 1) {
      let slot = rows.tag2[n]! & mask;
      while (this.table[slot] !== 0) slot = (slot + 1) & mask;
      this.table[slot] = n + 1;
    }
  }
}

/** What is kept of a catalog beside its columns. */
export interface CatalogFacts {
  folders: readonly CatalogFolder[];
  files: readonly CatalogFile[];
  filings: readonly Filed[];
  count: number;
  ordered: number;
}

export interface CatalogFolder {
  path: readonly string[];
  handle: string;
  role: Role | null;
  start: number;
  count: number;
}

export interface CatalogFile {
  /** How its lines are quoted, known when all of it was seen. */
  quoting: Quoting;
  /** Why none of it can be trusted; null when it is sound. */
  damage: string | null;
}

/** What one set of labels says. `folder` null: a chat. */
export interface Filed {
  folder: number | null;
  marks: readonly string[];
  alsoIn: readonly (readonly string[])[];
}

export interface Message {
  row: number;
  key: string;
  file: number;
  /** Of the separator line. */
  offset: number;
  /** The message itself, Takeout's fields left out. */
  start: number;
  end: number;
  receivedAt: number | null;
  filed: Filed;
  quoting: Quoting;
  /** Why it cannot be read. */
  unread: string | null;
}

export interface NewRow {
  tag: Tag;
  file: number;
  filing: number;
  offset: number;
  start: number;
  end: number;
  date: number | null;
  quoted: boolean;
  preamble: boolean;
}

const QUOTED = 1;
const PREAMBLE = 2;
const NO_MESSAGE = 'bytes before the first separator line are no message';
const LETTERS: Record<Quoting, string> = { none: 'n', mboxrd: 'r', mboxo: 'o' };

/** 96 bits that name a message: with a million of them, two agree by chance once in 10^17 exports. */
export type Tag = readonly [number, number, number];

/**
 * Of a message that Google numbered: its number, header and length, wherever it lies. Of any other: its place too, because
 * equal messages in a file are then separate ones.
 */
export function tagOf(head: { id: string; digest: string }, length: number, place: string): Tag {
  const text = `${head.id === '' ? place : head.id}\n${head.digest}\n${length}`;
  return tagFrom(hash('sha256', text, 'hex'));
}

function tagFrom(hex: string): Tag {
  const part = (n: number): number => Number.parseInt(hex.slice(n * 8, n * 8 + 8), 16);
  return [part(0), part(1), part(2)];
}

/** A row for each message, a column for each fact. */
class Rows {
  count = 0;
  tag0 = new Uint32Array(FIRST);
  tag1 = new Uint32Array(FIRST);
  tag2 = new Uint32Array(FIRST);
  file = new Uint16Array(FIRST);
  filing = new Uint32Array(FIRST);
  offset = new Float64Array(FIRST);
  end = new Float64Array(FIRST);
  /** From the separator line to the message. */
  head = new Uint32Array(FIRST);
  seconds = new Uint32Array(FIRST);
  bits = new Uint8Array(FIRST);

  add(row: NewRow): number {
    if (this.count === this.offset.length) this.grow();
    const n = this.count++;
    [this.tag0[n], this.tag1[n], this.tag2[n]] = row.tag;
    this.file[n] = row.file;
    this.filing[n] = row.filing;
    this.offset[n] = row.offset;
    this.end[n] = row.end;
    this.head[n] = row.start - row.offset;
    this.seconds[n] = row.date === null ? 0 : row.date / 1000;
    this.bits[n] = (row.quoted ? QUOTED : 0) | (row.preamble ? PREAMBLE : 0);
    return n;
  }

  /** As many rows of each as there are, in the order of `fill`. */
  columns(): ArrayBufferView[] {
    const { tag0, tag1, tag2, file, filing, offset, end, head, seconds, bits, count } = this;
    return [offset, end, tag0, tag1, tag2, filing, head, seconds, file, bits].map((each) =>
      each.subarray(0, count),
    );
  }

  /** Takes what `columns` gave; answers how many bytes that was. */
  fill(count: number, bytes: Buffer): number {
    let at = 0;
    const next = (width: number): ArrayBuffer => {
      at += count * width;
      return copyOf(bytes, at - count * width, count * width);
    };
    this.offset = new Float64Array(next(8));
    this.end = new Float64Array(next(8));
    this.tag0 = new Uint32Array(next(4));
    this.tag1 = new Uint32Array(next(4));
    this.tag2 = new Uint32Array(next(4));
    this.filing = new Uint32Array(next(4));
    this.head = new Uint32Array(next(4));
    this.seconds = new Uint32Array(next(4));
    this.file = new Uint16Array(next(2));
    this.bits = new Uint8Array(next(1));
    this.count = count;
    return at;
  }

  private grow(): void {
    const size = this.count * 2;
    this.tag0 = larger(new Uint32Array(size), this.tag0);
    this.tag1 = larger(new Uint32Array(size), this.tag1);
    this.tag2 = larger(new Uint32Array(size), this.tag2);
    this.file = larger(new Uint16Array(size), this.file);
    this.filing = larger(new Uint32Array(size), this.filing);
    this.offset = larger(new Float64Array(size), this.offset);
    this.end = larger(new Float64Array(size), this.end);
    this.head = larger(new Uint32Array(size), this.head);
    this.seconds = larger(new Uint32Array(size), this.seconds);
    this.bits = larger(new Uint8Array(size), this.bits);
  }
}

const FIRST = 1024;
/** Of all columns together. */
const ROW_BYTES = 2 * 8 + 6 * 4 + 2 + 1;

function copyOf({ buffer, byteOffset }: Buffer, at: number, length: number): ArrayBuffer {
  return buffer.slice(byteOffset + at, byteOffset + at + length) as ArrayBuffer;
}

function larger<A extends { set(from: A): void }>(into: A, from: A): A {
  into.set(from);
  return into;
}
