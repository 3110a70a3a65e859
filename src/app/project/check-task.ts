import type { Account } from '../../records/facts.ts';
import { isTrouble } from '../../trouble.ts';
import { startCoach } from '../coach/coach.ts';
import { ACCOUNTS_MAX, accountAlone, stillThere, tooMany } from './coach-job.ts';
import type { Task } from './jobs.ts';
import { endOfOutcome, type TaskEnd, type TaskRoom, troubleRecord } from './task.ts';

/** Signs in at every account of a person, and writes down what each said. Throws Trouble of the records. */
export async function runCheck(task: Task & { is: 'check' }, room: TaskRoom): Promise<TaskEnd> {
  const { data, records, nowMs } = room;
  const person = await room.personRow(task);
  const from: string[] = [];
  let to: string | null = null;
  const secrets: Record<string, string> = {};
  const seen = new Map<string, Account>();
  const told: { account: Account; trouble: ReturnType<typeof troubleRecord> | null }[] = [];
  for (const account of person.accounts) {
    try {
      const alone = await accountAlone(task.organisation, account, records, room.allow);
      Object.assign(secrets, alone.secrets);
      for (const name of alone.seen.keys()) seen.set(`${account.role} ${name}`, account);
      if (account.role === 'source') from.push(account.address);
      else to = account.address;
    } catch (error) {
      if (!isTrouble(error)) throw error;
      const { kind, tried, on, answer } = error;
      told.push({
        account,
        trouble: troubleRecord({ kind, tried, on, answer: answer ?? null }, nowMs()),
      });
    }
  }
  if (from.length > ACCOUNTS_MAX) throw tooMany(person.address);
  if (from.length > 0 || to !== null) {
    const job = { kind: 'check' as const, from, to, data: data.root, secrets, options: {} };
    const outcome = await room.conduct(() => startCoach(job));
    const end = endOfOutcome(outcome, room);
    if (end !== null) return end;
    for (const checked of outcome.is === 'done' ? outcome.checks : []) {
      const account = seen.get(`${checked.as} ${checked.account}`);
      const trouble = checked.is === 'ok' ? null : troubleRecord(checked, nowMs());
      if (account !== undefined) told.push({ account, trouble });
    }
  }
  if (!room.isOurs()) return { is: 'stopped' };
  await records.write('malleposte', async (change) => {
    const now = await change.person(task.organisation, task.person);
    for (const { account, trouble } of told) {
      // What was changed meanwhile, or opens with another secret by now, was not what was looked at.
      if (stillThere(now, account)?.version !== account.version) continue;
      await change.noteCheck(account.id, { ok: trouble === null, atMs: nowMs(), trouble });
    }
  });
  room.live.changed(task.organisation, 'people', 'waves');
  return { is: 'done', told: null };
}
