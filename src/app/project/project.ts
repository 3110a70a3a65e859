import { existsSync } from 'node:fs';
import { chmod, open } from 'node:fs/promises';
import path from 'node:path';
import type { Language } from '../../records/facts.ts';
import type { Records } from '../../records/records.ts';
import { writeTrouble } from '../../trouble.ts';
import type { SealingKeys } from '../../wire/sealed.ts';
import type { Work } from '../../work/work.ts';
import { type DataFolder, dataFolder, makeFolder } from '../data.ts';
import { usage } from '../usage.ts';
import { sealingKeys } from '../vault/key.ts';
import { type Live, openLive } from './live.ts';
import { openRuns, type Runs } from './runs.ts';

/** Whether a mail server that somebody named may be reached from here; throws Trouble `denied` with the reason. */
export type Reach = (host: string, port: number) => Promise<void>;

/** An installation: all its organisations, and what runs. */
export interface Project {
  data: DataFolder;
  records: Records;
  work: Work;
  live: Live;
  runs: Runs;
  reach: Reach;
  nowMs(): number;
  /** Stops what runs, gently; everything that has landed stays noted. Twice is once. */
  close(): Promise<void>;
}

export interface ProjectOptions {
  /** `--data`. */
  data: string | undefined;
  reach: Reach;
  /** Moves at once over all organisations. */
  movesAtOnce: number;
  /** Of certificates' pages. */
  language: Language;
}

function recordsFile(data: DataFolder): string {
  return path.join(data.root, 'project.sqlite');
}

/**
 * A key is made for a folder that is new alone. Beside records that another one sealed, it would lock out whoever brings the old one back.
 *
 * @throws Trouble `malformed` (`read-secret`): the key is gone; of the key
 */
async function keysOf(data: DataFolder): Promise<SealingKeys> {
  const keys = await sealingKeys(data, false);
  if (keys !== null) return keys;
  if (existsSync(recordsFile(data))) throw usage('secret-other-key', data.root);
  return (await sealingKeys(data, true))!;
}

const OWNER_ONLY = 0o600;

/** For its owner alone, as SQLite then makes the files beside it: mail addresses stand in it, and the folder may be open. */
async function privateFile(data: DataFolder, name: string): Promise<string> {
  const file = path.join(data.root, name);
  try {
    await (await open(file, 'a', OWNER_ONLY)).close();
    await chmod(file, OWNER_ONLY);
  } catch (cause) {
    throw writeTrouble(file, cause);
  }
  return file;
}

/** Opens what lies in the data folder, made where it is not there. Throws Trouble of records, work and key. */
export async function openProject(options: ProjectOptions): Promise<Project> {
  const data = dataFolder(options.data);
  await makeFolder(data.root);
  const keys = await keysOf(data);
  const { openSqliteRecords } = await import('../../records/sqlite/records.ts');
  const { openSqliteWork } = await import('../../work/sqlite/work.ts');
  const records = await openSqliteRecords({ path: recordsFile(data), keys });
  const work = await openSqliteWork(await privateFile(data, 'work.sqlite')).catch(async (error: unknown) => {
    await records.close();
    throw error;
  });
  const nowMs = () => Date.now();
  const live = openLive(nowMs);
  const { reach, movesAtOnce, language } = options;
  const runs = openRuns({ data, records, work, live, reach, movesAtOnce, language, nowMs });
  let closed: Promise<void> | undefined;
  const close = async () => {
    await runs.close();
    live.close();
    await work.close();
    await records.close();
  };
  return {
    ...{ data, records, work, live, runs, reach, nowMs },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
