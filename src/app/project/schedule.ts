import { z } from 'zod';
import type { Id, Wave } from '../../records/facts.ts';
import type { PersonRow } from '../../records/records.ts';
import { isTrouble } from '../../trouble.ts';
import type { Project } from './project.ts';

/** How often those who have arrived are gone over again, until their wave is ended; null: only when somebody asks. */
export const Schedule = z.object({ deltaEveryHours: z.number().int().min(1).max(168).nullable() });
export type Schedule = z.output<typeof Schedule>;

const SETTING = 'schedule';
/** A night between two: new mail still comes to the old place, and nobody waits for it there. */
const USUAL: Schedule = { deltaEveryHours: 24 };
const LOOK_MS = 60_000;
const HOUR_MS = 3_600_000;
const PEOPLE_MAX = 100_000;

export async function scheduleOf({ records }: Pick<Project, 'records'>, organisation: Id): Promise<Schedule> {
  return Schedule.safeParse(await records.setting(organisation, SETTING)).data ?? USUAL;
}

export async function setSchedule(
  { records }: Project,
  by: string,
  organisation: Id,
  schedule: Schedule,
): Promise<void> {
  await records.write(by, (change) => change.setSetting(organisation, SETTING, schedule));
}

/** Looks every minute whose turn it is. Troubles of the disk are looked at again; `onTrouble` hears of them. */
export function startSchedule(project: Project, onTrouble: (message: string) => void): { close(): void } {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    if (closed) return;
    timer = setTimeout(() => {
      askWhoIsDue(project)
        .catch((error: unknown) => {
          if (!isTrouble(error)) throw error;
          onTrouble(error.message);
        })
        .finally(again);
    }, LOOK_MS);
    timer.unref();
  };
  again();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Asks for a delta pass of everybody whose turn it is; answers how many. Throws Trouble of records and work. */
export async function askWhoIsDue(project: Project): Promise<number> {
  const { records, runs, nowMs } = project;
  let asked = 0;
  for (const { id } of await records.organisations()) {
    const { deltaEveryHours } = await scheduleOf(project, id);
    if (deltaEveryHours === null) continue;
    const sinceMs = nowMs() - deltaEveryHours * HOUR_MS;
    for (const wave of (await records.waves(id)).filter(isUnderWay)) {
      const { rows } = await records.people(id, { wave: wave.id, offset: 0, limit: PEOPLE_MAX });
      const due = rows.filter((person) => isDue(person, sinceMs, nowMs())).map((person) => person.id);
      if (due.length > 0) asked += (await runs.ask('malleposte', id, due, 'delta')).length;
    }
  }
  return asked;
}

/** A wave that is paused, ended or taken back is left alone. */
function isUnderWay({ state }: Wave): boolean {
  return state === 'running' || state === 'moved';
}

/**
 * Who failed waits for a person; who was gone over for the last time is done. A pass that ended in the future ended under a clock that
 * was set back since: nobody waits until it comes. Pure.
 */
export function isDue({ lastPass }: Pick<PersonRow, 'lastPass'>, sinceMs: number, nowMs: number): boolean {
  if (lastPass === null || lastPass.endedMs === null || lastPass.kind === 'last') return false;
  if (lastPass.state !== 'proven' && lastPass.state !== 'findings') return false;
  return lastPass.endedMs <= sinceMs || lastPass.endedMs > nowMs + HOUR_MS;
}
