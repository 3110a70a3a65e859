import { type KeyObject, sign } from 'node:crypto';
import { type AskOptions, askToken } from './endpoint.ts';
import { readTokenAnswer, type TokenAnswer } from './token-answer.ts';

/** The four ways to a token that are used here, each one request. All throw what `askToken` throws. */

export interface Client {
  id: string;
  /** Null: a public client (RFC 6749 §2.1). */
  secret: string | null;
}

/** Authorization code with PKCE (RFC 6749 §4.1.3, RFC 7636 §4.5). */
export function exchangeCode(
  endpoint: string,
  client: Client,
  code: { code: string; verifier: string; redirectUri: string },
  options: AskOptions,
): Promise<TokenAnswer> {
  const form = {
    grant_type: 'authorization_code',
    code: code.code,
    code_verifier: code.verifier,
    redirect_uri: code.redirectUri,
    ...clientFields(client),
  };
  return tokenOf(endpoint, form, options);
}

/** RFC 6749 §6. The scope is left out: it is the one that was granted. */
export function refresh(
  endpoint: string,
  client: Client,
  refreshToken: string,
  options: AskOptions,
): Promise<TokenAnswer> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...clientFields(client) };
  return tokenOf(endpoint, form, options);
}

/** Client credentials (RFC 6749 §4.4): the application for itself. */
export function clientCredentials(
  endpoint: string,
  client: Client,
  scope: string,
  options: AskOptions,
): Promise<TokenAnswer> {
  return tokenOf(endpoint, { grant_type: 'client_credentials', scope, ...clientFields(client) }, options);
}

/** A Google service account that acts for a person of its organisation. */
export interface ServiceAccount {
  /** `client_email`. */
  issuer: string;
  /** `private_key`: RSA. */
  privateKey: KeyObject;
  /** `private_key_id`; null when not told. */
  keyId: string | null;
}

/** Google takes no assertion that lives longer. */
const ASSERTION_SECONDS = 3600;
/** A clock of ours that is a little ahead must not make the assertion one of the future. */
const CLOCK_SKEW_SECONDS = 30;

/** JWT bearer (RFC 7523 §2.1), signed RS256 (RFC 7515), for the person `subject`. */
export function jwtBearer(
  endpoint: string,
  account: ServiceAccount,
  subject: string,
  scope: string,
  options: AskOptions,
): Promise<TokenAnswer> {
  const issuedAt = Math.floor(Date.now() / 1000) - CLOCK_SKEW_SECONDS;
  const claims = {
    ...{ iss: account.issuer, sub: subject, scope, aud: endpoint },
    ...{ iat: issuedAt, exp: issuedAt + ASSERTION_SECONDS },
  };
  const header = { alg: 'RS256', typ: 'JWT', ...(account.keyId === null ? {} : { kid: account.keyId }) };
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  const signature = sign('sha256', Buffer.from(signed), account.privateKey);
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: `${signed}.${signature.toString('base64url')}`,
  };
  return tokenOf(endpoint, form, options);
}

async function tokenOf(
  endpoint: string,
  form: Readonly<Record<string, string>>,
  options: AskOptions,
): Promise<TokenAnswer> {
  return readTokenAnswer(await askToken(endpoint, form, options), options.on);
}

function clientFields({ id, secret }: Client): Record<string, string> {
  return { client_id: id, ...(secret === null ? {} : { client_secret: secret }) };
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
