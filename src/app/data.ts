import { hash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Trouble, writeTrouble } from '../trouble.ts';

/** Where Malleposte keeps what must outlive a run. */
export interface DataFolder {
  root: string;
  ledgers: string;
  certificates: string;
  scratch: string;
  signingKey: string;
  /** What of a day's allowance was spent, account by account. */
  spent: string;
  /** Sealed secrets, and the key to them where `$MALLEPOSTE_KEY` gives none. */
  vault: string;
  key: string;
}

/** `--data`, else `$MALLEPOSTE_DATA`, else `./malleposte-data`. */
export function dataFolder(asked: string | undefined): DataFolder {
  const root = path.resolve(asked ?? (process.env.MALLEPOSTE_DATA || 'malleposte-data'));
  return {
    root,
    ledgers: path.join(root, 'ledgers'),
    certificates: path.join(root, 'certificates'),
    scratch: path.join(root, 'scratch'),
    signingKey: path.join(root, 'signing-key.pem'),
    spent: path.join(root, 'spent'),
    vault: path.join(root, 'vault'),
    key: path.join(root, 'key'),
  };
}

/** A file name that tells people which mailbox it belongs to, and differs for every other one. */
export function slugOf(publicName: string): string {
  const readable = publicName
    .replace(/^[a-z]+:(\/\/)?/, '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${readable || 'mailbox'}-${hash('sha256', publicName, 'hex').slice(0, 8)}`;
}

export function ledgerPath(data: DataFolder, target: string): string {
  return path.join(data.ledgers, `${slugOf(target)}.sqlite`);
}

/** Makes the folder (mail and subjects lie in it: for its owner only). Throws Trouble `denied` or `full`. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw writeTrouble(folder, cause);
  }
}

/** Null when nothing is there; throws `denied` when it cannot be read, and what is no error of the file system as it is. */
export function nullIfMissing(on: string, cause: unknown): null {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === undefined) throw cause;
  if (code === 'ENOENT') return null;
  throw new Trouble('denied', { tried: 'read-file', on, answer: message, cause });
}

/** A directory of this run alone, for messages too large for memory. What ended runs have left is removed first. */
export async function openScratch(data: DataFolder): Promise<{ path: string; remove(): Promise<void> }> {
  await makeFolder(data.scratch);
  for (const name of await readdir(data.scratch)) {
    const pid = Number(name.split('-')[0]);
    if (Number.isInteger(pid) && pid > 0 && !isAlive(pid)) await removeFolder(path.join(data.scratch, name));
  }
  const own = path.join(
    data.scratch,
    `${process.pid}-${hash('sha256', `${performance.timeOrigin}`, 'hex').slice(0, 8)}`,
  );
  await makeFolder(own);
  return { path: own, remove: () => removeFolder(own) };
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
