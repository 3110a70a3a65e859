import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Trouble } from '../../trouble.ts';
import type { GroupwareFolder, GroupwareSource, Told } from '../source.ts';
import { FolderFiles } from './folder-files.ts';
import { Names, stemOf } from './names.ts';
import { OutFile, writing } from './out.ts';
import { ownFiles, SUMMARY } from './own-files.ts';
import {
  addCounts,
  type FolderCounts,
  type GroupwareSummary,
  type Notice,
  noCounts,
  type SourceCounts,
  type WrittenFile,
} from './summary.ts';

export interface WriteOptions {
  signal: AbortSignal;
  /** Each folder with something in it, when it is done. */
  tellFolder(source: string, folder: FolderCounts): void;
  tellNotice(notice: Notice): void;
  /** Makes of the sum what people read: the text of `summary.txt`. */
  report(summary: GroupwareSummary, notices: readonly Notice[]): string;
}

/** Everything that is not written or not whole, one JSON value a line. */
const NOTICES = 'not-whole.jsonl';
const REPORT = 'summary.txt';
/** Named one by one in the report; the others in the other file. */
const NOTICES_MAX = 1000;
/** Files under way. They lie beside their places, so that they can be moved there at once. */
const DRAFTS = '.malleposte-groupware';

/**
 * Writes what the sources hold into a directory, which is made where it is missing: a `.vcf` and an `.ics` for each folder
 * that has something for it. The files take their places at the end, all at once; what an earlier run wrote is replaced,
 * what is somebody else's is never touched. Throws Trouble: of the sources, and `denied`, `full`, `missing`, `refused`
 * (`write-file`); the signal's reason.
 */
export async function writeGroupware(
  sources: readonly GroupwareSource[],
  directory: string,
  options: WriteOptions,
): Promise<GroupwareSummary> {
  const run = new Run(directory, sources.length > 1, options);
  try {
    for (const source of sources) await run.read(source);
    return run.finish();
  } finally {
    run.close();
  }
}

class Run {
  private readonly directory: string;
  private readonly many: boolean;
  private readonly options: WriteOptions;
  private readonly drafts: string;
  private readonly former: WrittenFile[];
  private readonly names = new Names();
  private readonly sources: SourceCounts[] = [];
  private readonly files: (WrittenFile & { draft: string })[] = [];
  private readonly notices: Notice[] = [];
  private readonly problems: Record<string, number> = {};
  private readonly noticeFile: OutFile;
  private folders = 0;
  private open: FolderFiles | null = null;

  constructor(directory: string, many: boolean, options: WriteOptions) {
    this.directory = directory;
    this.many = many;
    this.options = options;
    this.drafts = path.join(directory, DRAFTS);
    const former = writing(directory, () => {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      return ownFiles(directory);
    });
    this.former = former ?? [];
    const ours = new Set([...this.former.map(({ name }) => name), DRAFTS]);
    if (former !== null) ours.add(SUMMARY);
    for (const name of writing(directory, () => readdirSync(directory)))
      if (!ours.has(name)) this.names.take(name);
    for (const name of [SUMMARY, REPORT, NOTICES]) this.mustGet(name);
    writing(this.drafts, () => {
      rmSync(this.drafts, { recursive: true, force: true });
      mkdirSync(this.drafts, { mode: 0o700 });
    });
    this.noticeFile = new OutFile(path.join(this.drafts, 'notices'));
  }

  async read(source: GroupwareSource): Promise<void> {
    const counts: SourceCounts = { name: source.name, folders: [] };
    this.sources.push(counts);
    for (const folder of await source.folders()) {
      this.options.signal.throwIfAborted();
      const told = await this.readFolder(source, folder);
      if (told.items === 0) continue;
      counts.folders.push(told);
      this.options.tellFolder(source.name, told);
    }
  }

  private async readFolder(source: GroupwareSource, folder: GroupwareFolder): Promise<FolderCounts> {
    const counts: FolderCounts = { path: folder.path, files: [], ...noCounts() };
    const files = new FolderFiles(path.join(this.drafts, String(this.folders++)));
    this.open = files;
    for await (const told of source.contents(folder)) {
      this.options.signal.throwIfAborted();
      this.count(counts, told, source.name, folder);
      if (told.is === 'item') files.add(told.item);
    }
    const above = this.many ? [labelOf(source.name)] : [];
    for (const { path: draft, ending, bytes, sha256 } of files.end()) {
      const name = this.names.give(stemOf([...above, ...folder.path]), ending);
      this.files.push({ name, bytes, sha256, draft });
      counts.files.push(name);
    }
    this.open = null;
    return counts;
  }

  private count(counts: FolderCounts, told: Told, source: string, folder: GroupwareFolder): void {
    counts.items += 1;
    const at = { source, folder: folder.path.join('/') };
    switch (told.is) {
      case 'mail':
        counts.mail += 1;
        return;
      case 'other':
        counts.other += 1;
        this.notice({ ...at, name: told.name, is: 'other', what: told.what });
        return;
      case 'unreadable':
        counts.unreadable += 1;
        this.notice({ ...at, name: told.name, is: 'unreadable', why: told.trouble.message });
        return;
      case 'item': {
        const { kind, name, problems } = told.item;
        counts.written[kind] += 1;
        if (problems.length === 0) return;
        for (const code of new Set(problems.map((each) => each.code)))
          this.problems[code] = (this.problems[code] ?? 0) + 1;
        this.notice({ ...at, name, is: 'problem', kind, problems });
      }
    }
  }

  private notice(notice: Notice): void {
    this.noticeFile.add(`${JSON.stringify(notice)}\n`);
    if (this.notices.length < NOTICES_MAX) this.notices.push(notice);
    this.options.tellNotice(notice);
  }

  /**
   * Before the first file takes its place, the summary names those of both runs: should this one end in between, the next
   * still knows which are ours.
   */
  finish(): GroupwareSummary {
    const { bytes, sha256 } = this.noticeFile.end();
    const draft = this.noticeFile.path;
    if (bytes > 0) this.files.push({ name: NOTICES, bytes, sha256, draft });
    const report = this.options.report(this.summary(true, []), this.notices);
    this.files.push({ name: REPORT, ...this.draft('report', report) });
    this.place(SUMMARY, this.draft('summary', jsonText(this.summary(false, this.former))).draft);
    for (const { name, draft: from } of this.files) this.place(name, from);
    const kept = new Set(this.files.map(({ name }) => name));
    for (const { name } of this.former) if (!kept.has(name)) this.remove(name);
    const summary = this.summary(true, []);
    this.place(SUMMARY, this.draft('summary', jsonText(summary)).draft);
    return summary;
  }

  /** What is under way goes; what has its place stays. Twice is once. */
  close(): void {
    this.open?.close();
    this.noticeFile.close();
    rmSync(this.drafts, { recursive: true, force: true });
  }

  private summary(complete: boolean, former: WrittenFile[]): GroupwareSummary {
    const totals = noCounts();
    for (const { folders } of this.sources) for (const folder of folders) addCounts(totals, folder);
    const problems = Object.fromEntries(Object.entries(this.problems).sort(([a], [b]) => (a < b ? -1 : 1)));
    const files = this.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
    return {
      ...{ format: 'malleposte-groupware', version: 1, complete, totals, problems },
      ...{ sources: this.sources, files, former },
    };
  }

  private draft(name: string, text: string): { bytes: number; sha256: string; draft: string } {
    const file = new OutFile(path.join(this.drafts, name));
    try {
      file.add(text);
      return { ...file.end(), draft: file.path };
    } finally {
      file.close();
    }
  }

  /** A name that has to be ours. */
  private mustGet(name: string): void {
    const [, stem, ending] = /^(.*)\.(\w+)$/.exec(name)!;
    if (this.names.give(stem!, ending!) === name) return;
    const on = path.join(this.directory, name);
    throw new Trouble('refused', { tried: 'write-file', on, answer: 'a file of this name is there already' });
  }

  private place(name: string, draft: string): void {
    const file = path.join(this.directory, name);
    writing(file, () => renameSync(draft, file));
  }

  private remove(name: string): void {
    const file = path.join(this.directory, name);
    writing(file, () => rmSync(file, { force: true }));
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** `pst:/home/marie/archive.pst` → `archive`. */
function labelOf(name: string): string {
  return path.basename(name.replace(/^\w+:/, '')).replace(/\.(?:pst|ost)$/i, '');
}
