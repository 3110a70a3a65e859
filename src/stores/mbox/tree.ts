import path from 'node:path';
import { type Part, splitMbox } from '../../formats/mbox/index.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { type InAccount, inboxed, settleAccounts } from '../accounts.ts';
import { shown } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';
import { type FileName, type Files, isTree } from '../files.ts';
import { hiddenMail } from '../hidden.ts';
import { INTERNAL_SUBJECT } from '../internal-data.ts';
import type { Aside, AsideBecause } from '../source.ts';
import { isInternalData, noteInternalData } from './internal-data.ts';
import { accountDirectories, isMaildir, isProfile, toldName } from './thunderbird.ts';

/** An mbox file found, by its path below the root (Latin-1 names, `/`); empty when the root itself is the file. */
export interface MboxFile extends InAccount {
  handle: string;
}

/** A directory on the way. */
interface Place extends MboxFile {
  depth: number;
  /** Its directories are accounts. */
  holdsAccounts: boolean;
}

export interface MboxTree {
  files: MboxFile[];
  aside: Aside[];
  /** How many accounts there are of a name: a server can be read by POP3 and by IMAP. */
  accounts: Map<string, number>;
}

/** Deeper than any mail program nests folders. */
const DEPTH_MAX = 64;
const EXTENSION = /\.(?:mbox|mbx)$/i;
/** Empty files have nothing to know them by but the name: mail programs give folders this ending or none. */
const EMPTY_FOLDER = /^[^.]+$|\.(?:mbox|mbx)$/i;
/** An index beside the mbox, not mail; every Thunderbird folder has one. */
const INDEX = /\.msf$/i;
const PROBE_BYTES = 64 * 1024;

/** All mbox files at or below `root`. Throws Trouble `missing`, `denied`, `malformed` (the root is a file and no mbox). */
export async function findMboxes(files: Files): Promise<MboxTree> {
  const { root } = files;
  const tree: MboxTree = { files: [], aside: [], accounts: new Map() };
  if (!isTree(files)) {
    const size = files.stats('')?.size ?? 0;
    if (size > 0 && !(await isMbox(files, '', tree)))
      throw new Trouble('malformed', { tried: 'list-folders', on: root, answer: 'no mbox file' });
    const whole = { handle: '', path: [path.basename(root).replace(EXTENSION, '')], account: 0 };
    tree.files.push({ ...whole, path: inboxed(whole) });
    return tree;
  }
  const top = { handle: '', path: [], account: 0, depth: 0 };
  leaveOf(files, '', tree);
  await walk(files, { ...top, holdsAccounts: files.name === 'ImapMail' }, tree);
  settleAccounts(tree.files);
  separate(tree.files);
  return tree;
}

/** False when the archive cannot be read at all. */
function leavesKnown(files: Files, handle: string, tree: MboxTree): boolean {
  try {
    leaveOf(files, handle, tree);
    return true;
  } catch (cause) {
    if (!(fileTrouble(cause, 'list-folders', shown(handle)) instanceof Trouble)) throw cause;
    tree.aside.push({ path: shown(handle), because: 'unreadable' });
    return false;
  }
}

function leaveOf(files: Files, handle: string, tree: MboxTree): void {
  tree.aside.push(...files.left(handle));
}

async function walk(files: Files, above: Place, tree: MboxTree): Promise<void> {
  const entries = list(files, above, tree);
  const names = new Set(entries.map(({ name }) => name));
  const profile = isProfile(names);
  for (const entry of entries) {
    const { name, is, because } = entry;
    const handle = above.handle === '' ? name : `${above.handle}/${name}`;
    if (INDEX.test(name)) {
      // Thunderbird knows the folder, and has left its messages on the server.
      if (!hasFolder(names, name)) tree.aside.push({ path: shown(handle), because: 'no-mbox' });
    } else if (name.startsWith('.')) leaveHidden(files, handle, tree);
    else if (is === 'link') tree.aside.push({ path: shown(handle), because: 'symbolic-link' });
    else if (is === 'directory') await enterIfOpen(files, handle, { ...above, profile }, tree);
    else if (is === 'archive') await enterArchive(files, handle, above, tree);
    else if (is === 'nested') tree.aside.push({ path: shown(handle), because: 'nested' });
    else if (is === 'other') tree.aside.push({ path: shown(handle), because: 'no-file' });
    else if (because) tree.aside.push({ path: shown(handle), because });
    else await take(files, handle, { ...above, path: [...above.path, await segmentOf(files, handle)] }, tree);
  }
}

/** A directory in which nobody may look is left, and all others are not. */
async function enterIfOpen(
  files: Files,
  handle: string,
  above: Place & { profile: boolean },
  tree: MboxTree,
): Promise<void> {
  try {
    await enter(files, handle, above, tree);
  } catch (cause) {
    if (!isTrouble(fileTrouble(cause, 'list-folders', shown(handle)), 'denied', 'missing', 'refused'))
      throw cause;
    tree.aside.push({ path: shown(handle), because: 'unreadable' });
  }
}

function hasFolder(names: ReadonlySet<string>, index: string): boolean {
  const name = index.replace(INDEX, '');
  return names.has(name) || names.has(`${name}.sbd`) || names.has(`${name}.mbox`);
}

/** What people call the folder of this file or directory. */
async function segmentOf(files: Files, handle: string): Promise<string> {
  const name = path.posix.basename(handle).replace(/\.(?:sbd|mbox|mbx)$/i, '');
  const directory = path.posix.dirname(`/${handle}`).slice(1);
  return (await toldName(files, directory, name)) ?? shown(name);
}

function leaveHidden(files: Files, handle: string, tree: MboxTree): void {
  const because = hiddenMail(files, handle);
  if (because) tree.aside.push({ path: shown(handle), because });
}

function list(files: Files, above: MboxFile, tree: MboxTree): FileName[] {
  try {
    return [...files.list(above.handle)].sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const trouble = fileTrouble(cause, 'list-folders', path.join(files.root, above.handle));
    if (above.handle === '' || !(trouble instanceof Trouble)) throw trouble;
    tree.aside.push({ path: shown(above.handle), because: 'unreadable' });
    return [];
  }
}

/** `Inbox.sbd` holds the children of `Inbox` (Thunderbird); `Sent.mbox/mbox` is the folder Sent (Apple Mail). */
async function enter(
  files: Files,
  handle: string,
  above: Place & { profile: boolean; archive?: boolean },
  tree: MboxTree,
): Promise<void> {
  const { depth, profile, holdsAccounts, archive = false } = above;
  const base = path.posix.basename(handle);
  const name = archive ? base.replace(/\.zip$/i, '') || base : base;
  if (archive && !leavesKnown(files, handle, tree)) return;
  if (depth >= DEPTH_MAX) {
    tree.aside.push({ path: shown(handle), because: 'too-deep' });
    return;
  }
  if (profile && accountDirectories.has(name)) {
    await walk(files, { handle, path: above.path, account: 0, depth: depth + 1, holdsAccounts: true }, tree);
    return;
  }
  if (isMaildir(files, handle)) {
    tree.aside.push({ path: shown(handle), because: 'other-store' });
    return;
  }
  const segment = archive ? shown(name.replace(EXTENSION, '')) : await segmentOf(files, handle);
  const segments = [...above.path, holdsAccounts ? accountName(segment, tree) : segment];
  const account = holdsAccounts ? segments.length : above.account;
  const place = { handle, path: segments, account, depth: depth + 1, holdsAccounts: false };
  const inner = `${handle}/mbox`;
  if (EXTENSION.test(name) && files.stats(inner)?.is === 'file') await take(files, inner, place, tree);
  else await walk(files, place, tree);
}

function accountName(name: string, { accounts }: MboxTree): string {
  const count = (accounts.get(name) ?? 0) + 1;
  accounts.set(name, count);
  return count === 1 ? name : `${name} (${count})`;
}

/** An archive is a directory of its name. One without mail is named itself, not all that lies in it. */
async function enterArchive(files: Files, handle: string, above: Place, tree: MboxTree): Promise<void> {
  const inside: MboxTree = { files: [], aside: [], accounts: tree.accounts };
  await enter(files, handle, { ...above, profile: false, archive: true }, inside);
  const telling = inside.aside.filter(({ because }) => inside.files.length > 0 || because !== 'no-mbox');
  tree.files.push(...inside.files);
  tree.aside.push(...telling);
  if (inside.files.length === 0 && telling.length === 0)
    tree.aside.push({ path: shown(handle), because: 'no-mbox' });
}

/** A message a file and Outlook's archives are read by other stores, Outlook Express's folders by none. */
function notTaken(name: string): AsideBecause {
  if (/\.(?:emlx?|msg|pst|ost)$/i.test(name)) return 'other-store';
  return /\.dbx$/i.test(name) ? 'no-reader' : 'no-mbox';
}

async function take(
  files: Files,
  handle: string,
  { path: segments, account }: InAccount,
  tree: MboxTree,
): Promise<void> {
  try {
    const size = files.stats(handle)?.size ?? 0;
    const found =
      size === 0 ? EMPTY_FOLDER.test(path.posix.basename(handle)) : await isMbox(files, handle, tree);
    if (found) tree.files.push({ handle, path: segments, account });
    else tree.aside.push({ path: shown(handle), because: notTaken(handle) });
  } catch (cause) {
    const trouble = fileTrouble(cause, 'list-folders', shown(handle));
    if (!(trouble instanceof Trouble)) throw trouble;
    tree.aside.push({ path: shown(handle), because: 'unreadable' });
  }
}

/** A separator line within the first bytes; what comes before it is then told as unread. */
async function isMbox(files: Files, handle: string, tree: MboxTree): Promise<boolean> {
  const file = await files.open(handle).catch((cause) => {
    throw fileTrouble(cause, 'list-folders', shown(handle));
  });
  try {
    const readAt = (into: Buffer, position: number) => file.read(into, position);
    const rules = { head: noteInternalData };
    for await (const parts of splitMbox(readAt, Math.min(file.stats.size, PROBE_BYTES), rules)) {
      if (parts.some(isInternalData))
        tree.aside.push({ path: `${shown(handle)}: ${INTERNAL_SUBJECT}`, because: 'index' });
      if (parts.some((part: Part) => part.is === 'message')) return true;
    }
    return false;
  } finally {
    await file.close();
  }
}

/** Two files must not share a path: the later one keeps its whole file name, then gets a number. */
function separate(files: MboxFile[]): void {
  const taken = new Set<string>();
  for (const file of files) {
    let segments = inboxed(file);
    for (let n = 2; taken.has(JSON.stringify(segments)); n += 1) {
      const name = shown(path.posix.basename(file.handle));
      segments = [...file.path.slice(0, -1), n === 2 ? name : `${name} (${n - 1})`];
    }
    taken.add(JSON.stringify(segments));
    file.path = segments;
  }
}
