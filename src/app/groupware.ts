import path from 'node:path';
import type { FolderCounts, GroupwareSummary, Notice } from '../groupware/files/summary.ts';
import { writeGroupware } from '../groupware/files/write.ts';
import type { GroupwareSource } from '../groupware/source.ts';
import { checkDifferent } from './accounts.ts';
import { parseAddress, publicName } from './address.ts';
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
    const summary = await writeGroupware(sources, directory, { signal, tellFolder, tellNotice, report });
    return { summary, directory };
  } finally {
    for (const source of sources) await source.close();
  }
}

/** All addresses are looked at before anything is opened. */
function openerOf(text: string): () => Promise<GroupwareSource> {
  const address = parseAddress(text);
  const name = publicName(address);
  if (address.kind !== 'pst') throw usage('no-groupware', name);
  const where = { path: address.path, name };
  return async () => (await import('../stores/pst/groupware.ts')).openPstGroupware(where);
}
