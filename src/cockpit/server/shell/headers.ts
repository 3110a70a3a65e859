import { randomBytes } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { ShellEnv } from './env.ts';

const NONCE_BYTES = 16;
const YEAR_SECONDS = 31_536_000;

/**
 * What a browser may do with our pages. No script but our own files, no style element but our own and those that carry the nonce
 * of the page (Mantine writes its variables so); style attributes only, because positions are set by them.
 */
export function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `style-src-elem 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

const ALWAYS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // Personal links stand in addresses.
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'X-Robots-Tag': 'noindex, nofollow',
  'Permissions-Policy':
    'publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self), camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), browsing-topics=()',
};

/** On every answer, errors too. `context.var.nonce` is for the page that is answered. */
export function securityHeaders({ https }: { https: boolean }): MiddlewareHandler<ShellEnv> {
  return async (context, next) => {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    context.set('nonce', nonce);
    await next();
    const { headers } = context.res;
    for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
    headers.set('Content-Security-Policy', policy(nonce));
    if (https) headers.set('Strict-Transport-Security', `max-age=${YEAR_SECONDS}`);
    if (context.req.path.startsWith('/api/') && !headers.has('Cache-Control'))
      headers.set('Cache-Control', 'no-store');
  };
}
