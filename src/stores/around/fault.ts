import { type Attempt, Trouble, type TroubleKind } from '../../trouble.ts';
import type { Source } from '../source.ts';
import type { Target } from '../target.ts';
import { type Method, type Watch, type WatchedCall, watchSource, watchTarget } from './watch.ts';

/**
 * Which Trouble happens at this point, if any. `answers` is null before the call begins, else how many answers it has
 * given: a Trouble then comes in place of the next one.
 */
export type FaultPlan = (call: WatchedCall, answers: number | null) => TroubleKind | Trouble | null;

/** A source to which Troubles happen as planned. */
export function faultSource(source: Source, plan: FaultPlan): Source {
  return watchSource(source, faults(plan));
}

/** A target to which Troubles happen as planned. A put whose answer is replaced by a Trouble has landed. */
export function faultTarget(target: Target, plan: FaultPlan): Target {
  return watchTarget(target, faults(plan));
}

/** The same seed, the same Troubles: one in `oneIn` calls and answers of these methods (`close` never). */
export function seededFaults(options: {
  seed: number;
  oneIn: number;
  kinds: readonly TroubleKind[];
  methods?: readonly Method[];
}): FaultPlan {
  let state = options.seed | 0 || 1;
  const random = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  return ({ method }) => {
    if (method === 'close' || options.methods?.includes(method) === false) return null;
    return random(options.oneIn) === 0 ? options.kinds[random(options.kinds.length)]! : null;
  };
}

const ATTEMPTS: Record<Method, Attempt> = {
  folders: 'list-folders',
  entries: 'list-messages',
  read: 'read-message',
  changes: 'list-messages',
  prepare: 'create-folder',
  put: 'store-message',
  mark: 'mark-message',
  withdraw: 'remove-message',
  quota: 'ask-quota',
  close: 'converse',
};

function faults(plan: FaultPlan): Watch {
  const given = new WeakMap<WatchedCall, number>();
  function happen(call: WatchedCall, answers: number | null): void {
    const fault = plan(call, answers);
    if (fault === null) return;
    throw fault instanceof Trouble
      ? fault
      : new Trouble(fault, { tried: ATTEMPTS[call.method], on: `call ${call.n}` });
  }
  return {
    begin: (call) => happen(call, null),
    answer(call, answer) {
      const count = given.get(call) ?? 0;
      given.set(call, count + 1);
      try {
        happen(call, count);
      } catch (error) {
        releaseBody(answer);
        throw error;
      }
    },
  };
}

/** A message that was read and is not handed on is given back. */
function releaseBody(answer: unknown): void {
  const body = (answer as { body?: { release?: () => void } } | null)?.body;
  body?.release?.();
}
