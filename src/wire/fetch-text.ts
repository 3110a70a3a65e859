import { isTrouble, Trouble } from '../trouble.ts';

export interface FetchTextOptions {
  signal: AbortSignal;
  timeoutMs?: number;
  maxBytes?: number;
}

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 256 * 1024;
const REDIRECTS_MAX = 3;

/**
 * The text at a URL; null where there is none (404, 410). Follows some redirects, from https to https only. Throws `lost`
 * (not there, too slow), `refused` (another answer, too many redirects), `malformed` (too large), and the signal's reason.
 */
export async function fetchText(url: string, options: FetchTextOptions): Promise<string | null> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)]);
  let at = new URL(url);
  try {
    for (let n = 0; n <= REDIRECTS_MAX; n++) {
      const answer = await fetch(at, { signal, redirect: 'manual', credentials: 'omit' });
      if (answer.ok) return await textOf(answer, at.href, options.maxBytes ?? MAX_BYTES);
      await answer.body?.cancel();
      if (answer.status === 404 || answer.status === 410) return null;
      const to = redirected(answer, at);
      if (to === null) throw refused(at.href, `HTTP ${answer.status}`);
      at = to;
    }
  } catch (cause) {
    options.signal.throwIfAborted();
    if (isTrouble(cause)) throw cause;
    const answer =
      cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : '';
    throw new Trouble('lost', { tried: 'connect', on: at.host, answer, cause });
  }
  throw refused(url, 'too many redirects');
}

function redirected(answer: Response, from: URL): URL | null {
  const location = answer.headers.get('location');
  if (answer.status < 300 || answer.status > 399 || location === null || !URL.canParse(location, from.href))
    return null;
  const to = new URL(location, from);
  const safe = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
  return safe ? to : null;
}

async function textOf(answer: Response, on: string, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer.body ?? []) {
    size += piece.length;
    if (size > maxBytes)
      throw new Trouble('malformed', { tried: 'connect', on, answer: `more than ${maxBytes} bytes` });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function refused(on: string, answer: string): Trouble {
  return new Trouble('refused', { tried: 'connect', on, answer });
}
