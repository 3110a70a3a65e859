import { closeSync, lstatSync, opendirSync, openSync, readSync } from 'node:fs';
import { Trouble } from '../trouble.ts';
import { below, type FilePath } from './below.ts';
import { fileTrouble } from './file-trouble.ts';
import type { AsideBecause } from './source.ts';

/** What systems, editors and mail servers drop beside people's files: never somebody's mail. */
const DROPPING =
  /^\.(?:_.*|#.*|nfs.*|git.*|DS_Store|localized|directory|imap|svn|hg|snapshot|thumbnails|Spotlight-V100|fseventsd|TemporaryItems|DocumentRevisions-V100)$/;
const MAIL_NAME = /\.(?:emlx?|msg|mbox|mbx)$/i;
const MBOX_START = 'From ';

/**
 * Names that begin with a dot are not taken by stores that read trees of files. Why this one is to be told all the same:
 * it may be mail. Null: a dropping of the system, empty, or nothing that looks like mail.
 */
export function hiddenMail(root: string, handle: string): AsideBecause | null {
  const name = handle.slice(handle.lastIndexOf('/') + 1);
  if (DROPPING.test(name)) return null;
  const file = below(root, handle);
  try {
    const stats = lstatSync(file);
    if (stats.isSymbolicLink()) return 'symbolic-link';
    if (stats.isDirectory()) return holdsAny(file) ? 'hidden' : null;
    if (!stats.isFile() || stats.size === 0) return null;
    return MAIL_NAME.test(name) || startsLikeMbox(file) ? 'hidden' : null;
  } catch (cause) {
    const trouble = fileTrouble(cause, 'list-folders', handle);
    if (!(trouble instanceof Trouble)) throw cause;
    return trouble.kind === 'missing' ? null : 'unreadable';
  }
}

function holdsAny(directory: FilePath): boolean {
  const dir = opendirSync(directory);
  try {
    return dir.readSync() !== null;
  } finally {
    dir.closeSync();
  }
}

function startsLikeMbox(file: FilePath): boolean {
  const fd = openSync(file, 'r');
  try {
    const start = Buffer.alloc(MBOX_START.length);
    return readSync(fd, start, 0, start.length, 0) === start.length && start.equals(Buffer.from(MBOX_START));
  } finally {
    closeSync(fd);
  }
}
