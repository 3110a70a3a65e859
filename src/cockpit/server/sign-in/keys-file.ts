import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { openSqliteFile, sqliteTrouble } from './sqlite-file.ts';

/**
 * What opens a door without a password, by the digest of it: links that are used once, tokens of programs, links of people. A
 * file beside the operators', because the sign-in library keeps a transaction of its own open over there now and then.
 */
export interface KeysFile {
  run(sql: string, ...values: SQLInputValue[]): number;
  one<Row>(sql: string, ...values: SQLInputValue[]): Row | null;
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  close(): void;
}

/** Times are milliseconds since 1970; `facts` and `roles` JSON. */
const STEPS = [
  `
  CREATE TABLE links (
    digest BLOB PRIMARY KEY, kind TEXT NOT NULL, facts TEXT NOT NULL, made_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL, used_ms INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, name TEXT NOT NULL, owner TEXT NOT NULL, roles TEXT NOT NULL,
    made_ms INTEGER NOT NULL, expires_ms INTEGER, used_ms INTEGER, revoked_ms INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE people (
    digest BLOB PRIMARY KEY, organisation TEXT NOT NULL, person TEXT NOT NULL, made_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL, used_ms INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX people_of ON people (organisation, person);
  `,
] as const;

/** Throws Trouble as `openSqliteFile`; its verbs `full`, `busy`, `denied` (`write-record`). */
export function openKeysFile(path: string): KeysFile {
  const db: DatabaseSync = openSqliteFile(path, STEPS);
  const made = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = made.get(sql) ?? db.prepare(sql);
    made.set(sql, known);
    return known;
  };
  const told = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw sqliteTrouble(error, 'write-record', path) ?? error;
    }
  };
  return {
    run: (sql, ...values) => told(() => Number(statement(sql).run(...values).changes)),
    one: <Row>(sql: string, ...values: SQLInputValue[]) =>
      told(() => (statement(sql).get(...values) ?? null) as Row | null),
    all: <Row>(sql: string, ...values: SQLInputValue[]) => told(() => statement(sql).all(...values) as Row[]),
    close: () => {
      if (db.isOpen) db.close();
    },
  };
}
