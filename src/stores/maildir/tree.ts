import { type Dirent, readdirSync, statSync } from 'node:fs';
import {
  readSubscriptions,
  SUBSCRIPTION_FILES,
  SUBSCRIPTIONS_MAX_BYTES,
} from '../../formats/maildir/index.ts';
import { Trouble } from '../../trouble.ts';
import { below, isDirectory, shown } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';
import type { Aside } from '../source.ts';
import { smallFile } from './files.ts';
import { isCut, PATH_FILE, pathOfDirectory, segmentOf } from './folder-name.ts';

/** A folder found; `handle` is its directory below the root (Latin-1), empty for the inbox at the root. */
export interface MaildirFolder {
  handle: string;
  path: string[];
  /** It has a `cur/`; else it only holds folders. */
  selectable: boolean;
  subscribed: boolean;
}

export interface MaildirTree {
  folders: MaildirFolder[];
  aside: Aside[];
  /** Folders are directories in directories (Dovecot `LAYOUT=fs`, mutt), not `.A.B`. */
  nested: boolean;
}

const DEPTH_MAX = 64;
const PATH_FILE_MAX_BYTES = 64 * 1024;
const OWN = new Set(['cur', 'new', 'tmp']);

/** All folders at or below `root`. Throws Trouble `missing`, `denied`, or `malformed` when there is none. */
export function findMaildirs(root: string): MaildirTree {
  const tree: MaildirTree = { folders: [], aside: [], nested: false };
  try {
    if (!statSync(root).isDirectory()) throw new Trouble('malformed', { tried: 'list-folders', on: root });
    walk(root, '', [], 0, tree);
  } catch (cause) {
    throw fileTrouble(cause, 'list-folders', root);
  }
  if (!tree.folders.some((folder) => folder.selectable))
    throw new Trouble('malformed', { tried: 'list-folders', on: root, answer: 'no Maildir' });
  separate(tree.folders);
  subscribe(root, tree.folders);
  return tree;
}

function walk(root: string, handle: string, path: string[], depth: number, tree: MaildirTree): void {
  if (handle === '' && isDirectory(root, 'cur')) tree.folders.push(folderOf('', ['INBOX'], true));
  for (const entry of list(root, handle, tree)) {
    const inner = handle === '' ? entry.name : `${handle}/${entry.name}`;
    if (OWN.has(entry.name) || (handle !== '' && entry.name.startsWith('.'))) continue;
    if (entry.isSymbolicLink()) {
      if (leadsToMail(root, inner)) tree.aside.push({ path: shown(inner), because: 'symbolic-link' });
    } else if (entry.isDirectory()) enter(root, inner, entry.name, path, depth, tree);
  }
}

function enter(
  root: string,
  handle: string,
  name: string,
  above: string[],
  depth: number,
  tree: MaildirTree,
): void {
  const selectable = isDirectory(root, handle, 'cur');
  if (name.startsWith('.')) {
    if (selectable) tree.folders.push(folderOf(handle, dottedPath(root, name), true));
    return;
  }
  if (depth >= DEPTH_MAX) {
    tree.aside.push({ path: shown(handle), because: 'too-deep' });
    return;
  }
  const path = [...above, segmentOf(name)];
  const before = tree.folders.length;
  const folder = folderOf(handle, path, selectable);
  tree.folders.push(folder);
  walk(root, handle, path, depth + 1, tree);
  const holdsMail = selectable || tree.folders.length > before + 1;
  if (holdsMail) tree.nested = true;
  else tree.folders.splice(before, 1);
}

function dottedPath(root: string, name: string): string[] {
  if (isCut(name)) {
    try {
      const path: unknown = JSON.parse(
        Buffer.from(smallFile(below(root, name, PATH_FILE), PATH_FILE_MAX_BYTES), 'latin1').toString(),
      );
      if (Array.isArray(path) && path.length > 0 && path.every((segment) => typeof segment === 'string'))
        return path;
    } catch {
      // No path of ours is in it: the name is all there is.
    }
  }
  return pathOfDirectory(name);
}

function list(root: string, handle: string, tree: MaildirTree): Dirent[] {
  try {
    const entries = readdirSync(below(root, handle), { withFileTypes: true, encoding: 'latin1' });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    if (handle === '' || !(fileTrouble(cause, 'list-folders', handle) instanceof Trouble)) throw cause;
    tree.aside.push({ path: shown(handle), because: 'unreadable' });
    return [];
  }
}

function leadsToMail(root: string, handle: string): boolean {
  return statSync(below(root, handle, 'cur'), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function folderOf(handle: string, path: string[], selectable: boolean): MaildirFolder {
  return { handle, path, selectable, subscribed: true };
}

/** The inbox is `['INBOX']` however it is spelled; two folders that would share a path get numbers. */
function separate(folders: MaildirFolder[]): void {
  const taken = new Set<string>();
  for (const folder of folders) {
    if (folder.path.length === 1 && folder.path[0]!.toUpperCase() === 'INBOX') folder.path = ['INBOX'];
    const last = folder.path.at(-1)!;
    for (let n = 2; taken.has(JSON.stringify(folder.path)); n += 1)
      folder.path = [...folder.path.slice(0, -1), `${last} (${n})`];
    taken.add(JSON.stringify(folder.path));
  }
}

/** Without any file of subscriptions nothing is known, and every folder is shown. */
function subscribe(root: string, folders: MaildirFolder[]): void {
  const names = new Set<string>();
  for (const file of SUBSCRIPTION_FILES)
    for (const name of readSubscriptions(smallFile(below(root, file), SUBSCRIPTIONS_MAX_BYTES)))
      names.add(name);
  if (names.size === 0) return;
  for (const folder of folders) {
    const dotted = folder.handle.startsWith('.')
      ? folder.handle.slice(1)
      : folder.handle.replaceAll('/', '.');
    folder.subscribed = folder.path.join() === 'INBOX' || names.has(dotted) || names.has(folder.handle);
  }
}
