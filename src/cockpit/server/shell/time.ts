import type { MiddlewareHandler } from 'hono';
import { door } from './doors.ts';
import type { ShellEnv } from './env.ts';

const USUAL_MS = 30_000;

/**
 * No request is waited for without end, until it begins to be answered; `limitOf` gives another limit in milliseconds, null the
 * usual one. What goes on in vain ends by its own limits.
 */
export function answeredWithin(
  limitOf: (method: string, path: string) => number | null,
): MiddlewareHandler<ShellEnv> {
  return async (context, next) => {
    const limitMs = limitOf(context.req.method, context.req.path) ?? USUAL_MS;
    if (limitMs === Number.POSITIVE_INFINITY) return next();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(door('too-slow', { retryAfterMs: 10_000 })), limitMs);
    try {
      await Promise.race([next(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}
