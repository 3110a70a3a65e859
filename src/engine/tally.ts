import { DatabaseSync } from 'node:sqlite';

/** A message at the target, as the proof read it. */
export interface TallyRow {
  id: number;
  path: readonly string[];
  key: string;
  raw: string;
  exact: string;
  likely: string | null;
  marks: readonly string[];
  receivedAt: number | null;
  subject: string | null;
  messageId: string | null;
}

/**
 * Everything that lies at the target, in a table of its own that spills to disk: the proof counts on it and ticks off
 * what the sources account for. It lives as long as the proof; nothing is kept.
 */
export interface Tally {
  add(row: Omit<TallyRow, 'id'>): void;
  at(path: readonly string[], key: string): TallyRow | null;
  /**
   * A row with this `exact` (or, as the target altered it, with this `raw`) that this account has not claimed: one that
   * nobody has, else one that others have.
   */
  free(exact: string, raw: string | null, account: string): (TallyRow & { shared: boolean }) | null;
  /** The same by content, where the Message-IDs do not contradict. */
  freeLikely(question: Deferred): (TallyRow & { shared: boolean }) | null;
  /** Whether a claimed row of the same folder and date has the same content. */
  hasLikelyTwin(row: TallyRow): boolean;
  claim(row: TallyRow, account: string): void;
  /** Sets a question aside until everything else has its own. */
  defer(question: Omit<Deferred, 'id'>): void;
  /** Those that have no answer yet. */
  deferred(): Iterable<Deferred>;
  answered(id: number): void;
  /** The target would not hand it out, though it was listed. */
  unseen(row: Unseen): void;
  /** It was listed once more: what nobody lists any more was deleted meanwhile, and is no affair of the proof. */
  stillListed(path: readonly string[], key: string): void;
  unseenAt(path: readonly string[], key: string): Unseen | null;
  allUnseen(): Iterable<Unseen>;
  /** Rows that nothing claimed, each with a claimed row of the same bytes, date and folder when there is one. */
  rest(): Iterable<TallyRow & { twin: string | null }>;
  close(): void;
}

/** A source message whose place the ledger could not tell, as JSON of its finding. */
export interface Deferred {
  id: number;
  exact: string;
  likely: string | null;
  messageId: string | null;
  /** Of the bytes that the ledger says lie at the target for it; null when it says nothing. */
  raw: string | null;
  account: string;
  finding: string;
}

export interface Unseen {
  path: readonly string[];
  key: string;
  /** The target's own words. */
  answer: string | null;
}

const SCHEMA = `
  CREATE TABLE row (id INTEGER PRIMARY KEY, path TEXT, key TEXT, raw TEXT, exact TEXT, likely TEXT, marks TEXT, receivedAt INTEGER,
    subject TEXT, messageId TEXT, claimed INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE claim (row INTEGER, account TEXT, PRIMARY KEY (row, account)) WITHOUT ROWID;
  CREATE TABLE deferred (id INTEGER PRIMARY KEY, exact TEXT, likely TEXT, messageId TEXT, raw TEXT, account TEXT,
    finding TEXT, answered INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE unseen (path TEXT, key TEXT, answer TEXT, listed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (path, key)) WITHOUT ROWID;
  CREATE UNIQUE INDEX row_key ON row (path, key);
  CREATE INDEX row_exact ON row (exact);
  CREATE INDEX row_raw ON row (raw);`;

type Stored = Record<
  'id' | 'path' | 'key' | 'raw' | 'exact' | 'marks' | 'receivedAt' | 'subject' | 'messageId',
  never
>;

export function openTally(): Tally {
  // An empty name is a private temporary database: in memory while small, on disk when it grows, gone when closed.
  const db = new DatabaseSync('');
  db.exec(`PRAGMA cache_size = -8000; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; ${SCHEMA}`);
  const insert = db.prepare(
    `INSERT INTO row (path, key, raw, exact, likely, marks, receivedAt, subject, messageId)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byKey = db.prepare('SELECT * FROM row WHERE path = ? AND key = ?');
  const free = db.prepare(`
    SELECT * FROM row WHERE (exact = ?1 OR raw = ?2)
      AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.row = row.id AND claim.account = ?3)
    ORDER BY claimed, id LIMIT 1`);
  const claimRow = db.prepare('UPDATE row SET claimed = 1 WHERE id = ?');
  const claim = db.prepare('INSERT OR IGNORE INTO claim (row, account) VALUES (?, ?)');
  const defer = db.prepare(
    'INSERT INTO deferred (exact, likely, messageId, raw, account, finding) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const deferred = db.prepare('SELECT * FROM deferred WHERE answered = 0 ORDER BY id');
  const answered = db.prepare('UPDATE deferred SET answered = 1 WHERE id = ?');
  const byLikely = openByLikely(db);
  const unseen = db.prepare('INSERT OR REPLACE INTO unseen (path, key, answer) VALUES (?, ?, ?)');
  const stillListed = db.prepare('UPDATE unseen SET listed = 1 WHERE path = ? AND key = ?');
  const unseenAt = db.prepare('SELECT path, key, answer FROM unseen WHERE path = ? AND key = ? AND listed');
  const allUnseen = db.prepare('SELECT path, key, answer FROM unseen WHERE listed ORDER BY path, key');
  const rest = db.prepare(`
    SELECT row.*, (SELECT twin.key FROM row AS twin WHERE twin.exact = row.exact AND twin.claimed = 1
      AND twin.path = row.path AND twin.receivedAt IS row.receivedAt LIMIT 1) AS twin
    FROM row WHERE claimed = 0 ORDER BY id`);
  return {
    add(row) {
      const { path, key, raw, exact, likely, marks, receivedAt, subject, messageId } = row;
      insert.run(
        JSON.stringify(path),
        key,
        raw,
        exact,
        likely,
        JSON.stringify(marks),
        receivedAt,
        subject,
        messageId,
      );
    },
    at: (path, key) => asRow(byKey.get(JSON.stringify(path), key)),
    free(exact, raw, account) {
      const row = free.get(exact, raw, account);
      return row ? { ...asRow(row)!, shared: row.claimed === 1 } : null;
    },
    freeLikely({ likely, messageId, account }) {
      const row = likely === null ? undefined : byLikely().free.get(likely, messageId, account);
      return row ? { ...asRow(row)!, shared: row.claimed === 1 } : null;
    },
    hasLikelyTwin: ({ path, likely, messageId, receivedAt }) =>
      likely !== null &&
      byLikely().twin.get(likely, JSON.stringify(path), receivedAt, messageId) !== undefined,
    claim(row, account) {
      claimRow.run(row.id);
      claim.run(row.id, account);
    },
    defer: ({ exact, likely, messageId, raw, account, finding }) =>
      void defer.run(exact, likely, messageId, raw, account, finding),
    deferred: () => deferred.iterate() as Iterable<unknown> as Iterable<Deferred>,
    answered: (id) => void answered.run(id),
    unseen: ({ path, key, answer }) => void unseen.run(JSON.stringify(path), key, answer),
    stillListed: (path, key) => void stillListed.run(JSON.stringify(path), key),
    unseenAt: (path, key) => asUnseen(unseenAt.get(JSON.stringify(path), key)),
    *allUnseen() {
      for (const row of allUnseen.iterate()) yield asUnseen(row)!;
    },
    *rest() {
      for (const row of rest.iterate()) yield { ...asRow(row)!, twin: (row as { twin: string | null }).twin };
    },
    close: () => db.close(),
  };
}

/** Made when the first question asks by content: most proofs never do, and an index costs every row. */
function openByLikely(db: DatabaseSync) {
  const open = () => {
    db.exec('CREATE INDEX row_likely ON row (likely)');
    return {
      free: db.prepare(`
        SELECT * FROM row WHERE likely = ?1 AND (?2 IS NULL OR messageId IS NULL OR messageId = ?2)
          AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.row = row.id AND claim.account = ?3)
        ORDER BY claimed, id LIMIT 1`),
      twin: db.prepare(`
        SELECT 1 FROM row WHERE likely = ?1 AND path = ?2 AND receivedAt IS ?3 AND claimed = 1
          AND (?4 IS NULL OR messageId IS NULL OR messageId = ?4) LIMIT 1`),
    };
  };
  let opened: ReturnType<typeof open> | null = null;
  return () => {
    opened ??= open();
    return opened;
  };
}

function asRow(row: unknown): TallyRow | null {
  if (row === undefined) return null;
  const stored = row as Stored;
  return {
    ...(stored as unknown as TallyRow),
    path: JSON.parse(stored.path),
    marks: JSON.parse(stored.marks),
  };
}

function asUnseen(row: unknown): Unseen | null {
  if (row === undefined) return null;
  const stored = row as { path: string; key: string; answer: string | null };
  return { ...stored, path: JSON.parse(stored.path) };
}
