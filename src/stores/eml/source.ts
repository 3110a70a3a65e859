import { lstatSync } from 'node:fs';
import path from 'node:path';
import { roleOf } from '../../mail/role.ts';
import { type Attempt, Trouble } from '../../trouble.ts';
import { below, leadsDown, levelsOf, shown } from '../below.ts';
import { readCheckpointText } from '../checkpoint-text.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import { errorCode, fileTrouble, unreadTrouble } from '../file-trouble.ts';
import type { Hold } from '../hold.ts';
import { differences, KnownGatherer, unpackKnown } from '../known.ts';
import { Breath, pourFile } from '../pour-file.ts';
import type { Aside, Received, Source, SourceTraits, Unread } from '../source.ts';
import { findEmlFolders, isMessage, namesIn } from './tree.ts';

/** Mail as one `.eml` file a message (RFC 5322 as it is), in directories. */
export function openEmlSource(options: { path: string; name: string }): Source {
  return new EmlFiles(options);
}

class EmlFiles implements Source {
  readonly name: string;
  /** A file of this kind says nothing about having been read. */
  readonly traits: SourceTraits = { bytes: 'original', lineEnds: 'local', marks: false, lanes: 2 };
  private readonly root: string;
  private notTaken: readonly Aside[] = [];
  private closed = false;

  constructor(options: { path: string; name: string }) {
    this.name = options.name;
    this.root = path.resolve(options.path);
  }

  aside(): readonly Aside[] {
    return this.notTaken;
  }

  async folders(): Promise<Folder[]> {
    this.check('list-folders');
    const { folders, aside } = findEmlFolders(this.root);
    this.notTaken = aside;
    return folders.map(({ handle, path }): Folder => {
      const role = roleOf({ path });
      return {
        ...{ path, handle, selectable: true, subscribed: true, messages: null, position: null },
        ...{ role: role?.role ?? null, roleBy: role?.by ?? null },
        // A file may be written over without its directory knowing.
        state: null,
      };
    });
  }

  async *entries(folder: Folder): AsyncGenerator<Entry> {
    this.at(folder, 'list-messages');
    const breath = new Breath();
    try {
      for (const { name, is } of namesIn(this.root, folder.handle)) {
        this.check('list-messages');
        const due = breath.due();
        if (due) await due;
        if (is === 'directory' || !isMessage(name)) continue;
        const stats = lstatSync(below(this.root, folder.handle, name), { throwIfNoEntry: false });
        if (stats === undefined) continue;
        yield { key: keyOf(name, stats), marks: [], receivedAt: null, size: stats.size };
      }
    } catch (cause) {
      throw fileTrouble(cause, 'list-messages', `${this.name} ${folder.path.join('/')}`);
    }
  }

  async *changes(folder: Folder, since: string | null): AsyncGenerator<Change> {
    this.at(folder, 'list-messages');
    const text = since === null ? null : readCheckpointText(since);
    const known = text && unpackKnown(text);
    if (since !== null && known === null) yield { is: 'reset' };
    const gatherer = new KnownGatherer();
    yield* differences(known, this.entries(folder), gatherer);
    yield { is: 'checkpoint', checkpoint: gatherer.checkpoint('') };
  }

  async *read<B>(
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncGenerator<Received<B> | Unread> {
    this.at(folder, 'read-message');
    const breath = new Breath();
    for (const key of new Set(keys)) {
      this.check('read-message');
      yield this.pour(folder, key, hold);
      const due = breath.due();
      if (due) await due;
    }
    this.check('read-message');
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private pour<B>(folder: Folder, key: string, hold: Hold<B>): Received<B> | Unread {
    const on = `${this.name} ${folder.path.join('/')} ${key}`;
    const name = nameOf(key);
    const gone = () => new Trouble('missing', { tried: 'read-message', on });
    if (name === null) return { is: 'unread', key, trouble: gone() };
    try {
      const { body } = pourFile(below(this.root, folder.handle, name), hold, (stats) => {
        if (keyOf(name, stats) !== key) throw gone();
      });
      return { is: 'received', key, marks: null, receivedAt: null, body };
    } catch (cause) {
      return {
        is: 'unread',
        key,
        trouble: errorCode(cause) === 'ENOENT' ? gone() : unreadTrouble(cause, on),
      };
    }
  }

  private at(folder: Folder, tried: Attempt): void {
    this.check(tried);
    if (!leadsDown(this.root, levelsOf(folder.handle)))
      throw new Trouble('missing', { tried: 'open-folder', on: `${this.name} ${folder.path.join('/')}` });
  }

  private check(tried: Attempt): void {
    if (this.closed) throw new Trouble('lost', { tried, on: this.name, answer: 'closed' });
  }
}

/** `NAME/SIZE.TIME`: a file that was written over is another message. A name that is no UTF-8 has a `/` before it. */
function keyOf(name: string, { size, mtimeMs }: { size: number; mtimeMs: number }): string {
  const text = shown(name);
  const reversible = Buffer.from(text).toString('latin1') === name;
  return `${reversible ? text : `/${name}`}/${size}.${Math.floor(mtimeMs).toString(36)}`;
}

/** The Latin-1 name of a file in the folder; null when the key cannot be one of ours. */
function nameOf(key: string): string | null {
  const slash = key.lastIndexOf('/');
  const text = key.slice(0, Math.max(0, slash));
  const name = text.startsWith('/') ? text.slice(1) : Buffer.from(text).toString('latin1');
  return isMessage(name) && !/[/\0]/.test(name) ? name : null;
}
