import { Trouble } from '../../trouble.ts';
import type { Hold } from '../hold.ts';
import type { Reader, Received, Source, Unread } from '../source.ts';
import type { Target } from '../target.ts';
import { type Clock, realClock } from './clock.ts';

export interface PaceOptions {
  bytesPerSecond?: number;
  /** Refilled evenly over the day; a whole day's worth may be used at once. */
  messagesPerDay?: number;
  /** Told before each wait of a second or more, in milliseconds. */
  onWait?: (ms: number) => void;
  signal?: AbortSignal;
  clock?: Clock;
}

const DAY_MS = 86_400_000;
/** Shorter debts are left to add up: a timer is not exact below this. */
const SHORT_MS = 5;
const TOLD_MS = 1000;
/** The longest delay a timer can take is 2^31 - 1 ms. */
const LONGEST_SLEEP_MS = 2_000_000_000;

/** A source that is read no faster than agreed. Throws `busy` when the signal is raised during a wait. */
export function paceSource(source: Source, options: PaceOptions): Source {
  const budget = makeBudget(options, source.name);
  return {
    name: source.name,
    get traits() {
      return source.traits;
    },
    ready: (much) => source.ready?.(much),
    folders: () => source.folders(),
    entries: (folder, since) => source.entries(folder, since),
    changes: (folder, since) => source.changes(folder, since),
    aside: () => source.aside?.() ?? [],
    read: (folder, keys, hold) => pacedRead(source, budget, folder, keys, hold),
    close: () => source.close(),
  };
}

/**
 * A target that is written and read no faster than agreed. The wait for what a `put` sends comes before it begins, so
 * nothing is on its way meanwhile.
 */
export function paceTarget(target: Target, options: PaceOptions): Target {
  const budget = makeBudget(options, target.name);
  return {
    name: target.name,
    get traits() {
      return target.traits;
    },
    ready: (much) => target.ready?.(much),
    folders: () => target.folders(),
    entries: (folder, since) => target.entries(folder, since),
    read: (folder, keys, hold) => pacedRead(target, budget, folder, keys, hold),
    prepare: (path, role, subscribe) => target.prepare(path, role, subscribe),
    async *put(place, parcels) {
      await budget.wait();
      for (const { body } of parcels) budget.spend(body.size, 1);
      yield* target.put(place, parcels);
    },
    mark: (place, changes) => target.mark(place, changes),
    withdraw: (place, keys) => target.withdraw(place, keys),
    quota: () => target.quota(),
    close: () => target.close(),
  };
}

async function* pacedRead<B>(
  reader: Reader,
  budget: Budget,
  folder: Parameters<Reader['read']>[0],
  keys: readonly string[],
  hold: Hold<B>,
): AsyncIterable<Received<B> | Unread> {
  const counted: Hold<B> = {
    begin(hint) {
      const sink = hold.begin(hint);
      return {
        write(piece) {
          budget.spend(piece.length, 0);
          sink.write(piece);
        },
        end: () => sink.end(),
        abort: () => sink.abort(),
      };
    },
  };
  await budget.wait();
  for await (const answer of reader.read(folder, keys, counted)) {
    budget.spend(0, 1);
    yield answer;
    await budget.wait();
  }
}

interface Budget {
  spend(bytes: number, messages: number): void;
  /** Until nothing is owed. */
  wait(): Promise<void>;
}

function makeBudget(options: PaceOptions, name: string): Budget {
  const { bytesPerSecond, messagesPerDay, onWait, signal, clock = realClock } = options;
  const buckets = [
    ...(bytesPerSecond === undefined
      ? []
      : [{ perMs: bytesPerSecond / 1000, most: bytesPerSecond, of: 'bytes' }]),
    ...(messagesPerDay === undefined
      ? []
      : [{ perMs: messagesPerDay / DAY_MS, most: messagesPerDay, of: 'messages' }]),
  ].map((bucket) => ({ ...bucket, left: bucket.most }));
  let filledAt = clock.now();

  function owedMs(): number {
    const now = clock.now();
    for (const bucket of buckets)
      bucket.left = Math.min(bucket.most, bucket.left + (now - filledAt) * bucket.perMs);
    filledAt = now;
    return Math.max(0, ...buckets.map((bucket) => -bucket.left / bucket.perMs));
  }

  return {
    spend(bytes, messages) {
      for (const bucket of buckets) bucket.left -= bucket.of === 'bytes' ? bytes : messages;
    },
    async wait() {
      for (let ms = owedMs(); ms >= SHORT_MS; ms = owedMs()) {
        if (signal?.aborted)
          throw new Trouble('busy', { tried: 'converse', on: name, retryAfterMs: Math.ceil(ms) });
        if (ms >= TOLD_MS) onWait?.(Math.ceil(ms));
        await clock.sleep(Math.min(Math.ceil(ms), LONGEST_SLEEP_MS), signal);
      }
    },
  };
}
