import path from 'node:path';
import type { Pass, PassCounts, PassState } from '../../records/facts.ts';
import type { PassChanges, PersonRow } from '../../records/records.ts';
import { isTrouble } from '../../trouble.ts';
import { startCoach } from '../coach/coach.ts';
import type { CoachEvent, ToldOutcome } from '../coach/messages.ts';
import { fold, NO_PROGRESS, type Progress, type Snapshot, snapshotOf } from '../coach/progress.ts';
import { accountsOf, bothEnds, type PersonAccounts, stillThere } from './coach-job.ts';
import { findingsOf } from './findings.ts';
import type { Task } from './jobs.ts';
import type { LiveMove } from './live.ts';
import { endOfError, endOfOutcome, type TaskEnd, type TaskRoom } from './task.ts';
import { settleWaves } from './wave-arrival.ts';

/** What is running is written down so often: a page that is opened after a crash shows what was reached. */
const NOTE_MS = 5_000;

/** One pass over a person's mail, and its proof. Throws Trouble of the records. */
export async function runPassTask(task: Task & { is: 'pass' }, room: TaskRoom): Promise<TaskEnd> {
  const person = await room.personRow(task);
  const pass = person.lastPass;
  // A later one took its place, or it was brought to its end just before a crash.
  if (pass === null || pass.id !== task.pass || isEnded(pass.state)) return { is: 'done', told: null };
  const end = await conducted(task, room, person, pass)
    .catch((error: unknown) => endOfError(error, room))
    .finally(() => room.live.end(task.organisation, person.id));
  if (room.isOurs()) await noteEnd(task, room, end);
  await settleWaves(room.records, task.organisation, room.nowMs());
  room.live.changed(task.organisation, 'passes', 'findings', 'waves');
  return end;
}

function isEnded(state: PassState): boolean {
  return state === 'proven' || state === 'findings' || state === 'failed';
}

async function conducted(
  task: Task & { is: 'pass' },
  room: TaskRoom,
  person: PersonRow,
  pass: Pass,
): Promise<TaskEnd> {
  const { data, records, language, nowMs } = room;
  const accounts = await accountsOf(task.organisation, person, records, room.allow);
  const { from, to } = bothEnds(accounts, person);
  const watch = watchPass(task, room, person, pass);
  const { secrets } = accounts;
  await note(room, pass, { state: 'running', beganMs: pass.beganMs ?? nowMs(), trouble: null });
  const job = { kind: 'move-and-prove' as const, from, to, data: data.root, secrets, options: { language } };
  const outcome = await room
    .conduct(() => startCoach(job, { onEvent: watch.onEvent }))
    .finally(() => watch.end());
  const end = endOfOutcome(outcome, room);
  if (end !== null || outcome.is !== 'done') return end ?? { is: 'stopped' };
  return proven(task, room, pass, outcome, accounts, watch.snapshot());
}

/** Writes down what a pass brought: counts, certificate, what is to be read. */
async function proven(
  { organisation }: Task,
  room: TaskRoom,
  pass: Pass,
  { summary, certificate }: ToldOutcome & { is: 'done' },
  accounts: PersonAccounts,
  snapshot: Snapshot,
): Promise<TaskEnd> {
  const { data, records, nowMs } = room;
  const findings =
    certificate === null
      ? []
      : await findingsOf(path.join(data.certificates, path.basename(certificate.file)));
  const clean = certificate !== null && certificate.verdict === 'passed';
  const sums = certificate?.summary ?? summary;
  const state = clean ? 'proven' : 'findings';
  if (!room.isOurs()) return { is: 'stopped' };
  await records.write('malleposte', async (change) => {
    await change.noteFindings(pass.id, findings);
    const seen = await change.person(organisation, pass.person);
    const open = seen.openFindings;
    await change.notePass(pass.id, {
      state:
        state === 'findings' && certificate !== null && certificate.verdict !== 'failed' && open === 0
          ? 'proven'
          : state,
      endedMs: nowMs(),
      counts: sums === null ? pass.counts : countsOf(sums, summary?.carried ?? 0),
      certificate: certificate === null ? null : path.basename(certificate.file),
      trouble: null,
    });
    for (const { account, entries, ofBytes } of snapshot.perAccount) {
      const known = stillThere(seen, accounts.seen.get(account));
      if (known === null) continue;
      const bytes = Math.max(ofBytes, known.amount?.bytes ?? 0);
      await change.noteAmount(known.id, { messages: entries, bytes, atMs: nowMs() });
    }
  });
  return { is: 'done', told: { state } };
}

export function countsOf(sums: Omit<PassCounts, 'carried'>, carried: number): PassCounts {
  const { entries, copied, merged, left, asked, missing, extra, doubled, altered, bytes, seconds } = sums;
  return { entries, copied, merged, left, asked, missing, extra, doubled, altered, bytes, carried, seconds };
}

/** Follows a coach: for the pages at once, for the records every few seconds. */
function watchPass(task: Task & { is: 'pass' }, room: TaskRoom, person: PersonRow, pass: Pass) {
  let progress: Progress = NO_PROGRESS;
  let noting: Promise<unknown> = Promise.resolve();
  const show = (): void => {
    const snapshot = snapshotOf(progress, room.nowMs());
    room.live.put(task.organisation, liveMove(person, pass, snapshot));
  };
  show();
  const timer = setInterval(() => {
    show();
    const snapshot = snapshotOf(progress, room.nowMs());
    const state = stateOf(snapshot);
    // One at a time; what could not be written now is written with the next, or at the end.
    noting = noting
      .then(() => note(room, pass, { state, counts: runningCounts(pass, snapshot) }))
      .catch((error: unknown) => {
        if (!isTrouble(error)) throw error;
        room.live.obstruct(error);
      });
  }, NOTE_MS);
  return {
    onEvent(event: CoachEvent): void {
      progress = fold(progress, event, room.nowMs());
      show();
    },
    snapshot: () => snapshotOf(progress, room.nowMs()),
    async end(): Promise<void> {
      clearInterval(timer);
      await noting;
    },
  };
}

function stateOf({ stage, restUntilMs }: Snapshot): PassState {
  if (restUntilMs !== null) return 'resting';
  return stage === 'prove' ? 'proving' : 'running';
}

function runningCounts(pass: Pass, snapshot: Snapshot): PassCounts {
  const { entries, landed, merged, left, asked, altered, bytes, done } = snapshot;
  const known = { ...pass.counts, entries, merged, left, asked, altered, bytes, carried: done };
  return { ...known, copied: Math.max(0, landed - merged), missing: 0 };
}

function liveMove(person: PersonRow, pass: Pass, snapshot: Snapshot): LiveMove {
  const { stage, lastTrouble, perAccount: _, ...shown } = snapshot;
  return {
    ...{ person: person.id, name: person.displayName, address: person.address, wave: person.wave },
    ...{ pass: pass.id, kind: pass.kind, state: stateOf(snapshot) },
    stage: stage === 'start' || stage === 'end' ? null : stage,
    entries: shown.entries,
    done: shown.done,
    waiting: shown.waiting,
    bytes: shown.bytes,
    ofBytes: shown.ofBytes,
    messagesPerSecond: shown.messagesPerSecond,
    bytesPerSecond: shown.bytesPerSecond,
    remainingMs: shown.remainingMs,
    folder: shown.folder,
    account: shown.account,
    restUntilMs: shown.restUntilMs,
    trouble:
      lastTrouble === null
        ? null
        : {
            kind: lastTrouble.kind,
            tried: lastTrouble.tried,
            on: lastTrouble.on,
            answer: lastTrouble.answer,
          },
  };
}

async function noteEnd(task: Task & { is: 'pass' }, room: TaskRoom, end: TaskEnd): Promise<void> {
  if (end.is === 'done') return;
  const changes: PassChanges =
    end.is === 'failed'
      ? { state: 'failed', endedMs: room.nowMs(), trouble: end.trouble }
      : end.is === 'again'
        ? { state: 'resting', trouble: end.trouble }
        : { state: room.stopped() === 'asked' ? 'stopped' : 'waiting' };
  await room.records.write('malleposte', (change) => change.notePass(task.pass, changes));
}

function note(room: TaskRoom, pass: Pass, changes: PassChanges): Promise<unknown> {
  if (!room.isOurs()) return Promise.resolve();
  return room.records.write('malleposte', (change) => change.notePass(pass.id, changes));
}
