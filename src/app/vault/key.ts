import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, open, readdir, rm, writeFile } from 'node:fs/promises';
import { writeTrouble } from '../../trouble.ts';
import { keyOf, type SealingKey, type SealingKeys } from '../../wire/sealed.ts';
import { type DataFolder, makeFolder, nullIfMissing } from '../data.ts';
import { usage } from '../usage.ts';

const KEY_BYTES = 32;
const KEY_FILE_MAX_BYTES = 256;
const OTHERS = 0o077;
export const KEY_VARIABLE = 'MALLEPOSTE_KEY';

/**
 * The keys of this data folder's vault: `$MALLEPOSTE_KEY`, then the file `key`, which is made at first use where the variable
 * gives none. Null when there is none yet and `make` is false.
 *
 * @throws Trouble `malformed` (`read-secret`): no key, one that others may read, or one that is gone while what it sealed is
 * still there; `denied`, `full` (`write-file`)
 */
export async function sealingKeys(data: DataFolder, make: boolean): Promise<SealingKeys | null> {
  const given = process.env[KEY_VARIABLE];
  const file = await readKeyFile(data.key);
  if (given !== undefined && given !== '') {
    const first = decode(given, `$${KEY_VARIABLE}`);
    return file === null || file.id === first.id ? [first] : [first, file];
  }
  if (file !== null) return [file];
  if ((await sealedFiles(data.vault)).length > 0) throw usage('secret-other-key', data.vault);
  if (!make) return null;
  await makeFolder(data.root);
  await makeKeyFile(data.key);
  const made = await readKeyFile(data.key);
  return made && [made];
}

/** What a vault calls its files. */
export const SEALED = '.sealed';

/** Names of files in a vault's folder. Throws Trouble `denied` (`read-file`). */
export async function sealedFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(SEALED));
  } catch (cause) {
    return nullIfMissing(folder, cause) ?? [];
  }
}

/** Base64 of 32 bytes. Throws Trouble `malformed` (`read-secret`). */
export function decode(text: string, on: string): SealingKey {
  const written = text.trim();
  const bytes = Buffer.from(written, 'base64');
  if (!/^[A-Za-z0-9+/]{43}=?$/.test(written) || bytes.length !== KEY_BYTES) throw usage('secret-key-bad', on);
  return keyOf(bytes);
}

async function readKeyFile(path: string): Promise<SealingKey | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode } = await file.stat();
      if (process.platform !== 'win32' && mode & OTHERS) throw usage('secret-key-open', path);
      const room = Buffer.alloc(KEY_FILE_MAX_BYTES);
      const { bytesRead } = await file.read(room, 0, room.length, 0);
      return decode(room.toString('latin1', 0, bytesRead), path);
    } finally {
      await file.close();
    }
  } catch (cause) {
    return nullIfMissing(path, cause);
  }
}

/** Whole or not at all: of two that make it at once, one is the key and both use it. */
async function makeKeyFile(path: string): Promise<void> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(fresh, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true });
    await link(fresh, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      // A file system without links.
      return copyFile(fresh, path, constants.COPYFILE_EXCL);
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw writeTrouble(path, cause);
  } finally {
    await rm(fresh, { force: true });
  }
}
