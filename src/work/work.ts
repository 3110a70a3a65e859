/**
 * Durable work: who does which job when. One store of work belongs to one installation; several workers, in one
 * process or in more, take jobs from it. Laws (each has a test in `work.suite.ts`):
 *
 * - A verb that returned is durable; one that threw has changed nothing.
 * - A key is chosen by the caller and asked once for ever: asking a known key again, ended or not, changes nothing.
 *   A new pass over the same move has a new key.
 * - A job is held by one worker at most, and of the jobs of one `of` (one move) at most one is held.
 * - A job ends once: `done`, `failed` or `cancelled`, and stays so for ever.
 * - A lease that ran out is free for whoever leases next. Until somebody took it, or `expired` freed it, its holder
 *   may still renew, finish or give it back; after that all three are refused. So a killed worker loses nothing, and
 *   one that merely slept does not do its work in vain.
 * - Leases are measured by a clock that only goes forward (`time.ts`), kept with the jobs. Setting the clock of the
 *   machine, forward or back, neither ends a lease nor makes it last, while a process lives that has the store open.
 * - A job is due when the clock of the machine says so, or when as much time has passed as lay ahead when it was
 *   asked or given back: a clock set back delays nothing.
 *
 * A worker is one life of a process: its name must be new at each start, or it could finish what an earlier life left
 * behind. It should renew before it leases, so that after a long stall it does not take its own jobs again.
 *
 * Every verb may throw Trouble `write-record` (reading: `read-record`), on the file: `busy` when another process would not
 * let go of it in time, `full` when the disk is, `denied` or `malformed` when it cannot be used.
 */
export interface Work {
  /**
   * Writes down jobs, all or none. Known keys are ignored, whatever else they say. Answers how many were new.
   *
   * @throws Trouble `malformed` for a job beyond the limits of `limits.ts`, with its key and what is wrong.
   */
  ask(jobs: readonly AskedJob[]): Promise<number>;
  /**
   * Takes at most `most` jobs for `forMs` milliseconds, in one step against all other workers: due ones that are not
   * paused and whose `of` has no job held, within the limits; highest priority first, then the one asked first. A job
   * that the limits leave out does not hold up those behind it.
   */
  lease(worker: string, most: number, forMs: number, limits: Limits): Promise<Job[]>;
  /** Holds jobs for `forMs` from now, and tells which of them are no longer the worker's, and which it should stop. */
  renew(worker: string, keys: readonly string[], forMs: number): Promise<Renewal>;
  /**
   * Ends a job that the worker holds, even when its lease ran out meanwhile or it was asked to stop: what is done is
   * done.
   *
   * @throws Trouble `refused` when the job is not the worker's (any more): nothing was written.
   */
  finish(worker: string, key: string, ending: Ending): Promise<void>;
  /**
   * Lets go of a job that is to be tried again; a cancelled one ends thereby. With a trouble the attempt counts;
   * without one (asked to stop, the server goes down, the hours of the site are over) it never was.
   *
   * @throws Trouble `refused` as `finish` does.
   */
  giveBack(worker: string, key: string, again: Again): Promise<void>;

  /** Jobs of this `of`, also those asked later, are not leased until it is resumed. A holder is told at `renew`. Twice is once. */
  pause(of: string): Promise<void>;
  resume(of: string): Promise<void>;
  /** Waiting jobs with these keys are due now ("try again now"). Others are left as they are. Answers how many waited. */
  hasten(keys: readonly string[]): Promise<number>;
  /** Ends waiting jobs; asks the holders of held ones to stop. Unknown and ended keys are ignored. */
  cancel(keys: readonly string[]): Promise<Cancelled>;

  job(key: string): Promise<Job | null>;
  /** In the order they were asked, a page at a time. */
  jobs(query: JobQuery): Promise<JobPage>;
  /** Frees the leases that ran out and answers their keys; `lease` does so by itself. */
  expired(): Promise<string[]>;
  /** Twice is once. Leases stay: they run out. */
  close(): Promise<void>;
}

export const JOB_KINDS = ['move', 'prove', 'survey', 'check'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface AskedJob {
  key: string;
  kind: JobKind;
  /** The move that it works on. */
  of: string;
  /** Groups jobs for the limits: people behind one line. */
  site: string;
  /** Not before, milliseconds since 1970. */
  earliestMs: number;
  /** A whole number; higher goes first. */
  priority: number;
  /** What the worker must know besides. Never a secret: it is shown on pages. */
  payload: Json;
}

/**
 * - `waiting`   to be done, now or later
 * - `leased`    a worker has it
 * - `done`      ended well
 * - `failed`    its worker gave up for good; a person must look
 * - `cancelled` nobody wants it any more
 */
export const JOB_STATES = ['waiting', 'leased', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface Job extends AskedJob {
  /** Where it stands in the order of asking: grows, never used twice. */
  place: number;
  state: JobState;
  /** How often it was begun, this time included. */
  attempts: number;
  /** How often its worker fell silent until the lease ran out: a job that kills its worker shows itself here. */
  silences: number;
  worker: string | null;
  /** Since when the worker has it, by the clock of the machine; null when nobody has. */
  leasedMs: number | null;
  /** Its `of` is paused. */
  paused: boolean;
  /** It was cancelled while held; its holder has not let go yet. */
  stopping: boolean;
  /** What was told at the last giving back with a trouble; null when there was none. */
  trouble: Json;
  /** What was told when it ended. */
  told: Json;
  askedMs: number;
  endedMs: number | null;
}

export interface Limits {
  /** Jobs held at once, by all workers together. */
  overall: number;
  /** Jobs held at once of one site; 0 lets it rest. */
  perSite: number | ((site: string) => number);
  /** Only jobs of these sites may begin now. */
  sites: readonly string[] | 'all';
}

export interface Renewal {
  /** Not the worker's any more: taken by another, freed, ended or never there. Stop at once, write nothing. */
  lost: string[];
  /** Held on, but somebody asks to stop: give it back as soon as it stands well. */
  stop: { key: string; because: 'paused' | 'cancelled' }[];
}

export interface Ending {
  is: 'done' | 'failed';
  told: Json;
}

export interface Again {
  /** Not before, milliseconds since 1970. */
  earliestMs: number;
  trouble: Json;
}

export interface Cancelled {
  cancelled: string[];
  /** Their holders were asked to stop. */
  stopping: string[];
}

export interface JobQuery {
  state?: JobState;
  kind?: JobKind;
  of?: string;
  site?: string;
  /** `place` of the last job seen. */
  after?: number;
  /** At most `PAGE_MAX`. */
  limit: number;
}

export interface JobPage {
  jobs: Job[];
  /** `after` for the next page; null when this was the last one. */
  next: number | null;
}
