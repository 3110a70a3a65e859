import { Trouble } from '../trouble.ts';
import { fileTrouble } from './file-trouble.ts';
import type { Files } from './files.ts';
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
export function hiddenMail(files: Files, handle: string): AsideBecause | null {
  const name = handle.slice(handle.lastIndexOf('/') + 1);
  if (DROPPING.test(name)) return null;
  try {
    const stats = files.stats(handle);
    if (stats?.is === 'link') return 'symbolic-link';
    if (stats?.is === 'directory') return holdsAny(files, handle) ? 'hidden' : null;
    if (stats?.is !== 'file' || stats.size === 0) return null;
    return MAIL_NAME.test(name) || startsLikeMbox(files, handle) ? 'hidden' : null;
  } catch (cause) {
    const trouble = fileTrouble(cause, 'list-folders', handle);
    if (!(trouble instanceof Trouble)) throw cause;
    return trouble.kind === 'missing' ? null : 'unreadable';
  }
}

function holdsAny(files: Files, handle: string): boolean {
  for (const _ of files.list(handle)) return true;
  return false;
}

function startsLikeMbox(files: Files, handle: string): boolean {
  return files.use(handle, (file) => file.read(0, MBOX_START.length).toString('latin1')) === MBOX_START;
}
