import { z } from 'zod';
import type { Id } from '../../records/facts.ts';
import type { AskedJob, Job } from '../../work/work.ts';

/** What a job of the work store is for. */
export type Task =
  | { is: 'pass'; organisation: Id; person: Id; pass: Id }
  | { is: 'check'; organisation: Id; person: Id }
  | { is: 'survey'; organisation: Id; person: Id; account: Id };

const Task: z.ZodType<Task> = z.discriminatedUnion('is', [
  z.object({ is: z.literal('pass'), organisation: z.string(), person: z.string(), pass: z.string() }),
  z.object({ is: z.literal('check'), organisation: z.string(), person: z.string() }),
  z.object({ is: z.literal('survey'), organisation: z.string(), person: z.string(), account: z.string() }),
]);

/** People see what they asked for just now before what runs for hours. */
const PRIORITY = { check: 30, survey: 20, last: 12, first: 10, delta: 5 };

export function passJob(
  task: Task & { is: 'pass' },
  kind: 'first' | 'delta' | 'last',
  site: Id | null,
  earliestMs: number,
): AskedJob {
  return {
    ...{ key: passKey(task.pass), kind: 'move', of: task.person, site: siteName(task.organisation, site) },
    ...{ earliestMs, priority: PRIORITY[kind], payload: { ...task } },
  };
}

/** `mark` makes it another one each time it is asked for. */
export function otherJob(
  task: Task & { is: 'check' | 'survey' },
  site: Id | null,
  earliestMs: number,
  mark: string,
): AskedJob {
  const what = task.is === 'survey' ? task.account : task.person;
  return {
    // Of a name of its own: neither a pause of the person nor a pass that runs holds it up.
    ...{ key: `${task.is}:${what}:${mark}`, kind: task.is, of: `${task.is}:${what}` },
    ...{
      site: siteName(task.organisation, site),
      earliestMs,
      priority: PRIORITY[task.is],
      payload: { ...task },
    },
  };
}

export function passKey(pass: Id): string {
  return `pass:${pass}`;
}

/** Sites of all organisations lie in one store of work; people at no site have a line of their own. */
export function siteName(organisation: Id, site: Id | null): string {
  return `${organisation}/${site ?? '-'}`;
}

/** Whose site it is. */
export function organisationIn(site: string): Id {
  return site.slice(0, site.indexOf('/'));
}

/** What a job says. A payload that is none of ours is a fault of the file, and ends the job. */
export function taskOf(job: Job): Task | null {
  const read = Task.safeParse(job.payload);
  return read.success ? read.data : null;
}
