import {
  type BigIntStats,
  closeSync,
  constants,
  lstatSync,
  opendirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { isZip } from '../formats/zip/index.ts';
import { Trouble } from '../trouble.ts';
import { below, type FilePath } from './below.ts';
import { fileStamp, isFresh } from './file-stamp.ts';
import type { FileName, FileStats, Files, LargeFile, OpenFile } from './files.ts';
import { Archive, type Found, Parked } from './files-in-zip.ts';
import { piecesOf, pourSpan, readAt, withFile } from './pour-file.ts';
import type { Aside } from './source.ts';

const ARCHIVE = /\.zip$/i;
const NAMES_AT_ONCE = 1024;
/** Archives whose directories are kept in memory. */
const ARCHIVES_KEPT = 4;
const SIGNATURE_BYTES = 4;

/** A directory, or a file in its place; see `openFiles`. */
export class DiskFiles implements Files {
  readonly root: string;
  private rootIs: 'directory' | 'archive' | 'file' | null = null;
  private readonly archives = new Map<string, Archive>();
  private readonly parked = new Parked();

  constructor(root: string) {
    this.root = root;
  }

  get name(): string {
    const base = path.basename(this.root);
    return this.rootKind() === 'archive' ? base.replace(ARCHIVE, '') || base : base;
  }

  *list(handle: string): Generator<FileName> {
    if (handle === '') this.rootIs = null;
    const inside = this.inArchive(handle);
    if (inside !== null) yield* inside.archive.list(inside.inner);
    else yield* this.listed(handle);
  }

  stats(handle: string): FileStats | null {
    if (handle === '') this.rootIs = null;
    const inside = this.inArchive(handle);
    if (inside !== null) return inside.archive.stats(inside.inner);
    const file = below(this.root, handle);
    const stats = (handle === '' ? statSync : lstatSync)(file, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? null : statsOf(stats);
  }

  use<T>(handle: string, use: (file: OpenFile) => T): T {
    const inside = this.inArchive(handle);
    if (inside !== null) return inside.archive.use(inside.inner, use);
    const file = below(this.root, handle);
    return withFile(file, (fd, { size, mtimeMs }) =>
      use({
        ...{ size, mtimeMs },
        read: (from, length) => readAt(fd, from, length),
        pour: (from, to, write) => pourSpan({ fd, file, from, to }, write),
      }),
    );
  }

  pieces(handle: string, size: number, pieceBytes: number): Iterable<Uint8Array> {
    const inside = this.inArchive(handle);
    if (inside === null) return piecesOf(below(this.root, handle), size, pieceBytes);
    return inside.archive.use(inside.inner, (file) => slices(file.read(0, size), pieceBytes));
  }

  async open(handle: string): Promise<LargeFile> {
    const inside = this.inArchive(handle);
    if (inside !== null) return inside.archive.open(inside.inner);
    return openOnDisk(below(this.root, handle), handle !== '');
  }

  left(handle: string): readonly Aside[] {
    const inside = this.inArchive(handle);
    return inside === null || inside.inner !== '' ? [] : inside.archive.left();
  }

  async close(): Promise<void> {
    await this.parked.close();
  }

  private *listed(handle: string): Generator<FileName> {
    const options = { bufferSize: NAMES_AT_ONCE, encoding: 'latin1' as BufferEncoding };
    const dir = opendirSync(below(this.root, handle), options);
    try {
      for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) {
        const { name } = entry;
        if (entry.isDirectory()) yield { name, is: 'directory' };
        else if (entry.isSymbolicLink()) yield { name, is: 'link' };
        else if (!entry.isFile()) yield { name, is: 'other' };
        else yield { name, is: ARCHIVE.test(name) && !name.startsWith('.') ? 'archive' : 'file' };
      }
    } finally {
      dir.closeSync();
    }
  }

  /** Null for what lies on the disk as it is. */
  private inArchive(handle: string): Found | null {
    if (this.rootKind() === 'archive') return { archive: this.archiveAt(''), inner: handle };
    if (!/\.zip(?:\/|$)/i.test(handle)) return null;
    const levels = handle.split('/');
    for (const [n, level] of levels.entries()) {
      if (!ARCHIVE.test(level)) continue;
      const outer = levels.slice(0, n + 1).join('/');
      const isFile = lstatSync(below(this.root, outer), { throwIfNoEntry: false })?.isFile() ?? false;
      if (isFile) return { archive: this.archiveAt(outer), inner: levels.slice(n + 1).join('/') };
    }
    return null;
  }

  private archiveAt(handle: string): Archive {
    const known = this.archives.get(handle);
    if (known !== undefined) return known;
    const archive = new Archive(below(this.root, handle), handle, this.parked);
    this.archives.set(handle, archive);
    if (this.archives.size > ARCHIVES_KEPT) this.archives.delete(this.archives.keys().next().value!);
    return archive;
  }

  private rootKind(): 'directory' | 'archive' | 'file' {
    this.rootIs ??= kindOfRoot(this.root);
    return this.rootIs;
  }
}

function kindOfRoot(root: string): 'directory' | 'archive' | 'file' {
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return 'directory';
  if (!stats.isFile()) return 'file';
  if (ARCHIVE.test(root)) return 'archive';
  const fd = openSync(root, constants.O_RDONLY);
  try {
    const start = Buffer.alloc(SIGNATURE_BYTES);
    readSync(fd, start, 0, SIGNATURE_BYTES, 0);
    return isZip(start) ? 'archive' : 'file';
  } finally {
    closeSync(fd);
  }
}

function statsOf(stats: BigIntStats): FileStats {
  const { size, mtimeNs, mtimeMs: coarse } = stats;
  const stamp = fileStamp(stats);
  const is = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'directory'
      : stats.isSymbolicLink()
        ? 'link'
        : 'other';
  return { is, size: Number(size), mtimeMs: Number(coarse), stamp, steady: isFresh(mtimeNs) ? '' : stamp };
}

/** A link put in the place of a file after it was listed must not lead out of the tree; the root itself may be one. */
async function openOnDisk(file: FilePath, below: boolean): Promise<LargeFile> {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (below ? (constants.O_NOFOLLOW ?? 0) : 0);
  const handle = await open(file, flags);
  try {
    const stats = statsOf(await handle.stat({ bigint: true }));
    if (stats.is !== 'file')
      throw new Trouble('refused', { tried: 'read-file', on: file.toString(), answer: 'not a regular file' });
    let opened = true;
    return {
      ...{ stats, reach: null },
      read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
      async sound() {},
      async close() {
        if (!opened) return;
        opened = false;
        await handle.close();
      },
    };
  } catch (cause) {
    await handle.close();
    throw cause;
  }
}

function* slices(bytes: Buffer, pieceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
