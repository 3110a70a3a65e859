import type { Dirent, Stats } from 'node:fs';
import { lstat, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Part, splitMbox } from '../../formats/mbox/index.ts';
import { Trouble } from '../../trouble.ts';
import { below, type FilePath, shown } from '../below.ts';
import { fileTrouble } from '../file-trouble.ts';
import { hiddenMail } from '../hidden.ts';
import type { Aside } from '../source.ts';

/** An mbox file found, by its path below the root (Latin-1 names, `/`); empty when the root itself is the file. */
export interface MboxFile {
  handle: string;
  path: string[];
}

export interface MboxTree {
  files: MboxFile[];
  aside: Aside[];
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
  const tree: MboxTree = { files: [], aside: [] };
  const stats = await statOf(root);
  if (!stats.isDirectory()) {
    if (!(await isMbox(root, stats.size)) && stats.size > 0)
      throw new Trouble('malformed', { tried: 'list-folders', on: root, answer: 'no mbox file' });
    tree.files.push({ handle: '', path: inboxed([path.basename(root).replace(EXTENSION, '')]) });
    return tree;
  }
  await walk(root, { handle: '', path: [] }, 0, tree);
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

async function walk(root: string, above: MboxFile, depth: number, tree: MboxTree): Promise<void> {
  const entries = await list(root, above, tree);
  for (const entry of entries) {
    if (INDEX.test(entry.name)) continue;
    const handle = above.handle === '' ? entry.name : `${above.handle}/${entry.name}`;
    if (entry.name.startsWith('.')) leaveHidden(root, handle, tree);
    else if (entry.isSymbolicLink()) tree.aside.push({ path: shown(handle), because: 'symbolic-link' });
    else if (entry.isDirectory()) await enter(root, handle, above, depth, tree);
    else if (!entry.isFile()) tree.aside.push({ path: shown(handle), because: 'no-file' });
    else await take(root, handle, [...above.path, shown(entry.name.replace(EXTENSION, ''))], tree);
  }
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
  above: MboxFile,
  depth: number,
  tree: MboxTree,
): Promise<void> {
  if (depth >= DEPTH_MAX) {
    tree.aside.push({ path: shown(handle), because: 'too-deep' });
    return;
  }
  const name = path.posix.basename(handle);
  const segment = [...above.path, shown(name.replace(/\.(?:sbd|mbox|mbx)$/i, ''))];
  const inner = `${handle}/mbox`;
  if (EXTENSION.test(name) && (await isPlainFile(below(root, inner)))) await take(root, inner, segment, tree);
  else await walk(root, { handle, path: segment }, depth + 1, tree);
}

async function isPlainFile(file: FilePath): Promise<boolean> {
  try {
    return (await lstat(file)).isFile();
  } catch {
    return false;
  }
}

async function take(root: string, handle: string, segments: string[], tree: MboxTree): Promise<void> {
  const file = below(root, handle);
  try {
    const { size } = await lstat(file);
    const found = size === 0 ? EMPTY_FOLDER.test(path.posix.basename(handle)) : await isMbox(file, size);
    if (found) tree.files.push({ handle, path: segments });
    else tree.aside.push({ path: shown(handle), because: 'no-mbox' });
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

/** The inbox is `['INBOX']` however its file is spelled. */
function inboxed(segments: string[]): string[] {
  return segments[0]?.toLowerCase() === 'inbox' ? ['INBOX', ...segments.slice(1)] : segments;
}

/** Two files must not share a path: the later one keeps its whole file name, then gets a number. */
function separate(files: MboxFile[]): void {
  const taken = new Set<string>();
  for (const file of files) {
    let segments = inboxed(file.path);
    for (let n = 2; taken.has(JSON.stringify(segments)); n += 1) {
      const name = shown(path.posix.basename(file.handle));
      segments = [...file.path.slice(0, -1), n === 2 ? name : `${name} (${n - 1})`];
    }
    taken.add(JSON.stringify(segments));
    file.path = segments;
  }
}
