import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Trouble, type TroubleKind } from '../../trouble.ts';
import { troubleOf } from './failure.ts';
import { Log } from './log.ts';
import { APPLICATION_ID, FRESH, MIGRATIONS } from './schema.ts';

/**
 * Files open in this process. SQLite would refuse a second opening too, but our look at the header must not come that
 * far: closing any descriptor of a file drops all locks of the process on it (POSIX fcntl).
 */
const openHere = new Set<string>();

export interface LedgerFile {
  readonly db: DatabaseSync;
  /** What was committed before is safe from a power cut when it resolves. Never two at a time. */
  sync: () => Promise<void>;
  /** Gives up the lock. Whatever was not committed is rolled back. Twice is once. */
  close(): void;
}

/**
 * Opens or makes a ledger file and locks it against every other process.
 *
 * @throws Trouble (`open-ledger`) `busy` when it is open elsewhere, `malformed` when the file is no ledger or a newer
 *   one (it stays untouched), `missing` when its folder is not there, `denied` when it may not be read or written.
 */
export function openLedgerFile(path: string): LedgerFile {
  const known = identityOf(path);
  if (known !== null && openHere.has(known)) throw trouble('busy', path, 'it is open in this process');
  if (known !== null) examine(path);
  else if (!existsSync(dirname(path))) throw trouble('missing', path, 'its folder is not there');
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    prepare(db, path);
  } catch (error) {
    db?.close();
    throw translated(error, path);
  }
  const identity = identityOf(path) ?? path;
  openHere.add(identity);
  const log = new Log(`${db.location() ?? path}-wal`);
  return { db, sync: () => log.sync(), close: () => release(db, log, identity) };
}

function release(db: DatabaseSync, log: Log, identity: string): void {
  if (!db.isOpen) return;
  openHere.delete(identity);
  log.close();
  db.close();
}

/** Device and inode, which no second name of the file can hide; null when there is no such file. */
function identityOf(path: string): string | null {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat?.isDirectory()) throw trouble('malformed', path, 'it is a folder');
    return stat ? `${stat.dev}:${stat.ino}` : null;
  } catch (error) {
    throw translated(error, path);
  }
}

/** SQLite database header (sqlite.org/fileformat2.html §1.3): name, version at 60, application at 68. */
const HEADER_BYTES = 72;
const HEADER_NAME = 'SQLite format 3\0';

/** Refuses what is no ledger of ours before SQLite may touch it. */
function examine(path: string): void {
  const header = headerOf(path);
  if (header.length === 0) return;
  const ours =
    header.toString('latin1', 0, HEADER_NAME.length) === HEADER_NAME && header.length >= HEADER_BYTES;
  if (!ours || header.readUInt32BE(68) !== APPLICATION_ID)
    throw trouble('malformed', path, 'it is no ledger');
  refuseNewer(header.readUInt32BE(60), path);
}

function headerOf(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    const file = openSync(path, 'r');
    try {
      return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw translated(error, path);
  }
}

function refuseNewer(version: number, path: string): void {
  if (version <= MIGRATIONS.length) return;
  throw trouble(
    'malformed',
    path,
    `a ledger of version ${version}; known are versions up to ${MIGRATIONS.length}`,
  );
}

function prepare(db: DatabaseSync, path: string): void {
  // Exclusive before anything is read: the lock is then taken at the first read, and no shared memory file is made.
  db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
  db.exec('PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON');
  migrate(db, path);
  // Only now: a file that is being made must carry our mark in its header, not in a log beside it.
  db.exec('PRAGMA journal_mode = WAL');
  // The log is synchronised by `Log`, beside the event loop; SQLite itself does so before it copies from it.
  db.exec('PRAGMA synchronous = NORMAL');
  // Digests fall on random pages: a longer log writes each of them back once for many commits (measured: -5 % CPU).
  db.exec('PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 16777216');
  db.exec(FRESH);
}

function migrate(db: DatabaseSync, path: string): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  refuseNewer(version, path);
  for (let next = version; next < MIGRATIONS.length; next += 1) {
    db.exec('BEGIN EXCLUSIVE');
    db.exec(MIGRATIONS[next]!);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${next + 1}`);
    db.exec('COMMIT');
  }
}

function translated(error: unknown, path: string): unknown {
  return troubleOf(error, 'open-ledger', path) ?? error;
}

function trouble(kind: TroubleKind, on: string, answer: string): Trouble {
  return new Trouble(kind, { tried: 'open-ledger', on, answer });
}
