import type { Tokens } from '../wire/tokens.ts';
import { publicName, type ServerAddress } from './address.ts';
import type { DataFolder } from './data.ts';
import { consentTokens, grantNameOf, readGrant } from './grant.ts';
import { usage } from './usage.ts';
import { openFileVault } from './vault/file-vault.ts';
import { sealingKeys } from './vault/key.ts';

/**
 * Tokens by the consent that was given for this account. Throws Trouble `malformed` (`read-secret`) when there is none, before
 * anything is opened.
 */
export async function consentedTokens(address: ServerAddress, data: DataFolder): Promise<Tokens> {
  const on = publicName(address);
  const keys = await sealingKeys(data, false);
  if (keys === null) throw usage('secret-no-consent', on);
  const vault = openFileVault(data, keys);
  const name = grantNameOf(address);
  if ((await readGrant(vault, name, on)) === null) throw usage('secret-no-consent', on);
  return consentTokens(vault, name, on);
}
