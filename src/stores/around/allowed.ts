import { Trouble } from '../../trouble.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import type { Hold } from '../hold.ts';
import type { Reader, Received, Source, Unread } from '../source.ts';
import type { Target } from '../target.ts';
import type { Allowance } from './allowance.ts';
import { makeResume } from './changes.ts';

/** What a message costs beside its bytes, and a line of a listing: rounded up from what IMAP servers send. */
const MESSAGE_BYTES = 250;
const ENTRY_BYTES = 200;

/**
 * A source that is read within an allowance. It rests between messages: none is left half read, and nothing is under way
 * meanwhile. To be put around a store that calls again (`retry.ts`), so that a rest does not count as its waiting.
 */
export function allowedSource(source: Source, allowance: Allowance): Source {
  return {
    ...allowedReader(source, allowance),
    get traits() {
      return source.traits;
    },
    changes: (folder, since) => allowedChanges(source, allowance, folder, since),
    aside: () => source.aside?.() ?? [],
    ...(source.server ? { server: () => untilOpen(allowance, () => source.server!()) } : {}),
    close: () => closed(source, [allowance]),
  };
}

/** The same for a target: `up` is what is put, `down` what is read back. A put that was locked out is never repeated here. */
export function allowedTarget(target: Target, { up, down }: { up: Allowance; down: Allowance }): Target {
  return {
    ...allowedReader(target, down),
    get traits() {
      return target.traits;
    },
    prepare: (...args) => again(up, () => target.prepare(...args)),
    async *put(place, parcels) {
      await up.pass();
      for (const { body } of parcels) up.spend(body.size + MESSAGE_BYTES);
      try {
        for await (const answer of target.put(place, parcels)) {
          up.progress();
          yield answer;
        }
      } catch (error) {
        await up.bear(error);
        throw rested(error);
      }
    },
    mark: (...args) => again(up, () => target.mark(...args)),
    withdraw: (place, keys) => target.withdraw(place, keys),
    quota: () => again(down, () => target.quota()),
    close: () => closed(target, [up, down]),
  };
}

function allowedReader(reader: Reader, allowance: Allowance): Reader {
  return {
    name: reader.name,
    ready: (much) => reader.ready?.(much),
    // A few kilobytes: an account in which nothing is new need not rest to find that out.
    folders: () => untilOpen(allowance, () => reader.folders()),
    entries: (folder, since) => allowedEntries(reader, allowance, folder, since),
    read: (folder, keys, hold) => allowedRead(reader, allowance, folder, keys, hold),
    close: () => closed(reader, [allowance]),
  };
}

/** Called again after every rest that the server asks for. */
async function untilOpen<T>(allowance: Allowance, act: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await act();
    } catch (error) {
      await allowance.bear(error);
    }
}

function again<T>(allowance: Allowance, act: () => Promise<T>): Promise<T> {
  return untilOpen(allowance, async () => {
    await allowance.pass();
    return act();
  });
}

async function* allowedEntries(
  reader: Reader,
  allowance: Allowance,
  folder: Folder,
  since: string | null | undefined,
): AsyncIterable<Entry> {
  const told = new Set<string>();
  for (;;) {
    await allowance.pass();
    try {
      for await (const entry of reader.entries(folder, since)) {
        allowance.spend(ENTRY_BYTES);
        if (told.has(entry.key)) continue;
        told.add(entry.key);
        yield entry;
      }
      return;
    } catch (error) {
      await allowance.bear(error);
    }
  }
}

async function* allowedChanges(
  source: Source,
  allowance: Allowance,
  folder: Folder,
  since: string | null,
): AsyncIterable<Change> {
  const resume = makeResume(since);
  for (;;) {
    await allowance.pass();
    resume.begin();
    try {
      for await (const change of source.changes(folder, resume.since())) {
        allowance.spend(ENTRY_BYTES);
        yield* resume.take(change);
      }
      return;
    } catch (error) {
      await allowance.bear(error);
    }
  }
}

async function* allowedRead<B>(
  reader: Reader,
  allowance: Allowance,
  folder: Folder,
  keys: readonly string[],
  hold: Hold<B>,
): AsyncIterable<Received<B> | Unread> {
  const open = new Set(keys);
  const counted = counting(hold, allowance);
  while (open.size > 0) {
    await allowance.pass();
    try {
      const some = allowance.portion(open.size);
      const asked = some === keys.length ? keys : [...open].slice(0, some);
      let left = asked.length;
      let stopped = false;
      for await (const answer of reader.read(folder, asked, counted)) {
        if (open.delete(answer.key)) left -= 1;
        allowance.progress();
        yield answer;
        stopped = left > 0 && allowance.used;
        if (stopped) break;
      }
      // A key that is not answered is for the consumer to find, not to be asked for without end.
      if (left > 0 && !stopped) return;
    } catch (error) {
      await allowance.bear(error);
    }
  }
}

/** What was announced counts from its beginning: it comes, whether it is wanted to its end or not. */
function counting<B>(hold: Hold<B>, allowance: Allowance): Hold<B> {
  return {
    begin(hint) {
      allowance.message(hint + MESSAGE_BYTES);
      return hold.begin(hint);
    },
  };
}

/** Rested already: whoever sees it goes on at once. */
function rested(error: unknown): unknown {
  if (!(error instanceof Trouble)) return error;
  const { kind, tried, on, answer } = error;
  return new Trouble(kind, { tried, on, ...(answer === undefined ? {} : { answer }), cause: error });
}

async function closed(reader: Reader, allowances: readonly Allowance[]): Promise<void> {
  try {
    await reader.close();
  } finally {
    await Promise.all(allowances.map((allowance) => allowance.close()));
  }
}
