import { type Attempt, Trouble, type TroubleKind } from '../../trouble.ts';

/** Primary result codes (sqlite.org/rescode.html) that are no fault of ours. Others are bugs and stay what they are. */
const KINDS: Readonly<Record<number, TroubleKind>> = {
  5: 'busy', // SQLITE_BUSY: another process writes
  8: 'denied', // SQLITE_READONLY
  10: 'denied', // SQLITE_IOERR: only the operator can mend a disk
  11: 'malformed', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  14: 'denied', // SQLITE_CANTOPEN
  23: 'denied', // SQLITE_AUTH
  26: 'malformed', // SQLITE_NOTADB
};

/** What the system says where we make the file ourselves. */
const SYSTEM_KINDS: Readonly<Record<string, TroubleKind>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EIO: 'denied',
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EISDIR: 'malformed',
  ENOSPC: 'full',
  EDQUOT: 'full',
};

interface SqliteError extends Error {
  errcode: number;
  errstr: string;
}

/** The Trouble that a failure of SQLite or of the system is; a bug stays what it is. */
export function translated(error: unknown, tried: Attempt, on: string): unknown {
  if (error instanceof Trouble || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_SQLITE_ERROR') {
    const kind = SYSTEM_KINDS[code ?? ''];
    return kind ? new Trouble(kind, { tried, on, answer: error.message, cause: error }) : error;
  }
  const { errcode, errstr } = error as SqliteError;
  const kind = KINDS[errcode & 0xff];
  return kind ? new Trouble(kind, { tried, on, answer: errstr, cause: error }) : error;
}

const SQLITE_BUSY = 5;

export function isBusy(error: unknown): boolean {
  return error instanceof Error && ((error as SqliteError).errcode & 0xff) === SQLITE_BUSY;
}
