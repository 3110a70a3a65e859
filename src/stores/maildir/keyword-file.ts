import { closeSync, lstatSync, openSync, unlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { addKeywords, KEYWORDS_FILE, type Keywords, writeKeywords } from '../../formats/maildir/index.ts';
import { Trouble } from '../../trouble.ts';
import { errorCode, fileTrouble } from '../file-trouble.ts';
import type { MaildirFolderFiles } from './folder.ts';
import { replaceFile } from './write-file.ts';

/** Dovecot locks the file by making this one, and takes a lock older than two minutes for forgotten. */
const LOCK_FILE = `${KEYWORDS_FILE}.lock`;
const STALE_MS = 120_000;
const WAIT_MS = 10_000;
const RETRY_MS = 50;

/** Gives each keyword a letter in the folder, where letters are left, and answers them all. Throws `busy` (locked). */
export async function withKeywords(
  files: MaildirFolderFiles,
  wanted: ReadonlySet<string>,
): Promise<Keywords> {
  const keywords = files.keywords();
  if (!addKeywords([...keywords], wanted)) return keywords;
  await lock(files);
  try {
    const current = files.keywords();
    if (addKeywords(current, wanted)) replaceFile(files.path(), KEYWORDS_FILE, writeKeywords(current));
    return current;
  } finally {
    unlinkSync(files.path(LOCK_FILE));
  }
}

async function lock(files: MaildirFolderFiles): Promise<void> {
  const name = files.path(LOCK_FILE);
  const giveUp = Date.now() + WAIT_MS;
  for (;;) {
    try {
      closeSync(openSync(name, 'wx', 0o600));
      return;
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') throw fileTrouble(cause, 'write-file', name.toString());
    }
    const age = Date.now() - (lstatSync(name, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > STALE_MS) unlinkSync(name);
    else if (Date.now() > giveUp)
      throw new Trouble('busy', { tried: 'write-file', on: name.toString(), answer: 'locked' });
    else await setTimeout(RETRY_MS);
  }
}
