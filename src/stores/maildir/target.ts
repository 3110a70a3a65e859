import { lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import {
  isSystemMark,
  KEYWORDS_MAX,
  marksOfSuffix,
  SYSTEM_MARKS,
  suffixOf,
} from '../../formats/maildir/index.ts';
import type { Role } from '../../mail/role.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { isDirectory } from '../below.ts';
import type { Folder } from '../entry.ts';
import { errorCode, fileTrouble } from '../file-trouble.ts';
import type {
  Landed,
  MarkAnswer,
  MarkChange,
  Parcel,
  Place,
  Refused,
  Target,
  TargetTraits,
} from '../target.ts';
import type { Found, MaildirFolderFiles } from './folder.ts';
import { makeFolder, subscribeFolder } from './folder-make.ts';
import { withKeywords } from './keyword-file.ts';
import { batches, keywordsOf, putBatch } from './put.ts';
import { type MaildirOptions, MaildirReader } from './reader.ts';
import type { MaildirTree } from './tree.ts';
import { syncDirectory } from './write-file.ts';

/**
 * A Maildir++ that takes mail, made where there is none. Bytes are stored exactly as given, line ends too: Dovecot and
 * Courier read both kinds.
 */
export function openMaildirTarget(options: MaildirOptions): Target {
  return new MaildirBox(options);
}

class MaildirBox extends MaildirReader implements Target {
  readonly traits: TargetTraits = { messageMaxBytes: null, tellsKey: true, lanes: 2 };
  /** One at a time per folder: renames of one file from two sides would lose one. */
  private readonly marking = new Map<string, Promise<unknown>>();

  override async folders(): Promise<Folder[]> {
    this.check('list-folders');
    return this.treeOrNothing().folders.map((folder) => this.folderOf(folder));
  }

  async prepare(path: readonly string[], _role: Role | null, subscribe: boolean): Promise<Place> {
    this.check('create-folder');
    const on = `${this.name} ${path.join('/')}`;
    if (path.length === 0) throw new Trouble('refused', { tried: 'create-folder', on, answer: 'no name' });
    try {
      for (let depth = 1; depth <= path.length; depth += 1) this.make(path.slice(0, depth), on);
      const folder = this.find(path, this.treeOrNothing());
      if (folder === undefined)
        throw new Trouble('refused', {
          tried: 'create-folder',
          on,
          answer: 'another folder has this directory',
        });
      if (subscribe && folder.handle !== '') subscribeFolder(this.root, folder.handle);
      return this.placeOf(this.folderOf({ ...folder, subscribed: folder.subscribed || subscribe }));
    } catch (cause) {
      throw fileTrouble(cause, 'create-folder', on);
    }
  }

  async *put(place: Place, parcels: readonly Parcel[]): AsyncGenerator<Landed | Refused> {
    const files = this.at(place, 'store-message');
    const on = `${this.name} ${place.path.join('/')}`;
    const keywords = await withKeywords(files, keywordsOf(parcels));
    for (const batch of batches(parcels)) {
      this.check('store-message');
      let answers: (Landed | Refused)[];
      try {
        answers = await putBatch(files, batch, keywords, on);
      } catch (cause) {
        throw fileTrouble(cause, 'store-message', on);
      }
      yield* answers;
    }
  }

  async mark(place: Place, changes: readonly MarkChange[]): Promise<MarkAnswer[]> {
    const files = this.at(place, 'mark-message');
    return this.inTurn(place.handle, () => this.markNow(files, changes));
  }

  async withdraw(place: Place, keys: readonly string[]): Promise<void> {
    const files = this.at(place, 'remove-message');
    await this.inTurn(place.handle, async () => {
      let left = [...new Set(keys)];
      for (let round = 0; round < ROUNDS_MAX && left.length > 0; round += 1)
        left = this.removeFound(round === 0 ? await files.find(left) : await files.findAgain(left), left);
      syncDirectory(files.path('cur'));
    });
  }

  async quota(): Promise<null> {
    this.check('ask-quota');
    return null;
  }

  private make(path: readonly string[], on: string): void {
    const tree = this.treeOrNothing();
    if (this.find(path, tree)) return;
    if (tree.nested && !tree.folders.some((folder) => folder.handle.startsWith('.')))
      throw new Trouble('refused', {
        tried: 'create-folder',
        on,
        answer: 'the folders there are nested directories (LAYOUT=fs); folders are made as Maildir++ only',
      });
    // The root is the inbox of a Maildir++; without it Dovecot would not know the tree.
    if (!tree.nested && !isDirectory(this.root, 'cur')) makeFolder(this.root, ['INBOX']);
    if (!isInbox(path)) makeFolder(this.root, path);
  }

  private find(path: readonly string[], tree: MaildirTree): MaildirTree['folders'][number] | undefined {
    const wanted = JSON.stringify(isInbox(path) ? ['INBOX'] : path);
    return tree.folders.find((folder) => folder.selectable && JSON.stringify(folder.path) === wanted);
  }

  /** Where nothing was made yet, nothing is there; a directory that holds other things is not ours to fill. */
  private treeOrNothing(): MaildirTree {
    try {
      return this.tree();
    } catch (cause) {
      const empty = { folders: [], aside: [], nested: false };
      if (isTrouble(cause, 'missing')) return empty;
      const begun = (): boolean => readdirSync(this.root).every((name) => name === 'tmp' || name === 'new');
      if (isTrouble(cause, 'malformed') && isDirectory(this.root) && begun()) return empty;
      throw cause;
    }
  }

  private placeOf(folder: Folder): Place {
    const keywords = this.at(folder, 'open-folder').keywords();
    const named = keywords.filter((keyword) => keyword !== undefined);
    const keeps = named.length < KEYWORDS_MAX ? 'any' : [...SYSTEM_MARKS, ...named].sort();
    return { ...folder, keeps };
  }

  private async markNow(files: MaildirFolderFiles, changes: readonly MarkChange[]): Promise<MarkAnswer[]> {
    const added = new Set(changes.flatMap(({ add }) => add).filter((mark) => !isSystemMark(mark)));
    const keywords = await withKeywords(files, added);
    const answers = new Map<string, MarkAnswer['is']>();
    let left = changes;
    for (let round = 0; round < ROUNDS_MAX && left.length > 0; round += 1) {
      const keys = left.map(({ key }) => key);
      const found = round === 0 ? await files.find(keys) : await files.findAgain(keys);
      left = left.filter((change, n) => {
        const marked = found[n] ? remark(files, found[n], change, keywords) : false;
        if (marked) answers.set(change.key, 'marked');
        return !marked;
      });
    }
    if (answers.size > 0) syncDirectory(files.path('cur'));
    return changes.map(({ key }) => ({ key, is: answers.get(key) ?? 'missing' }));
  }

  private removeFound(found: readonly (Found | null)[], keys: readonly string[]): string[] {
    return keys.filter((_, n) => {
      const { file } = found[n] ?? {};
      if (file === undefined) return true;
      try {
        unlinkSync(file);
        return false;
      } catch (cause) {
        if (errorCode(cause) === 'ENOENT') return true;
        throw fileTrouble(cause, 'remove-message', this.name);
      }
    });
  }

  private inTurn<T>(handle: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.marking.get(handle) ?? Promise.resolve()).then(act, act);
    this.marking.set(handle, turn);
    return turn;
  }
}

/** Others may rename a file between looking it up and renaming it: then it is looked up again, so often. */
const ROUNDS_MAX = 4;

function isInbox(path: readonly string[]): boolean {
  return path.length === 1 && path[0]!.toUpperCase() === 'INBOX';
}

/** False when the file is no longer where it was. */
function remark(
  files: MaildirFolderFiles,
  found: Found,
  change: MarkChange,
  keywords: readonly (string | undefined)[],
): boolean {
  const marks = new Set(marksOfSuffix(found.suffix, keywords));
  for (const mark of change.add) marks.add(mark);
  for (const mark of change.remove) marks.delete(mark);
  const suffix = suffixOf([...marks], keywords, found.suffix);
  // A key that is a whole name (two files with one unique part) would change with the marks: it stays as it is.
  if (found.key.includes('/'))
    return lstatSync(found.file, { throwIfNoEntry: false }) !== undefined && suffix === found.suffix;
  try {
    renameSync(found.file, files.path('cur', found.key + suffix));
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return false;
    throw fileTrouble(cause, 'mark-message', found.file.toString());
  }
  files.placed(found.key, suffix);
  return true;
}
