import { chmodSync, closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { Trouble, type TroubleKind } from '../../trouble.ts';
import type { Tables } from '../sql/tables.ts';
import { nodeSqliteDialect } from './dialect.ts';
import { isBusy, translated } from './failure.ts';
import { APPLICATION_ID, MIGRATIONS } from './migrations.ts';

export const MEMORY = ':memory:';
const RETRY_MS = 20;
/** A reader is held up by nobody but by one who mends the file after a crash. */
const READER_BUSY_MS = 2_000;

export interface RecordsFile {
  /** One transaction at a time; each sees what was committed when it began. */
  readonly reading: Kysely<Tables>;
  /** One transaction at a time, over all processes. In memory it is the same as `reading`, which then waits for it. */
  readonly writing: Kysely<Tables>;
  /** The connection that writes. */
  readonly db: DatabaseSync;
  close(): void;
}

/**
 * Opens or makes a file of records. Other processes may have it open too.
 *
 * @throws Trouble (`open-records`) `malformed` when the file is no file of records or a newer one (its content stays untouched),
 *   `missing` when its folder is not there, `denied` when it may not be read or written, `busy` when another process does not let
 *   go of it, `full`
 */
export async function openRecordsFile(file: string, busyMs: number): Promise<RecordsFile> {
  const opened: DatabaseSync[] = [];
  const open = (timeout: number): DatabaseSync => {
    const db = new DatabaseSync(file, { timeout });
    opened.push(db);
    return db;
  };
  const close = (): void => {
    for (const db of opened) if (db.isOpen) db.close();
  };
  try {
    if (file !== MEMORY) makeFile(file);
    const db = open(0);
    await patiently(busyMs, () => prepare(db, file));
    const to = { path: file, busyMs };
    const writing = kyselyOf({ ...to, db, tried: 'write-record', begin: 'BEGIN IMMEDIATE' });
    if (file === MEMORY) return { reading: writing, writing, db, close };
    const reader = open(READER_BUSY_MS);
    await patiently(busyMs, () => reader.exec('PRAGMA query_only = ON'));
    const reading = kyselyOf({ ...to, db: reader, tried: 'read-record', begin: 'BEGIN' });
    return { reading, writing, db, close };
  } catch (error) {
    close();
    throw translated(error, 'open-records', file);
  }
}

function kyselyOf(connection: Parameters<typeof nodeSqliteDialect>[0]): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: nodeSqliteDialect(connection) });
}

const OWNER_ONLY = 0o600;
/** No database is smaller than its smallest page (sqlite.org/fileformat2.html §1.3.2); SQLite would take such a file for an empty one. */
const DATABASE_MIN_BYTES = 512;

/**
 * For its owner alone, as SQLite then makes the files beside it. A file that is there is never opened by ourselves: closing any
 * descriptor of it would drop the locks that SQLite holds in this process (POSIX fcntl).
 */
function makeFile(file: string): void {
  const folder = path.dirname(file);
  if (!existsSync(folder)) throw trouble('missing', file, 'its folder is not there');
  const known = statSync(file, { throwIfNoEntry: false });
  if (known?.isDirectory()) throw trouble('malformed', file, 'it is a folder');
  if (known !== undefined && known.size > 0 && known.size < DATABASE_MIN_BYTES)
    throw trouble('malformed', file, 'it is no file of records');
  if (known === undefined) createAndSync(file, folder);
  else if (process.platform !== 'win32' && (known.mode & 0o777) !== OWNER_ONLY) chmodSync(file, OWNER_ONLY);
}

function createAndSync(file: string, folder: string): void {
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY));
  } catch (error) {
    // Another process made it just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // Windows has no such thing; there a new name is in the journal.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Two that open at once wait for each other, beside the event loop. */
async function patiently(busyMs: number, work: () => void): Promise<void> {
  const untilMs = performance.now() + busyMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= untilMs) throw error;
    }
    await pause(RETRY_MS);
  }
}

function prepare(db: DatabaseSync, file: string): void {
  if (isNew(db, file)) mark(db, file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
  db.exec('PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000');
  // What is deleted is overwritten: a secret that was taken away is not to be found in an unused corner.
  db.exec('PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864');
  while (migrateOnce(db, file));
}

function isNew(db: DatabaseSync, file: string): boolean {
  const { application_id: marked } = db.prepare('PRAGMA application_id').get() as { application_id: number };
  const { objects } = db.prepare('SELECT count(*) AS objects FROM sqlite_schema').get() as {
    objects: number;
  };
  if (marked === 0 && objects === 0) return true;
  if (marked !== APPLICATION_ID) throw trouble('malformed', file, 'it is no file of records');
  refuseNewer(versionOf(db), file);
  return false;
}

/** Before anything else is in it: whenever the making is cut off, the file is known as ours. */
function mark(db: DatabaseSync, file: string): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    if (isNew(db, file)) db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.exec('COMMIT');
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}

function versionOf(db: DatabaseSync): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

function refuseNewer(version: number, file: string): void {
  if (version <= MIGRATIONS.length) return;
  const known = `known are versions up to ${MIGRATIONS.length}`;
  throw trouble('malformed', file, `records of version ${version}, of a newer program; ${known}`);
}

/** One step in a transaction of its own; what another process did meanwhile is seen, for the lock comes first. */
function migrateOnce(db: DatabaseSync, file: string): boolean {
  if (versionOf(db) === MIGRATIONS.length) return false;
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(db);
    refuseNewer(version, file);
    const step = MIGRATIONS[version];
    if (step !== undefined) {
      db.exec(step);
      db.exec(`PRAGMA user_version = ${version + 1}`);
    }
    db.exec('COMMIT');
    return step !== undefined;
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}

function trouble(kind: TroubleKind, on: string, answer: string): Trouble {
  return new Trouble(kind, { tried: 'open-records', on, answer });
}
