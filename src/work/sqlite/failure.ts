import { type Attempt, Trouble, type TroubleKind } from '../../trouble.ts';

/** Primary result codes (sqlite.org/rescode.html) that are no fault of ours. Others are bugs and stay what they are. */
const KINDS: Readonly<Record<number, TroubleKind>> = {
  5: 'busy', // SQLITE_BUSY
  8: 'denied', // SQLITE_READONLY
  10: 'denied', // SQLITE_IOERR: only the operator can mend a disk
  11: 'malformed', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  14: 'denied', // SQLITE_CANTOPEN
  23: 'denied', // SQLITE_AUTH
  26: 'malformed', // SQLITE_NOTADB
};

/** How long others are asked to wait who found the file taken. */
const RETRY_AFTER_MS = 1000;

interface SqliteError extends Error {
  errcode: number;
  errstr: string;
}

/** What a failure of SQLite is to us: a Trouble, or the failure itself where it is a bug. */
export function failureOf(error: unknown, tried: Attempt, on: string): unknown {
  if (!isSqliteError(error)) return error;
  const kind = KINDS[error.errcode & 0xff];
  if (kind === undefined) return error;
  const wait = kind === 'busy' ? { retryAfterMs: RETRY_AFTER_MS } : {};
  return new Trouble(kind, { tried, on, answer: error.errstr, cause: error, ...wait });
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && (error as { code?: unknown }).code === 'ERR_SQLITE_ERROR';
}
