import type { CoachEvent } from './messages.ts';
import { addSample, leftMs, type Range, ratesAt, type Sample } from './speed.ts';

/** What a page shows of one pass. Times in milliseconds since 1970. */
export interface Snapshot {
  stage: Stage;
  /** Messages in all accounts together; as far as they are listed. */
  entries: number;
  /** Of those that this pass has to carry: how many have their outcome, how many wait; and their bytes. */
  done: number;
  waiting: number;
  bytes: number;
  ofBytes: number;
  /** Over the last while; 0 while nothing moves. */
  messagesPerSecond: number;
  bytesPerSecond: number;
  /** Until what waits is carried; null while that would be a wild guess, and while all rests. */
  remainingMs: Range | null;
  /** Where it is now. */
  folder: string | null;
  account: string | null;
  perAccount: AccountProgress[];
  lastTrouble: PassedTrouble | null;
  /** An account is left alone until then; null: none is. */
  restUntilMs: number | null;
  /** What the ledger says of all passes so far. They may fall, when a source deletes, or what was left is tried again. */
  landed: number;
  merged: number;
  left: number;
  asked: number;
  /** Of this pass: not what was sent. */
  altered: number;
  /** Of this pass: entries that the proof has accounted for. */
  proven: number;
  /** Which pass over this mailbox it is; 0 until it is known. */
  pass: number;
}

type Stage = (CoachEvent & { event: 'stage' })['stage'] | 'start' | 'end';

export interface AccountProgress {
  account: string;
  entries: number;
  done: number;
  waiting: number;
  bytes: number;
  ofBytes: number;
  folder: string | null;
  restUntilMs: number | null;
}

/** It passes by itself: what was tried, on what, what came back, and in how long it is tried again. */
export type PassedTrouble = Omit<CoachEvent & { event: 'trouble' }, 'event'> & { atMs: number };

/** One account as it was told; `of` is what this pass has to carry. */
interface Told {
  entries: number;
  done: number;
  of: number;
  bytes: number;
  ofBytes: number;
  folder: string | null;
  restUntilMs: number;
  /** What was done when the road last began to count anew. */
  before: { done: number; bytes: number };
}

/** What the events so far have told. Plain data, never changed: `fold` answers another one. */
export interface Progress {
  stage: Stage;
  pass: number;
  account: string | null;
  accounts: ReadonlyMap<string, Told>;
  ledger: Pick<Snapshot, 'entries' | 'landed' | 'merged' | 'left' | 'asked'>;
  altered: number;
  proven: number;
  lastTrouble: PassedTrouble | null;
  samples: readonly Sample[];
}

/** Nobody has more; whatever is told, the state stays small. */
const ACCOUNTS_MAX = 100;

export const NO_PROGRESS: Progress = {
  ...{ stage: 'start', pass: 0, account: null, accounts: new Map(), altered: 0, proven: 0 },
  ...{ lastTrouble: null, samples: [], ledger: { entries: 0, landed: 0, merged: 0, left: 0, asked: 0 } },
};

const UNTOLD: Told = {
  ...{ entries: 0, done: 0, of: 0, bytes: 0, ofBytes: 0, folder: null, restUntilMs: 0 },
  before: { done: 0, bytes: 0 },
};

/** One event more. Within a pass, what is done only grows, and is never more than there is. */
export function fold(progress: Progress, event: CoachEvent, atMs: number): Progress {
  switch (event.event) {
    case 'begin':
      return { ...progress, pass: event.pass };
    case 'stage':
      return { ...progress, stage: event.stage };
    case 'listing':
      return account(progress, event.account, ({ entries }) => ({
        entries: Math.max(entries, event.entries),
      }));
    case 'listed':
      return listed(progress, event);
    case 'folder': {
      const { account: name, folder } = event;
      return { ...account(progress, name, () => ({ folder })), account: name };
    }
    case 'progress':
      return carried(progress, event, atMs);
    case 'trouble': {
      const { event: _, ...trouble } = event;
      return { ...progress, lastTrouble: { ...trouble, atMs } };
    }
    case 'rest':
      return account(progress, event.account, () => ({ restUntilMs: event.untilMs }));
    case 'ledger': {
      const { event: _, ...ledger } = event;
      return { ...progress, ledger };
    }
    case 'met':
      return {
        ...progress,
        altered: Math.max(progress.altered, event.altered),
        proven: Math.max(progress.proven, event.proven),
      };
    case 'summary':
      return { ...progress, stage: 'end', altered: Math.max(progress.altered, event.altered) };
    case 'cancelled':
      return { ...progress, stage: 'end' };
    case 'warning':
      return progress;
  }
}

/** How much there is to do is told anew when a part of it is tried again, and counted anew: it goes on from what is done. */
function listed(
  progress: Progress,
  { account: name, entries, waiting, bytes }: CoachEvent & { event: 'listed' },
) {
  return account(progress, name, (told) => {
    const of = Math.max(told.of, told.done + waiting);
    return {
      ...{ entries: Math.max(entries, of), of, ofBytes: Math.max(told.ofBytes, told.bytes + bytes) },
      before: { done: told.done, bytes: told.bytes },
    };
  });
}

function carried(progress: Progress, event: CoachEvent & { event: 'progress' }, atMs: number): Progress {
  const next = account(progress, event.account, (told) => {
    const { before } = told;
    const done = Math.max(told.done, before.done + event.done);
    const bytes = Math.max(told.bytes, before.bytes + event.bytes);
    const of = Math.max(told.of, before.done + event.of, done);
    const ofBytes = Math.max(told.ofBytes, before.bytes + event.ofBytes, bytes);
    return { done, bytes, of, ofBytes, entries: Math.max(told.entries, of) };
  });
  const { done, bytes } = sumsOf(next);
  return {
    ...next,
    account: event.account,
    samples: addSample(progress.samples, { atMs, messages: done, bytes }),
  };
}

function account(progress: Progress, name: string, change: (told: Told) => Partial<Told>): Progress {
  const told = progress.accounts.get(name);
  if (told === undefined && progress.accounts.size >= ACCOUNTS_MAX) return progress;
  const accounts = new Map(progress.accounts);
  accounts.set(name, { ...(told ?? UNTOLD), ...change(told ?? UNTOLD) });
  return { ...progress, accounts };
}

function sumsOf({ accounts }: Progress) {
  const sum = { entries: 0, done: 0, of: 0, bytes: 0, ofBytes: 0 };
  for (const told of accounts.values())
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += told[name];
  return sum;
}

/** How it looks at this moment: speeds fall when nothing comes, a rest ends by itself. */
export function snapshotOf(progress: Progress, nowMs: number): Snapshot {
  const { stage, pass, altered, proven, lastTrouble, samples, ledger } = progress;
  const { done, of, bytes, ofBytes, ...listed } = sumsOf(progress);
  const rates = stage === 'end' ? { messagesPerSecond: 0, bytesPerSecond: 0 } : ratesAt(samples, nowMs);
  const rests = [...progress.accounts.values()].map(({ restUntilMs }) => restUntilMs);
  const restUntilMs = restAt(Math.max(0, ...rests), nowMs);
  const guessed = stage === 'end' || restUntilMs !== null;
  return {
    ...{ stage, pass, done, waiting: of - done, bytes, ofBytes, ...rates, altered, proven, lastTrouble },
    ...{ ...ledger, entries: Math.max(ledger.entries, listed.entries), restUntilMs },
    remainingMs: guessed ? null : leftMs(samples, { messages: of - done, bytes: ofBytes - bytes }, nowMs),
    account: progress.account,
    folder: progress.accounts.get(progress.account ?? '')?.folder ?? null,
    perAccount: [...progress.accounts].map(([name, told]) => ({
      ...{ account: name, entries: told.entries, done: told.done, waiting: told.of - told.done },
      ...{ bytes: told.bytes, ofBytes: told.ofBytes, folder: told.folder },
      restUntilMs: restAt(told.restUntilMs, nowMs),
    })),
  };
}

function restAt(untilMs: number, nowMs: number): number | null {
  return untilMs > nowMs ? untilMs : null;
}
