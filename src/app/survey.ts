import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Event } from '../engine/event.ts';
import type { Obstacle } from '../engine/obstacles.ts';
import { type Asked, type FolderSurvey, type Survey, survey } from '../engine/survey.ts';
import { kindOfHost, TARGET_KINDS, type TargetKind } from '../engine/target-limits.ts';
import { isTrouble, writeTrouble } from '../trouble.ts';
import { type Account, readAccount, readAccounts } from './accounts.ts';
import { parseAddress } from './address.ts';
import { allowSource, dailyOf } from './allowance.ts';
import { dataFolder } from './data.ts';
import { endedWhenAsked } from './ended.ts';
import type { Person } from './secret.ts';
import { ownVersion } from './version.ts';

/** Large messages named by a survey. */
const LARGEST = 20;

export interface SurveyErrand {
  from: readonly string[];
  /** A target that tells its own limits. */
  to: string | undefined;
  /** Kinds of target; none and no `to`: all of them. */
  kinds: readonly TargetKind[];
  /** Whether every message is read. */
  deep: boolean;
  /** `--data`. */
  data: string | undefined;
  signal: AbortSignal;
  tell(account: string, folder: FolderSurvey): void;
  tellObstacle(account: string, obstacle: Obstacle): void;
  tellRest(event: Event & { event: 'rest' }): void;
  person: Person;
}

/** What is there, how much, and what of it will not survive; account after account. Throws Trouble. */
export async function* runSurvey(errand: SurveyErrand): AsyncIterable<Survey> {
  const accounts = await readAccounts(errand.from, errand.person, errand.data);
  const targets = await targetsOf(errand);
  for (const [i, account] of accounts.entries()) {
    const address = parseAddress(errand.from[i]!);
    const around = { data: dataFolder(errand.data), signal: errand.signal, tell: errand.tellRest };
    const source = await allowSource(await account.openSource(), address, around);
    try {
      const surveying = survey(source, {
        signal: errand.signal,
        tell: (folder) => errand.tell(account.name, folder),
        tellObstacle: (obstacle) => errand.tellObstacle(account.name, obstacle),
        largest: LARGEST,
        quota: await quotaOf(account),
        targets,
        deep: errand.deep,
        now: Date.now(),
        sourceBytesPerDay: dailyOf(address).down,
      });
      yield await endedWhenAsked(errand.signal, surveying);
    } finally {
      await source.close();
    }
  }
}

/** Writes a page of a survey; answers its path. Throws Trouble `denied` or `full` (`write-file`). */
export async function writeSurveyPage(
  out: string,
  page: (made: { made: number; madeBy: string }) => string,
): Promise<string> {
  const file = path.resolve(out);
  try {
    await writeFile(file, page({ made: Date.now(), madeBy: ownVersion() }), { mode: 0o600 });
  } catch (cause) {
    throw writeTrouble(file, cause);
  }
  return file;
}

async function targetsOf({ to, kinds, person, data }: SurveyErrand): Promise<Asked[]> {
  const given = to === undefined ? [] : [await askTarget(to, person, data)];
  const wanted = kinds.length === 0 && given.length === 0 ? TARGET_KINDS : kinds;
  const others = TARGET_KINDS.filter((kind) => wanted.includes(kind) && given[0]?.kind !== kind);
  return [...given, ...others.map((kind) => ({ kind, announcedMaxBytes: null, room: null }))];
}

async function askTarget(to: string, person: Person, data: string | undefined): Promise<Asked> {
  const address = parseAddress(to);
  const kind = 'host' in address ? kindOfHost(address.host) : 'imap';
  const target = await (await readAccount(to, person, data)).openTarget();
  try {
    const room = await toldQuota(() => target.quota());
    return { kind, announcedMaxBytes: target.traits.messageMaxBytes, room };
  } finally {
    await target.close();
  }
}

/** Only targets tell a quota; a store that cannot be one, or does not tell, has none. */
async function quotaOf(account: Account): Promise<Survey['quota']> {
  if (!/^(imaps?|gmail):/.test(account.name)) return null;
  const target = await account.openTarget();
  try {
    return await toldQuota(() => target.quota());
  } finally {
    await target.close();
  }
}

async function toldQuota(ask: () => Promise<Survey['quota']>): Promise<Survey['quota']> {
  try {
    return await ask();
  } catch (error) {
    if (!isTrouble(error, 'refused', 'missing')) throw error;
    return null;
  }
}
