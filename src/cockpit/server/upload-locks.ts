import { ERRORS, type Lock, type Locker } from '@tus/server';

const WAIT_MAX_MS = 30_000;

interface Held {
  /** Asks whoever holds it to come to an end. */
  ask(): unknown;
  gone: Promise<void>;
  end(): void;
}

/**
 * One request at a time for each upload. A connection that was cut may hold on for a while: who comes next asks it to end, and waits
 * for it without keeping the processor busy.
 */
export function uploadLocks(): Locker {
  const held = new Map<string, Held>();
  return {
    newLock(id): Lock {
      let own: Held | null = null;
      return {
        async lock(signal, ask) {
          const limit = AbortSignal.any([signal, AbortSignal.timeout(WAIT_MAX_MS)]);
          for (let other = held.get(id); other !== undefined; other = held.get(id)) {
            await other.ask();
            await Promise.race([other.gone, aborted(limit)]);
            if (limit.aborted) throw ERRORS.ERR_LOCK_TIMEOUT;
          }
          const { promise, resolve } = Promise.withResolvers<void>();
          own = { ask, gone: promise, end: resolve };
          held.set(id, own);
        },
        async unlock() {
          if (own === null) return;
          held.delete(id);
          own.end();
          own = null;
        },
      };
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
