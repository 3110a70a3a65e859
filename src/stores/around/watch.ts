import type { Folder } from '../entry.ts';
import type { Reader, Source } from '../source.ts';
import type { Target } from '../target.ts';

export type Method =
  | 'folders'
  | 'entries'
  | 'read'
  | 'changes'
  | 'prepare'
  | 'put'
  | 'mark'
  | 'withdraw'
  | 'quota'
  | 'close';

/** A call on its way through a store around a store. */
export interface WatchedCall {
  /** 1, 2, 3 … */
  n: number;
  method: Method;
  /** Without the hold: bodies and parcels as they are. */
  args: readonly unknown[];
}

/** What is done at each step of a call. What it throws is thrown to the caller. */
export interface Watch {
  begin?(call: WatchedCall): void | Promise<void>;
  /** Before each thing an iteration tells, or before the result, is handed on. */
  answer?(call: WatchedCall, answer: unknown): void | Promise<void>;
  /** `error` is null when the call ended well or was broken off. */
  end?(call: WatchedCall, error: unknown): void;
}

/** A source every call of which is watched. */
export function watchSource(source: Source, watch: Watch): Source {
  const through = watcher(watch);
  return {
    ...watchReader(source, through),
    get traits() {
      return source.traits;
    },
    changes: (folder, since) => through.each('changes', [folder, since], () => source.changes(folder, since)),
    aside: () => source.aside?.() ?? [],
  };
}

/** A target every call of which is watched. */
export function watchTarget(target: Target, watch: Watch): Target {
  const through = watcher(watch);
  return {
    ...watchReader(target, through),
    get traits() {
      return target.traits;
    },
    prepare: (...args) => through.once('prepare', args, () => target.prepare(...args)),
    put: (place, parcels) => through.each('put', [place, parcels], () => target.put(place, parcels)),
    mark: (...args) => through.once('mark', args, () => target.mark(...args)),
    withdraw: (...args) => through.once('withdraw', args, () => target.withdraw(...args)),
    quota: () => through.once('quota', [], () => target.quota()),
  };
}

interface Watcher {
  once<T>(method: Method, args: readonly unknown[], act: () => Promise<T>): Promise<T>;
  each<T>(method: Method, args: readonly unknown[], act: () => AsyncIterable<T>): AsyncIterable<T>;
}

function watchReader(reader: Reader, through: Watcher): Reader {
  return {
    name: reader.name,
    ready: (much) => reader.ready?.(much),
    folders: () => through.once('folders', [], () => reader.folders()),
    entries: (folder: Folder, since) =>
      through.each('entries', [folder, since ?? null], () => reader.entries(folder, since)),
    read: (folder, keys, hold) => through.each('read', [folder, keys], () => reader.read(folder, keys, hold)),
    close: () => through.once('close', [], () => reader.close()),
  };
}

function watcher(watch: Watch): Watcher {
  let calls = 0;
  return {
    async once(method, args, act) {
      const call = { n: ++calls, method, args };
      let failure: unknown = null;
      try {
        await watch.begin?.(call);
        const answer = await act();
        await watch.answer?.(call, answer);
        return answer;
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        watch.end?.(call, failure);
      }
    },
    async *each(method, args, act) {
      const call = { n: ++calls, method, args };
      let failure: unknown = null;
      try {
        await watch.begin?.(call);
        for await (const answer of act()) {
          const wait = watch.answer?.(call, answer);
          if (wait) await wait;
          yield answer;
        }
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        watch.end?.(call, failure);
      }
    },
  };
}
