import { randomBytes } from 'node:crypto';
import type { Id, Language, Pass, PassKind } from '../../records/facts.ts';
import type { PersonRow, Records } from '../../records/records.ts';
import type { Work } from '../../work/work.ts';
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
   */
  ask(by: string, organisation: Id, people: readonly Id[], kind: PassKind): Promise<Pass[]>;
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
  const loop = openLoop({ ...parts, allow: allowIn(parts.data, parts.reach) });
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
        const added: { pass: Pass; site: Id | null }[] = [];
        for (const id of people) {
          const person = await change.person(organisation, id);
          if (person.lastPass !== null && !isOver(person.lastPass)) continue;
          const pass = await change.addPass(organisation, { person: id, kind, askedMs: nowMs() });
          added.push({ pass, site: person.site });
        }
        return added;
      });
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
      await takeUp(records, work, live, nowMs);
      loop.start();
    },

    close: () => loop.close(),
  };
}

function jobOf(organisation: Id, { id, person, kind, askedMs }: Pass, site: Id | null) {
  return passJob({ is: 'pass', organisation, person, pass: id }, kind, site, askedMs);
}

/**
 * A server that was killed may have written down a pass and not yet its job: asked again, a known one changes nothing. Passes
 * that ran are shown as waiting until their lease has run out.
 */
async function takeUp(records: Records, work: Work, live: Live, nowMs: () => number): Promise<void> {
  const passes = await records.unfinished();
  const sites = new Map<Id, PersonRow>();
  for (const pass of passes) {
    if (!sites.has(pass.person)) sites.set(pass.person, await records.person(pass.organisation, pass.person));
    await work.ask([jobOf(pass.organisation, pass, sites.get(pass.person)!.site)]);
  }
  const interrupted = passes.filter(({ state }) => state === 'running' || state === 'proving');
  if (interrupted.length === 0) return;
  await records.write('malleposte', async (change) => {
    for (const { id } of interrupted) await change.notePass(id, { state: 'waiting', beganMs: nowMs() });
  });
  for (const { organisation } of interrupted) live.changed(organisation, 'passes');
}
