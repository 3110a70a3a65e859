import path from 'node:path';
import { renderGroupware } from '../../formats/mapi/groupware/render.ts';
import { kindOfClass, messageClass } from '../../formats/mapi/kind.ts';
import type { Listed } from '../../formats/pst/index.ts';
import type { GroupwareFolder, GroupwareSource, Told } from '../../groupware/source.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { shown } from '../below.ts';
import { Breath } from '../pour-file.ts';
import { damaged, listedIn, named, nameOf, type Place, readingOf } from './contents.ts';
import { Files } from './files.ts';
import { handleOf, LOST, readHandle } from './folders.ts';
import { digestOf, itemKey } from './key.ts';
import type { OpenFile } from './open-file.ts';
import { findPstFiles, type PstPath, separate } from './tree.ts';

/** Contacts, appointments, tasks and notes in Outlook's PST and OST files: one file, or a directory of them. */
export function openPstGroupware(options: { path: string; name: string }): GroupwareSource {
  return new PstGroupware(options);
}

class PstGroupware implements GroupwareSource {
  readonly name: string;
  private readonly root: string;
  private readonly files: Files;
  /** Files that cannot be opened, by the handle they are told under. */
  private readonly closedFiles = new Map<string, Trouble>();
  private closed = false;

  constructor(options: { path: string; name: string }) {
    this.name = options.name;
    this.root = path.resolve(options.path);
    this.files = new Files(this.root, options.name);
  }

  async folders(): Promise<GroupwareFolder[]> {
    this.check();
    const found: { path: string[]; handle: string }[] = [];
    const { files, aside } = findPstFiles(this.root);
    for (const each of files) found.push(...(await this.foldersIn(each)));
    for (const { path: at, because } of aside) if (because === 'unreadable') found.push(this.unopened(at));
    separate(found);
    return found;
  }

  async *contents(folder: GroupwareFolder): AsyncGenerator<Told> {
    this.check();
    const unopened = this.closedFiles.get(folder.handle);
    if (unopened !== undefined) {
      yield { is: 'unreadable', name: folder.path.join('/'), trouble: unopened };
      return;
    }
    const read = readHandle(folder.handle);
    if (read === null) throw new Trouble('missing', { tried: 'open-folder', on: folder.path.join('/') });
    const file = await this.files.open(read.file);
    try {
      yield* this.toldIn(file, read.place, folder);
    } finally {
      file.release();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    this.files.close();
  }

  /** A file that cannot be opened among others is told as what it is; alone, it is the trouble. */
  private async foldersIn(each: PstPath): Promise<{ path: string[]; handle: string }[]> {
    try {
      const file = await this.files.open(each.handle);
      try {
        const folders = file.folders().map(({ nid, path: down, place }) => ({
          path: [...each.path, ...(place === 'lost' ? [LOST, ...down] : down)],
          handle: handleOf(nid, each.handle),
        }));
        return [...folders, { path: [...each.path, LOST], handle: handleOf('lost', each.handle) }];
      } finally {
        file.release();
      }
    } catch (cause) {
      if (each.handle === '' || !isTrouble(cause, 'malformed', 'denied', 'missing', 'refused')) throw cause;
      this.closedFiles.set(`/${each.handle}`, cause);
      return [{ path: [shown(each.handle)], handle: `/${each.handle}` }];
    }
  }

  /** A file or a directory that cannot even be looked at. */
  private unopened(at: string): { path: string[]; handle: string } {
    const on = `${this.name} ${at}`;
    const answer = 'it cannot be read, or is no Outlook archive whatever its name says';
    this.closedFiles.set(`/${at}`, new Trouble('malformed', { tried: 'open-folder', on, answer }));
    return { path: [at], handle: `/${at}` };
  }

  private async *toldIn(file: OpenFile, place: Place, folder: GroupwareFolder): AsyncGenerator<Told> {
    const breath = new Breath();
    const on = `${this.name} ${folder.path.join('/')}`;
    for (const listed of listedIn(file, place)) {
      this.check();
      yield toldAs(file, listed, on);
      const due = breath.due();
      if (due) {
        await due;
        file.check('list-messages');
      }
    }
    if (place === 'lost')
      for (const damage of file.damages().values())
        yield {
          is: 'unreadable',
          name: '',
          trouble: damaged(on, `${damage.on}: ${damage.answer ?? ''}`),
        };
    file.check('list-messages');
  }

  private check(): void {
    if (this.closed) throw new Trouble('lost', { tried: 'read-file', on: this.name, answer: 'closed' });
  }
}

function toldAs({ archive }: OpenFile, { nid, row, there }: Listed, on: string): Told {
  const name =
    nameOf(archive, there ? archive.item(nid) : row!) || (row === null ? '' : nameOf(archive, row));
  if (!there)
    return {
      is: 'unreadable',
      name,
      trouble: damaged(named(on, name), 'only the folder’s list still has it'),
    };
  const item = archive.item(nid);
  try {
    const rendered = renderGroupware(item, archive.codePage());
    if (rendered === null) {
      const what = messageClass(item);
      return kindOfClass(what) === 'mail' ? { is: 'mail' } : { is: 'other', name, what };
    }
    const key = itemKey(nid, digestOf(item, readingOf(archive, item)));
    return { is: 'item', item: { ...rendered, key, name: rendered.name || name } };
  } catch (cause) {
    if (!isTrouble(cause, 'malformed')) throw cause;
    const answer = `${cause.on}: ${cause.answer ?? ''}`;
    return { is: 'unreadable', name, trouble: damaged(named(on, name), answer) };
  }
}
