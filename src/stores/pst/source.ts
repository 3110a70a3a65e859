import path from 'node:path';
import { marksOf, receivedAtOf } from '../../formats/mapi/marks.ts';
import { type RenderContext, renderMessage } from '../../formats/mapi/render.ts';
import { Notes } from '../../formats/mapi/values.ts';
import { type Attempt, isTrouble, Trouble } from '../../trouble.ts';
import { leadsDown, levelsOf, shown } from '../below.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import { unreadTrouble } from '../file-trouble.ts';
import type { Hold, Sink } from '../hold.ts';
import { changesByKnown } from '../known.ts';
import { Breath } from '../pour-file.ts';
import { type Aside, noted, type Received, type Source, type Unread } from '../source.ts';
import {
  damaged,
  isHeaderOnly,
  metIn,
  named,
  nameOf,
  type Place,
  readingOf,
  sizeOf,
  whyUnread,
} from './contents.ts';
import { Files } from './files.ts';
import { type Folders, foldersIn, readHandle } from './folders.ts';
import { digestOf, readKey } from './key.ts';
import type { OpenFile } from './open-file.ts';
import { PST_TRAITS } from './traits.ts';
import { ASIDE_MAX, findPstFiles, leave, type PstPath } from './tree.ts';

/**
 * Mail in Outlook's PST and OST files: one file, or a directory of them. Opens no file before it is asked to, and each
 * only for reading.
 */
export function openPstSource(options: { path: string; name: string }): Source {
  return new PstFiles(options);
}

/**
 * A message that becomes more than its whole file, its attachments in base64, holds one thing many times: a bomb, and
 * nobody's mail.
 */
const GROWS_MAX = 4;
const GROWS_FREELY_BYTES = 64 * 1024 * 1024;

class PstFiles implements Source {
  readonly name: string;
  readonly traits = PST_TRAITS;
  private readonly root: string;
  private readonly files: Files;
  /** By handle of the folder. */
  private notTaken = new Map<string, readonly Aside[]>();
  private closed = false;

  constructor(options: { path: string; name: string }) {
    this.name = options.name;
    this.root = path.resolve(options.path);
    this.files = new Files(this.root, options.name);
  }

  aside(): readonly Aside[] {
    const all: Aside[] = [];
    for (const list of this.notTaken.values())
      for (const { path: name, because } of list) if (all.length <= ASIDE_MAX) leave(all, name, because);
    return all;
  }

  async folders(): Promise<Folder[]> {
    this.check('list-folders');
    const { files, aside } = findPstFiles(this.root);
    const kept = this.notTaken;
    this.notTaken = new Map([['', aside]]);
    const folders: Folder[] = [];
    const breath = new Breath();
    for (const each of files) {
      const found = await this.foldersOf(each, aside);
      folders.push(...found.folders);
      for (const [handle, list] of found.aside) this.notTaken.set(handle, list);
      await breath.due();
    }
    for (const { handle } of folders) {
      const list = kept.get(handle);
      if (list !== undefined) this.notTaken.set(handle, list);
    }
    this.check('list-folders');
    return folders;
  }

  async *entries(folder: Folder): AsyncGenerator<Entry> {
    const { file, place } = await this.open(folder, 'list-messages');
    try {
      yield* this.entriesIn(file, place, folder);
    } finally {
      file.release();
    }
  }

  async *changes(folder: Folder, since: string | null): AsyncGenerator<Change> {
    const { file, place } = await this.open(folder, 'list-messages');
    try {
      yield* changesByKnown(since, file.steady, () => this.entriesIn(file, place, folder));
    } finally {
      file.release();
    }
  }

  async *read<B>(
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncGenerator<Received<B> | Unread> {
    const { file, place } = await this.open(folder, 'read-message');
    const breath = new Breath();
    const on = `${this.name} ${folder.path.join('/')}`;
    try {
      const why = whyUnread(file, place, unreadable(keys), on);
      for (const key of new Set(keys)) {
        this.check('read-message');
        yield await this.answer(file, { place, on, key, why }, hold);
        await breath.due();
      }
      this.check('read-message');
    } finally {
      file.release();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    this.files.close();
  }

  /** A file that cannot be opened among others is named; alone, it is the trouble. */
  private async foldersOf(each: PstPath, aside: Aside[]): Promise<Folders> {
    try {
      const file = await this.files.open(each.handle);
      try {
        return foldersIn(file, each);
      } finally {
        file.release();
      }
    } catch (cause) {
      if (each.handle === '' || !isTrouble(cause, 'malformed', 'denied', 'missing', 'refused')) throw cause;
      leave(aside, shown(each.handle), 'unreadable');
      return { folders: [], aside: new Map() };
    }
  }

  private async *entriesIn(file: OpenFile, place: Place, folder: Folder): AsyncGenerator<Entry> {
    const breath = new Breath();
    const others: Aside[] = [];
    for (const met of metIn(file, place)) {
      const due = breath.due();
      if (due) {
        await due;
        file.check('list-messages');
      }
      this.check('list-messages');
      if (met.is === 'entry') yield met.entry;
      else leave(others, [...folder.path, met.name].join('/'), 'no-mail');
    }
    file.check('list-messages');
    this.notTaken.set(folder.handle, others);
  }

  private async answer<B>(file: OpenFile, asked: Asked, hold: Hold<B>): Promise<Received<B> | Unread> {
    const { key, on, why } = asked;
    const told = readKey(key);
    const found = told?.is === 'damage' ? file.damages().get(key) : undefined;
    if (found !== undefined)
      return { is: 'unread', key, trouble: damaged(on, `${found.on}: ${found.answer}`) };
    if (told?.is === 'item') return this.pour(file, { ...asked, ...told }, hold);
    const trouble = told?.is === 'unreadable' ? why.get(told.nid) : undefined;
    return { is: 'unread', key, trouble: trouble ?? missing(asked) };
  }

  private async pour<B>(
    file: OpenFile,
    asked: Asked & { nid: number; digest: string },
    hold: Hold<B>,
  ): Promise<Received<B> | Unread> {
    const { place, key, nid, digest, on } = asked;
    const { archive } = file;
    const item = archive.item(nid);
    let sink: Sink<B> | null = null;
    try {
      if (!isIn(file, place, nid) || digestOf(item, readingOf(archive, item)) !== digest)
        return { is: 'unread', key, trouble: missing(asked) };
      if (isHeaderOnly(item))
        throw new Trouble('refused', { tried: 'read-message', on, answer: HEADER_ONLY });
      const notes = new Notes();
      const marks = marksOf(item, notes);
      const receivedAt = receivedAtOf(item, notes);
      const context: RenderContext = { codePage: archive.codePage() };
      const most = GROWS_MAX * archive.mostBytes + GROWS_FREELY_BYTES;
      sink = hold.begin(sizeOf(archive, item));
      const message = renderMessage(item, context, notes);
      await pourChunks(message.chunks(), sink, most);
      file.check('read-message');
      const body = sink.end();
      sink = null;
      return { is: 'received', key, marks, receivedAt, body, ...noted(message.notes()) };
    } catch (cause) {
      const trouble = unreadTrouble(cause, on);
      const told = named(on, nameOf(archive, archive.item(nid)));
      const answer = trouble.on === on ? trouble.answer! : `${trouble.on}: ${trouble.answer ?? ''}`;
      return {
        ...{ is: 'unread', key },
        trouble: new Trouble(trouble.kind, { tried: 'read-message', on: told, answer, cause }),
      };
    } finally {
      sink?.abort();
    }
  }

  /** The file of a folder as it lies there now; to be released. */
  private async open(folder: Folder, tried: Attempt): Promise<{ file: OpenFile; place: Place }> {
    this.check(tried);
    const read = readHandle(folder.handle);
    const levels = levelsOf(read?.file ?? '');
    const strange = levels.some((level) => /^\.{0,2}$|\0/.test(level));
    const none = () =>
      new Trouble('missing', { tried: 'open-folder', on: `${this.name} ${folder.path.join('/')}` });
    if (read === null || strange || !leadsDown(this.root, levels.slice(0, -1))) throw none();
    const file = await this.files.open(read.file);
    try {
      if (read.place !== 'lost' && !file.folders().some(({ nid }) => nid === read.place)) throw none();
    } catch (cause) {
      file.release();
      throw cause;
    }
    return { file, place: read.place };
  }

  private check(tried: Attempt): void {
    if (this.closed) throw new Trouble('lost', { tried, on: this.name, answer: 'closed' });
  }
}

/** A key to be answered. */
interface Asked {
  place: Place;
  key: string;
  /** The folder, for people. */
  on: string;
  /** Why those cannot be read that were told so. */
  why: ReadonlyMap<number, Trouble>;
}

function missing({ on, key }: Asked): Trouble {
  return new Trouble('missing', { tried: 'read-message', on: `${on} ${key}` });
}

function unreadable(keys: readonly string[]): Set<number> {
  return new Set(
    keys.flatMap((key) => {
      const told = readKey(key);
      return told?.is === 'unreadable' ? [told.nid] : [];
    }),
  );
}

const HEADER_ONLY = 'Outlook fetched only its header into this file; the message itself lies on its server';
function isIn(file: OpenFile, place: Place, nid: number): boolean {
  const parent = file.archive.index.parentOf(nid);
  if (parent === null) return false;
  if (place === parent) return true;
  const { adopted, lost } = file.strays();
  return place === 'lost' ? lost.has(nid) : (adopted.get(place)?.has(nid) ?? false);
}

async function pourChunks<B>(chunks: Iterable<Uint8Array>, sink: Sink<B>, most: number): Promise<void> {
  const breath = new Breath();
  let poured = 0;
  for (const chunk of chunks) {
    poured += chunk.length;
    if (poured > most) throw damaged('message', `it would become more than ${most} bytes`);
    sink.write(chunk);
    const due = breath.due();
    if (due) await due;
  }
}
