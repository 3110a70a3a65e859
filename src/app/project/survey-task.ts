import type { Change } from '../../records/records.ts';
import { startCoach } from '../coach/coach.ts';
import { accountAlone, stillThere } from './coach-job.ts';
import type { Task } from './jobs.ts';
import { endOfOutcome, type TaskEnd, type TaskRoom, troubleRecord } from './task.ts';

/** Surveys one account, and keeps what it tells. Throws Trouble of the records, of an address that is not allowed. */
export async function runSurvey(task: Task & { is: 'survey' }, room: TaskRoom): Promise<TaskEnd> {
  const { data, records, nowMs } = room;
  const person = await room.personRow(task);
  const account = person.accounts.find(({ id }) => id === task.account);
  if (account === undefined) return { is: 'done', told: null };
  const alone = await accountAlone(task.organisation, account, records, room.allow);
  const { from, secrets } = alone;
  const job = { kind: 'survey' as const, from, to: null, data: data.root, secrets, options: {} };
  const outcome = await room.conduct(() => startCoach(job));
  if (!room.isOurs()) return { is: 'stopped' };
  /** Only about the account that was looked at: it may be gone by now, or lead elsewhere. */
  const noted = (note: (change: Change) => Promise<void>): Promise<void> =>
    records.write('malleposte', async (change) => {
      const { accounts } = await change.person(task.organisation, task.person);
      if (stillThere({ accounts }, account) !== null) await note(change);
    });
  if (outcome.is === 'trouble') {
    const trouble = troubleRecord(outcome, nowMs());
    await noted((change) => change.noteCheck(account.id, { ok: false, atMs: nowMs(), trouble }));
  }
  const end = endOfOutcome(outcome, room);
  if (end !== null || outcome.is !== 'done') return end ?? { is: 'stopped' };
  const survey = outcome.surveys[0];
  if (survey === undefined) return { is: 'done', told: null };
  const { messages, bytes } = survey;
  await noted(async (change) => {
    await change.noteSurvey(account.id, nowMs(), survey);
    await change.noteAmount(account.id, { messages, bytes, atMs: nowMs() });
    await change.noteCheck(account.id, { ok: true, atMs: nowMs(), trouble: null });
  });
  room.live.changed(task.organisation, 'people', 'waves');
  return { is: 'done', told: { messages } };
}
