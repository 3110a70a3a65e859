import type { MiddlewareHandler } from 'hono';
import { neighbourhood } from './address.ts';
import { door } from './doors.ts';
import type { ShellEnv } from './env.ts';
import { type Limiter, limiter, type Rate } from './limiter.ts';

/** How often; a burst, and what comes back. */
export interface Rates {
  /** Everything, by address. */
  anything: Rate;
  /** Wrong passwords and codes, by address. */
  guessHere: Rate;
  /** Wrong passwords of one account, wherever they come from. */
  guessThere: Rate;
  /** Links and tokens that are not known, by address. */
  probe: Rate;
  /** By token of the API, or by session. */
  ask: Rate;
  /** By link of a person. */
  portal: Rate;
}

export const usualRates: Rates = {
  anything: { burst: 600, everyMs: 20 },
  guessHere: { burst: 20, everyMs: 45_000 },
  guessThere: { burst: 10, everyMs: 90_000 },
  probe: { burst: 20, everyMs: 30_000 },
  ask: { burst: 300, everyMs: 50 },
  portal: { burst: 120, everyMs: 500 },
};

export interface Limits {
  /**
   * Before a password or a code is looked at: counted as wrong until `wasRight` is called, so that guesses sent all at once count
   * as well. `account` null: nobody was named. Throws Trouble `busy` (`too-many`).
   */
  guess(address: string, account: string | null): { wasRight(): void };
  /** Around looking up what may be a guess; counted only when it throws. Throws Trouble `busy`, and what `work` throws. */
  probe<T>(address: string, work: () => T): T;
  /** By whatever is used: a token's id, a session's, a link's. Throws Trouble `busy`. */
  use(kind: 'ask' | 'portal' | 'anything', key: string): void;
}

export function openLimits(rates: Rates = usualRates, nowMs?: () => number): Limits {
  const make = (rate: Rate): Limiter => limiter(rate, nowMs === undefined ? {} : { nowMs });
  const [here, there, probes] = [make(rates.guessHere), make(rates.guessThere), make(rates.probe)];
  const uses = { ask: make(rates.ask), portal: make(rates.portal), anything: make(rates.anything) };
  return {
    guess(address, account) {
      const place = neighbourhood(address);
      take(here, place);
      if (account !== null) {
        const waitMs = there.take(account);
        if (waitMs !== null) {
          here.giveBack(place);
          throw door('too-many', { retryAfterMs: waitMs });
        }
      }
      return {
        wasRight() {
          here.giveBack(place);
          if (account !== null) there.forget(account);
        },
      };
    },
    probe(address, work) {
      const place = neighbourhood(address);
      take(probes, place);
      const found = work();
      probes.giveBack(place);
      return found;
    },
    use: (kind, key) => take(uses[kind], key),
  };
}

function take(one: Limiter, key: string): void {
  const waitMs = one.take(key);
  if (waitMs !== null) throw door('too-many', { retryAfterMs: waitMs });
}

/** So that nobody keeps the server busy alone. */
export function ratesKept(limits: Limits): MiddlewareHandler<ShellEnv> {
  return async (context, next) => {
    limits.use('anything', neighbourhood(context.get('address')));
    await next();
  };
}
