import { Trouble } from '../../trouble.ts';

/** An access token and how long it is good. */
export interface AccessToken {
  text: string;
  /** Milliseconds since 1970, of when it was got and of when it ends. */
  gotAt: number;
  endsAt: number;
}

/** A token answer (RFC 6749 §5.1). */
export interface TokenAnswer {
  access: AccessToken;
  /** Null: the one that was used stays. */
  refreshToken: string | null;
  /** What was granted; null: what was asked for. */
  scopes: string[] | null;
  /** As it came, three parts of base64url (OpenID Connect Core §2); null when there is none. */
  idToken: string | null;
}

/** Where nothing is said; both providers say it. */
const USUAL_SECONDS = 3600;
const LONGEST_SECONDS = 24 * 3600;
const TOKEN_MAX_CHARS = 32 * 1024;

/** Throws `malformed`. */
export function readTokenAnswer(json: Readonly<Record<string, unknown>>, on: string): TokenAnswer {
  const { access_token, token_type, refresh_token, scope, id_token } = json;
  const bad = (what: string): Trouble =>
    new Trouble('malformed', { tried: 'sign-in', on, answer: `the token answer has no good ${what}` });
  if (!isToken(access_token)) throw bad('access_token');
  if (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer') throw bad('token_type');
  const seconds = secondsOf(json.expires_in);
  if (seconds === null) throw bad('expires_in');
  if (refresh_token !== undefined && !isToken(refresh_token)) throw bad('refresh_token');
  const gotAt = Date.now();
  return {
    access: { text: access_token, gotAt, endsAt: gotAt + seconds * 1000 },
    refreshToken: refresh_token ?? null,
    scopes: typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : null,
    idToken: isToken(id_token) ? id_token : null,
  };
}

/** RFC 6749 appendix A.12, A.17: printable ASCII. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TOKEN_MAX_CHARS && /^[\x21-\x7e]+$/.test(value);
}

/** A number by RFC 6749; some say it as a string. */
function secondsOf(value: unknown): number | null {
  if (value === undefined) return USUAL_SECONDS;
  const seconds = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return null;
  return Math.min(seconds, LONGEST_SECONDS);
}
