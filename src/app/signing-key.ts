import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fingerprintOf } from '../engine/certificate.ts';
import { Trouble, writeTrouble } from '../trouble.ts';
import { type DataFolder, makeFolder } from './data.ts';

/**
 * The key that signs the certificates of this data folder; made at first use, for its owner only.
 *
 * @throws Trouble `denied`, `full` (`write-file`), `malformed` (`read-file`)
 */
export async function signingKey(data: DataFolder): Promise<KeyObject> {
  const there = await readSigningKey(data);
  if (there) return there;
  await makeFolder(data.root);
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  try {
    await writeFile(data.signingKey, pem, { mode: 0o600, flag: 'wx', flush: true });
    return privateKey;
  } catch (cause) {
    // Another run made it in between: that one counts.
    const { code } = cause as NodeJS.ErrnoException;
    const theirs = code === 'EEXIST' ? await readSigningKey(data) : null;
    if (theirs) return theirs;
    throw writeTrouble(data.signingKey, cause);
  }
}

/** SHA-256 of this folder's public key; null when it has none yet. */
export async function ownFingerprint(data: DataFolder): Promise<string | null> {
  const key = await readSigningKey(data);
  return key && fingerprintOf(createPublicKey(key));
}

async function readSigningKey(data: DataFolder): Promise<KeyObject | null> {
  try {
    return createPrivateKey(await readFile(data.signingKey));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    const kind = code === 'EACCES' ? 'denied' : 'malformed';
    throw new Trouble(kind, { tried: 'read-file', on: data.signingKey, answer: message, cause });
  }
}
