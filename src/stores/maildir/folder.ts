import { type Dir, lstatSync, opendirSync, type Stats, statSync } from 'node:fs';
import {
  KEYWORDS_FILE,
  KEYWORDS_FILE_MAX_BYTES,
  type Keywords,
  marksOfSuffix,
  readFileName,
  readKeywords,
} from '../../formats/maildir/index.ts';
import { Trouble } from '../../trouble.ts';
import { below, type FilePath } from '../below.ts';
import type { Entry } from '../entry.ts';
import { isFresh } from '../file-stamp.ts';
import { errorCode, fileTrouble } from '../file-trouble.ts';
import { Breath } from '../pour-file.ts';
import { smallFile } from './files.ts';
import { NameIndex } from './name-index.ts';

/** A file of a message. `place` is `cur/` or `new/` with the suffix. */
export interface Found {
  key: string;
  file: FilePath;
  suffix: string;
}

/** Directories are read in pieces of this many names. */
const NAMES_AT_ONCE = 1024;
/** A directory that changes while it is listed is listed again, so often. */
const ROUNDS_MAX = 4;

/**
 * One folder as it lies on disk. A key is the unique part of the file name; where two files share one (a fault of
 * whoever made them), that of the second is its whole name with the directory before it, so that neither is lost.
 */
export class MaildirFolderFiles {
  private index: NameIndex | null = null;
  private readonly root: string;
  private readonly handle: string;
  private readonly check: () => void;

  /** `check` throws when the store was closed. */
  constructor(root: string, handle: string, check: () => void) {
    this.root = root;
    this.handle = handle;
    this.check = check;
  }

  path(...names: string[]): FilePath {
    return below(this.root, this.handle, ...names);
  }

  /** Changes with every message that comes, goes or is marked; null when that cannot be promised. */
  stamp(): string | null {
    const stats = ['new', 'cur', KEYWORDS_FILE].map((name) =>
      statSync(this.path(name), { bigint: true, throwIfNoEntry: false }),
    );
    if (stats.some((each) => each !== undefined && isFresh(each.mtimeNs))) return null;
    return stats.map((each) => (each ? `${each.mtimeNs}.${each.ino}` : '-')).join('/');
  }

  keywords(): Keywords {
    return readKeywords(smallFile(this.path(KEYWORDS_FILE), KEYWORDS_FILE_MAX_BYTES));
  }

  /** Every message once, though others deliver and mark meanwhile. */
  async *entries(): AsyncGenerator<Entry> {
    const index = new NameIndex();
    const keywords = this.keywords();
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const before = this.moment();
      for await (const { sub, name } of this.names()) {
        const found = this.foundAt(sub, name, index, round > 0);
        if (found === null) continue;
        const stats = lstatSync(found.file, { throwIfNoEntry: false });
        // Renamed since: its new name comes in this round or the next.
        if (stats === undefined) continue;
        if (found.key === readFileName(name).unique) index.set(found.key, `${sub}/${found.suffix}`);
        yield entryOf(found, stats, keywords);
      }
      if (this.moment() === before) break;
    }
    this.index = index;
  }

  /** Files by key, in the order asked for; null where there is none. */
  async find(keys: readonly string[]): Promise<(Found | null)[]> {
    if (this.index === null) await this.relist();
    return keys.map((key) => this.findNow(key));
  }

  /** Looks again for keys whose files were not where they had been. */
  async findAgain(keys: readonly string[]): Promise<(Found | null)[]> {
    await this.relist();
    const lost = new Set(keys);
    const found = new Map<string, Found>();
    for (const key of keys) {
      const hit = this.findNow(key);
      if (hit !== null && lstatSync(hit.file, { throwIfNoEntry: false }) !== undefined) found.set(key, hit);
    }
    // Two unique parts that share a number in the index: go through the names themselves.
    if (found.size < lost.size)
      for await (const { sub, name } of this.names()) {
        const { unique, suffix } = readFileName(name);
        if (lost.has(unique) && !found.has(unique))
          found.set(unique, { key: unique, file: this.path(sub, name), suffix });
      }
    return keys.map((key) => found.get(key) ?? null);
  }

  /** Tells where a file lies that was put or renamed here. */
  placed(unique: string, suffix: string): void {
    this.index?.set(unique, `cur/${suffix}`);
  }

  private findNow(key: string): Found | null {
    const slash = key.indexOf('/');
    if (slash !== -1) return this.wholeName(key.slice(0, slash), key.slice(slash + 1), key);
    const place = isFileName(key) ? (this.index?.get(key) ?? null) : null;
    if (place === null) return null;
    const sub = place.slice(0, 3);
    const suffix = place.slice(4);
    return { key, file: this.path(sub, key + suffix), suffix };
  }

  private wholeName(sub: string, name: string, key: string): Found | null {
    if ((sub !== 'cur' && sub !== 'new') || !isFileName(name)) return null;
    return { key, file: this.path(sub, name), suffix: readFileName(name).suffix };
  }

  private foundAt(sub: string, name: string, index: NameIndex, again: boolean): Found | null {
    const { unique, suffix } = readFileName(name);
    const file = this.path(sub, name);
    const known = index.get(unique);
    if (known === null) return { key: unique, file, suffix };
    if (again || known === `${sub}/${suffix}`) return null;
    // A second file with this unique part, or the same message under its new name.
    const first = this.path(known.slice(0, 3), unique + known.slice(4));
    if (lstatSync(first, { throwIfNoEntry: false }) === undefined) return null;
    return { key: `${sub}/${name}`, file, suffix };
  }

  private async relist(): Promise<void> {
    const index = new NameIndex();
    for await (const { sub, name } of this.names()) {
      const { unique, suffix } = readFileName(name);
      index.set(unique, `${sub}/${suffix}`);
    }
    this.index = index;
  }

  /** `new/` first: what moves to `cur/` meanwhile is met there. */
  private async *names(): AsyncGenerator<{ sub: 'new' | 'cur'; name: string }> {
    const breath = new Breath();
    for (const sub of ['new', 'cur'] as const) {
      const dir = this.open(sub);
      if (dir === null) continue;
      try {
        for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) {
          if (!entry.name.startsWith('.') && !entry.isDirectory()) yield { sub, name: entry.name };
          const due = breath.due();
          if (due) await due;
          this.check();
        }
      } catch (cause) {
        throw fileTrouble(cause, 'list-messages', this.path(sub).toString());
      } finally {
        dir.closeSync();
      }
    }
  }

  private open(sub: 'new' | 'cur'): Dir | null {
    const path = this.path(sub);
    try {
      if (lstatSync(path).isSymbolicLink())
        throw new Trouble('refused', {
          tried: 'open-folder',
          on: path.toString(),
          answer: 'a symbolic link',
        });
      return opendirSync(path, { bufferSize: NAMES_AT_ONCE, encoding: 'latin1' as BufferEncoding });
    } catch (cause) {
      if (
        sub === 'new' &&
        errorCode(cause) === 'ENOENT' &&
        lstatSync(this.path('cur'), { throwIfNoEntry: false })
      )
        return null;
      throw fileTrouble(cause, 'open-folder', path.toString());
    }
  }

  private moment(): string {
    return ['new', 'cur']
      .map((sub) => statSync(this.path(sub), { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n)
      .join();
  }
}

/** One name in a directory, nothing that leads elsewhere. */
function isFileName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[/\0]/.test(name);
}

function entryOf({ key, suffix }: Found, stats: Stats, keywords: Keywords): Entry {
  return {
    key,
    marks: marksOfSuffix(suffix, keywords),
    receivedAt: wholeSeconds(stats.mtimeMs),
    size: stats.size,
  };
}

export function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
