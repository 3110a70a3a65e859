import type { MiddlewareHandler } from 'hono';
import type { ShellEnv } from './env.ts';

/** One line of JSON. */
export type WriteLine = (line: string) => void;

const PATH_MAX_CHARS = 300;
const STACK_MAX_CHARS = 8000;

/** One line a request: who, what, how it ended; no query, no token, no cookie, no body. */
export function requestLog(write: WriteLine, nowMs: () => number = Date.now): MiddlewareHandler<ShellEnv> {
  return async (context, next) => {
    const began = performance.now();
    try {
      await next();
    } finally {
      const { method, path } = context.req;
      const line = {
        at: new Date(nowMs()).toISOString(),
        ...{ level: 'request', method, path: loggedPath(path), status: context.res.status },
        ms: Math.round(performance.now() - began),
        ...{ address: context.get('address'), who: context.get('who') ?? null },
      };
      write(JSON.stringify(line));
    }
  };
}

/** What stands in a path and opens something is left out. */
export function loggedPath(path: string): string {
  return path
    .slice(0, PATH_MAX_CHARS)
    .replace(/\/(first|invited|reset|p|portal)\/[^/]+/g, '/$1/…')
    .replace(/mp_[\w-]+/g, 'mp_…')
    .replace(/[\w%~.+-]{40,}/g, '…');
}

/** Of a stack or of somebody else's message: tokens, passwords in addresses, cookies. */
export function redacted(text: string): string {
  return text
    .slice(0, STACK_MAX_CHARS)
    .replace(/mp_[\w-]{8,}/g, 'mp_…')
    .replace(/(:\/\/[^\s:/@]*):[^\s/@]*@/g, '$1:…@')
    .replace(/((?:authorization|cookie|password|secret|token)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|\S+)/gi, '$1…')
    .replace(/(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])/g, '…');
}
