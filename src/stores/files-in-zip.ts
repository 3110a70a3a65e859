import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import {
  type EntryStream,
  Forward,
  listZipAtOnce,
  openEntry,
  REACH_BYTES,
  unpackEntry,
  type ZipEntry,
} from '../formats/zip/index.ts';
import { isTrouble, Trouble } from '../trouble.ts';
import { type FilePath, shown } from './below.ts';
import { fileStamp, isFresh } from './file-stamp.ts';
import { type FileName, type FileStats, HELD_MAX_BYTES, type LargeFile, type OpenFile } from './files.ts';
import { type PackedTree, packedTree } from './packed-tree.ts';
import type { Aside } from './source.ts';

/** Where a handle leads: into an archive, and there to a path of its own. */
export interface Found {
  archive: Archive;
  inner: string;
}

/** What an archive holds, as its file was. */
interface Opened extends PackedTree {
  stamp: string;
  steady: string;
  /** Of files that were, or are being, unpacked from end to end: why they are not sound, or null. */
  checked: Map<ZipEntry, Promise<Trouble | null>>;
}

const CHECK_BYTES = 256 * 1024;
/** What is looked ahead for must still be there when the reading comes to it. */
const MARGIN_BYTES = 2 * 1024 * 1024;

/** A zip archive as a directory. Its list is read again when its file was written over. */
export class Archive {
  private readonly file: FilePath;
  /** Below the root, of the archive; empty for the root. */
  private readonly handle: string;
  private readonly parked: Parked;
  private opened: Opened | null = null;

  constructor(file: FilePath, handle: string, parked: Parked) {
    this.file = file;
    this.handle = handle;
    this.parked = parked;
  }

  *list(inner: string): Generator<FileName> {
    const names = this.withFile((_, opened) => opened.directories.get(inner));
    if (names === undefined) throw this.missing(inner);
    yield* names.values();
  }

  stats(inner: string): FileStats | null {
    return this.withFile((_, { files, directories, stamp, steady }) => {
      if (directories.has(inner)) return { is: 'directory', size: 0, mtimeMs: 0, stamp, steady };
      const entry = files.get(inner);
      return entry === undefined ? null : statsOf(entry, stamp, steady);
    });
  }

  use<T>(inner: string, use: (file: OpenFile) => T): T {
    return this.withFile((fd, { files }) => {
      const entry = this.entryAt(files, inner);
      const { size, packed, crc } = entry;
      if (Math.max(size, packed) > HELD_MAX_BYTES)
        throw new Trouble('refused', {
          tried: 'read-message',
          on: this.on(inner),
          answer: `${size} bytes in an archive are more than is held at once (${HELD_MAX_BYTES}): unpack it first`,
        });
      const readAt = (into: Buffer, position: number): number => readSync(fd, into, 0, into.length, position);
      const bytes = unpackEntry(readAt, entry, this.on(inner));
      return use({
        ...{ size, mtimeMs: crc },
        read: (from, length) => bytes.subarray(from, from + length),
        pour: (from, to, write) => write(bytes.subarray(from, to)),
      });
    });
  }

  async open(inner: string): Promise<LargeFile> {
    return this.withFile((_, opened) => {
      const entry = this.entryAt(opened.files, inner);
      return new PackedFile(entry, opened, this.parked, {
        key: `${this.handle}\n${opened.stamp}\n${entry.offset}`,
        open: () => this.streamOf(entry, opened, inner),
      });
    });
  }

  left(): readonly Aside[] {
    return this.withFile((_, { left }) => left.map((each) => ({ ...each, path: this.named(each.path) })));
  }

  private entryAt(files: ReadonlyMap<string, ZipEntry>, inner: string): ZipEntry {
    const entry = files.get(inner);
    if (entry === undefined) throw this.missing(inner);
    if (entry.is === 'symbolic-link')
      throw new Trouble('refused', { tried: 'read-file', on: this.on(inner), answer: 'a symbolic link' });
    return entry;
  }

  /** Opens the file of the archive, and reads its list when it is not the one that is known. */
  private withFile<T>(use: (fd: number, opened: Opened) => T): T {
    const fd = openSync(this.file, this.flags());
    try {
      const stats = fstatSync(fd, { bigint: true });
      if (!stats.isFile()) throw this.missing('');
      const stamp = fileStamp(stats);
      const steady = isFresh(stats.mtimeNs) ? '' : stamp;
      // Written over within a tick of the clock, it may be another archive under the same stamp.
      if (this.opened === null || this.opened.stamp !== stamp || this.opened.steady === '') {
        const readAt = (into: Buffer, position: number): number =>
          readSync(fd, into, 0, into.length, position);
        const tree = packedTree((keep) => listZipAtOnce(readAt, Number(stats.size), this.on(''), keep));
        this.opened = { ...tree, stamp, steady, checked: new Map() };
      }
      return use(fd, this.opened);
    } finally {
      closeSync(fd);
    }
  }

  private async streamOf(
    entry: ZipEntry,
    { stamp }: Opened,
    inner: string,
  ): Promise<{ stream: EntryStream; handle: FileHandle }> {
    const handle = await open(this.file, this.flags());
    try {
      if (fileStamp(await handle.stat({ bigint: true })) !== stamp) throw this.missing(inner);
      const readAt = async (into: Buffer, position: number): Promise<number> =>
        (await handle.read(into, 0, into.length, position)).bytesRead;
      return { stream: await openEntry(readAt, entry, this.on(inner)), handle };
    } catch (cause) {
      await handle.close();
      throw cause;
    }
  }

  private flags(): number {
    const noFollow = this.handle === '' ? 0 : (constants.O_NOFOLLOW ?? 0);
    return constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | noFollow;
  }

  private missing(inner: string): Trouble {
    return new Trouble('missing', { tried: 'read-file', on: this.on(inner), answer: 'not in the archive' });
  }

  private named(inner: string): string {
    return [shown(this.handle), inner].filter((each) => each !== '').join('/');
  }

  private on(inner: string): string {
    return this.named(shown(inner)) || this.file.toString();
  }
}

function statsOf(entry: ZipEntry, stamp: string, steady: string): FileStats {
  const { offset, size, crc, is } = entry;
  const own = (text: string): string => (text === '' ? '' : `${text}.${offset}`);
  return {
    ...{ is: is === 'symbolic-link' ? 'link' : 'file', size, mtimeMs: crc },
    ...{ stamp: own(stamp), steady: own(steady) },
  };
}

/** A place in the unpacked bytes of a file, kept open: going on there costs no second unpacking. */
interface Cursor {
  key: string;
  forward: Forward;
  close(): Promise<void>;
}

/** As many as go on at once. */
const PARKED_MAX = 2;

/** Cursors that nobody uses now, the last used last; and those in use, for the end. */
export class Parked {
  private readonly idle: Cursor[] = [];
  private readonly all = new Set<Cursor>();
  private closed = false;

  /** Of this file, the one that is nearest before `position`; null when none is before it. */
  take(key: string, position: number): Cursor | null {
    const fitting = this.idle.filter((each) => each.key === key && each.forward.reach <= position);
    const nearest = fitting.sort((a, b) => b.forward.reach - a.forward.reach)[0];
    if (nearest === undefined) return null;
    this.idle.splice(this.idle.indexOf(nearest), 1);
    return nearest;
  }

  begin(cursor: Cursor): void {
    if (this.closed) throw closedTrouble();
    this.all.add(cursor);
  }

  async park(cursor: Cursor): Promise<void> {
    if (!this.all.has(cursor)) return;
    this.idle.push(cursor);
    if (this.idle.length > PARKED_MAX) await this.drop(this.idle.shift()!);
  }

  async drop(cursor: Cursor): Promise<void> {
    if (this.all.delete(cursor)) await cursor.close();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.idle.length = 0;
    await Promise.all([...this.all].map((cursor) => this.drop(cursor)));
  }
}

interface Way {
  key: string;
  open(): Promise<{ stream: EntryStream; handle: FileHandle }>;
}

class PackedFile implements LargeFile {
  readonly stats: FileStats;
  readonly reach = REACH_BYTES - MARGIN_BYTES;
  private readonly entry: ZipEntry;
  private readonly opened: Opened;
  private readonly parked: Parked;
  private readonly way: Way;
  private cursor: Cursor | null = null;
  private closed = false;

  constructor(entry: ZipEntry, opened: Opened, parked: Parked, way: Way) {
    this.stats = statsOf(entry, opened.stamp, opened.steady);
    this.entry = entry;
    this.opened = opened;
    this.parked = parked;
    this.way = way;
  }

  async read(into: Buffer, position: number): Promise<number> {
    if (this.closed) throw closedTrouble();
    if (position >= this.entry.size && this.entry.size > 0) return 0;
    this.cursor ??= this.parked.take(this.way.key, position) ?? this.begin();
    const { cursor } = this;
    try {
      const came = await cursor.forward.read(into, position);
      if (cursor.forward.whole && !this.opened.checked.has(this.entry))
        this.opened.checked.set(this.entry, Promise.resolve(null));
      return came;
    } catch (cause) {
      this.cursor = null;
      await this.parked.drop(cursor);
      if (isTrouble(cause, 'malformed')) this.opened.checked.set(this.entry, Promise.resolve(cause));
      throw cause;
    }
  }

  async sound(): Promise<void> {
    const { checked } = this.opened;
    let known = checked.get(this.entry);
    if (known === undefined) {
      known = this.check();
      checked.set(this.entry, known);
      // What hindered the check says nothing about the file.
      known.catch(() => checked.delete(this.entry));
    }
    const damage = await known;
    if (damage !== null) throw damage;
  }

  async close(): Promise<void> {
    this.closed = true;
    const { cursor } = this;
    this.cursor = null;
    if (cursor !== null) await this.parked.park(cursor);
  }

  private async check(): Promise<Trouble | null> {
    const cursor = this.begin();
    const room = Buffer.allocUnsafe(CHECK_BYTES);
    try {
      let at = 0;
      do at += await cursor.forward.read(room, at);
      while (at < this.entry.size);
      return null;
    } catch (cause) {
      if (!isTrouble(cause, 'malformed')) throw cause;
      return cause;
    } finally {
      await this.parked.park(cursor);
    }
  }

  private begin(): Cursor {
    let handle: FileHandle | null = null;
    let closed = false;
    const forward = new Forward(this.entry.size, async () => {
      await handle?.close();
      handle = null;
      const opened = await this.way.open();
      if (closed) {
        opened.stream.close();
        await opened.handle.close();
        throw closedTrouble();
      }
      handle = opened.handle;
      return opened.stream;
    });
    const cursor = {
      ...{ key: this.way.key, forward },
      async close() {
        closed = true;
        forward.close();
        await handle?.close();
        handle = null;
      },
    };
    this.parked.begin(cursor);
    return cursor;
  }
}

function closedTrouble(): Trouble {
  return new Trouble('lost', { tried: 'read-file', on: 'zip', answer: 'closed' });
}
