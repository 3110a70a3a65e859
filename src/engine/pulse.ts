import type { Road } from './road.ts';

/** How far opening and listing has come; `listing` events tell it. */
export interface Pulse {
  /** So many messages more were listed of an account. */
  listed(account: string, messages: number): void;
  /** An account is ready. */
  done(account: string): void;
}

/** A large file takes minutes before its first message is carried: nobody shall think that nothing goes on. */
const TELL_EVERY_MS = 2_000;

export async function withPulse<T>(road: Road, act: (pulse: Pulse) => Promise<T>): Promise<T> {
  const under = new Map(road.sources.map(({ name }) => [name, 0]));
  const timer = setInterval(() => {
    for (const [account, entries] of under) road.tell({ event: 'listing', account, entries });
  }, TELL_EVERY_MS);
  try {
    return await act({
      listed: (account, messages) => under.set(account, (under.get(account) ?? 0) + messages),
      done: (account) => under.delete(account),
    });
  } finally {
    clearInterval(timer);
  }
}
