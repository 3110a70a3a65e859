import { chownSync, closeSync, lstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { addSubscription, readSubscriptions, SUBSCRIPTIONS_MAX_BYTES } from '../../formats/maildir/index.ts';
import { errorCode } from '../file-trouble.ts';
import { below, smallFile } from './files.ts';
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
  if (lstatSync(marker, { throwIfNoEntry: false }) === undefined) closeSync(openSync(marker, 'a', 0o600));
  syncDirectory(below(root, name));
  syncDirectory(root);
}

function makeDirectory(root: string, name: string): void {
  const directory = below(root, name);
  try {
    mkdirSync(directory, { mode: 0o700, recursive: name === '' });
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw cause;
    return;
  }
  if (name === '') return;
  const of = statSync(root);
  if (process.getuid?.() === 0 && (of.uid !== 0 || of.gid !== 0)) chownSync(directory, of.uid, of.gid);
}

/** Adds the folder to the file that Dovecot reads, once. */
export function subscribeFolder(root: string, directory: string): void {
  const text = smallFile(below(root, SUBSCRIPTIONS), SUBSCRIPTIONS_MAX_BYTES);
  const levels = directory === '' ? ['INBOX'] : directory.slice(1).split('.');
  if (readSubscriptions(text).has(levels.join('.'))) return;
  replaceFile(root, SUBSCRIPTIONS, addSubscription(text, levels));
}
