import { z } from 'zod';
import { Trouble } from '../trouble.ts';
import { type AskedJob, JOB_KINDS, type Json, type Limits } from './work.ts';

/** Longest key, `of`, site or worker. Names here are made by us of ids, never of what people typed. */
export const NAME_MAX_CHARS = 200;
/** Longest payload, trouble or ending, as JSON: a job points at things, it does not carry them. */
export const JSON_MAX_CHARS = 16_384;
/** Most jobs or keys in one call: ten passes over the largest organisation. */
export const CALL_MAX_JOBS = 100_000;
/** Most jobs in one page or one lease. */
export const PAGE_MAX = 1000;
/** Longest lease: a worker that is alive renews far more often. */
export const LEASE_MAX_MS = 24 * 3600_000;
/** Highest time of ECMAScript's `Date`. */
const TIME_MAX_MS = 8.64e15;
const PRIORITY_MAX = 1_000_000;

/** Lone surrogates and NUL do not come back from every store as they went in. */
const NAME = z
  .string()
  .min(1)
  .max(NAME_MAX_CHARS)
  .refine((name) => name.isWellFormed() && !name.includes('\0'), 'no plain text');
const TIME = z.int().min(0).max(TIME_MAX_MS);

const ASKED = z.object({
  key: NAME,
  kind: z.enum(JOB_KINDS),
  of: NAME,
  site: NAME,
  earliestMs: TIME,
  priority: z.int().min(-PRIORITY_MAX).max(PRIORITY_MAX),
});

/** A job with its payload as text. */
export type Written = Omit<AskedJob, 'payload'> & { payload: string };

/** @throws Trouble `malformed` for the first job beyond the limits. */
export function writtenJobs(jobs: readonly AskedJob[]): Written[] {
  if (jobs.length > CALL_MAX_JOBS) throw malformed(`${jobs.length} jobs`, `at most ${CALL_MAX_JOBS} at once`);
  return jobs.map((job) => {
    const read = ASKED.safeParse(job);
    if (read.success) return { ...read.data, payload: written(job.key, 'payload', job.payload) };
    const { path, message } = read.error.issues[0]!;
    throw malformed(job?.key, `${path.join('.')}: ${message}`);
  });
}

/** JSON as text. @throws Trouble `malformed` when it is none or too long. */
export function written(key: string, what: string, value: Json): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw malformed(key, `${what}: ${error instanceof Error ? error.message : 'no JSON'}`);
  }
  if (text === undefined) throw malformed(key, `${what}: no JSON`);
  if (text.length > JSON_MAX_CHARS)
    throw malformed(key, `${what}: ${text.length} characters; at most ${JSON_MAX_CHARS}`);
  return text;
}

/** @throws Trouble `malformed` when it is no time since 1970. */
export function timeOf(key: string, ms: number): number {
  if (!TIME.safeParse(ms).success) throw malformed(key, `earliestMs: ${ms} is no time`);
  return ms;
}

function malformed(key: unknown, answer: string): Trouble {
  return new Trouble('malformed', { tried: 'write-record', on: named(key), answer });
}

/** The job is not this worker's. */
export function notHeld(worker: string, key: string): Trouble {
  const answer = `it is not held by ${worker.slice(0, NAME_MAX_CHARS)}`;
  return new Trouble('refused', { tried: 'write-record', on: named(key), answer });
}

function named(key: unknown): string {
  return String(key).slice(0, NAME_MAX_CHARS);
}

/** What only our own code can get wrong. A limit that is NaN must not be no limit. */
export function checkLease(worker: string, most: number, forMs: number, limits: Limits): void {
  checkName('worker', worker);
  within('most', most, 0, PAGE_MAX);
  within('forMs', forMs, 1, LEASE_MAX_MS);
  within('overall', limits.overall, 0, Number.MAX_SAFE_INTEGER);
}

export function checkName(what: 'worker' | 'of', name: string): void {
  if (!NAME.safeParse(name).success)
    throw new RangeError(`${what} is no name of 1 to ${NAME_MAX_CHARS} characters`);
}

export function checkKeys(keys: readonly string[]): void {
  within('keys', keys.length, 0, CALL_MAX_JOBS);
}

export function siteLimit(limits: Limits, site: string): number {
  const most = typeof limits.perSite === 'function' ? limits.perSite(site) : limits.perSite;
  return within('perSite', most, 0, Number.MAX_SAFE_INTEGER);
}

export function within(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${name} is ${value}; from ${least} to ${most}`);
}
