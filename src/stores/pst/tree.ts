import type { Dirent } from 'node:fs';
import { closeSync, constants, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { looksLikePst } from '../../formats/pst/index.ts';
import { Trouble } from '../../trouble.ts';
import { below, shown } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';
import type { Aside, AsideBecause } from '../source.ts';

/** A file found, by its path below the root (Latin-1 names, `/`); empty when the root itself is the file. */
export interface PstPath {
  handle: string;
  /** As people see it; empty for the root: its folders then stand at the top. */
  path: string[];
}

export interface PstPaths {
  files: PstPath[];
  aside: Aside[];
}

const DEPTH_MAX = 64;
export const ASIDE_MAX = 10_000;
const EXTENSION = /\.(?:pst|ost)$/i;
const PROBE_BYTES = 16;

/** All PST and OST files at or below `root`. Throws Trouble `missing`, `denied`, `malformed` (a file that is none). */
export function findPstFiles(root: string): PstPaths {
  const found: PstPaths = { files: [], aside: [] };
  try {
    if (statSync(root).isDirectory()) walk(root, { handle: '', path: [] }, 0, found);
    else if (looksLikePst(startOf(root, 0))) found.files.push({ handle: '', path: [] });
    else throw new Trouble('malformed', { tried: 'list-folders', on: root, answer: 'no PST file' });
  } catch (cause) {
    throw fileTrouble(cause, 'list-folders', root);
  }
  return found;
}

function walk(root: string, above: PstPath, depth: number, found: PstPaths): void {
  const entries = readdirSync(below(root, above.handle), { withFileTypes: true, encoding: 'latin1' });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const handle = above.handle === '' ? entry.name : `${above.handle}/${entry.name}`;
    try {
      meet(root, handle, entry, { above, depth, found });
    } catch (cause) {
      if (!(fileTrouble(cause, 'list-folders', handle) instanceof Trouble)) throw cause;
      leave(found.aside, shown(handle), 'unreadable');
    }
  }
}

function meet(
  root: string,
  handle: string,
  entry: Dirent,
  { above, depth, found }: { above: PstPath; depth: number; found: PstPaths },
): void {
  const segments = [...above.path, shown(entry.name.replace(EXTENSION, '')) || shown(entry.name)];
  if (entry.isSymbolicLink()) leave(found.aside, shown(handle), 'symbolic-link');
  else if (entry.isDirectory()) {
    if (depth >= DEPTH_MAX) leave(found.aside, shown(handle), 'too-deep');
    else walk(root, { handle, path: [...above.path, shown(entry.name)] }, depth + 1, found);
  } else if (!entry.isFile()) leave(found.aside, shown(handle), 'no-file');
  else if (!EXTENSION.test(entry.name)) leave(found.aside, shown(handle), 'no-message');
  else {
    const start = startOf(below(root, handle), constants.O_NOFOLLOW ?? 0);
    if (looksLikePst(start)) found.files.push({ handle, path: segments });
    // An empty one holds nothing; of another, nobody can tell what it held.
    else leave(found.aside, shown(handle), start.length === 0 ? 'no-message' : 'unreadable');
  }
}

function startOf(file: string | Buffer, flags: number): Buffer {
  const fd = openSync(file, constants.O_RDONLY | flags);
  try {
    const bytes = Buffer.alloc(PROBE_BYTES);
    return bytes.subarray(0, readSync(fd, bytes, 0, PROBE_BYTES, 0));
  } finally {
    closeSync(fd);
  }
}

/** Names what was left; the last of too many says so. */
export function leave(aside: Aside[], name: string, because: AsideBecause): void {
  if (aside.length < ASIDE_MAX) aside.push({ path: name, because });
  else if (aside.length === ASIDE_MAX) aside.push({ path: name, because: 'too-many' });
}

/** The inbox is `['INBOX']` however it is spelled; two folders that would share a path get numbers. */
export function separate(folders: { path: string[] }[]): void {
  const taken = new Set<string>();
  for (const folder of folders) {
    if (folder.path[0]!.toUpperCase() === 'INBOX') folder.path = ['INBOX', ...folder.path.slice(1)];
    const last = folder.path.at(-1)!;
    for (let n = 2; taken.has(JSON.stringify(folder.path)); n += 1)
      folder.path = [...folder.path.slice(0, -1), `${last} (${n})`];
    taken.add(JSON.stringify(folder.path));
  }
}

/** For people. */
export function baseName(root: string): string {
  return path.basename(root).replace(EXTENSION, '') || root;
}
