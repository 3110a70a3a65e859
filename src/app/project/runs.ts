import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Id, Language, Pass, PassKind, TroubleRecord } from '../../records/facts.ts';
import type { Change, PassChanges, Records } from '../../records/records.ts';
import type { AskedJob, Job, Work } from '../../work/work.ts';
import type { DataFolder } from '../data.ts';
import { allowIn } from './allow.ts';
import { otherJob, passJob, passKey } from './jobs.ts';
import type { Live } from './live.ts';
import { openLoop } from './loop.ts';
import type { Reach } from './project.ts';

/** What runs: passes over people's mail, checks, surveys. */
export interface Runs {
  /**
   * Asks for a pass of each; who has one that is not over gets no other. Answers the new ones. Throws Trouble of records and work.
   *
   * @param people a function tells who, and may change what goes with it: all of it is one change
   */
  ask(by: string, organisation: Id, people: Whom, kind: PassKind): Promise<Pass[]>;
  /** Stops at the next safe point; what has landed stays noted. */
  pause(by: string, organisation: Id, people: readonly Id[]): Promise<void>;
  resume(by: string, organisation: Id, people: readonly Id[]): Promise<void>;
  /** Signs in at every account of each. */
  check(organisation: Id, people: readonly Id[]): Promise<number>;
  /** Surveys these accounts. */
  survey(organisation: Id, accounts: readonly { person: Id; account: Id }[]): Promise<number>;
  /** Begins to do what is asked for; takes up what a server that ended has left. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export type Whom = readonly Id[] | ((change: Change) => Promise<readonly Id[]>);

export interface RunsParts {
  data: DataFolder;
  records: Records;
  work: Work;
  live: Live;
  reach: Reach;
  movesAtOnce: number;
  language: Language;
  nowMs(): number;
}

const OVER: ReadonlySet<string> = new Set(['proven', 'findings', 'failed']);

export function isOver({ state }: Pass): boolean {
  return OVER.has(state);
}

export function openRuns(parts: RunsParts): Runs {
  const { records, work, live, nowMs } = parts;
  const loop = openLoop({ ...parts, allow: allowIn(parts.data, parts.reach, records) });
  const mark = (): string => randomBytes(6).toString('hex');

  async function askWork(
    organisation: Id,
    passes: readonly { pass: Pass; site: Id | null }[],
  ): Promise<void> {
    await work.ask(passes.map(({ pass, site }) => jobOf(organisation, pass, site)));
    loop.wake();
  }

  return {
    async ask(by, organisation, people, kind) {
      const made = await records.write(by, async (change) => {
        const added: { pass: Pass; before: Pass | null; site: Id | null }[] = [];
        for (const id of typeof people === 'function' ? await people(change) : people) {
          const { lastPass: before, site } = await change.person(organisation, id);
          if (before !== null && !isOver(before)) continue;
          const pass = await change.addPass(organisation, { person: id, kind, askedMs: nowMs() });
          added.push({ pass, before, site });
        }
        return added;
      });
      // A pause that the last pass did not live to heed holds up no other.
      for (const { before } of made)
        if (before !== null && (await work.job(passKey(before.id)))?.paused) await work.resume(before.person);
      await askWork(organisation, made);
      live.changed(organisation, 'passes', 'waves');
      return made.map(({ pass }) => pass);
    },

    async pause(by, organisation, people) {
      for (const id of people) await work.pause(id);
      await records.write(by, async (change) => {
        for (const id of people) {
          const { lastPass, address } = await change.person(organisation, id);
          if (lastPass === null || isOver(lastPass) || lastPass.state === 'stopped') continue;
          // One that runs says so itself, when it has come to rest.
          if (!loop.isRunning(passKey(lastPass.id))) await change.notePass(lastPass.id, { state: 'stopped' });
          await change.noteAudit({ organisation, action: 'move.paused', on: address, details: {} });
        }
      });
      loop.wake();
      live.changed(organisation, 'passes', 'waves');
    },

    async resume(by, organisation, people) {
      const waiting: string[] = [];
      await records.write(by, async (change) => {
        for (const id of people) {
          const { lastPass, address } = await change.person(organisation, id);
          if (lastPass === null || isOver(lastPass)) continue;
          waiting.push(passKey(lastPass.id));
          if (lastPass.state !== 'stopped') continue;
          await change.notePass(lastPass.id, { state: 'waiting' });
          await change.noteAudit({ organisation, action: 'move.resumed', on: address, details: {} });
        }
      });
      for (const id of people) await work.resume(id);
      // What rests for an hour after a lost connection is tried at once when a person says so.
      await work.hasten(waiting);
      loop.wake();
      live.changed(organisation, 'passes', 'waves');
    },

    async check(organisation, people) {
      const jobs = [];
      for (const id of people) {
        // Signing in moves nothing: whoever asks at noon need not wait for the night.
        jobs.push(otherJob({ is: 'check', organisation, person: id }, null, nowMs(), mark()));
      }
      await work.ask(jobs);
      loop.wake();
      return jobs.length;
    },

    async survey(organisation, accounts) {
      const jobs = [];
      for (const { person, account } of accounts) {
        const { site } = await records.person(organisation, person);
        jobs.push(otherJob({ is: 'survey', organisation, person, account }, site, nowMs(), mark()));
      }
      await work.ask(jobs);
      loop.wake();
      return jobs.length;
    },

    async start() {
      await takeUp(parts);
      loop.start();
    },

    close: () => loop.close(),
  };
}

function jobOf(organisation: Id, { id, person, kind, askedMs }: Pass, site: Id | null) {
  return passJob({ is: 'pass', organisation, person, pass: id }, kind, site, askedMs);
}

/**
 * What a server that was killed has left. It may have written down a pass and not yet its job: then it is asked for now. Passes that
 * ran are shown as waiting until their lease has run out; those that somebody has paused are shown as that, and stay so: whatever
 * was answered before the end holds.
 */
async function takeUp({ records, work, live, nowMs }: RunsParts): Promise<void> {
  const lacking: AskedJob[] = [];
  const changes = new Map<Id, PassChanges>();
  const passes = await records.unfinished();
  for (const pass of passes) {
    const job = await work.job(passKey(pass.id));
    if (job === null) lacking.push(await lackingJob(records, work, pass));
    const change = changeOf(pass, job, nowMs());
    if (change !== null) changes.set(pass.id, change);
  }
  for (let at = 0; at < lacking.length; at += ASK_AT_ONCE)
    await work.ask(lacking.slice(at, at + ASK_AT_ONCE));
  if (changes.size === 0) return;
  await records.write('malleposte', async (change) => {
    for (const [id, one] of changes) await change.notePass(id, one);
  });
  for (const organisation of new Set(passes.map((pass) => pass.organisation)))
    live.changed(organisation, 'passes');
}

const ASK_AT_ONCE = 1_000;

async function lackingJob(
  records: Records,
  work: Work,
  pass: Pass & { organisation: Id },
): Promise<AskedJob> {
  await work.resume(pass.person);
  const { site } = await records.person(pass.organisation, pass.person);
  return jobOf(pass.organisation, pass, site);
}

/** Null: it is as it should be. */
function changeOf({ state, beganMs }: Pass, job: Job | null, nowMs: number): PassChanges | null {
  // Its job ended, and what came of it could not be written down.
  if (job !== null && job.endedMs !== null)
    return { state: 'failed', endedMs: nowMs, trouble: endedTrouble(job, nowMs) };
  if (job?.paused) return state === 'stopped' ? null : { state: 'stopped' };
  return state === 'running' || state === 'proving' ? { state: 'waiting', beganMs: beganMs ?? nowMs } : null;
}

function endedTrouble({ key, told }: Job, atMs: number): TroubleRecord {
  const kept = TroubleKept.safeParse(told).data;
  return { ...(kept ?? { kind: 'bug', tried: 'write-record', on: key, answer: null }), atMs };
}

const TroubleKept = z.object({
  ...{ kind: z.string(), tried: z.string(), on: z.string(), answer: z.string().nullable() },
});
