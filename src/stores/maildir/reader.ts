import path from 'node:path';
import { marksOfSuffix } from '../../formats/maildir/index.ts';
import { roleOf } from '../../mail/role.ts';
import { type Attempt, Trouble } from '../../trouble.ts';
import { isDirectory, leadsDown, levelsOf } from '../below.ts';
import type { Entry, Folder } from '../entry.ts';
import { errorCode, unreadTrouble } from '../file-trouble.ts';
import type { Hold } from '../hold.ts';
import { Breath, pourFile } from '../pour-file.ts';
import type { Aside, Reader, Received, Unread } from '../source.ts';
import { type Found, MaildirFolderFiles, wholeSeconds } from './folder.ts';
import { findMaildirs, type MaildirFolder, type MaildirTree } from './tree.ts';

export interface MaildirOptions {
  path: string;
  name: string;
}

/** Folders whose whereabouts are remembered at once. */
const FOLDERS_MAX = 16;
/** Files are looked up so many at a time, and looked for again so many at a time when others renamed them. */
const LOOK_UP = 256;

/** What source and target share. Never changes anything. */
export class MaildirReader implements Reader {
  readonly name: string;
  protected readonly root: string;
  private readonly opened = new Map<string, MaildirFolderFiles>();
  private notTaken: readonly Aside[] = [];
  private closed = false;

  constructor(options: MaildirOptions) {
    this.name = options.name;
    this.root = path.resolve(options.path);
  }

  /** Directories with mail that the last `folders()` met and did not follow. */
  aside(): readonly Aside[] {
    return this.notTaken;
  }

  async folders(): Promise<Folder[]> {
    this.check('list-folders');
    return this.tree().folders.map((folder) => this.folderOf(folder));
  }

  async *entries(folder: Folder): AsyncGenerator<Entry> {
    yield* this.at(folder, 'list-messages').entries();
  }

  async *read<B>(
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncGenerator<Received<B> | Unread> {
    const files = this.at(folder, 'read-message');
    const keywords = files.keywords();
    const breath = new Breath();
    const wanted = [...new Set(keys)];
    for (let from = 0; from < wanted.length; from += LOOK_UP) {
      const some = wanted.slice(from, from + LOOK_UP);
      const moved: string[] = [];
      for (const [n, found] of (await files.find(some)).entries()) {
        const answer = found === null ? null : this.pour(found, hold, keywords);
        if (answer === null) moved.push(some[n]!);
        else yield answer;
        const due = breath.due();
        if (due) await due;
        this.check('read-message');
      }
      if (moved.length === 0) continue;
      for (const [n, found] of (await files.findAgain(moved)).entries())
        yield (found && this.pour(found, hold, keywords)) ?? this.gone(folder, moved[n]!);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    this.opened.clear();
  }

  protected tree(): MaildirTree {
    const tree = findMaildirs(this.root);
    this.notTaken = tree.aside;
    return tree;
  }

  protected folderOf({ handle, path, selectable, subscribed }: MaildirFolder): Folder {
    const role = roleOf({ path });
    return {
      ...{ path, handle, selectable, subscribed, messages: null, position: null },
      ...{ role: role?.role ?? null, roleBy: role?.by ?? null },
      state: selectable ? this.files(handle).stamp() : null,
    };
  }

  /** The files of a folder that is there and lies below the root, no link on the way. */
  protected at(folder: Folder, tried: Attempt): MaildirFolderFiles {
    this.check(tried);
    const levels = levelsOf(folder.handle);
    if (!leadsDown(this.root, levels) || !isDirectory(this.root, ...levels, 'cur'))
      throw new Trouble('missing', { tried: 'open-folder', on: `${this.name} ${folder.path.join('/')}` });
    return this.files(folder.handle);
  }

  protected check(tried: Attempt): void {
    if (this.closed) throw new Trouble('lost', { tried, on: this.name, answer: 'closed' });
  }

  private files(handle: string): MaildirFolderFiles {
    const files =
      this.opened.get(handle) ?? new MaildirFolderFiles(this.root, handle, () => this.check('list-messages'));
    this.opened.delete(handle);
    this.opened.set(handle, files);
    for (const oldest of this.opened.keys()) {
      if (this.opened.size <= FOLDERS_MAX) break;
      this.opened.delete(oldest);
    }
    return files;
  }

  /** Null when no file has this name any more. */
  private pour<B>(
    found: Found,
    hold: Hold<B>,
    keywords: readonly (string | undefined)[],
  ): Received<B> | Unread | null {
    const { key, file, suffix } = found;
    try {
      const { body, mtimeMs } = pourFile(file, hold);
      const marks = marksOfSuffix(suffix, keywords);
      return { is: 'received', key, marks, receivedAt: wholeSeconds(mtimeMs), body };
    } catch (cause) {
      if (errorCode(cause) === 'ENOENT') return null;
      return { is: 'unread', key, trouble: unreadTrouble(cause, `${this.name} ${key}`) };
    }
  }

  private gone(folder: Folder, key: string): Unread {
    const on = `${this.name} ${folder.path.join('/')} ${key}`;
    return { is: 'unread', key, trouble: new Trouble('missing', { tried: 'read-message', on }) };
  }
}
