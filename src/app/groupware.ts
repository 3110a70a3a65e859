import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { FolderCounts, GroupwareSummary, Notice } from '../groupware/files/summary.ts';
import { writeGroupware } from '../groupware/files/write.ts';
import type { GroupwareSource } from '../groupware/source.ts';
import { errorCode } from '../stores/file-trouble.ts';
import { Trouble } from '../trouble.ts';
import { checkDifferent } from './accounts.ts';
import { parseAddress, publicName } from './address.ts';
import { makeFolder } from './data.ts';
import { takeLock } from './lock.ts';
import { usage } from './usage.ts';

export interface GroupwareErrand {
  /** Addresses. */
  from: readonly string[];
  /** The directory to write into. */
  out: string;
  signal: AbortSignal;
  tellFolder(account: string, folder: FolderCounts): void;
  tellNotice(notice: Notice): void;
  /** What people read, in their language. */
  report(summary: GroupwareSummary, notices: readonly Notice[], directory: string): string;
}

export interface GroupwareWritten {
  summary: GroupwareSummary;
  directory: string;
}

/** Writes contacts, appointments, tasks and notes into files. Throws Trouble, and the signal's reason. */
export async function runGroupware(errand: GroupwareErrand): Promise<GroupwareWritten> {
  checkDifferent(errand.from);
  const openers = errand.from.map(openerOf);
  const directory = path.resolve(errand.out);
  const sources: GroupwareSource[] = [];
  try {
    for (const open of openers) sources.push(await open());
    const { signal, tellFolder, tellNotice } = errand;
    const report = (summary: GroupwareSummary, notices: readonly Notice[]): string =>
      errand.report(summary, notices, directory);
    const release = await alone(directory);
    try {
      const summary = await writeGroupware(sources, directory, { signal, tellFolder, tellNotice, report });
      return { summary, directory };
    } finally {
      release();
    }
  } finally {
    for (const source of sources) await source.close();
  }
}

/**
 * One run at a time in a directory: two would take each other's drafts for their own. Throws Trouble `busy`, and what making the
 * directory throws.
 */
async function alone(directory: string): Promise<() => void> {
  await makeFolder(directory);
  const file = path.join(directory, LOCK);
  const release = await takeLock(file, 0);
  // Where it is gone, the run that held it ended this very moment.
  if (release !== null && existsSync(file))
    return () => {
      try {
        rmSync(file, { force: true });
      } catch (cause) {
        // Windows keeps the name of an open file; an empty one that stays does no harm.
        if (errorCode(cause) === null) throw cause;
      }
      release();
    };
  release?.();
  const answer = 'another run is writing there';
  throw new Trouble('busy', { tried: 'write-file', on: directory, answer });
}

const LOCK = '.malleposte-groupware.lock';

/** All addresses are looked at before anything is opened. */
function openerOf(text: string): () => Promise<GroupwareSource> {
  const address = parseAddress(text);
  const name = publicName(address);
  if (address.kind !== 'pst') throw usage('no-groupware', name);
  const where = { path: address.path, name };
  return async () => (await import('../stores/pst/groupware.ts')).openPstGroupware(where);
}
