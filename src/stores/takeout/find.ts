import { hash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isZip, listZip, type ZipEntry } from '../../formats/zip/index.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { below, shown } from '../below.ts';
import { fileStamp, isFresh } from '../file-stamp.ts';
import { fileTrouble } from '../file-trouble.ts';
import { type Files, openFiles } from '../files.ts';
import { hiddenMail } from '../hidden.ts';
import type { Aside, AsideBecause } from '../source.ts';
import { missingParts } from './parts.ts';

/** A file of the export that lies on the disk: an mbox, or a zip that holds some. */
export interface Container {
  /** Below the root (Latin-1 names, `/`); empty when the root itself is the file. */
  handle: string;
  zip: boolean;
  size: number;
  stamp: string;
  fresh: boolean;
}

/** An mbox, on the disk or inside a zip. */
export interface Mbox {
  container: Container;
  entry: ZipEntry | null;
  /** Where it lies, for people and for keys. */
  name: string;
  size: number;
}

/** Deeper than any Takeout. */
const DEPTH_MAX = 64;
const MBOX = /\.mbox$/i;
const ZIP = /\.zip$/i;
/** Could be mail, or hold some, and is not taken. */
const LIKE_MAIL = /\.(?:eml|emlx|mbx|msg|pst|ost|zip|7z|rar|tgz|tar|tar\.gz)$/i;
const ASIDE_MAX = 1000;
/** No Takeout has more; a number of one in memory has two bytes. */
const MBOXES_MAX = 60_000;

/** The mbox and zip files at or below `root`. Throws Trouble `missing`, `denied`, `lost`. */
export async function findContainers(root: string): Promise<{ containers: Container[]; aside: Aside[] }> {
  const found: Found = { root, files: openFiles(root), containers: [], aside: [] };
  const stats = await stat(root).catch((cause) => {
    throw fileTrouble(cause, 'list-folders', root);
  });
  if (stats.isDirectory()) {
    await walk(found, '', 0);
    for (const part of missingParts(found.containers.map(({ handle }) => shown(handle))))
      leave(found.aside, part, 'part-missing');
  } else found.containers.push(await container(root, '', await startsLikeZip(root)));
  return found;
}

interface Found {
  root: string;
  files: Files;
  containers: Container[];
  aside: Aside[];
}

async function walk(found: Found, handle: string, depth: number): Promise<void> {
  for (const entry of await list(found, handle)) {
    const inner = handle === '' ? entry.name : `${handle}/${entry.name}`;
    const because = await take(found, inner, entry, depth);
    if (because !== null) leave(found.aside, shown(inner), because);
  }
}

async function list(found: Found, handle: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(below(found.root, handle), { withFileTypes: true, encoding: 'latin1' });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const trouble = fileTrouble(cause, 'list-folders', path.join(found.root, handle));
    if (handle === '' || !isTrouble(trouble, 'denied', 'missing', 'refused')) throw trouble;
    leave(found.aside, shown(handle), 'unreadable');
    return [];
  }
}

/** Why it is left; null when it is taken, or nobody would take it for mail. */
async function take(
  found: Found,
  handle: string,
  entry: Dirent,
  depth: number,
): Promise<AsideBecause | null> {
  const wanted = MBOX.test(entry.name) || ZIP.test(entry.name);
  if (entry.name.startsWith('.')) return hiddenMail(found.files, handle);
  if (entry.isSymbolicLink()) return 'symbolic-link';
  if (entry.isDirectory()) {
    if (depth >= DEPTH_MAX) return 'too-deep';
    await walk(found, handle, depth + 1);
    return null;
  }
  if (!wanted) return LIKE_MAIL.test(entry.name) ? 'no-mbox' : null;
  if (!entry.isFile()) return 'no-file';
  if (found.containers.length >= MBOXES_MAX) return 'too-many';
  try {
    found.containers.push(await container(found.root, handle, ZIP.test(entry.name)));
    return null;
  } catch (cause) {
    if (!isTrouble(cause, 'denied', 'missing', 'refused')) throw cause;
    return 'unreadable';
  }
}

async function container(root: string, handle: string, zip: boolean): Promise<Container> {
  const on = shown(handle === '' ? root : handle);
  const stats = await stat(below(root, handle), { bigint: true }).catch((cause) => {
    throw fileTrouble(cause, 'list-folders', on);
  });
  // A time in the future says nothing; when the file was last touched does.
  const { size, mtimeNs, ctimeNs } = stats;
  const fresh = isFresh(Number(mtimeNs / 1_000_000n) > Date.now() ? ctimeNs : mtimeNs);
  return { handle, zip, size: Number(size), stamp: fileStamp(stats), fresh };
}

async function startsLikeZip(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'r');
    try {
      const start = Buffer.alloc(4);
      const { bytesRead } = await handle.read(start, 0, 4, 0);
      if (start[0] === 0x1f && start[1] === 0x8b)
        throw new Trouble('malformed', {
          tried: 'list-folders',
          on: file,
          answer: 'a .tgz archive: unpack it first, or let Takeout make .zip files',
        });
      return isZip(start.subarray(0, bytesRead)) || ZIP.test(file);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileTrouble(cause, 'list-folders', file);
  }
}

/** Of all containers; equal when none changed, none came and none went. */
export function stampOf(containers: readonly Container[]): { stamp: string; steady: string } {
  const text = containers.map(({ handle, stamp }) => `${handle} ${stamp}`).join('\n');
  const stamp = hash('sha256', text, 'hex').slice(0, 32);
  return { stamp, steady: containers.some(({ fresh }) => fresh) ? '' : stamp };
}

/** Whether each of them is as it was. */
export async function areUnchanged(root: string, containers: readonly Container[]): Promise<boolean> {
  for (const { handle, zip, stamp } of containers) {
    const now = await container(root, handle, zip).catch((cause) => {
      if (isTrouble(cause, 'missing')) return null;
      throw cause;
    });
    if (now?.stamp !== stamp) return false;
  }
  return true;
}

/** The mboxes in them. A zip that cannot be read is left and named among others; alone, it is the trouble. */
export async function findMboxes(
  root: string,
  containers: readonly Container[],
  aside: Aside[],
): Promise<Mbox[]> {
  const mboxes: Mbox[] = [];
  for (const each of containers) {
    const name = shown(each.handle);
    if (!each.zip) {
      const named = each.handle === '' ? path.basename(root) : name;
      mboxes.push({ container: each, entry: null, name: named, size: each.size });
      continue;
    }
    try {
      mboxes.push(...(await mboxesInZip(root, each, aside)));
    } catch (cause) {
      if (each.handle === '' || !isTrouble(cause, 'malformed', 'denied', 'missing', 'refused')) throw cause;
      leave(aside, name, 'unreadable');
    }
  }
  for (const { name } of mboxes.splice(MBOXES_MAX)) leave(aside, name, 'too-many');
  return mboxes;
}

async function mboxesInZip(root: string, zip: Container, aside: Aside[]): Promise<Mbox[]> {
  const on = zip.handle === '' ? root : shown(zip.handle);
  const handle = await open(below(root, zip.handle), 'r').catch((cause) => {
    throw fileTrouble(cause, 'list-folders', on);
  });
  const left: Aside[] = [];
  try {
    const readAt = async (into: Buffer, position: number): Promise<number> => {
      try {
        return (await handle.read(into, 0, into.length, position)).bytesRead;
      } catch (cause) {
        throw fileTrouble(cause, 'list-folders', on);
      }
    };
    const { entries } = await listZip(readAt, zip.size, on, (entry) => {
      if (entry.is === 'symbolic-link' && MBOX.test(entry.name))
        leave(left, inZip(zip, entry), 'symbolic-link');
      if (MBOX.test(entry.name)) return entry.is === 'file';
      if (entry.is === 'file' && LIKE_MAIL.test(entry.name)) leave(left, inZip(zip, entry), 'no-mbox');
      return false;
    });
    for (const each of left) leave(aside, each.path, each.because);
    return entries.map((entry) => ({ container: zip, entry, name: inZip(zip, entry), size: entry.size }));
  } finally {
    await handle.close();
  }
}

function inZip(zip: Container, entry: ZipEntry): string {
  return zip.handle === '' ? entry.name : `${shown(zip.handle)}: ${entry.name}`;
}

/** Names so many, then says that there are more. */
export function leave(aside: Aside[], name: string, because: AsideBecause): void {
  if (aside.length < ASIDE_MAX) aside.push({ path: name, because });
  else if (aside.length === ASIDE_MAX) aside.push({ path: name, because: 'too-many' });
}
