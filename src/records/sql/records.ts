import { AsyncLocalStorage } from 'node:async_hooks';
import { sql } from 'kysely';
import { isTrouble } from '../../trouble.ts';
import type { SealingKeys } from '../../wire/sealed.ts';
import type { Change, Records } from '../records.ts';
import { checkEntered } from '../texts.ts';
import { changingOf } from './changing.ts';
import { type Doing, writeAudit } from './doing.ts';
import { type Run, readingOf } from './reading.ts';
import { sealAnew } from './secrets.ts';
import type { Db } from './tables.ts';

export interface Databases {
  /** For what is read outside of a write. */
  reading: Db;
  /** A transaction begins only when no other one, of any process, is under way. */
  writing: Db;
  close(): Promise<void>;
}

/** What happens by itself is done by the program. */
const PROGRAM = 'malleposte';

/** The records on any database that speaks our SQL. `nowMs` dates lines of the audit; nothing is ordered by it. */
export function recordsOn(databases: Databases, keys: SealingKeys, nowMs: () => number = Date.now): Records {
  const within = new AsyncLocalStorage<{ open: boolean }>();
  const running = new Set<Promise<unknown>>();
  let closed = false;

  async function usable<T>(verb: () => Promise<T>): Promise<T> {
    if (closed) throw new Error('the records are closed');
    if (within.getStore()?.open) throw new Error('within a write, only the change that it gives is used');
    const run = verb();
    running.add(run);
    try {
      return await run;
    } finally {
      running.delete(run);
    }
  }

  const read: Run = (work) => usable(() => databases.reading.transaction().execute(work));

  function write<T>(by: string, work: (change: Change, doing: Doing) => Promise<T>): Promise<T> {
    return usable(async () => {
      checkEntered({ by });
      return databases.writing.transaction().execute(async (db) => {
        const state = { open: true };
        const doing: Doing = { db, by, keys, nowMs };
        const verbs = verbsOf(doing);
        try {
          return await within.run(state, () => work(verbs.change, doing));
        } finally {
          // After all that was begun: a verb that nobody waited for must not run into the end of its transaction.
          state.open = false;
          await verbs.end();
        }
      });
    });
  }

  return {
    ...readingOf(read, keys),
    write: (by, work) => write(by, (change) => work(change)),
    rotate: () =>
      write(PROGRAM, async (_change, doing) => {
        const count = await sealAnew(doing.db, keys);
        const line = {
          organisation: null,
          action: 'secrets.rotated',
          on: keys[0].id,
          details: { secrets: count },
        };
        if (count > 0) await writeAudit(doing, line);
        return count;
      }),
    async close() {
      if (closed) return;
      if (within.getStore()?.open) throw new Error('records are not closed within a write');
      closed = true;
      await Promise.allSettled(running);
      await databases.close();
    },
  };
}

/**
 * The verbs of one write: one after the other, whether they are waited for or not; each leaves nothing when it fails. `end` waits
 * for all that were begun, and throws when one of them broke the write.
 */
function verbsOf(doing: Doing): { change: Change; end(): Promise<void> } {
  let last: Promise<unknown> = Promise.resolve();
  let ended = false;
  let broken: unknown = null;

  const inTurn = <T>(verb: () => Promise<T>): Promise<T> => {
    if (ended) return Promise.reject(new Error('the write is over'));
    const turn = last.then(() => {
      if (broken !== null) throw broken;
      return verb();
    });
    last = turn.catch(() => {});
    return turn;
  };

  async function whole<T>(verb: (doing: Doing) => Promise<T>): Promise<T> {
    await sql`savepoint verb`.execute(doing.db);
    try {
      const answer = await verb(doing);
      await sql`release verb`.execute(doing.db);
      return answer;
    } catch (error) {
      await takeBack(error);
      throw error;
    }
  }

  /** Where the disk failed, all of the write is lost: nothing more is done in it. */
  async function takeBack(error: unknown): Promise<void> {
    if (isTrouble(error, 'missing', 'refused') || isTrouble(error, 'malformed')) {
      await sql`rollback to verb`.execute(doing.db);
      await sql`release verb`.execute(doing.db);
    } else {
      broken = error;
    }
  }

  const reading = readingOf((work) => inTurn(() => work(doing.db)), doing.keys);
  return {
    change: changingOf(reading, (verb) => inTurn(() => whole(verb))),
    async end() {
      ended = true;
      await last;
      // Whoever caught it may have gone on: half a verb is never committed.
      if (broken !== null) throw broken;
    },
  };
}
