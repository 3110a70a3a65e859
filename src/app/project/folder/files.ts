import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify, YAMLError } from 'yaml';
import { isTrouble, Trouble, writeTrouble } from '../../../trouble.ts';
import { makeFolder, nullIfMissing } from '../../data.ts';
import { usage } from '../../usage.ts';
import { FolderFacts } from './facts.ts';

/** A project's folder, read or to be written. */
export interface ProjectFolder {
  facts: FolderFacts;
  /** A prepared file. */
  people: Uint8Array;
}

export const PROJECT_FILE = 'project.yaml';
export const PEOPLE_FILE = 'people.csv';

/** Ten thousand waves with all their notes. */
const PROJECT_MAX_BYTES = 64 * 1024 * 1024;
const PEOPLE_MAX_BYTES = 64 * 1024 * 1024;

const HEAD = `# A project of Malleposte, without secrets; its people are in ${PEOPLE_FILE}.
# malleposte import FOLDER brings it into a data folder that does not have it.
`;

/**
 * Writes both files, each whole or not at all. Over an older export of whatever project; never among other things.
 *
 * @throws Trouble `malformed` (`read-address`, `not-empty`); `denied`, `full` (`write-file`)
 */
export async function writeProjectFolder(folder: string, { facts, people }: ProjectFolder): Promise<void> {
  await makeFolder(folder);
  const names = await readdir(folder);
  if (names.some((name) => name !== PROJECT_FILE && name !== PEOPLE_FILE)) throw usage('not-empty', folder);
  const yaml = `${HEAD}${stringify(facts, { lineWidth: 0, sortMapEntries: false })}`;
  await writeWhole(path.join(folder, PEOPLE_FILE), people);
  await writeWhole(path.join(folder, PROJECT_FILE), Buffer.from(yaml));
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  try {
    await writeFile(fresh, bytes, { mode: 0o600, flush: true });
    await rename(fresh, file);
  } catch (cause) {
    throw writeTrouble(file, cause);
  }
}

/** Null: this is no folder, but a file. Throws Trouble `missing`, `denied` (`read-file`); `malformed` (`not-a-project`). */
export async function readProjectFolder(folder: string): Promise<ProjectFolder | null> {
  const found = await stat(folder).catch((cause) => nullIfMissing(folder, cause));
  if (found === null) throw new Trouble('missing', { tried: 'read-file', on: folder });
  if (!found.isDirectory()) return null;
  const yaml = await readCapped(path.join(folder, PROJECT_FILE), PROJECT_MAX_BYTES);
  const people = await readCapped(path.join(folder, PEOPLE_FILE), PEOPLE_MAX_BYTES);
  return { facts: factsOf(yaml.toString('utf8'), folder), people };
}

async function readCapped(file: string, most: number): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > most) throw usage('not-a-project', file);
    return await readFile(file);
  } catch (cause) {
    if (isTrouble(cause)) throw cause;
    if (nullIfMissing(file, cause) === null) throw usage('not-a-project', file);
    throw cause;
  }
}

/** Names repeated by reference are none of ours, and could make a small file a huge one. */
function factsOf(text: string, folder: string): FolderFacts {
  const on = path.join(folder, PROJECT_FILE);
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    if (!(cause instanceof YAMLError || cause instanceof ReferenceError)) throw cause;
    throw usage('not-a-project', on);
  }
  const read = FolderFacts.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw usage('not-a-project', `${on}: ${issue?.path.join('.') ?? ''}`);
}
