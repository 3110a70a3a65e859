import { JOB_STATES, type Job, type JobKind, type JobQuery, type JobState, type Json } from '../work.ts';

/** A row as `JOB` reads it. */
export interface Row {
  place: number;
  key: string;
  kind: JobKind;
  move: string;
  site: string;
  rank: number;
  earliest_ms: number;
  payload: string;
  state: number;
  attempts: number;
  silences: number;
  worker: string | null;
  leased_ms: number | null;
  paused: 0 | 1;
  stopping: 0 | 1;
  trouble: string;
  told: string;
  asked_ms: number;
  ended_ms: number | null;
}

export const JOB = `
  SELECT place, key, kind, move, site, rank, earliest_ms, payload, state, attempts, silences, worker, leased_ms,
    stopping, trouble, told, asked_ms, ended_ms,
    EXISTS (SELECT 1 FROM paused WHERE paused.move = jobs.move) AS paused
  FROM jobs`;

export function asJob(row: Row): Job {
  return {
    ...{ key: row.key, kind: row.kind, of: row.move, site: row.site, earliestMs: row.earliest_ms },
    // 0 has no sign
    ...{ priority: 0 - row.rank, payload: JSON.parse(row.payload) as Json, place: row.place },
    ...{ state: JOB_STATES[row.state]!, attempts: row.attempts, silences: row.silences, worker: row.worker },
    ...{ leasedMs: row.leased_ms, paused: row.paused === 1, stopping: row.stopping === 1 },
    ...{ trouble: JSON.parse(row.trouble) as Json, told: JSON.parse(row.told) as Json },
    ...{ askedMs: row.asked_ms, endedMs: row.ended_ms },
  };
}

export function stateCode(state: JobState): number {
  return JOB_STATES.indexOf(state);
}

/** The statement and its values that read the jobs of a query, one more than its limit. */
export function pageSql({
  state,
  kind,
  of,
  site,
  after = 0,
  limit,
}: JobQuery): [string, (string | number)[]] {
  const wanted: Record<string, string | number | undefined> = {
    ...{ state: state === undefined ? undefined : stateCode(state), kind, move: of, site },
  };
  const given = Object.entries(wanted).filter(
    (pair): pair is [string, string | number] => pair[1] !== undefined,
  );
  const where = given.map(([column]) => `AND ${column} = ?`).join(' ');
  const sql = `${JOB} WHERE place > ? ${where} ORDER BY place LIMIT ?`;
  return [sql, [after, ...given.map(([, value]) => value), limit + 1]];
}
