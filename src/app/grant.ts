import {
  type AccessToken,
  type Client,
  isGood,
  readEndpoint,
  refresh,
  renewing,
} from '../wire/oauth/index.ts';
import { type Provider, providerOfHost } from '../wire/oauth/providers.ts';
import type { Tokens } from '../wire/tokens.ts';
import type { ServerAddress } from './address.ts';
import { usage } from './usage.ts';
import type { Vault } from './vault/vault.ts';

/** What a consent gave and what is needed to use it; it lies sealed in the vault. */
export interface Grant {
  /** Token endpoint. */
  endpoint: string;
  client: Client;
  refreshToken: string;
  /** The last one got: other runs use it too. */
  access: AccessToken | null;
}

/**
 * The name under which the consent of a person lies. `gmail://` and `imaps://imap.gmail.com` are one place, so it is the
 * provider's name where it is known, else the host's.
 */
export function grantName(user: string, where: Provider | { host: string }): string {
  const realm = typeof where === 'string' ? where : where.host;
  return `consent ${realm} ${user.toLowerCase()}`;
}

export function grantNameOf(address: ServerAddress): string {
  return grantName(consenting(address), providerOf(address) ?? { host: address.host });
}

/** Whose consent it is that opens this account. */
export function consenting({ user, secret }: ServerAddress): string {
  return secret.by === 'consent' && secret.of !== null ? secret.of : user;
}

/** Whose account it is, where the address shows it: a `gmail://` one may go through a server of the company's. */
export function providerOf({ gmail, host }: ServerAddress): Provider | null {
  return gmail === undefined ? providerOfHost(host) : 'google';
}

export function storeGrant(vault: Vault, name: string, grant: Grant): Promise<void> {
  return vault.alone(name, () => vault.seal(name, JSON.stringify(grant)));
}

/** Null: no consent was given. Throws Trouble `malformed` (`read-secret`). */
export async function readGrant(vault: Vault, name: string, on: string): Promise<Grant | null> {
  const text = await vault.open(name);
  if (text === null) return null;
  const grant = JSON.parse(text) as Grant;
  if (typeof grant.refreshToken !== 'string' || readEndpoint(grant.endpoint) === null)
    throw usage('secret-damaged', on);
  return grant;
}

/**
 * Tokens by the consent that lies under `name`; `on` is the account's public name. Another run may renew the same grant:
 * a refresh token that was used twice makes strict servers withdraw all of them, so reading, using and keeping it is one piece.
 */
export function consentTokens(vault: Vault, name: string, on: string): Tokens {
  /** Got and not kept: the disk was full. The old one may be void by now. */
  let unkept: Grant | null = null;
  const renew = async (refused: string | null): Promise<AccessToken> => {
    const grant = unkept ?? (await readGrant(vault, name, on)) ?? missing(on);
    const { access } = grant;
    const serves = access !== null && access.text !== refused && isGood(access);
    if (serves && unkept === null) return access;
    const fresh = serves ? { ...grant, access } : await renewed(grant, on);
    unkept = fresh;
    await vault.seal(name, JSON.stringify(fresh));
    unkept = null;
    return fresh.access;
  };
  return renewing((refused) => vault.alone(name, () => renew(refused)));
}

async function renewed(grant: Grant, on: string): Promise<Grant & { access: AccessToken }> {
  const { access, refreshToken } = await refresh(grant.endpoint, grant.client, grant.refreshToken, { on });
  return { ...grant, access, refreshToken: refreshToken ?? grant.refreshToken };
}

function missing(on: string): never {
  throw usage('secret-no-consent', on);
}
