import type { MiddlewareHandler } from 'hono';
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
    const { raw } = context.req;
    if (maxBytes < Number.POSITIVE_INFINITY && raw.body !== null) {
      const bytes = await within(raw, maxBytes);
      if (bytes === 'too-large') throw door('too-large', { detail: sizeSaid(maxBytes) });
      if (bytes !== 'as-it-is') context.req.raw = new Request(raw, { body: bytes });
    }
    await next();
  };
}

/** Read on in vain for so long, so that who is still sending hears the answer. */
const IN_VAIN_MAX_BYTES = 16_000_000;

/** A length that is told is kept to by the server itself; what is told none is read here. */
async function within(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | 'as-it-is' | 'too-large'> {
  const { headers, body } = request;
  if (!headers.has('transfer-encoding'))
    return Number(headers.get('content-length') ?? 0) > maxBytes ? 'too-large' : 'as-it-is';
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = body!.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size <= maxBytes) pieces.push(next.value);
    else if (size > IN_VAIN_MAX_BYTES) break;
  }
  return size > maxBytes ? 'too-large' : new Uint8Array(Buffer.concat(pieces));
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
