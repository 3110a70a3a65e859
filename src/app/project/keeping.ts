import type { Id } from '../../records/facts.ts';
import { isTrouble } from '../../trouble.ts';
import type { Project } from './project.ts';

/** What was worked out of an organisation. `large`: so much was read for it that it is worth keeping. */
export interface WorkedOut<T> {
  value: T;
  large: boolean;
}

/** Of so many people or passes the reading takes longer than a page should wait for. */
export const LARGE = 2_000;
/** Checks and amounts are noted without a line in the audit: what is kept is no older than this. */
const FRESH_MS = 60_000;
/** What took a second is worked out anew twenty seconds later at the earliest: no more than a twentieth of the machine goes into it. */
const SHARE = 20;
const REST_MAX_MS = 30_000;

interface Kept<T> {
  value: T;
  /** The newest line of the audit before it was read. */
  stamp: number;
  atMs: number;
  tookMs: number;
  running: Promise<T> | null;
  later: NodeJS.Timeout | null;
}

/**
 * What takes long to work out of a large organisation, kept while nothing is changed there. When something is, whoever asks within the
 * time of rest is answered what was, and told (`changed`) as soon as it is worked out anew. Of a small one it is worked out each time.
 */
export function keeping<T>(
  work: (project: Project, organisation: Id) => Promise<WorkedOut<T>>,
): (project: Project, organisation: Id) => Promise<T> {
  const projects = new WeakMap<Project, Map<Id, Kept<T>>>();

  async function anew(project: Project, organisation: Id, all: Map<Id, Kept<T>>): Promise<T> {
    const stamp = await stampOf(project, organisation);
    const began = performance.now();
    const { value, large } = await work(project, organisation);
    const atMs = performance.now();
    clearTimeout(all.get(organisation)?.later ?? undefined);
    if (large)
      all.set(organisation, { value, stamp, atMs, tookMs: atMs - began, running: null, later: null });
    else all.delete(organisation);
    return value;
  }

  /** Two that ask at once wait for one. */
  function shared(project: Project, organisation: Id, all: Map<Id, Kept<T>>, kept: Kept<T>): Promise<T> {
    kept.running ??= anew(project, organisation, all).finally(() => {
      kept.running = null;
    });
    return kept.running;
  }

  return async (project, organisation) => {
    const all = projects.get(project) ?? new Map<Id, Kept<T>>();
    projects.set(project, all);
    const kept = all.get(organisation);
    if (kept === undefined) return anew(project, organisation, all);
    const ageMs = performance.now() - kept.atMs;
    if (ageMs < FRESH_MS && (await stampOf(project, organisation)) === kept.stamp) return kept.value;
    const restMs = Math.min(REST_MAX_MS, kept.tookMs * SHARE) - ageMs;
    if (restMs <= 0) return shared(project, organisation, all, kept);
    kept.later ??= setTimeout(() => {
      shared(project, organisation, all, kept).then(
        () => project.live.changed(organisation, 'waves'),
        (error: unknown) => {
          // A disk that is busy, a project that was closed: who asks next is told.
          if (!isTrouble(error)) throw error;
        },
      );
    }, restMs).unref();
    return kept.value;
  };
}

async function stampOf({ records }: Project, organisation: Id): Promise<number> {
  return (await records.audit(organisation, { offset: 0, limit: 1 })).rows[0]?.id ?? 0;
}
