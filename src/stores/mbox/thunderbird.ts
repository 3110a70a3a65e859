import { folderNameIn, MSF_MAX_BYTES } from '../../formats/mork/folder-name.ts';
import { isTrouble } from '../../trouble.ts';
import { errorCode } from '../file-trouble.ts';
import { type Files, isDirectory } from '../files.ts';

/** Where a profile keeps its accounts, a directory each: POP3 and local folders, and IMAP. */
export const accountDirectories: ReadonlySet<string> = new Set(['Mail', 'ImapMail']);

/** Whether a directory that holds these names is a profile. A `Mail` alone may be anybody's. */
export function isProfile(names: ReadonlySet<string>): boolean {
  return names.has('ImapMail') || (names.has('Mail') && names.has('prefs.js'));
}

/** Thunderbird can keep each message as a file (`Inbox/cur/…`), and others call that a Maildir. */
export function isMaildir(files: Files, handle: string): boolean {
  return (
    isDirectory(files, `${handle}/cur`) &&
    ['tmp', 'new'].some((name) => isDirectory(files, `${handle}/${name}`))
  );
}

/** A name that no file can have, or longer than 55 characters, ends in (or is) a number of its letters. */
const HASHED = /^(.*)[0-9a-f]{8}$/s;

/** The real name of a folder whose file Thunderbird had to call otherwise, from its index; null: the file has its name. */
export async function toldName(files: Files, directory: string, name: string): Promise<string | null> {
  const kept = HASHED.exec(name)?.[1];
  if (kept === undefined) return null;
  const msf = await beginning(files, directory === '' ? `${name}.msf` : `${directory}/${name}.msf`);
  const told = msf && folderNameIn(msf);
  // What was kept of the name is how the real one begins: else it is the index of another folder.
  return told?.startsWith(Buffer.from(kept, 'latin1').toString()) ? told : null;
}

/** Null when it is not there or cannot be read: then the folder keeps the name of its file. */
async function beginning(files: Files, handle: string): Promise<Buffer | null> {
  try {
    if (files.stats(handle)?.is !== 'file') return null;
    const file = await files.open(handle);
    try {
      const bytes = Buffer.alloc(Math.min(file.stats.size, MSF_MAX_BYTES));
      return bytes.subarray(0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (errorCode(cause) === null && !isTrouble(cause, 'malformed', 'missing', 'refused')) throw cause;
    return null;
  }
}
