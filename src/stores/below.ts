import { lstatSync } from 'node:fs';

/**
 * Paths below the root of a store that reads files. Names are Latin-1 strings, one character a byte, because file names
 * are bytes: old mail programs wrote them in whatever encoding the system had, and every one must be opened again.
 */

/** What the file system takes: a Buffer where a name holds bytes beyond ASCII. */
export type FilePath = string | Buffer;

export function below(root: string, ...names: readonly string[]): FilePath {
  const tail = names.filter((name) => name !== '').join('/');
  const text = tail === '' ? root : `${root}/${tail}`;
  return /^[\x00-\x7f]*$/.test(tail)
    ? text
    : Buffer.concat([Buffer.from(`${root}/`), Buffer.from(tail, 'latin1')]);
}

/** A name as people see it: UTF-8 where it is that, else as Latin-1. */
export function shown(name: string): string {
  const text = Buffer.from(name, 'latin1').toString();
  return text.includes('\ufffd') ? name : text;
}

/** Whether these levels lead from the root to a directory, down only and over no symbolic link. */
export function leadsDown(root: string, levels: readonly string[]): boolean {
  if (levels.some((level) => /^\.{0,2}$|[\0/]/.test(level))) return false;
  return levels.every((_, n) => isDirectory(root, ...levels.slice(0, n + 1)));
}

/** A directory itself, not a link to one. */
export function isDirectory(root: string, ...names: readonly string[]): boolean {
  return lstatSync(below(root, ...names), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The levels of a handle made of names with `/` between them; none for the root. */
export function levelsOf(handle: string): string[] {
  return handle === '' ? [] : handle.split('/');
}
