import { type Attempt, Trouble, type TroubleKind } from '../../trouble.ts';

/** Primary result codes (sqlite.org/rescode.html) that are no fault of ours. Others are bugs and stay what they are. */
const KINDS: Readonly<Record<number, TroubleKind>> = {
  5: 'busy', // SQLITE_BUSY: another process has the file
  8: 'denied', // SQLITE_READONLY
  10: 'denied', // SQLITE_IOERR: only the operator can mend a disk
  11: 'malformed', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  14: 'denied', // SQLITE_CANTOPEN
  23: 'denied', // SQLITE_AUTH
  26: 'malformed', // SQLITE_NOTADB
};

/** What the system says where we open or synchronise a file ourselves. */
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

/** SQLITE_CONSTRAINT: something told would break a law. */
const CONSTRAINT = 19;

interface SqliteError extends Error {
  errcode: number;
  errstr: string;
}

/** The Trouble that a failure of SQLite or of the system is, or null when it is none. */
export function troubleOf(error: unknown, tried: Attempt, on: string): Trouble | null {
  if (!isSqliteError(error)) return systemTroubleOf(error, tried, on);
  const kind = KINDS[error.errcode & 0xff];
  if (kind === undefined) return null;
  return new Trouble(kind, { tried, on, answer: error.errstr, cause: error });
}

function systemTroubleOf(error: unknown, tried: Attempt, on: string): Trouble | null {
  if (!(error instanceof Error)) return null;
  const kind = SYSTEM_KINDS[(error as NodeJS.ErrnoException).code ?? ''];
  return kind ? new Trouble(kind, { tried, on, answer: error.message, cause: error }) : null;
}

/** True when the statement was refused and nothing else is wrong with the database. */
export function isRefusal(error: unknown): boolean {
  return !isSqliteError(error) || (error.errcode & 0xff) === CONSTRAINT;
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && (error as { code?: unknown }).code === 'ERR_SQLITE_ERROR';
}
