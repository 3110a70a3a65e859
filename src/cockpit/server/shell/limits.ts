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
  /**
   * Before a link or a token is looked up; counted as unknown until `wasRight` is called. Throws Trouble `busy`.
   */
  probe(address: string): { wasRight(): void };
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
    probe(address) {
      const place = neighbourhood(address);
      take(probes, place);
      return { wasRight: () => probes.giveBack(place) };
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

/** Paths that end in something that opens, and what says that it does not. */
const OPENS = /\/(?:first|invited|reset|p|portal)\/[^/]/;
const UNKNOWN: ReadonlySet<number> = new Set([404, 410]);

/** Links are not tried out, whichever route they lead to. */
export function linksProbed(limits: Limits): MiddlewareHandler<ShellEnv> {
  return async (context, next) => {
    if (!OPENS.test(context.req.path)) return next();
    const look = limits.probe(context.get('address'));
    await next();
    if (!UNKNOWN.has(context.res.status)) look.wasRight();
  };
}
