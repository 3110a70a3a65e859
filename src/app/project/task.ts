import path from 'node:path';
import type { TroubleRecord } from '../../records/facts.ts';
import type { PersonRow } from '../../records/records.ts';
import { isTrouble, type Trouble } from '../../trouble.ts';
import type { Job, Json } from '../../work/work.ts';
import type { Coach, CoachOutcome } from '../coach/coach.ts';
import { redacted } from '../coach/redact.ts';
import { againAfter } from './again.ts';
import { runCheck } from './check-task.ts';
import type { Task } from './jobs.ts';
import { taskOf } from './jobs.ts';
import type { LoopParts } from './loop.ts';
import { runPassTask } from './pass-task.ts';
import { runSurvey } from './survey-task.ts';

/** A job that is under way. */
export interface Running {
  readonly job: Job;
  /** Settles when everything about it is written down. Rejects for bugs alone. */
  readonly done: Promise<void>;
  /** At the next safe point; twice is once. */
  stop(because: StopBecause): void;
  /** Another worker has it: nothing more is written. */
  abandon(): void;
  limit(bytesPerSecond: number | null): void;
}

export type StopBecause = 'asked' | 'hours' | 'closing';

/** How a task goes on, as its runner tells it. */
export type TaskEnd =
  | { is: 'done'; told: Json }
  | { is: 'failed'; trouble: TroubleRecord }
  | { is: 'again'; trouble: TroubleRecord; afterMs: number }
  | { is: 'stopped' };

/** What a runner of tasks works with. */
export interface TaskRoom extends LoopParts {
  job: Job;
  /** Starts the coach, unless it was stopped before; the loop's limit and stop reach it. */
  conduct(start: () => Coach): Promise<CoachOutcome>;
  /** Nobody else has taken the job: what is noted is ours to note. */
  isOurs(): boolean;
  /** Why it stopped. */
  stopped(): StopBecause | null;
  personRow(task: Task): Promise<PersonRow>;
}

/** Not tried again after its process died so often: it kills whoever tries. */
const SILENCES_MAX = 5;
const LOST_MS = 5_000;

export function startTask(job: Job, worker: string, parts: LoopParts, nextOpenMs: () => number): Running {
  let coach: Coach | null = null;
  let because: StopBecause | null = null;
  let ours = true;
  let limited: number | null | undefined;
  const stop = (why: StopBecause): void => {
    because ??= why;
    coach?.stop();
  };
  const room: TaskRoom = {
    ...parts,
    job,
    async conduct(start) {
      if (because !== null) return { is: 'stopped' };
      coach = start();
      if (limited !== undefined && limited !== null) coach.limit(limited);
      return coach.done;
    },
    isOurs: () => ours,
    stopped: () => because,
    personRow: ({ organisation, person }) => parts.records.person(organisation, person),
  };
  return {
    job,
    done: run(room).then((end) => (ours ? settle(room, worker, end, nextOpenMs) : undefined)),
    stop,
    abandon() {
      ours = false;
      stop('closing');
    },
    limit(bytesPerSecond) {
      if (bytesPerSecond === limited) return;
      limited = bytesPerSecond;
      coach?.limit(bytesPerSecond);
    },
  };
}

async function run(room: TaskRoom): Promise<TaskEnd> {
  const task = taskOf(room.job);
  if (task === null)
    return {
      is: 'failed',
      trouble: troubleRecord(
        { kind: 'malformed', tried: 'read-record', on: room.job.key, answer: 'unknown-task' },
        room.nowMs(),
      ),
    };
  try {
    if (task.is === 'pass') return await runPassTask(task, room);
    return await (task.is === 'check' ? runCheck(task, room) : runSurvey(task, room));
  } catch (error) {
    return endOfError(error, room);
  }
}

/**
 * What was thrown makes an end of a task. A bug ends this one task, and is told with it: thrown on, it would end the server and
 * with it what runs for everybody else, and the next server would take the same job up again.
 */
export function endOfError(error: unknown, room: TaskRoom): TaskEnd {
  if (isTrouble(error)) return endOfTrouble(error, error.retryAfterMs ?? null, room);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { is: 'failed', trouble: ownFault(room, redacted(text, [])) };
}

/** What a trouble makes of a task. */
export function endOfTrouble(
  facts: Pick<Trouble, 'kind' | 'tried' | 'on'> & { answer?: string | null | undefined },
  retryAfterMs: number | null,
  { job, nowMs }: Pick<TaskRoom, 'job' | 'nowMs'>,
): TaskEnd {
  const trouble = troubleRecord({ ...facts, answer: facts.answer ?? null }, nowMs());
  const again = againAfter(facts.kind, job.attempts, retryAfterMs);
  return again.is === 'never' ? { is: 'failed', trouble } : { is: 'again', trouble, afterMs: again.afterMs };
}

/** What a coach that brought nothing makes of a task; null: it is done. */
export function endOfOutcome(outcome: CoachOutcome, room: TaskRoom): TaskEnd | null {
  switch (outcome.is) {
    case 'done':
      return null;
    case 'stopped':
      return { is: 'stopped' };
    case 'trouble':
      return endOfTrouble(outcome, outcome.retryAfterMs, room);
    case 'bug':
      return { is: 'failed', trouble: ownFault(room, outcome.text) };
    case 'lost':
      if (room.job.silences >= SILENCES_MAX || room.job.attempts > SILENCES_MAX)
        return { is: 'failed', trouble: ownFault(room, outcome.said || `signal ${outcome.signal}`) };
      return { is: 'again', trouble: ownFault(room, outcome.said), afterMs: LOST_MS };
  }
}

function ownFault({ job, nowMs }: TaskRoom, answer: string): TroubleRecord {
  return troubleRecord({ kind: 'bug', tried: 'start-server', on: path.basename(job.key), answer }, nowMs());
}

const ANSWER_MAX_CHARS = 1_000;

export function troubleRecord(
  { kind, tried, on, answer }: { kind: string; tried: string; on: string; answer: string | null },
  atMs: number,
): TroubleRecord {
  return { kind, tried, on, answer: answer?.slice(0, ANSWER_MAX_CHARS) ?? null, atMs };
}

/** The records have been told by then; a crash between the two makes the task run once more, which changes nothing. */
async function settle(
  { work, job, nowMs, stopped }: TaskRoom,
  worker: string,
  end: TaskEnd,
  nextOpenMs: () => number,
): Promise<void> {
  switch (end.is) {
    case 'done':
      return work.finish(worker, job.key, { is: 'done', told: end.told });
    case 'failed':
      return work.finish(worker, job.key, { is: 'failed', told: { ...end.trouble } });
    case 'again':
      return work.giveBack(worker, job.key, {
        earliestMs: nowMs() + end.afterMs,
        trouble: { ...end.trouble },
      });
    case 'stopped':
      return work.giveBack(worker, job.key, {
        earliestMs: stopped() === 'hours' ? nextOpenMs() : nowMs(),
        trouble: null,
      });
  }
}
