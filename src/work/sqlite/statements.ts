import type { DatabaseSync } from 'node:sqlite';
import { JOB } from './rows.ts';

/** Nobody holds it any more; what was cancelled meanwhile ends thereby. */
const LET_GO = `
  state = CASE stopping WHEN 1 THEN 4 ELSE 0 END, ended_ms = CASE stopping WHEN 1 THEN :wallMs END,
  stopping = 0, worker = NULL, leased_ms = NULL, until_ms = NULL`;

/** The worker holds it, though its lease may have run out. */
const HELD = 'key = :key AND state = 1 AND worker = :worker';

/** Every statement of the verbs but the choosing. Codes as in `MIGRATIONS`. */
const SQL = {
  moment: 'SELECT wall_ms AS wallMs, time_ms AS timeMs FROM moment',
  remember: 'UPDATE moment SET wall_ms = :wallMs, time_ms = :timeMs',
  changes: 'SELECT total_changes() AS count',
  ask: `
    INSERT INTO jobs (key, kind, move, site, rank, earliest_ms, due_ms, payload, asked_ms)
    VALUES (:key, :kind, :move, :site, :rank, :earliestMs, :dueMs, :payload, :askedMs) ON CONFLICT (key) DO NOTHING`,
  free: `UPDATE jobs SET silences = silences + 1, ${LET_GO} WHERE state = 1 AND until_ms <= :timeMs RETURNING key`,
  lease: `
    UPDATE jobs SET state = 1, attempts = attempts + 1, worker = :worker, leased_ms = :leasedMs, until_ms = :untilMs
    WHERE place = :place`,
  renew: `
    UPDATE jobs SET until_ms = :untilMs WHERE ${HELD}
    RETURNING stopping, EXISTS (SELECT 1 FROM paused WHERE paused.move = jobs.move) AS paused`,
  finish: `
    UPDATE jobs SET state = :state, told = :told, ended_ms = :wallMs, stopping = 0, worker = NULL, leased_ms = NULL,
      until_ms = NULL
    WHERE ${HELD}`,
  giveBack: `
    UPDATE jobs SET attempts = attempts - (:trouble IS NULL), trouble = coalesce(:trouble, trouble),
      earliest_ms = :earliestMs, due_ms = :dueMs, ${LET_GO}
    WHERE ${HELD}`,
  pause: 'INSERT INTO paused (move) VALUES (?) ON CONFLICT DO NOTHING',
  resume: 'DELETE FROM paused WHERE move = ?',
  hasten: `
    UPDATE jobs SET earliest_ms = :wallMs, due_ms = :timeMs
    WHERE state = 0 AND key IN (SELECT value FROM json_each(:keys))`,
  cancel: 'UPDATE jobs SET state = 4, ended_ms = :wallMs WHERE key = :key AND state = 0',
  stop: 'UPDATE jobs SET stopping = 1 WHERE key = ? AND state = 1',
  byKey: `${JOB} WHERE key = ?`,
  byPlace: `${JOB} WHERE place = ?`,
} as const;

export type Statements = Record<keyof typeof SQL, ReturnType<DatabaseSync['prepare']>>;

export function prepared(db: DatabaseSync): Statements {
  const entries = Object.entries(SQL).map(([name, text]) => [name, db.prepare(text)]);
  return Object.fromEntries(entries) as Statements;
}
