import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Attempt } from '../../trouble.ts';
import { isBusy, translated } from './failure.ts';

/** Lists in a condition make statements of many lengths. */
const STATEMENTS_MAX = 300;
/** SQLite works on the one thread that serves everybody: after this long, others get their turn. */
const TURN_MS = 15;
const RETRY_MS = 20;

export interface SqliteConnection {
  db: DatabaseSync;
  /** Of Troubles: what is being done, and the file. */
  tried: Attempt;
  path: string;
  /** `IMMEDIATE` for a connection that writes. */
  begin: 'BEGIN' | 'BEGIN IMMEDIATE';
  /** How long a transaction of another process is waited for. */
  busyMs: number;
}

/** Kysely on one connection of `node:sqlite`. Transactions come one after the other; the connection is closed by its owner. */
export function nodeSqliteDialect(connection: SqliteConnection): Dialect {
  return {
    createDriver: () => driverOf(connection),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

function driverOf(to: SqliteConnection): Driver {
  const one = connectionOf(to);
  return {
    init: async () => {},
    acquireConnection: async () => one,
    beginTransaction: () => begin(to),
    commitTransaction: async () => run(to, 'COMMIT'),
    rollbackTransaction: async () => {
      // After some failures, as of a full disk, SQLite has rolled back by itself.
      if (to.db.isOpen && to.db.isTransaction) run(to, 'ROLLBACK');
    },
    releaseConnection: async () => {},
    destroy: async () => {},
  };
}

/** Waits beside the event loop: SQLite's own wait would hold up everything. */
async function begin(to: SqliteConnection): Promise<void> {
  const untilMs = performance.now() + to.busyMs;
  for (;;) {
    try {
      return to.db.exec(to.begin);
    } catch (error) {
      if (!isBusy(error) || performance.now() >= untilMs) throw translated(error, to.tried, to.path);
    }
    await pause(RETRY_MS);
  }
}

function run({ db, tried, path }: SqliteConnection, sql: string): void {
  try {
    db.exec(sql);
  } catch (error) {
    throw translated(error, tried, path);
  }
}

function connectionOf(to: SqliteConnection): DatabaseConnection {
  const prepared = statementsOf(to.db);
  let turnMs = performance.now();
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      if (performance.now() - turnMs > TURN_MS) {
        await nextTurn();
        turnMs = performance.now();
      }
      try {
        const { statement, answers } = prepared(sql);
        const values = parameters as SQLInputValue[];
        if (answers) return { rows: statement.all(...values) as R[] };
        const { changes, lastInsertRowid } = statement.run(...values);
        return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
      } catch (error) {
        throw translated(error, to.tried, to.path);
      }
    },
    // biome-ignore lint/correctness/useYield: Kysely asks for it, and no verb streams
    async *streamQuery() {
      throw new Error('the records stream nothing');
    },
  };
}

interface Prepared {
  statement: StatementSync;
  /** It answers rows. */
  answers: boolean;
}

function statementsOf(db: DatabaseSync): (sql: string) => Prepared {
  const known = new Map<string, Prepared>();
  return (sql) => {
    const found = known.get(sql);
    if (found) return found;
    if (known.size >= STATEMENTS_MAX) known.clear();
    const statement = db.prepare(sql);
    const made = { statement, answers: statement.columns().length > 0 };
    known.set(sql, made);
    return made;
  };
}
