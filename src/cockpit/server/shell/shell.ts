import type { Hono } from 'hono';
import { addressOf, type Proxies } from './address.ts';
import { type BodyRule, bodiesWithin } from './bodies.ts';
import { door } from './doors.ts';
import type { ShellEnv } from './env.ts';
import { answerFault } from './faults.ts';
import { securityHeaders } from './headers.ts';
import { type Limits, linksProbed, ratesKept } from './limits.ts';
import { requestLog, type WriteLine } from './log.ts';
import { hostsAllowed, sameOrigin } from './origin.ts';
import { answeredWithin } from './time.ts';
import { languageAsked } from './words.ts';

export interface ShellFacts {
  /** The public address first; others under which the same pages are opened. */
  origins: readonly [string, ...string[]];
  /** Further names of this server, without port. */
  names?: readonly string[];
  proxies?: Proxies;
  limits: Limits;
  write: WriteLine;
  /** Null: JSON of up to 1 MB. */
  bodyOf?(method: string, path: string): BodyRule | null;
  /** Milliseconds until the answer must have begun; null: half a minute. */
  limitOf?(method: string, path: string): number | null;
}

/** For `createServer`: who sends a head byte by byte is not waited for. Uploads take as long as they take. */
export const serverOptions = {
  headersTimeout: 20_000,
  requestTimeout: 0,
  keepAliveTimeout: 10_000,
  maxHeaderSize: 32 * 1024,
} as const;

/** Around every route: called first, on the outermost application. */
export function wrapInShell(app: Hono<ShellEnv>, facts: ShellFacts): void {
  const { origins, proxies = [], limits, write } = facts;
  const names = [...origins.map((one) => new URL(one).hostname), ...(facts.names ?? [])];
  app.onError(answerFault(write));
  app.notFound(() => {
    throw door('no-such-page');
  });
  app.use(async (context, next) => {
    context.set('address', addressOf(context, proxies));
    context.set('language', languageAsked(context.req.header('accept-language')));
    context.set('who', null);
    await next();
  });
  app.use(requestLog(write));
  app.use(securityHeaders({ https: origins[0].startsWith('https:') }));
  app.use(hostsAllowed(names));
  app.use(ratesKept(limits));
  app.use(linksProbed(limits));
  app.use(sameOrigin(origins));
  app.use(answeredWithin(facts.limitOf ?? (() => null)));
  app.use(bodiesWithin(facts.bodyOf ?? (() => null)));
}
