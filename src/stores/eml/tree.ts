import { opendirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Trouble } from '../../trouble.ts';
import { type InAccount, inboxed, settleAccounts } from '../accounts.ts';
import { below, shown } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';
import { hiddenMail } from '../hidden.ts';
import type { Aside, AsideBecause } from '../source.ts';
import {
  ATTACHMENTS,
  type Kind,
  kindOf,
  LIVE_MAIL_DATABASE,
  leftBecause,
  MAILBOX,
  MAILBOX_LEVEL,
  VERSION_LEVEL,
} from './names.ts';

/** A directory with messages; `handle` is its path below the root (Latin-1 names, `/`), empty for the root. */
export interface EmlFolder extends InAccount {
  handle: string;
}

export interface EmlTree {
  folders: EmlFolder[];
  /** At most `ASIDE_MAX`, and one more that says so. */
  aside: Aside[];
  /** What was met, by the names. */
  kinds: Set<Kind>;
}

const DEPTH_MAX = 64;
/** Levels between a mailbox and its messages: six digits at most (a million messages), and three names. */
const LEVELS_MAX = 16;
export const ASIDE_MAX = 10_000;
const NAMES_AT_ONCE = 1024;

/** All directories with messages at or below `root`. Throws Trouble `missing`, `denied`, `malformed` (no directory). */
export function findEmlFolders(root: string): EmlTree {
  const tree: EmlTree = { folders: [], aside: [], kinds: new Set() };
  try {
    if (!statSync(root).isDirectory())
      throw new Trouble('malformed', { tried: 'list-folders', on: root, answer: 'no directory' });
    walk(
      root,
      { handle: '', path: isMailbox(root, '') ? [mailboxName(root)] : [], account: 0, depth: 0 },
      tree,
    );
  } catch (cause) {
    throw fileTrouble(cause, 'list-folders', root);
  }
  settleAccounts(tree.folders);
  separate(tree.folders);
  return tree;
}

interface Place extends EmlFolder {
  depth: number;
}

function walk(root: string, at: Place, tree: EmlTree): void {
  const inner: string[] = [];
  let found = false;
  let holdsAccounts = false;
  for (const { level, name, is } of namesIn(root, at.handle)) {
    const kind = kindOf(name);
    const file = join(join(at.handle, level), name);
    if (name.startsWith('.')) leaveHidden(root, file, tree);
    else if (is === 'directory') inner.push(file);
    else if (kind !== null) {
      found = true;
      tree.kinds.add(kind);
    } else {
      holdsAccounts ||= LIVE_MAIL_DATABASE.test(name);
      const because = is === 'link' ? 'symbolic-link' : leftBecause(name);
      if (because) leave(tree.aside, shown(file), because);
    }
  }
  if (found) tree.folders.push(folderAt(root, at));
  for (const handle of inner.sort())
    if (at.depth >= DEPTH_MAX) leave(tree.aside, shown(handle), 'too-deep');
    else enter(root, childAt(at, handle, holdsAccounts), tree);
}

function folderAt(root: string, { handle, path: segments, account }: Place): EmlFolder {
  if (segments.length === 0) return { handle, path: [path.basename(root)], account: 0 };
  // Messages that lie beside the folders of an account are in a folder of its name.
  return { handle, path: segments, account: segments.length > account ? account : 0 };
}

function childAt(at: Place, handle: string, isAccount: boolean): Place {
  const depth = at.depth + 1;
  const name = shown(path.posix.basename(handle));
  if (!MAILBOX.test(name)) {
    const segments = [...at.path, name];
    return { handle, path: segments, account: isAccount ? segments.length : at.account, depth };
  }
  if (MAILBOX.test(at.handle)) return { ...at, handle, path: [...at.path, mailboxName(name)], depth };
  // What lies above the mailboxes of Apple Mail names their account.
  const above = at.path.filter((segment) => !VERSION_LEVEL.test(segment));
  return { handle, path: [...above, mailboxName(name)], account: above.length, depth };
}

function mailboxName(name: string): string {
  const base = path.basename(name);
  return base.replace(MAILBOX, '') || base;
}

export function isMailbox(root: string, handle: string): boolean {
  return MAILBOX.test(path.posix.basename(handle === '' ? root : handle));
}

function leaveHidden(root: string, handle: string, tree: EmlTree): void {
  const because = hiddenMail(root, handle);
  if (because) leave(tree.aside, shown(handle), because);
}

function enter(root: string, place: Place, tree: EmlTree): void {
  try {
    walk(root, place, tree);
  } catch (cause) {
    if (!(fileTrouble(cause, 'list-folders', place.handle) instanceof Trouble)) throw cause;
    leave(tree.aside, shown(place.handle), 'unreadable');
  }
}

export interface Named {
  /** Below the folder, between it and the name: empty but in a mailbox of Apple Mail. */
  level: string;
  /** As Latin-1. */
  name: string;
  is: 'file' | 'directory' | 'link';
}

/**
 * What lies in a folder, a piece of a directory at a time. In a mailbox of Apple Mail that is what lies at all its levels.
 * Throws what the file system throws.
 */
export function* namesIn(root: string, handle: string): Generator<Named> {
  if (!isMailbox(root, handle)) yield* listed(root, handle, '');
  else yield* levels(root, handle, '', 0);
}

function* levels(root: string, handle: string, level: string, depth: number): Generator<Named> {
  const inner: string[] = [];
  const kept: Named[] = [];
  for (const each of listed(root, handle, level)) {
    if (each.is !== 'directory') yield each;
    else if (MAILBOX_LEVEL.test(each.name) && depth < LEVELS_MAX) inner.push(each.name);
    else kept.push(each);
  }
  const isLevel = level !== '' || inner.some((name) => name.toLowerCase() === 'messages');
  for (const each of kept) if (!isLevel || each.name !== ATTACHMENTS) yield each;
  for (const name of inner.sort()) yield* levels(root, handle, join(level, name), depth + 1);
}

function* listed(root: string, handle: string, level: string): Generator<Named> {
  const options = { bufferSize: NAMES_AT_ONCE, encoding: 'latin1' as BufferEncoding };
  const dir = opendirSync(below(root, handle, level), options);
  try {
    for (let entry = dir.readSync(); entry !== null; entry = dir.readSync())
      yield {
        ...{ level, name: entry.name },
        is: entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : 'file',
      };
  } finally {
    dir.closeSync();
  }
}

export function join(handle: string, name: string): string {
  return handle === '' || name === '' ? handle + name : `${handle}/${name}`;
}

/** Names what was left; the last of too many says so. */
export function leave(aside: Aside[], name: string, because: AsideBecause): void {
  if (aside.length < ASIDE_MAX) aside.push({ path: name, because });
  else if (aside.length === ASIDE_MAX) aside.push({ path: name, because: 'too-many' });
}

/** The inbox is `INBOX` however it is spelled; two folders that would share a path get numbers. */
function separate(folders: EmlFolder[]): void {
  const taken = new Set<string>();
  for (const folder of folders) {
    folder.path = inboxed(folder);
    const last = folder.path.at(-1)!;
    for (let n = 2; taken.has(JSON.stringify(folder.path)); n += 1)
      folder.path = [...folder.path.slice(0, -1), `${last} (${n})`];
    taken.add(JSON.stringify(folder.path));
  }
}
