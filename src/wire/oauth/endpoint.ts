import { Trouble, type TroubleKind } from '../../trouble.ts';
import { isLoopback } from '../address.ts';
import { Secrets } from '../secrets.ts';
import { explained } from '../tls.ts';

/** A token answer is a few kilobytes: a token of Microsoft with many groups has five. */
const ANSWER_MAX_BYTES = 256 * 1024;
/** Until the whole answer is there. */
const ANSWER_MS = 30_000;
/** Longest wait that is obeyed. */
const RETRY_MAX_MS = 24 * 3_600_000;

export interface AskOptions {
  /** For whom, as it may be told: the account's name. */
  on: string;
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** An OAuth endpoint; https, or http on this machine (tests). Null when it is none. */
export function readEndpoint(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, username, hash } = new URL(text);
  if (username !== '' || hash !== '') return null;
  const here = protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, ''));
  return protocol === 'https:' || here ? text : null;
}

/**
 * Posts a form to a token endpoint (RFC 6749 §4) and gives its JSON object. No redirect is followed: what is sent are
 * secrets, and they are for this endpoint alone.
 *
 * @throws Trouble `denied` (RFC 6749 §5.2, its answer begins with the error's code), `busy`, `lost`, `malformed`; the
 * signal's reason
 */
export async function askToken(
  endpoint: string,
  form: Readonly<Record<string, string>>,
  options: AskOptions,
): Promise<Record<string, unknown>> {
  const { host } = new URL(endpoint);
  const secrets = new Secrets();
  for (const [name, value] of Object.entries(form)) if (SECRET_FIELDS.has(name)) secrets.keep(value);
  const trouble: Telling = (kind, answer, retryAfterMs) => {
    const on = `${options.on} (${host})`;
    const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
    return new Trouble(kind, { tried: 'sign-in', on, answer: secrets.without(answer), ...wait });
  };
  const limit = AbortSignal.timeout(options.timeoutMs ?? ANSWER_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  try {
    const answer = await fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { accept: 'application/json' },
      ...{ redirect: 'manual', credentials: 'omit', cache: 'no-store', signal },
    });
    const text = await textOf(answer, trouble);
    return readAnswer(answer, text, trouble);
  } catch (error) {
    if (error instanceof Trouble) throw error;
    options.signal?.throwIfAborted();
    throw reached(error, limit, `${options.on} (${host})`, trouble);
  }
}

type Telling = (kind: TroubleKind, answer: string, retryAfterMs?: number) => Trouble;

/** Fields of a form that must never be told, even when the other side repeats them. */
const SECRET_FIELDS = new Set(['client_secret', 'refresh_token', 'code', 'code_verifier', 'assertion']);

async function textOf(answer: Response, trouble: Telling): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer.body ?? []) {
    size += piece.length;
    // Leaving the loop cancels the rest.
    if (size > ANSWER_MAX_BYTES) throw trouble('malformed', `an answer above ${ANSWER_MAX_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function readAnswer(answer: Response, text: string, trouble: Telling): Record<string, unknown> {
  const { status, headers } = answer;
  const json = objectOf(text);
  if (status === 200 && json !== null && json.error === undefined) return json;
  const code = typeof json?.error === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,80}$/.test(json.error);
  const error = code ? (json!.error as string) : null;
  const more = typeof json?.error_description === 'string' ? json.error_description : '';
  const words = error === null ? `HTTP ${status}` : `${error}${more === '' ? '' : `: ${more}`}`;
  const wait = retryAfter(headers.get('retry-after'));
  if (status === 429 || error === 'temporarily_unavailable' || (status === 503 && error === null))
    throw trouble('busy', words, wait);
  if (status >= 500 || status === 408 || error === 'server_error')
    throw trouble(wait === undefined ? 'lost' : 'busy', words, wait);
  if (error !== null || (status >= 400 && status !== 404)) throw trouble('denied', words);
  if (status >= 300) throw trouble('malformed', `${words}: no token endpoint, nothing was followed`);
  throw trouble('malformed', 'the answer is no JSON object');
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

/** RFC 9110 §10.2.3: seconds, or a date. In milliseconds; undefined when it says neither. */
export function retryAfter(text: string | null, now = Date.now()): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Math.min(Number(text) * 1000, RETRY_MAX_MS);
  const at = /GMT$/.test(text.trim()) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now), RETRY_MAX_MS);
}

/** No answer came, or not all of it. */
function reached(error: unknown, limit: AbortSignal, on: string, trouble: Telling): unknown {
  if (limit.aborted) return trouble('lost', 'no answer in time');
  // What `fetch` throws of the network is a TypeError with the system's error inside.
  const cause = error instanceof TypeError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  if (!(cause instanceof Error)) return error;
  // Not every error of `fetch` has a code that is a text (behind a proxy it has a number).
  const code: unknown = cause.code;
  const meant = typeof code === 'string' ? explained(cause, on) : null;
  return meant instanceof Trouble ? meant : trouble('lost', typeof code === 'string' ? code : cause.message);
}
