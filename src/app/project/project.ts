import path from 'node:path';
import type { Language } from '../../records/facts.ts';
import type { Records } from '../../records/records.ts';
import type { Work } from '../../work/work.ts';
import { type DataFolder, dataFolder, makeFolder } from '../data.ts';
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

/** Opens what lies in the data folder, made where it is not there. Throws Trouble of records, work and key. */
export async function openProject(options: ProjectOptions): Promise<Project> {
  const data = dataFolder(options.data);
  await makeFolder(data.root);
  const keys = (await sealingKeys(data, true))!;
  const { openSqliteRecords } = await import('../../records/sqlite/records.ts');
  const { openSqliteWork } = await import('../../work/sqlite/work.ts');
  const records = await openSqliteRecords({ path: path.join(data.root, 'project.sqlite'), keys });
  const work = await openSqliteWork(path.join(data.root, 'work.sqlite')).catch(async (error: unknown) => {
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
