import type { Written } from '../limits.ts';
import { dueAt, type Moment } from '../time.ts';
import type { Job, JobQuery, JobState, Json } from '../work.ts';

/** A job as it lies here. JSON is kept as text, so that nobody changes it from outside. */
export interface Row extends Written {
  place: number;
  dueMs: number;
  state: JobState;
  attempts: number;
  silences: number;
  worker: string | null;
  leasedMs: number | null;
  /** When the lease runs out, by the time of the store. */
  untilMs: number;
  stopping: boolean;
  trouble: string;
  told: string;
  askedMs: number;
  endedMs: number | null;
}

export function freshRow(job: Written, place: number, now: Moment): Row {
  return {
    ...job,
    ...{ place, dueMs: dueAt(now, job.earliestMs), state: 'waiting', attempts: 0, silences: 0 },
    ...{ worker: null, leasedMs: null, untilMs: 0, stopping: false, trouble: 'null', told: 'null' },
    ...{ askedMs: now.wallMs, endedMs: null },
  };
}

export function asJob({ dueMs: _due, untilMs: _until, ...row }: Row, paused: boolean): Job {
  const [payload, trouble, told] = [row.payload, row.trouble, row.told].map(
    (text) => JSON.parse(text) as Json,
  );
  return { ...row, paused, payload: payload!, trouble: trouble!, told: told! };
}

export function isDue(row: Row, now: Moment): boolean {
  return row.earliestMs <= now.wallMs || row.dueMs <= now.timeMs;
}

export function matches(row: Row, { state, kind, of, site, after = 0 }: JobQuery): boolean {
  return (
    row.place > after &&
    (state === undefined || row.state === state) &&
    (kind === undefined || row.kind === kind) &&
    (of === undefined || row.of === of) &&
    (site === undefined || row.site === site)
  );
}
