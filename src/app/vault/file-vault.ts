import { hash, randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Trouble, writeTrouble } from '../../trouble.ts';
import { readSealed, type SealingKey, type SealingKeys, seal, unseal } from '../../wire/sealed.ts';
import { type DataFolder, makeFolder, nullIfMissing, slugOf } from '../data.ts';
import { takeLock } from '../lock.ts';
import { usage } from '../usage.ts';
import { SEALED, sealedFiles } from './key.ts';
import type { Vault } from './vault.ts';

/** A grant is a few kilobytes, a password less. */
const FILE_MAX_BYTES = 1024 * 1024;
/** Longer than a token endpoint is waited for. */
const ALONE_MS = 90_000;

/** A vault of one file a secret in the data folder. */
export function openFileVault(data: DataFolder, keys: SealingKeys): Vault {
  let known: readonly SealingKey[] = keys;
  const fileOf = (name: string): string => path.join(data.vault, `${slugOf(name)}${SEALED}`);

  async function put(name: string, text: string): Promise<void> {
    await makeFolder(data.vault);
    await writeDurably(fileOf(name), seal(name, text, known[0]!));
  }

  async function get(name: string): Promise<string | null> {
    const on = fileOf(name);
    const file = await readSmall(on);
    return file === null ? null : unseal(readSealed(file, name, on), known, on);
  }

  async function names(): Promise<string[]> {
    const found: string[] = [];
    for (const file of await sealedFiles(data.vault)) {
      const on = path.join(data.vault, file);
      const text = await readSmall(on);
      if (text !== null) found.push(readSealed(text, null, on).name);
    }
    return found.sort();
  }

  async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    await makeFolder(data.vault);
    const lock = path.join(data.vault, `${hash('sha256', name, 'hex').slice(0, 16)}.lock`);
    const release = await takeLock(lock, ALONE_MS);
    if (release === null) {
      const answer = 'another run renews it and does not end';
      throw new Trouble('busy', { tried: 'sign-in', on: name, answer });
    }
    try {
      return await work();
    } finally {
      release();
    }
  }

  async function again(name: string, { id }: SealingKey): Promise<void> {
    const file = await readSmall(fileOf(name));
    if (file === null || readSealed(file, name, fileOf(name)).key === id) return;
    const text = await get(name);
    if (text !== null) await put(name, text);
  }

  return {
    seal: put,
    open: get,
    names,
    forget: (name) =>
      rm(fileOf(name), { force: true }).catch((cause: unknown) => {
        throw writeTrouble(fileOf(name), cause);
      }),
    async rotate(key) {
      known = [key, ...known.filter(({ id }) => id !== key.id)];
      for (const name of await names()) await alone(name, () => again(name, key));
    },
    alone,
  };
}

/** The new one is whole on the disk before the old one is gone. */
async function writeDurably(file: string, text: string): Promise<void> {
  const fresh = `${file}.${randomBytes(6).toString('hex')}.new`;
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
    await syncFolder(path.dirname(file));
  } catch (cause) {
    await rm(fresh, { force: true });
    throw writeTrouble(file, cause);
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing; there a rename is in the journal.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readSmall(file: string): Promise<string | null> {
  try {
    if ((await stat(file)).size > FILE_MAX_BYTES) throw usage('secret-damaged', file);
    return await readFile(file, 'utf8');
  } catch (cause) {
    return nullIfMissing(file, cause);
  }
}
