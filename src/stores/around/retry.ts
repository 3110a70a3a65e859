import { isTrouble, type Trouble } from '../../trouble.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import type { Hold } from '../hold.ts';
import type { Reader, Received, Source, Unread } from '../source.ts';
import type { Target } from '../target.ts';
import { makeResume } from './changes.ts';
import { type Clock, realClock } from './clock.ts';

export interface RetryOptions {
  /** How often in a row without any progress. */
  tries?: number;
  /** How long without any progress, waits included, in milliseconds. A wait asked for that would go beyond is not begun. */
  totalMs?: number;
  firstWaitMs?: number;
  longestWaitMs?: number;
  onWait?: (wait: { trouble: Trouble; ms: number; attempt: number }) => void;
  /** Ends waiting: the Trouble at hand is thrown. */
  signal?: AbortSignal;
  clock?: Clock;
  /** 0 … 1. */
  random?: () => number;
}

/**
 * A source that calls again where that is safe: after `lost` with growing waits, after `busy` when the time asked for
 * is over. Other Troubles, and those that do not end, are thrown as they came.
 */
export function retrySource(source: Source, options: RetryOptions = {}): Source {
  const { reader, patience } = retryReader(source, options);
  return {
    ...reader,
    get traits() {
      return source.traits;
    },
    changes: (folder, since) => changesAgain(source, patience(), folder, since),
    aside: () => source.aside?.() ?? [],
  };
}

/** The same for a target. `put` and `withdraw` are never repeated: only the engine knows what became of them. */
export function retryTarget(target: Target, options: RetryOptions = {}): Target {
  const { reader, patience } = retryReader(target, options);
  return {
    ...reader,
    get traits() {
      return target.traits;
    },
    prepare: (...args) => again(patience(), () => target.prepare(...args)),
    put: (place, parcels) => target.put(place, parcels),
    mark: (...args) => again(patience(), () => target.mark(...args)),
    withdraw: (place, keys) => target.withdraw(place, keys),
    quota: () => again(patience(), () => target.quota()),
  };
}

interface Patience {
  /** Something came: the count begins anew. */
  progress(): void;
  /** Waits before the next attempt, or throws. */
  bear(error: unknown): Promise<void>;
}

function retryReader(inner: Reader, options: RetryOptions): { reader: Reader; patience: () => Patience } {
  let closed = false;
  const patience = (): Patience => makePatience(options, () => closed);
  const reader: Reader = {
    name: inner.name,
    ready: (much) => inner.ready?.(much),
    folders: () => again(patience(), () => inner.folders()),
    entries: (folder, since) => entriesAgain(inner, patience(), folder, since),
    read: (folder, keys, hold) => readAgain(inner, patience(), folder, keys, hold),
    close() {
      closed = true;
      return inner.close();
    },
  };
  return { reader, patience };
}

function makePatience(options: RetryOptions, closed: () => boolean): Patience {
  const { tries = 6, totalMs = 600_000, firstWaitMs = 250, longestWaitMs = 30_000 } = options;
  const { onWait, signal, clock = realClock, random = Math.random } = options;
  let attempt = 0;
  let since = clock.now();

  function waitMs(trouble: Trouble): number {
    // Everyone who was cut at the same moment must not come back at the same moment.
    if (trouble.kind === 'busy' && trouble.retryAfterMs !== undefined)
      return Math.ceil(trouble.retryAfterMs * (1 + 0.05 * random()));
    const grown = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
    return Math.ceil(grown * (0.5 + 0.5 * random()));
  }

  return {
    progress() {
      attempt = 0;
      since = clock.now();
    },
    async bear(error) {
      if (!isTrouble(error, 'lost', 'busy') || closed() || signal?.aborted) throw error;
      attempt += 1;
      if (attempt >= tries) throw error;
      const ms = waitMs(error);
      if (clock.now() - since + ms > totalMs) throw error;
      onWait?.({ trouble: error, ms, attempt });
      await clock.sleep(ms, signal);
      if (signal?.aborted || closed()) throw error;
    },
  };
}

async function again<T>(patience: Patience, act: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await act();
    } catch (error) {
      await patience.bear(error);
    }
}

/** Begins `attempt` until it comes to its end. What the consumer throws into the iteration is not ours to catch. */
async function* untilEnd<T>(patience: Patience, attempt: () => AsyncIterable<T>): AsyncIterable<T> {
  for (;;) {
    const things = attempt()[Symbol.asyncIterator]();
    let ended = false;
    try {
      for (;;) {
        let next: IteratorResult<T>;
        try {
          next = await things.next();
        } catch (error) {
          ended = true;
          await patience.bear(error);
          break;
        }
        if (next.done) {
          ended = true;
          return;
        }
        yield next.value;
      }
    } finally {
      if (!ended) await things.return?.();
    }
  }
}

async function* entriesAgain(
  inner: Reader,
  patience: Patience,
  folder: Folder,
  since: string | null | undefined,
): AsyncIterable<Entry> {
  const told = new Set<string>();
  for await (const entry of untilEnd(patience, () => inner.entries(folder, since))) {
    if (told.has(entry.key)) continue;
    told.add(entry.key);
    patience.progress();
    yield entry;
  }
}

async function* readAgain<B>(
  inner: Reader,
  patience: Patience,
  folder: Folder,
  keys: readonly string[],
  hold: Hold<B>,
): AsyncIterable<Received<B> | Unread> {
  const open = new Set(keys);
  const answers = untilEnd(patience, () =>
    inner.read(folder, open.size === keys.length ? keys : [...open], hold),
  );
  for await (const answer of answers) {
    open.delete(answer.key);
    patience.progress();
    yield answer;
  }
}

async function* changesAgain(
  source: Source,
  patience: Patience,
  folder: Folder,
  since: string | null,
): AsyncIterable<Change> {
  const resume = makeResume(since);
  const attempt = (): AsyncIterable<Change> => {
    resume.begin();
    return source.changes(folder, resume.since());
  };
  for await (const change of untilEnd(patience, attempt))
    for (const fresh of resume.take(change)) {
      patience.progress();
      yield fresh;
    }
}
