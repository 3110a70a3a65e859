import type { DatabaseSync } from 'node:sqlite';
import { usage } from '../../../app/usage.ts';
import type { SignInSecret } from './secrets.ts';

/** What the library seals (`better-auth/crypto`): `$ba$VERSION$…`. */
const VERSION = /^\$ba\$(\d+)\$/;

interface Row {
  id: string;
  secret: string;
  backupCodes: string;
}

/**
 * After a change of the vault's key: seals under the first secret what lies under another one. Twice is once; everything opens
 * meanwhile.
 *
 * @throws Trouble `malformed` (`read-secret`): sealed under a key that is not given
 */
export async function resealAll(
  db: DatabaseSync,
  file: string,
  secrets: readonly [SignInSecret, ...SignInSecret[]],
): Promise<void> {
  const [first] = secrets;
  const rows = db.prepare('SELECT id, secret, backupCodes FROM twoFactor').all() as unknown as Row[];
  const old = rows.filter(({ secret }) => versionOf(secret) !== first.version);
  if (old.length === 0) return;
  const { symmetricDecrypt, symmetricEncrypt } = await import('better-auth/crypto');
  const key = {
    keys: new Map(secrets.map(({ version, value }) => [version, value])),
    currentVersion: first.version,
  };
  const again = async (data: string): Promise<string> =>
    symmetricEncrypt({ key, data: await symmetricDecrypt({ key, data }) });
  const update = db.prepare('UPDATE twoFactor SET secret = ?, backupCodes = ? WHERE id = ?');
  for (const { id, secret, backupCodes } of old) {
    if (!key.keys.has(versionOf(secret))) throw usage('secret-other-key', file);
    update.run(await again(secret), await again(backupCodes), id);
  }
}

function versionOf(sealed: string): number {
  return Number(VERSION.exec(sealed)?.[1] ?? Number.NaN);
}
