import { z } from 'zod';
import { type Person, secretText } from '../../../app/secret.ts';
import { usage } from '../../../app/usage.ts';
import { door } from '../shell/doors.ts';

/** Where operators may sign in with what their organisation gave them. */
export interface Oidc {
  issuer: string;
  clientId: string;
  clientSecret: string | null;
  /**
   * The issuer is of one organisation and its addresses are its own to give: also those that it does not call verified are
   * believed. Never for an issuer at which anybody can have an account.
   */
  trustsAddresses: boolean;
}

export const OIDC_ISSUER = 'MALLEPOSTE_OIDC_ISSUER';
const OIDC_CLIENT_ID = 'MALLEPOSTE_OIDC_CLIENT_ID';
const OIDC_CLIENT_SECRET = 'MALLEPOSTE_OIDC_CLIENT_SECRET';
const OIDC_TRUST = 'MALLEPOSTE_OIDC_TRUST_ADDRESSES';

/**
 * From the environment; null when no issuer is named. The client secret is `env:NAME` or `file:PATH`.
 *
 * @throws Trouble `malformed` (`read-address`, `read-secret`), `missing` (`read-secret`)
 */
export async function oidcOf(env: NodeJS.ProcessEnv, person: Person): Promise<Oidc | null> {
  const issuer = env[OIDC_ISSUER];
  if (issuer === undefined || issuer === '') return null;
  if (!isIssuer(issuer)) throw usage('bad-endpoints', OIDC_ISSUER);
  const clientId = env[OIDC_CLIENT_ID];
  if (!clientId) throw usage('no-client-id', OIDC_CLIENT_ID);
  return {
    issuer: issuer.replace(/\/$/, ''),
    clientId,
    clientSecret: await clientSecretOf(env[OIDC_CLIENT_SECRET], person),
    trustsAddresses: env[OIDC_TRUST] === 'yes',
  };
}

/** TLS, or this machine: what comes back decides who is let in. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.search !== '' || url.hash !== '' || url.username !== '') return false;
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && /^(localhost|127\.0\.0\.1)$/.test(url.hostname))
  );
}

async function clientSecretOf(reference: string | undefined, person: Person): Promise<string | null> {
  if (!reference) return null;
  const [, by, name] = /^(env|file):(.+)$/s.exec(reference) ?? [];
  if (name === undefined) throw usage('bad-client-secret', OIDC_CLIENT_SECRET);
  const ref = by === 'env' ? ({ by, name } as const) : ({ by: 'file', path: name } as const);
  return secretText(ref, 'password', OIDC_CLIENT_SECRET, person);
}

const ANSWER_MS = 10_000;
const ANSWER_MAX_BYTES = 256 * 1024;

const Discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
});

export function discoveryUrl({ issuer }: Oidc): string {
  return `${issuer}/.well-known/openid-configuration`;
}

/**
 * Whether the issuer is there and is who it should be (OpenID Connect Discovery 1.0 §4.3), in a limited time: the library that
 * goes on with it waits without one.
 *
 * @throws Trouble `lost` of the door
 */
export async function checkIssuer(oidc: Oidc): Promise<void> {
  let told: unknown;
  try {
    const response = await fetch(discoveryUrl(oidc), { signal: AbortSignal.timeout(ANSWER_MS) });
    told = JSON.parse(await readCapped(response));
  } catch {
    // Whatever the network or the other side did: no sign-in there for now.
    throw door('oidc-unreachable');
  }
  const known = Discovery.safeParse(told);
  if (!known.success || known.data.issuer.replace(/\/$/, '') !== oidc.issuer) throw door('oidc-unreachable');
}

async function readCapped(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > ANSWER_MAX_BYTES) throw new RangeError('the answer is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
