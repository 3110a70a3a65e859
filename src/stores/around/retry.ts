import { isTrouble, Trouble } from '../../trouble.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import type { Hold } from '../hold.ts';
import type { Reader, Received, Source, Unread } from '../source.ts';
import type { Target } from '../target.ts';
import { makeResume } from './changes.ts';
import { type Clock, realClock } from './clock.ts';

export interface RetryOptions {
  /** How often in a row without any progress. */
  tries?: number;
  /** How long without any progress, in milliseconds; waits that the other side asked for do not count. */
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

/** A wait asked for that is longer is not ours to sit out: servers ask for minutes, rarely for an hour. */
const ASKED_MAX_MS = 3_600_000;
/** In place of no time at all, which would be asking again and again without a breath. */
const NO_TIME_MS = 1_000;
/** How often in a row time may be asked for without anything coming in between. */
const ASKED_MAX = 24;
/** A server that is busy and does not say for how long is given more time than a line that broke. */
const BUSY_LONGER = 8;

/**
 * A source that calls again where that is safe: after `lost` with growing waits, after `busy` when the time asked for
 * is over. Time asked for is asked of the account: nothing more is begun on any of its connections until it is over, and
 * it is no failure, however often, as long as something comes in between. Other Troubles, and those that do not end, are
 * thrown as they came.
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
  const { reader, patience, gate } = retryReader(target, options);
  return {
    ...reader,
    get traits() {
      return target.traits;
    },
    prepare: (...args) => again(patience(), () => target.prepare(...args)),
    put: (place, parcels) => putWhenOpen(gate, () => target.put(place, parcels)),
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
  readonly gate: Gate;
}

/** What all calls to one account share: closed while the other side has asked for time. */
interface Gate {
  readonly closed: boolean;
  /** Waits until it is open. */
  pass(): Promise<void>;
  /** Closes it for as long as the Trouble asks. False when that is too long, or was asked too often. */
  close(trouble: Trouble): boolean;
  progress(): void;
}

function makeGate({ clock = realClock, random = Math.random, onWait, signal }: RetryOptions): Gate {
  let opensAt = 0;
  let asked = 0;
  return {
    get closed() {
      return clock.now() < opensAt;
    },
    async pass() {
      for (let ms = opensAt - clock.now(); ms > 0 && !signal?.aborted; ms = opensAt - clock.now())
        await clock.sleep(ms, signal);
    },
    close(trouble) {
      const wanted = trouble.retryAfterMs || NO_TIME_MS;
      // Everyone who was told the same must not come back at the same moment.
      const ms = Math.ceil(wanted * (1 + 0.05 * random()));
      // What was under way when it closed is told the same once more.
      const again = clock.now() < opensAt;
      if (wanted > ASKED_MAX_MS || (!again && asked >= ASKED_MAX)) return false;
      if (!again) asked += 1;
      if (!again || clock.now() + wanted > opensAt) {
        opensAt = clock.now() + ms;
        onWait?.({ trouble, ms, attempt: asked });
      }
      return true;
    },
    progress() {
      asked = 0;
    },
  };
}

/** Whether the other side said how long it wants to be left alone. */
function asksForTime(error: unknown): error is Trouble {
  return isTrouble(error, 'busy') && error.retryAfterMs !== undefined;
}

/** Not repeated; but it waits for the time another call was asked for, and others wait for what this one is. */
async function* putWhenOpen<T>(gate: Gate, put: () => AsyncIterable<T>): AsyncIterable<T> {
  if (gate.closed) await gate.pass();
  try {
    for await (const answer of put()) {
      gate.progress();
      yield answer;
    }
  } catch (error) {
    if (asksForTime(error)) gate.close(error);
    throw error;
  }
}

function retryReader(
  inner: Reader,
  options: RetryOptions,
): { reader: Reader; patience: () => Patience; gate: Gate } {
  const closing = new AbortController();
  const signals = [closing.signal, ...(options.signal ? [options.signal] : [])];
  // Nobody waits on for what is closed.
  const until = { ...options, signal: AbortSignal.any(signals) };
  const gate = makeGate(until);
  const patience = (): Patience => makePatience(until, gate, closing.signal);
  const reader: Reader = {
    name: inner.name,
    ready: (much) => inner.ready?.(much),
    folders: () => again(patience(), () => inner.folders()),
    entries: (folder, since) => entriesAgain(inner, patience(), folder, since),
    read: (folder, keys, hold) => readAgain(inner, patience(), folder, keys, hold),
    close() {
      closing.abort();
      return inner.close();
    },
  };
  return { reader, patience, gate };
}

function makePatience(options: RetryOptions, gate: Gate, closing: AbortSignal): Patience {
  const { tries = 6, totalMs = 600_000, firstWaitMs = 250, longestWaitMs = 30_000 } = options;
  const { onWait, signal, clock = realClock, random = Math.random } = options;
  let attempt = 0;
  let since = clock.now();

  function waitMs(trouble: Trouble): number {
    // Everyone who was cut at the same moment must not come back at the same moment.
    const first = trouble.kind === 'busy' ? firstWaitMs * BUSY_LONGER : firstWaitMs;
    const grown = Math.min(longestWaitMs, first * 2 ** (attempt - 1));
    return Math.ceil(grown * (0.5 + 0.5 * random()));
  }

  /** What is closed is lost to whoever still asks, not busy. */
  function ended(trouble: Trouble): Trouble {
    const { tried, on } = trouble;
    return closing.aborted && trouble.kind === 'busy'
      ? new Trouble('lost', { tried, on, answer: 'closed here' })
      : trouble;
  }

  async function obey(trouble: Trouble): Promise<void> {
    const began = clock.now();
    if (!gate.close(trouble)) throw trouble;
    await gate.pass();
    since += clock.now() - began;
  }

  return {
    gate,
    progress() {
      attempt = 0;
      since = clock.now();
      gate.progress();
    },
    async bear(error) {
      if (!isTrouble(error, 'lost', 'busy')) throw error;
      if (signal?.aborted) throw ended(error);
      if (asksForTime(error)) {
        await obey(error);
        if (signal?.aborted) throw ended(error);
        return;
      }
      attempt += 1;
      if (attempt >= tries) throw error;
      const ms = waitMs(error);
      if (clock.now() - since + ms > totalMs) throw error;
      onWait?.({ trouble: error, ms, attempt });
      await clock.sleep(ms, signal);
      if (signal?.aborted) throw ended(error);
    },
  };
}

async function again<T>(patience: Patience, act: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      await patience.gate.pass();
      const answer = await act();
      patience.progress();
      return answer;
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
          if (patience.gate.closed) await patience.gate.pass();
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
