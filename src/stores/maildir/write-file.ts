import {
  closeSync,
  fchownSync,
  fsync,
  fsyncSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import type { FilePath } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';

export const syncFile = promisify(fsync);

/** Puts `text` (Latin-1) in the place of a file at once: readers see the old or the new one, whole. */
export function replaceFile(directory: FilePath, name: string, text: string): void {
  const file = within(directory, name);
  const draft = within(directory, `${name}.${process.pid}.tmp`);
  try {
    const fd = openSync(draft, 'w', 0o600);
    try {
      writeAll(fd, Buffer.from(text, 'latin1'));
      own(fd, statSync(directory));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
    syncDirectory(directory);
  } catch (cause) {
    removeQuietly(draft);
    throw fileTrouble(cause, 'write-file', file.toString());
  }
}

export function within(directory: FilePath, name: string): FilePath {
  return typeof directory === 'string'
    ? `${directory}/${name}`
    : Buffer.concat([directory, Buffer.from(`/${name}`, 'latin1')]);
}

export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at);
}

/** What the superuser writes belongs to whose mailbox it is. */
export function own(fd: number, of: Stats): void {
  if (process.getuid?.() === 0 && (of.uid !== 0 || of.gid !== 0)) fchownSync(fd, of.uid, of.gid);
}

/** Names in a directory survive a power cut only when the directory was synced, too. Windows cannot and need not. */
export function syncDirectory(directory: FilePath): void {
  if (process.platform === 'win32') return;
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** For drafts that nobody has seen; they may be gone already. */
export function removeQuietly(file: FilePath): void {
  try {
    unlinkSync(file);
  } catch {
    // What cannot be removed from tmp/ is removed by the next program that cleans it (36 hours, by the Maildir rules).
  }
}
