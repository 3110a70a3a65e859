import type { Dirent } from 'node:fs';
import { lstat, opendir, stat } from 'node:fs/promises';
import path from 'node:path';
import { below, type FilePath, shown } from '../../stores/below.ts';
import { errorCode, fileTrouble } from '../../stores/file-trouble.ts';
import { Trouble } from '../../trouble.ts';
import type { Found, Scan } from './found.ts';
import { ownerNames } from './owner.ts';
import { recognise } from './recognise.ts';

export interface ScanOptions {
  signal: AbortSignal;
  /** Left out: `DEPTH_MAX`, `NAMES_MAX`. */
  depthMax?: number;
  namesMax?: number;
}

const DEPTH_MAX = 64;
const NAMES_MAX = 5_000_000;
const UNREADABLE_NAMED = 20;
/** Where people do not look: directories with a dot, and the data of programs (`AppData\\Local\\Microsoft\\Outlook`). */
const HIDDEN = /(?:^|\/)(?:\.[^/]+|AppData|Application Data|Local Settings)(?:\/|$)/i;

/** What is known of a directory while it is walked. */
interface Sum {
  bytes: number;
  files: number;
  lastWrite: number | null;
}

interface Walk {
  root: string;
  options: ScanOptions;
  scan: Scan;
  ownerOf: (uid: number) => Found['owner'];
  /** Folders of message files, by their directory. */
  messages: Map<string, Found>;
}

/**
 * Finds mail archives below a directory by what is in them. No symbolic link is followed. Throws Trouble `missing`,
 * `denied`, `malformed` for the directory itself, and the signal's reason; what lies deeper and cannot be read is counted.
 */
export async function scan(root: string, options: ScanOptions): Promise<Scan> {
  const walk: Walk = {
    ...{ root, options, ownerOf: ownerNames(), messages: new Map() },
    scan: {
      ...{ root, found: [], looked: 0, links: 0, tooDeep: 0, tooMany: false },
      unreadable: { count: 0, first: [] },
    },
  };
  await mustBeDirectory(root);
  await enter(walk, '', 0);
  walk.scan.found.push(...walk.messages.values());
  joinTakeouts(walk.scan.found);
  walk.scan.found.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  return walk.scan;
}

async function mustBeDirectory(root: string): Promise<void> {
  try {
    if ((await stat(root)).isDirectory()) return;
  } catch (cause) {
    throw fileTrouble(cause, 'read-file', root);
  }
  throw new Trouble('malformed', { tried: 'read-file', on: root, answer: 'no directory' });
}

async function enter(walk: Walk, handle: string, depth: number): Promise<void> {
  const entries = await list(walk, handle);
  const directories = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  const files = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
  const whole = wholeKind(directories, files);
  if (whole !== null) return takeWhole(walk, handle, whole, entries, depth);
  for (const { name } of entries.filter((entry) => entry.isFile())) {
    walk.options.signal.throwIfAborted();
    await unlessUnreadable(walk, join(handle, name), () => takeFile(walk, handle, name));
  }
  for (const name of directories) await descend(walk, join(handle, name), depth, enter);
}

async function descend(
  walk: Walk,
  handle: string,
  depth: number,
  into: (walk: Walk, handle: string, depth: number) => Promise<void>,
): Promise<void> {
  const { depthMax = DEPTH_MAX } = walk.options;
  if (depth >= depthMax) walk.scan.tooDeep++;
  else if (!walk.scan.tooMany) await into(walk, handle, depth + 1);
}

/** The names in a directory, sorted; empty when it cannot be read. Links are counted and left out. */
async function list(walk: Walk, handle: string): Promise<Dirent[]> {
  const { scan, options } = walk;
  const entries: Dirent[] = [];
  await unlessUnreadable(walk, handle, async () => {
    // Latin-1, one character a byte: names are bytes, and each must be opened again.
    const encoding = 'latin1' as BufferEncoding;
    for await (const entry of await opendir(below(walk.root, handle) as string, { encoding })) {
      options.signal.throwIfAborted();
      if (scan.looked >= (options.namesMax ?? NAMES_MAX)) {
        scan.tooMany = true;
        break;
      }
      scan.looked++;
      if (entry.isSymbolicLink()) scan.links++;
      else entries.push(entry);
    }
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function unlessUnreadable(walk: Walk, handle: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    if (errorCode(cause) === null || (cause as Error).name === 'AbortError') throw cause;
    const { unreadable } = walk.scan;
    unreadable.count++;
    if (unreadable.first.length < UNREADABLE_NAMED) unreadable.first.push(placeOf(walk, handle));
  }
}

/** A directory that is one archive, whatever lies in it. */
function wholeKind(
  directories: ReadonlySet<string>,
  files: ReadonlySet<string>,
): 'thunderbird' | 'maildir' | null {
  if (directories.has('cur') && (directories.has('new') || directories.has('tmp'))) return 'maildir';
  const profile = directories.has('ImapMail') || directories.has('Mail');
  return profile && files.has('prefs.js') ? 'thunderbird' : null;
}

async function takeWhole(
  walk: Walk,
  handle: string,
  kind: 'thunderbird' | 'maildir',
  entries: readonly Dirent[],
  depth: number,
): Promise<void> {
  const sum: Sum = { bytes: 0, files: 0, lastWrite: null };
  const inside = kind === 'maildir' ? () => true : (name: string) => /^(?:Mail|ImapMail)$/.test(name);
  for (const entry of entries)
    if (entry.isDirectory() && inside(entry.name))
      await descend(walk, join(handle, entry.name), depth, adding(sum));
  const { uid } = await lstat(below(walk.root, handle));
  take(walk, {
    ...place(walk, handle, kind === 'maildir' ? 'maildir' : 'mbox'),
    kind,
    ...sum,
    uid,
    outlook: null,
  });
}

/** Adds up the files below a directory. */
function adding(sum: Sum): (walk: Walk, handle: string, depth: number) => Promise<void> {
  return async function add(walk, handle, depth) {
    for (const entry of await list(walk, handle)) {
      const inner = join(handle, entry.name);
      if (entry.isDirectory()) await descend(walk, inner, depth, add);
      else if (entry.isFile())
        await unlessUnreadable(walk, inner, async () => {
          const { size, mtimeMs } = await lstat(below(walk.root, inner));
          grow(sum, size, mtimeMs);
        });
    }
  };
}

function grow(sum: Sum, bytes: number, mtimeMs: number): void {
  sum.bytes += bytes;
  sum.files++;
  sum.lastWrite = Math.max(sum.lastWrite ?? Number.NEGATIVE_INFINITY, Math.floor(mtimeMs));
}

async function takeFile(walk: Walk, directory: string, name: string): Promise<void> {
  const handle = join(directory, name);
  const seen = await recognise(below(walk.root, handle) as FilePath, name, walk.options.signal);
  if (seen === null) return;
  const { kind, outlook } = seen;
  const { size, mtimeMs, uid } = seen.stats;
  if (kind === 'message') {
    takeMessage(walk, emlRoot(directory), size, mtimeMs, uid);
    return;
  }
  const scheme = kind === 'ost' ? 'pst' : kind;
  const sum = { bytes: size, files: 1, lastWrite: Math.floor(mtimeMs) };
  take(walk, { ...place(walk, handle, scheme), kind, ...sum, uid, outlook });
}

/** Messages that are files belong to their directory, and that to one above it that has some too. */
function takeMessage(walk: Walk, directory: string, size: number, mtimeMs: number, uid: number): void {
  let found = [...above(directory)].map((each) => walk.messages.get(each)).find((each) => each !== undefined);
  if (found === undefined) {
    const nothing = { bytes: 0, files: 0, lastWrite: null };
    found = {
      ...place(walk, directory, 'eml'),
      kind: 'eml',
      ...nothing,
      owner: walk.ownerOf(uid),
      outlook: null,
    };
    walk.messages.set(directory, found);
  }
  grow(found, size, mtimeMs);
}

/** The directory itself and those above it. */
function* above(directory: string): Iterable<string> {
  for (let at = directory; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) yield at;
  yield '';
}

/** Apple Mail has its messages far below the account (`V10/…/INBOX.mbox/…/Messages`): all of it is one archive. */
function emlRoot(directory: string): string {
  const levels = directory.split('/');
  const box = levels.findIndex((level) => /\.(?:imapm|m)box$/i.test(level));
  if (box < 0) return directory;
  const version = levels.findIndex((level) => /^V\d+$/.test(level));
  return levels.slice(0, version >= 0 && version < box ? version + 1 : box).join('/');
}

type Taken = Omit<Found, 'owner'> & { uid: number };

function take(walk: Walk, { uid, ...rest }: Taken): void {
  walk.scan.found.push({ ...rest, owner: walk.ownerOf(uid) });
}

function place(walk: Walk, handle: string, scheme: string): Pick<Found, 'path' | 'address' | 'hidden'> {
  const where = placeOf(walk, handle);
  // A name that is no UTF-8 cannot be written on a command line.
  const written = Buffer.from(handle, 'latin1').toString();
  return {
    path: where,
    address: written.includes('\ufffd') ? null : `${scheme}:${where}`,
    hidden: HIDDEN.test(handle),
  };
}

function placeOf({ root }: Walk, handle: string): string {
  return handle === '' ? root : path.join(root, shown(handle));
}

function join(handle: string, name: string): string {
  return handle === '' ? name : `${handle}/${name}`;
}

/** An export comes in zips of several parts, which are read together: their directory is the address. */
function joinTakeouts(found: readonly Found[]): void {
  const zips = found.filter(({ kind, path: file }) => kind === 'takeout' && /\.zip$/i.test(file));
  const of = Map.groupBy(zips, ({ path: file }) => path.dirname(file));
  for (const [directory, parts] of of)
    if (parts.length > 1)
      for (const part of parts) if (part.address !== null) part.address = `takeout:${directory}`;
}
