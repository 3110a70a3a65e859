import type { Dirent, Stats } from 'node:fs';
import { lstat, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Part, splitMbox } from '../../formats/mbox/index.ts';
import { Trouble } from '../../trouble.ts';
import { type InAccount, inboxed, settleAccounts } from '../accounts.ts';
import { below, type FilePath, shown } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';
import { hiddenMail } from '../hidden.ts';
import type { Aside, AsideBecause } from '../source.ts';
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
export async function findMboxes(root: string): Promise<MboxTree> {
  const tree: MboxTree = { files: [], aside: [], accounts: new Map() };
  const stats = await statOf(root);
  if (!stats.isDirectory()) {
    if (!(await isMbox(root, stats.size)) && stats.size > 0)
      throw new Trouble('malformed', { tried: 'list-folders', on: root, answer: 'no mbox file' });
    const whole = { handle: '', path: [path.basename(root).replace(EXTENSION, '')], account: 0 };
    tree.files.push({ ...whole, path: inboxed(whole) });
    return tree;
  }
  const top = { handle: '', path: [], account: 0, depth: 0 };
  await walk(root, { ...top, holdsAccounts: path.basename(root) === 'ImapMail' }, tree);
  settleAccounts(tree.files);
  separate(tree.files);
  return tree;
}

async function statOf(root: string): Promise<Stats> {
  try {
    return await stat(root);
  } catch (cause) {
    throw fileTrouble(cause, 'list-folders', root);
  }
}

async function walk(root: string, above: Place, tree: MboxTree): Promise<void> {
  const entries = await list(root, above, tree);
  const names = new Set(entries.map(({ name }) => name));
  const profile = isProfile(names);
  for (const entry of entries) {
    const { name } = entry;
    const handle = above.handle === '' ? name : `${above.handle}/${name}`;
    if (INDEX.test(name)) {
      // Thunderbird knows the folder, and has left its messages on the server.
      if (!hasFolder(names, name)) tree.aside.push({ path: shown(handle), because: 'no-mbox' });
    } else if (name.startsWith('.')) leaveHidden(root, handle, tree);
    else if (entry.isSymbolicLink()) tree.aside.push({ path: shown(handle), because: 'symbolic-link' });
    else if (entry.isDirectory()) await enter(root, handle, { ...above, profile }, tree);
    else if (!entry.isFile()) tree.aside.push({ path: shown(handle), because: 'no-file' });
    else await take(root, handle, { ...above, path: [...above.path, await segmentOf(root, handle)] }, tree);
  }
}

function hasFolder(names: ReadonlySet<string>, index: string): boolean {
  const name = index.replace(INDEX, '');
  return names.has(name) || names.has(`${name}.sbd`) || names.has(`${name}.mbox`);
}

/** What people call the folder of this file or directory. */
async function segmentOf(root: string, handle: string): Promise<string> {
  const name = path.posix.basename(handle).replace(/\.(?:sbd|mbox|mbx)$/i, '');
  const directory = path.posix.dirname(`/${handle}`).slice(1);
  return (await toldName(root, directory, name)) ?? shown(name);
}

function leaveHidden(root: string, handle: string, tree: MboxTree): void {
  const because = hiddenMail(root, handle);
  if (because) tree.aside.push({ path: shown(handle), because });
}

async function list(root: string, above: MboxFile, tree: MboxTree): Promise<Dirent[]> {
  try {
    const entries = await readdir(below(root, above.handle), { withFileTypes: true, encoding: 'latin1' });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const trouble = fileTrouble(cause, 'list-folders', path.join(root, above.handle));
    if (above.handle === '' || !(trouble instanceof Trouble)) throw trouble;
    tree.aside.push({ path: shown(above.handle), because: 'unreadable' });
    return [];
  }
}

/** `Inbox.sbd` holds the children of `Inbox` (Thunderbird); `Sent.mbox/mbox` is the folder Sent (Apple Mail). */
async function enter(
  root: string,
  handle: string,
  above: Place & { profile: boolean },
  tree: MboxTree,
): Promise<void> {
  const { depth, profile, holdsAccounts } = above;
  const name = path.posix.basename(handle);
  if (depth >= DEPTH_MAX) {
    tree.aside.push({ path: shown(handle), because: 'too-deep' });
    return;
  }
  if (profile && accountDirectories.has(name)) {
    await walk(root, { handle, path: above.path, account: 0, depth: depth + 1, holdsAccounts: true }, tree);
    return;
  }
  if (isMaildir(root, handle)) {
    tree.aside.push({ path: shown(handle), because: 'other-store' });
    return;
  }
  const segment = await segmentOf(root, handle);
  const segments = [...above.path, holdsAccounts ? accountName(segment, tree) : segment];
  const account = holdsAccounts ? segments.length : above.account;
  const place = { handle, path: segments, account, depth: depth + 1, holdsAccounts: false };
  const inner = `${handle}/mbox`;
  if (EXTENSION.test(name) && (await isPlainFile(below(root, inner)))) await take(root, inner, place, tree);
  else await walk(root, place, tree);
}

function accountName(name: string, { accounts }: MboxTree): string {
  const count = (accounts.get(name) ?? 0) + 1;
  accounts.set(name, count);
  return count === 1 ? name : `${name} (${count})`;
}

async function isPlainFile(file: FilePath): Promise<boolean> {
  try {
    return (await lstat(file)).isFile();
  } catch {
    return false;
  }
}

/** A message a file and Outlook's archives are read by other stores, Outlook Express's folders by none. */
function notTaken(name: string): AsideBecause {
  if (/\.(?:emlx?|msg|pst|ost)$/i.test(name)) return 'other-store';
  return /\.dbx$/i.test(name) ? 'no-reader' : 'no-mbox';
}

async function take(
  root: string,
  handle: string,
  { path: segments, account }: InAccount,
  tree: MboxTree,
): Promise<void> {
  const file = below(root, handle);
  try {
    const { size } = await lstat(file);
    const found = size === 0 ? EMPTY_FOLDER.test(path.posix.basename(handle)) : await isMbox(file, size);
    if (found) tree.files.push({ handle, path: segments, account });
    else tree.aside.push({ path: shown(handle), because: notTaken(handle) });
  } catch (cause) {
    const trouble = fileTrouble(cause, 'list-folders', file.toString());
    if (!(trouble instanceof Trouble)) throw trouble;
    tree.aside.push({ path: shown(handle), because: 'unreadable' });
  }
}

/** A separator line within the first bytes; what comes before it is then told as unread. */
async function isMbox(file: FilePath, size: number): Promise<boolean> {
  const handle = await open(file, 'r').catch((cause) => {
    throw fileTrouble(cause, 'list-folders', file.toString());
  });
  try {
    const readAt = async (into: Buffer, position: number) =>
      (await handle.read(into, 0, into.length, position)).bytesRead;
    for await (const parts of splitMbox(readAt, Math.min(size, PROBE_BYTES)))
      if (parts.some((part: Part) => part.is === 'message')) return true;
    return false;
  } finally {
    await handle.close();
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
