import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { door } from './doors.ts';
import type { ShellEnv } from './env.ts';

/** What a path takes. */
export interface BodyRule {
  /** Infinity: the route counts itself, and reads as it comes. */
  maxBytes: number;
  /** Media types; none but these. A last `*` stands for anything: `text/*`. */
  types: readonly string[];
}

const JSON_MAX_BYTES = 1_000_000;
const JSON_ONLY: BodyRule = { maxBytes: JSON_MAX_BYTES, types: ['application/json'] };

const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * JSON of up to 1 MB everywhere; `ruleOf` gives another rule where a file is taken (null: the usual one). What is too large is
 * refused before it is read, or when it has grown too large.
 */
export function bodiesWithin(
  ruleOf: (method: string, path: string) => BodyRule | null,
): MiddlewareHandler<ShellEnv> {
  return async (context, next) => {
    const { method, path } = context.req;
    if (!WITH_BODY.has(method)) return next();
    const { maxBytes, types } = ruleOf(method, path) ?? JSON_ONLY;
    if (hasBody(context.req.raw.headers) && !isOf(context.req.header('content-type') ?? '', types))
      throw door('wrong-type', { detail: types.join(', ') });
    if (maxBytes === Number.POSITIVE_INFINITY) return next();
    const tooLarge = (): never => {
      throw door('too-large', { detail: sizeSaid(maxBytes) });
    };
    return bodyLimit({ maxSize: maxBytes, onError: tooLarge })(context, next);
  };
}

function hasBody(headers: Headers): boolean {
  return headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0;
}

function isOf(header: string, types: readonly string[]): boolean {
  const type = header.split(';')[0]!.trim().toLowerCase();
  return types.some((one) => (one.endsWith('*') ? type.startsWith(one.slice(0, -1)) : type === one));
}

function sizeSaid(bytes: number): string {
  return bytes >= 1_000_000 ? `${Math.round(bytes / 1_000_000)} MB` : `${Math.round(bytes / 1000)} kB`;
}
