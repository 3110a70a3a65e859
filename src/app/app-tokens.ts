import { createPrivateKey, type KeyObject } from 'node:crypto';
import {
  clientCredentials,
  jwtBearer,
  readEndpoint,
  renewing,
  type TokenAnswer,
} from '../wire/oauth/index.ts';
import {
  GOOGLE_MAIL_SCOPE,
  GOOGLE_TOKEN,
  MICROSOFT_APP_SCOPE,
  microsoftToken,
} from '../wire/oauth/providers.ts';
import type { Tokens } from '../wire/tokens.ts';
import { publicName, type ServerAddress } from './address.ts';
import { type Person, readSecretFile } from './secret.ts';
import { usage } from './usage.ts';

/**
 * Tokens of an application that may open every mailbox of its organisation: a service account's key file as Google gives it
 * (domain-wide delegation, for the user of the address), or `tenant`, `client_id` and `client_secret` of Microsoft.
 *
 * @throws Trouble `malformed`, `missing` (`read-secret`)
 */
export async function appTokens(path: string, address: ServerAddress, person: Person): Promise<Tokens> {
  const on = publicName(address);
  const ask = credentials(await readSecretFile(path, on, person), address.user, on);
  return renewing(async () => (await ask()).access);
}

function credentials(text: string, user: string, on: string): () => Promise<TokenAnswer> {
  const file = objectOf(text, on);
  const field = (name: string): string => textOf(file, name) ?? bad(on);
  if (file.type === 'service_account') {
    const endpoint = endpointOf(file, 'token_uri', GOOGLE_TOKEN, on);
    const keyId = textOf(file, 'private_key_id');
    const account = { issuer: field('client_email'), privateKey: keyOf(field('private_key'), on), keyId };
    return () => jwtBearer(endpoint, account, user, GOOGLE_MAIL_SCOPE, { on });
  }
  const endpoint = endpointOf(file, 'token_endpoint', microsoftToken(field('tenant')), on);
  const client = { id: field('client_id'), secret: field('client_secret') };
  return () => clientCredentials(endpoint, client, textOf(file, 'scope') ?? MICROSOFT_APP_SCOPE, { on });
}

function objectOf(text: string, on: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object') return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return bad(on);
}

function textOf(file: Record<string, unknown>, name: string): string | null {
  const value = file[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function endpointOf(file: Record<string, unknown>, name: string, usual: string, on: string): string {
  return readEndpoint(textOf(file, name) ?? usual) ?? bad(on);
}

function keyOf(pem: string, on: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Whatever the reason: these bytes are no key.
  }
  return bad(on);
}

function bad(on: string): never {
  throw usage('secret-app-bad', on);
}
