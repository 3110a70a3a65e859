import { existsSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { type Attempt, isTrouble, Trouble, type TroubleKind } from '../../trouble.ts';
import { failureOf } from './failure.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

/** How long a verb waits in all until the other process lets go; no transaction of ours takes a hundredth of it. */
const BUSY_MAX_MS = 10_000;
/** How long SQLite itself may wait, with the event loop standing still. */
const STAND_STILL_MS = 20;
/** Smallest page of SQLite (sqlite.org/fileformat2.html §1.3.2). */
const PAGE_MIN_BYTES = 512;
const RETRY_MIN_MS = 5;
const RETRY_MAX_MS = 50;

export interface WorkFile {
  readonly db: DatabaseSync;
  /** Runs `body` in a transaction against all other processes; durable when it resolves, nothing of it when not. */
  write<T>(body: () => T): Promise<T>;
  /** Runs `body` on one state of the file. */
  read<T>(body: () => T): Promise<T>;
  close(): void;
}

/**
 * Opens or makes a file of work. Other processes may have it open as well.
 *
 * @throws Trouble (`open-records`) `busy` when another process would not let go, `malformed` when the file is no work or
 *   of a newer version (it stays untouched), `missing` when its folder is not there, `denied` when it may not be used.
 */
export async function openWorkFile(path: string, busyMaxMs = BUSY_MAX_MS): Promise<WorkFile> {
  examine(path);
  const db = await patiently('open-records', () => opened(path));
  return {
    db,
    write: (body) => patiently('write-record', () => transacted(db, 'BEGIN IMMEDIATE', body)),
    read: (body) => patiently('read-record', () => transacted(db, 'BEGIN', body)),
    close: () => {
      if (db.isOpen) db.close();
    },
  };

  /** Tries again while another process has the file, but not for ever. */
  async function patiently<T>(tried: Attempt, doing: () => T): Promise<T> {
    const untilMs = performance.now() + busyMaxMs;
    for (;;) {
      try {
        return doing();
      } catch (error) {
        const failure = failureOf(error, tried, path);
        if (!isTrouble(failure, 'busy') || performance.now() >= untilMs) throw failure;
      }
      await pause(RETRY_MIN_MS + Math.random() * (RETRY_MAX_MS - RETRY_MIN_MS));
    }
  }
}

/** Refuses what SQLite would not, or would take for something else. */
function examine(path: string): void {
  if (!existsSync(dirname(path))) throw trouble('missing', path, 'its folder is not there');
  const stat = statOf(path);
  if (stat?.isDirectory()) throw trouble('malformed', path, 'it is a folder');
  // SQLite would take so short a file for an empty one, and write over it.
  if (stat && stat.size > 0 && stat.size < PAGE_MIN_BYTES)
    throw trouble('malformed', path, 'it holds no work of ours');
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw trouble('denied', path, (error as Error).message);
  }
}

function transacted<T>(db: DatabaseSync, begin: 'BEGIN' | 'BEGIN IMMEDIATE', body: () => T): T {
  db.exec(begin);
  try {
    const answer = body();
    db.exec('COMMIT');
    return answer;
  } catch (error) {
    // SQLite itself has rolled back after some failures, a full disk among them.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function opened(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: STAND_STILL_MS });
    // Only looked at through SQLite: closing a descriptor of our own would drop its locks (POSIX fcntl).
    refuseForeign(db, path);
    db.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA cache_size = -8000');
    transacted(db, 'BEGIN IMMEDIATE', () => migrate(db!, path));
    db.exec('PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 16777216');
    return db;
  } catch (error) {
    db?.close();
    throw error;
  }
}

function refuseForeign(db: DatabaseSync, path: string): void {
  const mark = numberOf(db, 'application_id');
  if (mark === APPLICATION_ID) return;
  const empty = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  // Made by another process between the two looks.
  if (numberOf(db, 'application_id') === APPLICATION_ID) return;
  if (mark !== 0 || !empty || numberOf(db, 'user_version') !== 0)
    throw trouble('malformed', path, 'it holds no work of ours');
}

function migrate(db: DatabaseSync, path: string): void {
  const version = numberOf(db, 'user_version');
  if (version > MIGRATIONS.length) {
    const answer = `work of version ${version}; known are versions up to ${MIGRATIONS.length}`;
    throw trouble('malformed', path, answer);
  }
  if (version === MIGRATIONS.length) return;
  for (const step of MIGRATIONS.slice(version)) db.exec(step);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`);
}

function numberOf(db: DatabaseSync, pragma: 'application_id' | 'user_version'): number {
  return Object.values(db.prepare(`PRAGMA ${pragma}`).get()!)[0] as number;
}

function trouble(kind: TroubleKind, on: string, answer: string): Trouble {
  return new Trouble(kind, { tried: 'open-records', on, answer });
}
