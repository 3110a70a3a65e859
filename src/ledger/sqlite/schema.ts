/** In the header of every ledger file (SQLite `application_id`): "MPLG". */
export const APPLICATION_ID = 0x4d504c47;

/**
 * How a ledger file comes to be, one step a version (SQLite `user_version`). A step that was released is never
 * altered: what must change is a new step. The words are in `docs/decisions/ledger.md`.
 *
 * Codes: `items.outcome` 0 copied, 1 merged, 2 left, 3 asked, null open; `items.same_by` 0 exact, 1 likely, 2 moved;
 * `landings.state` 0 intended, 1 landed, 2 verified, 3 found; `landings.unmarked` 1 when its marks may differ from
 * what its items want. `landings.sent` is null when equal to `exact`. Digests are 32 bytes.
 * `sums` are over `items`, or none (see `Sums`); `digests` has the first four bytes of `exact` and `kin` of all landings up
 * to the one in `digested`, which is one row (see `Digests`).
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE accounts (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, rank INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE folders (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts, path TEXT NOT NULL, checkpoint TEXT,
    UNIQUE (account, path)
  ) STRICT;
  CREATE TABLE places (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, window TEXT, state TEXT
  ) STRICT;
  CREATE TABLE marks (id INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE paths (id INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE remembered (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE items (
    id INTEGER PRIMARY KEY, folder INTEGER NOT NULL REFERENCES folders, account INTEGER NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0, outcome INTEGER, landing INTEGER, same_by INTEGER, size INTEGER NOT NULL,
    received_at INTEGER, marks INTEGER NOT NULL, also_in INTEGER NOT NULL, key TEXT NOT NULL,
    exact BLOB, kin BLOB, likely BLOB, message_id TEXT, subject TEXT, reason TEXT
  ) STRICT;
  CREATE UNIQUE INDEX items_key ON items (folder, key);
  CREATE INDEX items_folder ON items (folder);
  CREATE INDEX items_open ON items (folder) WHERE outcome IS NULL AND gone = 0;
  CREATE UNIQUE INDEX items_landing ON items (landing, account) WHERE landing IS NOT NULL;
  CREATE INDEX items_gone ON items (account, exact) WHERE gone = 1;
  CREATE INDEX items_excepted ON items (id) WHERE outcome >= 2;

  CREATE TABLE landings (
    id INTEGER PRIMARY KEY AUTOINCREMENT, place INTEGER NOT NULL REFERENCES places, state INTEGER NOT NULL,
    unmarked INTEGER NOT NULL, size INTEGER NOT NULL, marks INTEGER NOT NULL, received_at INTEGER,
    intended_at INTEGER NOT NULL, key TEXT, exact BLOB NOT NULL, kin BLOB NOT NULL, sent BLOB, likely BLOB,
    stored BLOB, rung TEXT NOT NULL, altered TEXT, message_id TEXT
  ) STRICT;
  CREATE UNIQUE INDEX landings_key ON landings (place, key) WHERE key IS NOT NULL;
  CREATE INDEX landings_due ON landings (place) WHERE state < 2;
  CREATE INDEX landings_found ON landings (id) WHERE state = 3;
  CREATE INDEX landings_unmarked ON landings (unmarked) WHERE unmarked = 1;

  CREATE TABLE sums (
    account INTEGER NOT NULL, gone INTEGER NOT NULL, outcome INTEGER, items INTEGER NOT NULL, bytes INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE digests (
    prefix BLOB NOT NULL, landing INTEGER NOT NULL, PRIMARY KEY (prefix, landing)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE digested (landing INTEGER NOT NULL) STRICT;
  INSERT INTO digested VALUES (0);
  `,
];

/** A table of this process alone, in memory: see `Digests`. */
export const FRESH = `
  CREATE TEMP TABLE fresh (
    prefix BLOB NOT NULL, landing INTEGER NOT NULL, PRIMARY KEY (prefix, landing)
  ) STRICT, WITHOUT ROWID`;
