/** In the header of every file of records (SQLite `application_id`): "MPRC". */
export const APPLICATION_ID = 0x4d505243;

/**
 * How a file of records comes to be, one step a version (SQLite `user_version`). A step that was released is never altered: what
 * must change is a new step. The words are in `docs/decisions/records.md`.
 *
 * `*_key` and `addresses.address` are `sameAs`, `sort_name` and `folded` are `fold` of what they stand for. Lists and inner objects are
 * JSON. Yes is 1, no is 0. Rows with `seq` are never renumbered, nor a number given twice.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE organisations (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, language TEXT NOT NULL,
    suite TEXT NOT NULL, domains TEXT NOT NULL, target_template TEXT, moves_at_once INTEGER NOT NULL, created_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sites (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisations, version INTEGER NOT NULL, name TEXT NOT NULL,
    name_key TEXT NOT NULL, zone TEXT NOT NULL, hours TEXT NOT NULL, closed TEXT NOT NULL, line_bytes_per_second INTEGER,
    UNIQUE (organisation, name_key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE waves (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisations, version INTEGER NOT NULL, name TEXT NOT NULL,
    name_key TEXT NOT NULL, position INTEGER NOT NULL, pilot INTEGER NOT NULL, state TEXT NOT NULL, starts_on TEXT,
    deadline_ms INTEGER, roll_back_note TEXT NOT NULL, decision TEXT, started_ms INTEGER, ended_ms INTEGER,
    UNIQUE (organisation, name_key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE ticks (
    wave TEXT NOT NULL REFERENCES waves ON DELETE CASCADE, gate TEXT NOT NULL, how TEXT NOT NULL, who TEXT NOT NULL,
    at_ms INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (wave, gate)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE people (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisations, version INTEGER NOT NULL, kind TEXT NOT NULL,
    given_name TEXT NOT NULL, family_name TEXT NOT NULL, display_name TEXT NOT NULL, address TEXT NOT NULL,
    address_key TEXT NOT NULL, aliases TEXT NOT NULL, site TEXT REFERENCES sites, wave TEXT REFERENCES waves, language TEXT,
    title TEXT NOT NULL, mobile TEXT NOT NULL, sort_name TEXT NOT NULL, folded TEXT NOT NULL, last_pass INTEGER,
    findings_of INTEGER NOT NULL, open_findings INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX people_name ON people (organisation, sort_name, id);
  CREATE INDEX people_address ON people (organisation, address_key);
  CREATE INDEX people_site ON people (site);
  CREATE INDEX people_wave ON people (wave);

  CREATE TABLE groups (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisations, version INTEGER NOT NULL, name TEXT NOT NULL,
    name_key TEXT NOT NULL, address TEXT NOT NULL, aliases TEXT NOT NULL, site TEXT REFERENCES sites, members TEXT NOT NULL
  ) STRICT;
  CREATE INDEX groups_name ON groups (organisation, name_key);
  CREATE INDEX groups_site ON groups (site);

  CREATE TABLE addresses (
    organisation TEXT NOT NULL, address TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (organisation, address)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX addresses_owner ON addresses (owner);

  CREATE TABLE accounts (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL, person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    version INTEGER NOT NULL, role TEXT NOT NULL, address TEXT NOT NULL, position INTEGER NOT NULL,
    needs_secret INTEGER NOT NULL, has_secret INTEGER NOT NULL, checked TEXT, check_failed INTEGER NOT NULL, amount TEXT
  ) STRICT;
  CREATE UNIQUE INDEX accounts_person ON accounts (person, role, address);
  CREATE UNIQUE INDEX accounts_target ON accounts (person) WHERE role = 'target';
  CREATE INDEX accounts_organisation ON accounts (organisation);
  CREATE INDEX accounts_wanting ON accounts (organisation, person) WHERE needs_secret = 1 AND has_secret = 0;
  CREATE INDEX accounts_failed ON accounts (organisation, person) WHERE check_failed = 1;

  CREATE TABLE secrets (
    account TEXT PRIMARY KEY REFERENCES accounts ON DELETE CASCADE, sealing_key TEXT NOT NULL, sealed TEXT NOT NULL
  ) STRICT;
  CREATE INDEX secrets_key ON secrets (sealing_key);

  CREATE TABLE surveys (
    account TEXT PRIMARY KEY REFERENCES accounts ON DELETE CASCADE, at_ms INTEGER NOT NULL, survey TEXT NOT NULL
  ) STRICT;

  CREATE TABLE passes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, organisation TEXT NOT NULL REFERENCES organisations,
    person TEXT NOT NULL, wave TEXT REFERENCES waves ON DELETE SET NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,
    state TEXT NOT NULL, asked_ms INTEGER NOT NULL, began_ms INTEGER, ended_ms INTEGER, entries INTEGER NOT NULL,
    copied INTEGER NOT NULL, merged INTEGER NOT NULL, "left" INTEGER NOT NULL, asked INTEGER NOT NULL, missing INTEGER NOT NULL,
    extra INTEGER NOT NULL, doubled INTEGER NOT NULL, altered INTEGER NOT NULL, bytes INTEGER NOT NULL, carried INTEGER NOT NULL,
    seconds REAL NOT NULL, trouble TEXT, certificate TEXT, UNIQUE (person, number)
  ) STRICT;
  CREATE INDEX passes_wave ON passes (wave, organisation);
  CREATE INDEX passes_organisation ON passes (organisation);
  CREATE INDEX passes_unfinished ON passes (ended_ms) WHERE ended_ms IS NULL;

  CREATE TABLE findings (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, organisation TEXT NOT NULL, person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    pass TEXT NOT NULL, kind TEXT NOT NULL, account TEXT, folder TEXT NOT NULL, key TEXT NOT NULL, subject TEXT, message_id TEXT,
    code TEXT, answer TEXT, classes TEXT NOT NULL, same TEXT NOT NULL, cause TEXT NOT NULL, folded TEXT NOT NULL,
    accepted INTEGER NOT NULL, accepted_by TEXT, accepted_ms INTEGER, accepted_reason TEXT
  ) STRICT;
  CREATE INDEX findings_person ON findings (person);
  CREATE INDEX findings_cause ON findings (organisation, kind, code, cause, person, accepted);
  CREATE INDEX findings_organisation ON findings (organisation);
  CREATE INDEX findings_accepted ON findings (organisation, accepted);

  CREATE TABLE operators (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, user TEXT NOT NULL UNIQUE, name TEXT NOT NULL, email TEXT NOT NULL,
    language TEXT NOT NULL, roles TEXT NOT NULL, disabled INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, who TEXT NOT NULL, organisation TEXT, action TEXT NOT NULL,
    what TEXT NOT NULL, details TEXT NOT NULL, folded TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_organisation ON audit (organisation, id);

  CREATE TABLE settings (
    organisation TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (organisation, name)
  ) STRICT, WITHOUT ROWID;
  `,
];
