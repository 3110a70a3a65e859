import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Endpoints } from './providers.ts';

/** One consent that is being asked for: what only we know of it, and the link that the person opens. */
export interface Authorization {
  link: string;
  /** Ties the answer to this question (RFC 6749 §10.12). */
  state: string;
  /** Ties the code to us (RFC 7636 §4.1). */
  verifier: string;
  redirectUri: string;
}

/** Asks by RFC 6749 §4.1.1 with PKCE S256 (RFC 7636 §4.3); `person` is whose consent is wanted, when it is known. */
export function beginAuthorization(
  endpoints: Endpoints,
  clientId: string,
  redirectUri: string,
  person: string | null,
): Authorization {
  const state = randomBytes(32).toString('base64url');
  const verifier = randomBytes(48).toString('base64url');
  const link = new URL(endpoints.authorization);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: endpoints.scope,
    state,
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    ...endpoints.extra,
    ...(person === null ? {} : { login_hint: person }),
  };
  for (const [name, value] of Object.entries(parameters)) link.searchParams.set(name, value);
  return { link: link.href, state, verifier, redirectUri };
}

/** RFC 7636 §4.2. */
export function challengeOf(verifier: string): string {
  return hash('sha256', verifier, 'base64url');
}

/** What the browser brought back (RFC 6749 §4.1.2). */
export type Brought =
  | { is: 'code'; code: string }
  /** `error` is its code, `words` what the server says of it. */
  | { is: 'error'; error: string; words: string }
  /** Nothing of ours, or not whole. */
  | { is: 'foreign' };

const CODE_MAX_CHARS = 4_096;

export function readRedirect(query: URLSearchParams, state: string): Brought {
  // A parameter twice is no answer (RFC 6749 §3.1).
  const one = (name: string): string | null => {
    const all = query.getAll(name);
    return all.length === 1 ? all[0]! : null;
  };
  if (!same(one('state') ?? '', state)) return { is: 'foreign' };
  const error = one('error');
  if (error !== null) {
    const known = /^[a-z_]{1,60}$/.test(error) ? error : 'error';
    return { is: 'error', error: known, words: (one('error_description') ?? '').slice(0, 300) };
  }
  const code = one('code');
  if (code === null || code === '' || code.length > CODE_MAX_CHARS) return { is: 'foreign' };
  return { is: 'code', code };
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
