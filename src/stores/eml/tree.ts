import path from 'node:path';
import { Trouble } from '../../trouble.ts';
import { type InAccount, inboxed, settleAccounts } from '../accounts.ts';
import { shown } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';
import { type FileName, type Files, isTree } from '../files.ts';
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

/** All directories with messages at or below `root`. Throws Trouble `missing`, `denied`, `malformed` (no directory). */
export function findEmlFolders(files: Files): EmlTree {
  const { root } = files;
  const tree: EmlTree = { folders: [], aside: [], kinds: new Set() };
  try {
    if (!isTree(files))
      throw new Trouble('malformed', {
        tried: 'list-folders',
        on: root,
        answer: 'no directory, and no archive',
      });
    const segments = isMailbox(files, '') ? [mailboxName(files.name)] : [];
    leaveOf(files, '', tree);
    walk(files, { handle: '', path: segments, account: 0, depth: 0 }, tree);
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

function walk(files: Files, at: Place, tree: EmlTree): void {
  const inner: { handle: string; is: FileName['is'] }[] = [];
  let found = false;
  let holdsAccounts = false;
  for (const { level, name, is, because } of namesIn(files, at.handle)) {
    const kind = kindOf(name);
    const file = join(join(at.handle, level), name);
    if (name.startsWith('.')) leaveHidden(files, file, tree);
    else if (is === 'directory' || is === 'archive') inner.push({ handle: file, is });
    else if (is === 'nested') leave(tree.aside, shown(file), 'nested');
    else if (kind !== null) {
      found = true;
      tree.kinds.add(kind);
    } else {
      holdsAccounts ||= LIVE_MAIL_DATABASE.test(name);
      const left = is === 'link' ? 'symbolic-link' : leftBecause(name);
      if (left) leave(tree.aside, shown(file), because ?? left);
    }
  }
  if (found) tree.folders.push(folderAt(files, at));
  for (const { handle, is } of inner.sort((a, b) => (a.handle < b.handle ? -1 : 1)))
    if (at.depth >= DEPTH_MAX) leave(tree.aside, shown(handle), 'too-deep');
    else if (is === 'archive') enterArchive(files, childAt(at, handle, holdsAccounts), tree);
    else enter(files, childAt(at, handle, holdsAccounts), tree);
}

function leaveOf(files: Files, handle: string, tree: EmlTree): void {
  for (const { path: name, because } of files.left(handle)) leave(tree.aside, name, because);
}

/** Of an archive without mail only itself is named, not all that lies in it. */
function enterArchive(files: Files, place: Place, tree: EmlTree): void {
  const inside: EmlTree = { folders: [], aside: [], kinds: tree.kinds };
  enter(files, place, inside);
  const isEmpty = inside.folders.length === 0;
  tree.folders.push(...inside.folders);
  for (const { path: name, because } of inside.aside)
    if (!isEmpty || (because !== 'no-message' && because !== 'index')) leave(tree.aside, name, because);
  if (isEmpty && inside.aside.every(({ because }) => because === 'no-message' || because === 'index'))
    leave(tree.aside, shown(place.handle), 'no-message');
}

function folderAt(files: Files, { handle, path: segments, account }: Place): EmlFolder {
  if (segments.length === 0) return { handle, path: [files.name], account: 0 };
  // Messages that lie beside the folders of an account are in a folder of its name.
  return { handle, path: segments, account: segments.length > account ? account : 0 };
}

function childAt(at: Place, handle: string, isAccount: boolean): Place {
  const depth = at.depth + 1;
  const name = plainName(handle);
  if (!MAILBOX.test(name)) {
    const segments = [...at.path, name];
    return { handle, path: segments, account: isAccount ? segments.length : at.account, depth };
  }
  if (MAILBOX.test(plainName(at.handle)))
    return { ...at, handle, path: [...at.path, mailboxName(name)], depth };
  // What lies above the mailboxes of Apple Mail names their account.
  const above = at.path.filter((segment) => !VERSION_LEVEL.test(segment));
  return { handle, path: [...above, mailboxName(name)], account: above.length, depth };
}

function mailboxName(name: string): string {
  const base = path.basename(name);
  return base.replace(MAILBOX, '') || base;
}

export function isMailbox(files: Files, handle: string): boolean {
  return MAILBOX.test(handle === '' ? files.name : plainName(handle));
}

/** What people call a directory: an archive by its name without its ending. */
function plainName(handle: string): string {
  const name = shown(path.posix.basename(handle));
  return name.replace(/\.zip$/i, '') || name;
}

function leaveHidden(files: Files, handle: string, tree: EmlTree): void {
  const because = hiddenMail(files, handle);
  if (because) leave(tree.aside, shown(handle), because);
}

function enter(files: Files, place: Place, tree: EmlTree): void {
  try {
    leaveOf(files, place.handle, tree);
    walk(files, place, tree);
  } catch (cause) {
    if (!(fileTrouble(cause, 'list-folders', place.handle) instanceof Trouble)) throw cause;
    leave(tree.aside, shown(place.handle), 'unreadable');
  }
}

export interface Named extends FileName {
  /** Below the folder, between it and the name: empty but in a mailbox of Apple Mail. */
  level: string;
}

/**
 * What lies in a folder, a piece of a directory at a time. In a mailbox of Apple Mail that is what lies at all its levels.
 * Throws what the file system throws.
 */
export function* namesIn(files: Files, handle: string): Generator<Named> {
  if (!isMailbox(files, handle)) yield* listed(files, handle, '');
  else yield* levels(files, handle, '', 0);
}

function* levels(files: Files, handle: string, level: string, depth: number): Generator<Named> {
  const inner: string[] = [];
  const kept: Named[] = [];
  for (const each of listed(files, handle, level)) {
    if (each.is !== 'directory') yield each;
    else if (MAILBOX_LEVEL.test(each.name) && depth < LEVELS_MAX) inner.push(each.name);
    else kept.push(each);
  }
  const isLevel = level !== '' || inner.some((name) => name.toLowerCase() === 'messages');
  for (const each of kept) if (!isLevel || each.name !== ATTACHMENTS) yield each;
  for (const name of inner.sort()) yield* levels(files, handle, join(level, name), depth + 1);
}

function* listed(files: Files, handle: string, level: string): Generator<Named> {
  for (const each of files.list(join(handle, level))) yield { level, ...each };
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
