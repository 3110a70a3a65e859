/** In the header of every file of work (SQLite `application_id`): "MPWK". */
export const APPLICATION_ID = 0x4d50574b;

/**
 * How a file of work comes to be, one step a version (SQLite `user_version`). A step that was released is never
 * altered: what must change is a new step.
 *
 * `state` counts `JOB_STATES`: 0 waiting, 1 leased, 2 done, 3 failed, 4 cancelled; `move` is `of`; `rank` is the
 * priority with its sign turned, so that one index gives the order. `due_ms` and `until_ms` are by the time of the
 * store (`Moment.timeMs`), all others by the wall clock. `moment` is one row.
 *
 * `jobs_leased` is the law that of one move one job is held. `jobs_waiting` holds all that choosing asks for, so that
 * the jobs it passes over cost one look at the index each. The last three are for pages.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE jobs (
    place INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, move TEXT NOT NULL,
    site TEXT NOT NULL, rank INTEGER NOT NULL, earliest_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,
    payload TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    silences INTEGER NOT NULL DEFAULT 0, worker TEXT, leased_ms INTEGER, until_ms INTEGER,
    stopping INTEGER NOT NULL DEFAULT 0, trouble TEXT NOT NULL DEFAULT 'null', told TEXT NOT NULL DEFAULT 'null',
    asked_ms INTEGER NOT NULL, ended_ms INTEGER,
    CHECK ((state = 1) = (worker IS NOT NULL)), CHECK ((state > 1) = (ended_ms IS NOT NULL))
  ) STRICT;
  CREATE INDEX jobs_waiting ON jobs (rank, place, site, move, earliest_ms, due_ms) WHERE state = 0;
  CREATE INDEX jobs_sites ON jobs (site) WHERE state = 0;
  CREATE UNIQUE INDEX jobs_leased ON jobs (move) WHERE state = 1;
  CREATE INDEX jobs_state ON jobs (state);
  CREATE INDEX jobs_move ON jobs (move, state);
  CREATE INDEX jobs_site ON jobs (site, state);

  CREATE TABLE paused (move TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE moment (one INTEGER PRIMARY KEY CHECK (one = 1), wall_ms INTEGER NOT NULL, time_ms INTEGER NOT NULL) STRICT;
  INSERT INTO moment VALUES (1, 0, 0);
  `,
];
