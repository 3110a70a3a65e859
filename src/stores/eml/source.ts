import { type Attempt, isTrouble, Trouble } from '../../trouble.ts';
import { roleIn } from '../accounts.ts';
import { levelsOf, shown } from '../below.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import { errorCode, fileTrouble, unreadTrouble } from '../file-trouble.ts';
import { type Files, leadsDown, openFiles } from '../files.ts';
import { type Hold, poured } from '../hold.ts';
import { changesByKnown } from '../known.ts';
import { Breath } from '../pour-file.ts';
import type { Aside, Received, Source, SourceTraits, Unread } from '../source.ts';
import { lookAt, pourEmlx } from './emlx.ts';
import { type Key, keyOf, readKey, stampOf } from './key.ts';
import { metInMsg, pourMsg } from './msg.ts';
import { type Kind, kindOf, MAILBOX_LEVEL, PARTIAL } from './names.ts';
import { Outside, type OutsideParts } from './outside.ts';
import { ASIDE_MAX, findEmlFolders, isMailbox, join, leave, namesIn } from './tree.ts';

/**
 * Mail as one file a message, in directories: `.eml` (Windows Mail and Live Mail, exports), `.emlx` (Apple Mail), `.msg`
 * (Outlook). An archive of such files is read as if it were unpacked; nothing is written.
 */
export function openEmlSource(options: { path: string; name: string }): Source {
  return new EmlFiles(options);
}

class EmlFiles implements Source {
  readonly name: string;
  readonly traits: SourceTraits;
  private readonly files: Files;
  /** What the last `folders()` met. */
  private kinds: ReadonlySet<Kind> | null = null;
  /** By handle of the folder; what the tree told is below no handle. */
  private notTaken = new Map<string | null, readonly Aside[]>();
  private closed = false;

  constructor(options: { path: string; name: string }) {
    this.name = options.name;
    this.files = openFiles(options.path);
    const met = (kind: Kind): boolean => this.kindsMet().has(kind);
    this.traits = {
      // Said of all of them: one that is rebuilt must not be taken for an original.
      get bytes() {
        return met('msg') ? 'rebuilt' : 'original';
      },
      lineEnds: 'local',
      /** An .eml file says nothing about having been read. */
      get marks() {
        return met('emlx') || met('msg');
      },
      lanes: 2,
    };
  }

  /** The traits may be asked for before the folders are. What cannot be read is told by what reads it. */
  private kindsMet(): ReadonlySet<Kind> {
    try {
      this.kinds ??= findEmlFolders(this.files).kinds;
      return this.kinds;
    } catch (cause) {
      if (!isTrouble(cause)) throw cause;
      return NO_KINDS;
    }
  }

  aside(): readonly Aside[] {
    const all: Aside[] = [];
    for (const list of this.notTaken.values())
      for (const { path: name, because } of list) if (all.length <= ASIDE_MAX) leave(all, name, because);
    return all;
  }

  async folders(): Promise<Folder[]> {
    this.check('list-folders');
    const { folders, aside, kinds } = findEmlFolders(this.files);
    const kept = this.notTaken;
    this.kinds = kinds;
    this.notTaken = new Map([[null, aside]]);
    return folders.map((each): Folder => {
      const { handle, path } = each;
      const others = kept.get(handle);
      if (others !== undefined) this.notTaken.set(handle, others);
      return {
        ...{ path, handle, selectable: true, subscribed: true, messages: null, position: null },
        ...roleIn(each),
        // A file may be written over without its directory knowing.
        state: null,
      };
    });
  }

  async *entries(folder: Folder): AsyncGenerator<Entry> {
    this.at(folder, 'list-messages');
    const breath = new Breath();
    const outside = new Outside(this.files);
    const others: Aside[] = [];
    try {
      for (const { level, name, is } of namesIn(this.files, folder.handle)) {
        this.check('list-messages');
        const due = breath.due();
        if (due) await due;
        const kind = kindOf(name);
        if (is === 'directory' || is === 'archive' || is === 'nested' || kind === null) continue;
        const entry = this.entryOf({ kind, level, name, handle: folder.handle }, outside);
        if (entry === 'other') leave(others, shown(join(join(folder.handle, level), name)), 'no-mail');
        else if (entry !== null) yield entry;
      }
    } catch (cause) {
      throw fileTrouble(cause, 'list-messages', `${this.name} ${folder.path.join('/')}`);
    }
    this.notTaken.set(folder.handle, others);
  }

  async *changes(folder: Folder, since: string | null): AsyncGenerator<Change> {
    this.at(folder, 'list-messages');
    yield* changesByKnown(since, '', () => this.entries(folder));
  }

  async *read<B>(
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncGenerator<Received<B> | Unread> {
    this.at(folder, 'read-message');
    const breath = new Breath();
    const outside = new Outside(this.files);
    for (const key of new Set(keys)) {
      this.check('read-message');
      yield this.answer(folder, key, hold, outside);
      const due = breath.due();
      if (due) await due;
    }
    this.check('read-message');
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.files.close();
  }

  /** Null: it is gone since its name was read. `other`: no mail. */
  private entryOf({ kind, level, name, handle }: FileFacts, outside: Outside): Entry | 'other' | null {
    const inTree = join(join(handle, level), name);
    const { files } = this;
    const stats = files.stats(inTree);
    if (stats === null) return null;
    const { size } = stats;
    const plain = { key: keyOf(level, name, stampOf(stats)), marks: [], receivedAt: null, size };
    if (kind === 'eml') return plain;
    try {
      if (kind === 'msg') {
        const met = metInMsg(files, inTree);
        return met.is === 'other' ? 'other' : { ...plain, marks: met.marks, receivedAt: met.receivedAt };
      }
      const looked = lookAt(files, inTree, partsOf(inTree, outside));
      const { marks, receivedAt, length, seal } = looked;
      return { key: keyOf(level, name, seal), marks, receivedAt, size: length };
    } catch (cause) {
      if (errorCode(cause) === 'ENOENT') return null;
      // Told all the same: reading it says why it cannot be read. What concerns the store is thrown.
      unreadTrouble(cause, name);
      return plain;
    }
  }

  private answer<B>(folder: Folder, key: string, hold: Hold<B>, outside: Outside): Received<B> | Unread {
    const on = `${this.name} ${folder.path.join('/')} ${key}`;
    const gone = () => new Trouble('missing', { tried: 'read-message', on });
    const named = readKey(key, (level) => MAILBOX_LEVEL.test(level) && isMailbox(this.files, folder.handle));
    if (named === null) return { is: 'unread', key, trouble: gone() };
    const inTree = join(folder.handle, named.file);
    try {
      if (!leadsDown(this.files, levelsOf(inTree).slice(0, -1))) throw gone();
      const place = { files: this.files, handle: inTree };
      return { is: 'received', key, ...pour(place, named, hold, gone, partsOf(inTree, outside)) };
    } catch (cause) {
      const trouble = errorCode(cause) === 'ENOENT' ? gone() : unreadTrouble(cause, on);
      return { is: 'unread', key, trouble: isTrouble(trouble, 'missing') ? trouble : inPlace(trouble, on) };
    }
  }

  private at(folder: Folder, tried: Attempt): void {
    this.check(tried);
    if (!leadsDown(this.files, levelsOf(folder.handle)))
      throw new Trouble('missing', { tried: 'open-folder', on: `${this.name} ${folder.path.join('/')}` });
  }

  private check(tried: Attempt): void {
    if (this.closed) throw new Trouble('lost', { tried, on: this.name, answer: 'closed' });
  }
}

const NO_KINDS: ReadonlySet<Kind> = new Set();

interface FileFacts {
  kind: Kind;
  level: string;
  name: string;
  /** Of the folder. */
  handle: string;
}

/** Null for a message that is whole in its file. */
function partsOf(inTree: string, outside: Outside): OutsideParts | null {
  return PARTIAL.test(inTree) ? outside.partsOf(inTree) : null;
}

function pour<B>(
  { files, handle }: { files: Files; handle: string },
  { kind, seal }: Key,
  hold: Hold<B>,
  gone: () => Trouble,
  outside: OutsideParts | null,
): Omit<Received<B>, 'is' | 'key'> {
  const isSame = (stats: { size: number; mtimeMs: number }): void => {
    if (stampOf(stats) !== seal) throw gone();
  };
  if (kind === 'eml') return { body: pourPlain(files, handle, hold, isSame), marks: null, receivedAt: null };
  if (kind === 'msg') return pourMsg(files, handle, hold, isSame);
  const { body, looked } = pourEmlx(files, handle, outside, hold, (found) => {
    if (found.seal !== seal) throw gone();
  });
  return { body, marks: looked.marks, receivedAt: looked.receivedAt };
}

function pourPlain<B>(
  files: Files,
  handle: string,
  hold: Hold<B>,
  check: (stats: { size: number; mtimeMs: number }) => void,
): B {
  return files.use(handle, (file) => {
    check(file);
    return poured(hold, file.size, (write) => file.pour(0, file.size, write));
  });
}

/** A format knows what is wrong, the store knows with what. */
function inPlace(trouble: Trouble, on: string): Trouble {
  const answer = trouble.answer ?? '';
  return new Trouble(trouble.kind, { tried: 'read-message', on, answer, cause: trouble });
}
