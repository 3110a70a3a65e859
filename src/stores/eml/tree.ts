import { opendirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Trouble } from '../../trouble.ts';
import { below, shown } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';
import { hiddenMail } from '../hidden.ts';
import type { Aside, AsideBecause } from '../source.ts';

/** A directory with messages; `handle` is its path below the root (Latin-1 names, `/`), empty for the root. */
export interface EmlFolder {
  handle: string;
  path: string[];
}

export interface EmlTree {
  folders: EmlFolder[];
  /** At most `ASIDE_MAX`, and one more that says so. */
  aside: Aside[];
}

const DEPTH_MAX = 64;
const ASIDE_MAX = 10_000;
const MESSAGE = /\.eml$/i;
const NAMES_AT_ONCE = 1024;

export function isMessage(name: string): boolean {
  return MESSAGE.test(name) && !name.startsWith('.');
}

/** All directories with `.eml` files at or below `root`. Throws Trouble `missing`, `denied`, `malformed` (no directory). */
export function findEmlFolders(root: string): EmlTree {
  const tree: EmlTree = { folders: [], aside: [] };
  try {
    if (!statSync(root).isDirectory())
      throw new Trouble('malformed', { tried: 'list-folders', on: root, answer: 'no directory' });
    walk(root, '', [], 0, tree);
  } catch (cause) {
    throw fileTrouble(cause, 'list-folders', root);
  }
  separate(tree.folders);
  return tree;
}

function walk(root: string, handle: string, segments: string[], depth: number, tree: EmlTree): void {
  const inner: string[] = [];
  let found = false;
  for (const { name, is } of namesIn(root, handle)) {
    if (name.startsWith('.')) leaveHidden(root, join(handle, name), tree);
    else if (isMessage(name) && is !== 'directory') found = true;
    else if (is === 'directory') inner.push(name);
    else leave(tree, join(handle, name), is === 'link' ? 'symbolic-link' : 'no-message');
  }
  if (found) tree.folders.push({ handle, path: segments.length > 0 ? segments : [path.basename(root)] });
  for (const name of inner.sort()) {
    const child = join(handle, name);
    if (depth >= DEPTH_MAX) leave(tree, child, 'too-deep');
    else enter(root, child, [...segments, shown(name)], depth + 1, tree);
  }
}

function leaveHidden(root: string, handle: string, tree: EmlTree): void {
  const because = hiddenMail(root, handle);
  if (because) leave(tree, handle, because);
}

function enter(root: string, handle: string, segments: string[], depth: number, tree: EmlTree): void {
  try {
    walk(root, handle, segments, depth, tree);
  } catch (cause) {
    if (!(fileTrouble(cause, 'list-folders', handle) instanceof Trouble)) throw cause;
    leave(tree, handle, 'unreadable');
  }
}

export type NameIs = 'file' | 'directory' | 'link';

/** Names in a directory as Latin-1, a piece of it at a time. Throws what the file system throws. */
export function* namesIn(root: string, handle: string): Generator<{ name: string; is: NameIs }> {
  const options = { bufferSize: NAMES_AT_ONCE, encoding: 'latin1' as BufferEncoding };
  const dir = opendirSync(below(root, handle), options);
  try {
    for (let entry = dir.readSync(); entry !== null; entry = dir.readSync())
      yield {
        name: entry.name,
        is: entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : 'file',
      };
  } finally {
    dir.closeSync();
  }
}

function join(handle: string, name: string): string {
  return handle === '' ? name : `${handle}/${name}`;
}

function leave(tree: EmlTree, file: string, because: AsideBecause): void {
  const { aside } = tree;
  if (aside.length < ASIDE_MAX) aside.push({ path: shown(file), because });
  else if (aside.length === ASIDE_MAX) aside.push({ path: shown(file), because: 'too-many' });
}

/** The inbox is `['INBOX']` however it is spelled; two folders that would share a path get numbers. */
function separate(folders: EmlFolder[]): void {
  const taken = new Set<string>();
  for (const folder of folders) {
    if (folder.path[0]!.toUpperCase() === 'INBOX') folder.path = ['INBOX', ...folder.path.slice(1)];
    const last = folder.path.at(-1)!;
    for (let n = 2; taken.has(JSON.stringify(folder.path)); n += 1)
      folder.path = [...folder.path.slice(0, -1), `${last} (${n})`];
    taken.add(JSON.stringify(folder.path));
  }
}
