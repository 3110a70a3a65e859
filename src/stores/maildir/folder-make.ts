import { chownSync, closeSync, lstatSync, mkdirSync, openSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { addSubscription, readSubscriptions, SUBSCRIPTIONS_MAX_BYTES } from '../../formats/maildir/index.ts';
import { below, type FilePath } from '../below.ts';
import { errorCode } from '../file-trouble.ts';
import { smallFile } from './files.ts';
import { directoryOf, PATH_FILE } from './folder-name.ts';
import { replaceFile, syncDirectory } from './write-file.ts';

const SUBSCRIPTIONS = 'subscriptions';

/** Makes the directories of a Maildir++ folder (of the inbox: path `['INBOX']`); what is there stays. */
export function makeFolder(root: string, path: readonly string[]): void {
  const inbox = path.length === 1 && path[0] === 'INBOX';
  const { name, cut } = inbox ? { name: '', cut: false } : directoryOf(path);
  makeDirectory(root, name);
  if (cut) replaceFile(below(root, name), PATH_FILE, Buffer.from(JSON.stringify(path)).toString('latin1'));
  // `cur` last: a directory that has it is a whole Maildir.
  for (const sub of ['tmp', 'new', 'cur']) makeDirectory(root, name === '' ? sub : `${name}/${sub}`);
  if (inbox) return;
  const marker = below(root, name, 'maildirfolder');
  if (lstatSync(marker, { throwIfNoEntry: false }) === undefined) {
    closeSync(openSync(marker, 'a', 0o600));
    giveTo(marker, statSync(root));
  }
  syncDirectory(below(root, name));
  syncDirectory(root);
}

function makeDirectory(root: string, name: string): void {
  if (name === '') {
    makeRoot(root);
    return;
  }
  const directory = below(root, name);
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw cause;
    return;
  }
  giveTo(directory, statSync(root));
}

/** With the directories above it; what is made belongs to whom the directory above belongs. */
function makeRoot(root: string): void {
  const first = mkdirSync(root, { mode: 0o700, recursive: true });
  if (first === undefined) return;
  const owner = statSync(dirname(first));
  for (let made = root; made.length >= first.length; made = dirname(made)) giveTo(made, owner);
}

function giveTo(directory: FilePath, { uid, gid }: Stats): void {
  if (process.getuid?.() === 0 && (uid !== 0 || gid !== 0)) chownSync(directory, uid, gid);
}

/** Adds the folder to the file that Dovecot reads, once. */
export function subscribeFolder(root: string, directory: string): void {
  const text = smallFile(below(root, SUBSCRIPTIONS), SUBSCRIPTIONS_MAX_BYTES);
  const levels = directory === '' ? ['INBOX'] : directory.slice(1).split('.');
  if (readSubscriptions(text).has(levels.join('.'))) return;
  replaceFile(root, SUBSCRIPTIONS, addSubscription(text, levels));
}
