import { statSync } from 'node:fs';
import path from 'node:path';
import { fileTrouble } from './file-trouble.ts';
import { DiskFiles } from './files-on-disk.ts';
import type { Aside, AsideBecause } from './source.ts';

/**
 * A tree of files to read, as it lies on the disk; a zip archive in it (or in its place) is a directory with what was packed
 * into it. Handles are paths below the root: Latin-1 names, `/` between them, empty for the root. No symbolic link is followed.
 * Methods throw what the file system throws, and Trouble: `missing`, `refused`, `malformed` (an archive), `lost` (closed).
 */
export interface Files {
  readonly root: string;
  /** What people call the root: its name, without the ending of an archive. */
  readonly name: string;
  /** What lies in a directory, a piece at a time. */
  list(handle: string): Iterable<FileName>;
  /** Null: nothing is there. An archive is a directory. */
  stats(handle: string): FileStats | null;
  /** Opens a file for as long as `use` takes, which waits for nothing. Of an archive, files up to `HELD_MAX_BYTES`. */
  use<T>(handle: string, use: (file: OpenFile) => T): T;
  /** The first `size` bytes of a file as `use` opens it, `pieceBytes` at a time, the last fewer. */
  pieces(handle: string, size: number, pieceBytes: number): Iterable<Uint8Array>;
  /** Opens a file of any size. */
  open(handle: string): Promise<LargeFile>;
  /** What an archive holds that can lie nowhere in this tree; empty for what is no archive. */
  left(handle: string): readonly Aside[];
  /** Nothing is open afterwards. Twice is once. */
  close(): Promise<void>;
}

export interface FileName {
  /** As Latin-1. */
  name: string;
  /** `archive`: entered like a directory. `nested`: an archive inside an archive, not entered. */
  is: 'file' | 'directory' | 'archive' | 'nested' | 'link' | 'other';
  /** Why a file of an archive cannot be read. */
  because?: AsideBecause;
}

export interface FileStats {
  is: 'file' | 'directory' | 'link' | 'other';
  size: number;
  /** Milliseconds since 1970. In an archive the checksum stands here: it changes when the file does, and says more. */
  mtimeMs: number;
  /** Changes when the file, or its archive, is written over. */
  stamp: string;
  /** The stamp, or empty when the file is too fresh to trust it. */
  steady: string;
}

/** A file that is open for a moment. */
export interface OpenFile {
  readonly size: number;
  /** See `FileStats`. */
  readonly mtimeMs: number;
  /** As many of the bytes as the file has. */
  read(from: number, size: number): Buffer;
  /** A part of it, in pieces that are valid until the next one. Throws `malformed` when it has become shorter. */
  pour(from: number, to: number, write: (piece: Uint8Array) => void): void;
}

/** A file of any size, read best in rising order. */
export interface LargeFile {
  /** As they were when it was opened. */
  readonly stats: FileStats;
  /** Inside an archive it can be looked ahead so far without unpacking twice; null: anywhere. */
  readonly reach: number | null;
  /** Answers how many bytes came, 0 at the end. */
  read(into: Buffer, position: number): Promise<number>;
  /** Throws `malformed` when the checksum in the archive is wrong. Costs a pass over the file, once. */
  sound(): Promise<void>;
  /** Twice is once. */
  close(): Promise<void>;
}

/** Files of an archive that are needed whole are held whole; the same as is held of an Outlook item. */
export const HELD_MAX_BYTES = 192 * 1024 * 1024;

/** Opens nothing yet. */
export function openFiles(root: string): Files {
  return new DiskFiles(path.resolve(root));
}

/** Whether these levels lead from the root to a directory, down only and over no symbolic link. */
export function leadsDown(files: Files, levels: readonly string[]): boolean {
  if (levels.some((level) => /^\.{0,2}$|[\0/]/.test(level))) return false;
  return levels.every((_, n) => isDirectory(files, levels.slice(0, n + 1).join('/')));
}

export function isDirectory(files: Files, handle: string): boolean {
  return files.stats(handle)?.is === 'directory';
}

/** Whether the root is a directory, or an archive. Throws Trouble `missing`, `denied`. */
export function isTree(files: Files): boolean {
  try {
    statSync(files.root);
    return isDirectory(files, '');
  } catch (cause) {
    throw fileTrouble(cause, 'list-folders', files.root);
  }
}
