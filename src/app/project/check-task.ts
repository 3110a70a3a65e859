import type { Id } from '../../records/facts.ts';
import { isTrouble } from '../../trouble.ts';
import { startCoach } from '../coach/coach.ts';
import type { Checked } from '../coach/messages.ts';
import { accountAlone } from './coach-job.ts';
import type { Task } from './jobs.ts';
import { endOfOutcome, type TaskEnd, type TaskRoom, troubleRecord } from './task.ts';

/** Signs in at every account of a person, and writes down what each said. Throws Trouble of the records. */
export async function runCheck(task: Task & { is: 'check' }, room: TaskRoom): Promise<TaskEnd> {
  const { data, records, nowMs } = room;
  const person = await room.personRow(task);
  const from: string[] = [];
  let to: string | null = null;
  const secrets: Record<string, string> = {};
  const ids = new Map<string, Id>();
  const refused: { id: Id; trouble: ReturnType<typeof troubleRecord> }[] = [];
  for (const account of person.accounts) {
    try {
      const alone = await accountAlone(account, records, room.allow);
      Object.assign(secrets, alone.secrets);
      for (const name of alone.ids.keys()) ids.set(`${account.role} ${name}`, account.id);
      if (account.role === 'source') from.push(account.address);
      else to = account.address;
    } catch (error) {
      if (!isTrouble(error)) throw error;
      const { kind, tried, on, answer } = error;
      refused.push({
        id: account.id,
        trouble: troubleRecord({ kind, tried, on, answer: answer ?? null }, nowMs()),
      });
    }
  }
  let checks: Checked[] = [];
  if (from.length > 0 || to !== null) {
    const job = { kind: 'check' as const, from, to, data: data.root, secrets, options: {} };
    const outcome = await room.conduct(() => startCoach(job));
    const end = endOfOutcome(outcome, room);
    if (end !== null) return end;
    if (outcome.is === 'done') checks = outcome.checks;
  }
  if (!room.isOurs()) return { is: 'stopped' };
  await records.write('malleposte', async (change) => {
    for (const { id, trouble } of refused) await change.noteCheck(id, { ok: false, atMs: nowMs(), trouble });
    for (const checked of checks) {
      const id = ids.get(`${checked.as} ${checked.account}`);
      if (id === undefined) continue;
      const trouble = checked.is === 'ok' ? null : troubleRecord(checked, nowMs());
      await change.noteCheck(id, { ok: checked.is === 'ok', atMs: nowMs(), trouble });
    }
  });
  room.live.changed(task.organisation, 'people', 'waves');
  return { is: 'done', told: null };
}
