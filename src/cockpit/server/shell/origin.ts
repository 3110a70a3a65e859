import type { MiddlewareHandler } from 'hono';
import { door } from './doors.ts';
import type { ShellEnv } from './env.ts';

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Only under the names given: a name of somebody else that points here (DNS rebinding) makes a browser believe that their page is
 * ours. Ports are not compared, a proxy may have its own.
 */
export function hostsAllowed(names: readonly string[]): MiddlewareHandler<ShellEnv> {
  const known = new Set(names.map((name) => hostOf(name)));
  return async (context, next) => {
    const asked = context.req.header('host') ?? '';
    const host = hostOf(asked);
    const inUrl = hostOf(URL.parse(context.req.url)?.host ?? '');
    if (host === null || !known.has(host) || !known.has(inUrl))
      throw door('unknown-host', { detail: asked.slice(0, 255) });
    await next();
  };
}

/** Without port and last dot, lower case; null when it is none. */
function hostOf(text: string): string | null {
  if (text === '' || /[/\\?#@\s]/.test(text)) return null;
  return URL.parse(`http://${text}/`)?.hostname.replace(/\.$/, '') ?? null;
}

/**
 * What changes something comes from our own pages, or carries a token in a header that no foreign page can set; then no cookie
 * counts. Sign-in too: nobody is to be signed in as somebody else without knowing it.
 */
export function sameOrigin(origins: readonly string[]): MiddlewareHandler<ShellEnv> {
  const ours = new Set(origins.map((one) => new URL(one).origin));
  return async (context, next) => {
    const { method, path } = context.req;
    const origin = context.req.header('origin');
    const site = context.req.header('sec-fetch-site');
    // A name and password in an address is sent along by itself; a bearer is not.
    const byToken = /^bearer /i.test(context.req.header('authorization') ?? '');
    if (SAFE.has(method)) {
      // What is asked for by a foreign page, not by a person who follows a link, is none of its business.
      const foreign = site === 'cross-site' || site === 'same-site';
      if (foreign && path.startsWith('/api/') && context.req.header('sec-fetch-mode') !== 'navigate')
        throw door('other-origin');
    } else if (!byToken && !isOurs(origin, site, ours)) throw door('other-origin');
    await next();
  };
}

/** `Origin` is `null` where the referrer policy hides it; then the browser's own word on the site must be there. */
function isOurs(origin: string | undefined, site: string | undefined, ours: ReadonlySet<string>): boolean {
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin !== undefined && origin !== 'null') return ours.has(origin);
  return site === 'same-origin';
}
