import { closeSync, fchmodSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Trouble, type TroubleKind } from '../../../trouble.ts';

/** Another process (a second `serve`, a backup) is waited for so long. */
const BUSY_MS = 5_000;

/** Primary result codes (sqlite.org/rescode.html) that are no fault of ours. */
const KINDS: Readonly<Record<number, TroubleKind>> = {
  5: 'busy',
  8: 'denied',
  10: 'denied',
  11: 'malformed',
  13: 'full',
  14: 'denied',
  23: 'denied',
  26: 'malformed',
};

/**
 * Opens or makes a file for its owner only; what SQLite puts beside it takes the same mode. `steps` bring it up to date, one a
 * version (`user_version`), each whole or not at all.
 *
 * @throws Trouble (`open-records`) `denied`, `full`, `busy`; `malformed`: no database, or of a newer version
 */
export function openSqliteFile(path: string, steps: readonly string[] = []): DatabaseSync {
  makePrivate(path);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
    bringUp(db, path, steps);
    return db;
  } catch (error) {
    db?.close();
    throw sqliteTrouble(error, 'open-records', path) ?? error;
  }
}

function bringUp(db: DatabaseSync, path: string, steps: readonly string[]): void {
  if (steps.length === 0) return;
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > steps.length)
    throw new Trouble('malformed', { tried: 'open-records', on: path, answer: `of version ${version}` });
  for (let next = version; next < steps.length; next++)
    db.exec(`BEGIN EXCLUSIVE; ${steps[next]}; PRAGMA user_version = ${next + 1}; COMMIT`);
}

/** Also one that was made by a hand with other habits. */
function makePrivate(path: string): void {
  try {
    const file = openSync(path, 'a', 0o600);
    try {
      if (process.platform !== 'win32') fchmodSync(file, 0o600);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    const kind = code === 'ENOENT' ? 'missing' : code === 'ENOSPC' ? 'full' : 'denied';
    throw new Trouble(kind, { tried: 'open-records', on: path, answer: message, cause });
  }
}

/** Null: no failure of the disk, but a bug. */
export function sqliteTrouble(
  error: unknown,
  tried: 'open-records' | 'write-record',
  on: string,
): Trouble | null {
  const { code, errcode = 0, errstr } = error as { code?: string; errcode?: number; errstr?: string };
  const kind = code === 'ERR_SQLITE_ERROR' ? KINDS[errcode & 0xff] : undefined;
  return kind === undefined ? null : new Trouble(kind, { tried, on, answer: errstr ?? '', cause: error });
}
