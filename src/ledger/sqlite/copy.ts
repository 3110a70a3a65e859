import { backup, DatabaseSync } from 'node:sqlite';
import { isTrouble } from '../../trouble.ts';
import { troubleOf } from './failure.ts';

/**
 * Copies a ledger file as it stands, for a run that must leave no trace in it. It is read under its lock and never
 * written; what a run that was cut off had left in the log beside it is part of the copy.
 *
 * @returns false when it is open elsewhere: then nothing was copied
 * @throws Trouble (`open-ledger`) `malformed`, `denied`, `full`
 */
export async function copyLedgerFile(path: string, into: string): Promise<boolean> {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    // Exclusive before anything is read, as every opening of a ledger: no shared memory file is made beside it.
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(db, into, { rate: PAGES_AT_ONCE });
    return true;
  } catch (error) {
    const trouble = troubleOf(error, 'open-ledger', path) ?? error;
    if (isTrouble(trouble, 'busy')) return false;
    throw trouble;
  } finally {
    db?.close();
  }
}

/** Few enough that a Ctrl-C is heard in between. */
const PAGES_AT_ONCE = 2000;
