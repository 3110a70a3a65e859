import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Evidence, type Part, type Quoting, quotingOf, splitMbox } from '../../formats/mbox/index.ts';
import { Trouble } from '../../trouble.ts';
import { roleIn } from '../accounts.ts';
import { below, type FilePath, leadsDown, levelsOf, shown } from '../below.ts';
import { readCheckpointText } from '../checkpoint-text.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import { isFresh } from '../file-stamp.ts';
import { fileTrouble } from '../file-trouble.ts';
import type { Hold } from '../hold.ts';
import type { Aside, Received, Source, SourceTraits, Unread } from '../source.ts';
import { marksTold, packTold, Teller, type Told, unpackTold } from './checkpoint.ts';
import { keyOf, readKey } from './key.ts';
import { readMessages } from './read.ts';
import { findMboxes } from './tree.ts';

export interface MboxOptions {
  /** A file, or a directory of files (Thunderbird, Apple Mail, or plain). */
  path: string;
  name: string;
  /** How lines that begin with `From ` were quoted, when a person knows; else each file shows it. */
  quoting?: Quoting;
}

const TRAITS: SourceTraits = { bytes: 'original', lineEnds: 'local', marks: true, lanes: 2 };
/** How much of a file is looked at to see how it quotes. */
const EVIDENCE_BYTES = 32 * 1024 * 1024;

/** Mail in mbox files. Opens no file before it is asked to, and each only for reading. */
export function openMboxSource(options: MboxOptions): Source {
  return new MboxFiles(options);
}

class MboxFiles implements Source {
  readonly name: string;
  readonly traits = TRAITS;
  private readonly root: string;
  private readonly given: Quoting | null;
  private readonly quotings = new Map<string, { stamp: string; quoting: Quoting }>();
  private readonly files = new Set<FileHandle>();
  private notTaken: readonly Aside[] = [];
  private closed = false;

  constructor(options: MboxOptions) {
    this.name = options.name;
    this.root = path.resolve(options.path);
    this.given = options.quoting ?? null;
  }

  aside(): readonly Aside[] {
    return this.notTaken;
  }

  async folders(): Promise<Folder[]> {
    this.check('list-folders');
    const { files, aside } = await findMboxes(this.root);
    this.notTaken = aside;
    return Promise.all(
      files.map(async (each): Promise<Folder> => {
        const { handle, path } = each;
        return {
          ...{ path, handle, selectable: true, subscribed: true, messages: null, position: null },
          ...roleIn(each),
          state: (await this.stampAt(handle)).steady || null,
        };
      }),
    );
  }

  async *entries(folder: Folder): AsyncGenerator<Entry> {
    const file = await this.open(folder, 'list-messages');
    try {
      const { size, quoting } = await this.look(file, folder);
      for await (const parts of this.parts(file, folder, size))
        for (const part of parts) if (isTold(part)) yield entryOf(part, quoting);
    } finally {
      await this.release(file);
    }
  }

  async *changes(folder: Folder, since: string | null): AsyncGenerator<Change> {
    const file = await this.open(folder, 'list-messages');
    try {
      const text = since === null ? null : readCheckpointText(since);
      if (text?.stamp === (await this.stampAt(folder.handle, file)).stamp) {
        yield { is: 'checkpoint', checkpoint: since! };
        return;
      }
      const seen = await this.look(file, folder);
      const told = text && unpackTold(text);
      if (told !== null && (yield* this.differences(file, folder, seen, told))) return;
      if (since !== null) yield { is: 'reset' };
      const teller = new Teller();
      yield* this.tell(this.parts(file, folder, seen.size), seen.quoting, teller);
      yield { is: 'checkpoint', checkpoint: packTold(teller.told(seen.steady)) };
    } finally {
      await this.release(file);
    }
  }

  async *read<B>(
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncGenerator<Received<B> | Unread> {
    const file = await this.open(folder, 'read-message');
    try {
      for await (const answer of readMessages(file, this.on(folder.handle), [...new Set(keys)], hold)) {
        yield answer;
        this.check('read-message');
      }
    } finally {
      await this.release(file);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.files].map((file) => this.release(file)));
  }

  /** Tells what differs from `told`; false when the file does not begin with what was told. Tells nothing then. */
  private async *differences(
    file: FileHandle,
    folder: Folder,
    seen: Seen,
    told: Told,
  ): AsyncGenerator<Change, boolean> {
    const teller = new Teller();
    const marks = marksTold(told.marks);
    const remarked: Change[] = [];
    let begun = told.count === 0;
    for await (const parts of this.parts(file, folder, seen.size)) {
      const entries = parts.filter(isTold).map((part) => entryOf(part, seen.quoting));
      for (const entry of entries) {
        const { key } = entry;
        teller.add(key, entry.marks);
        if (begun) {
          yield { is: 'entry', entry };
          continue;
        }
        const before = marks.next().value;
        if (teller.count < told.count) {
          if (before !== entry.marks.join(' ')) remarked.push({ is: 'marks', key, marks: entry.marks });
          continue;
        }
        if (teller.keys() !== told.keys || !sameStart(key, told.last)) return false;
        begun = true;
        yield* remarked.splice(0);
        if (key !== told.last) {
          yield { is: 'gone', key: told.last };
          yield { is: 'entry', entry };
        } else if (before !== entry.marks.join(' ')) yield { is: 'marks', key, marks: entry.marks };
      }
    }
    if (!begun) return false;
    yield { is: 'checkpoint', checkpoint: packTold(teller.told(seen.steady)) };
    return true;
  }

  private async *tell(
    batches: AsyncIterable<Part[]>,
    quoting: Quoting,
    teller: Teller,
  ): AsyncGenerator<Change> {
    for await (const parts of batches)
      for (const part of parts) {
        if (!isTold(part)) continue;
        const entry = entryOf(part, quoting);
        teller.add(entry.key, entry.marks);
        yield { is: 'entry', entry };
      }
  }

  /** What is to be known of a file before its messages are told. */
  private async look(file: FileHandle, folder: Folder): Promise<Seen> {
    const { size, stamp, steady } = await this.stampAt(folder.handle, file);
    return { size, stamp, steady, quoting: this.given ?? (await this.quoting(file, folder, size, stamp)) };
  }

  private async quoting(file: FileHandle, folder: Folder, size: number, stamp: string): Promise<Quoting> {
    const known = this.quotings.get(folder.handle);
    if (known?.stamp === stamp) return known.quoting;
    const evidence: Evidence = { bare: 0, quoted: 0, deeper: 0, messages: 0, measured: 0 };
    for await (const parts of this.parts(file, folder, Math.min(size, EVIDENCE_BYTES)))
      for (const part of parts) weigh(part, evidence);
    const quoting = quotingOf(evidence);
    this.quotings.set(folder.handle, { stamp, quoting });
    return quoting;
  }

  private async *parts(file: FileHandle, folder: Folder, size: number): AsyncGenerator<Part[]> {
    const readAt = async (into: Buffer, position: number): Promise<number> => {
      this.check('list-messages');
      try {
        return (await file.read(into, 0, into.length, position)).bytesRead;
      } catch (cause) {
        this.check('list-messages');
        throw fileTrouble(cause, 'list-messages', this.on(folder.handle));
      }
    };
    yield* splitMbox(readAt, size);
  }

  private async stampAt(handle: string, file?: FileHandle): Promise<Omit<Seen, 'quoting'>> {
    const name = this.fileOf(handle);
    try {
      const { size, mtimeNs, ino } = await (file
        ? file.stat({ bigint: true })
        : stat(name, { bigint: true }));
      const stamp = `${size}.${mtimeNs}.${ino}`;
      return { size: Number(size), stamp, steady: isFresh(mtimeNs) ? '' : stamp };
    } catch (cause) {
      throw fileTrouble(cause, 'open-folder', this.on(handle));
    }
  }

  private async open(folder: Folder, tried: 'list-messages' | 'read-message'): Promise<FileHandle> {
    this.check(tried);
    const name = this.fileOf(folder.handle);
    // A link put in the place of a file after it was listed must not lead out of the tree; the root itself may be one.
    const flags = constants.O_RDONLY | (folder.handle === '' ? 0 : (constants.O_NOFOLLOW ?? 0));
    try {
      const file = await open(name, flags);
      this.files.add(file);
      return file;
    } catch (cause) {
      throw fileTrouble(cause, 'open-folder', this.on(folder.handle));
    }
  }

  private async release(file: FileHandle): Promise<void> {
    if (this.files.delete(file)) await file.close();
  }

  private fileOf(handle: string): FilePath {
    const levels = levelsOf(handle);
    const strange = levels.some((level) => /^\.{0,2}$|\0/.test(level));
    if (strange || !leadsDown(this.root, levels.slice(0, -1)))
      throw new Trouble('missing', {
        tried: 'open-folder',
        on: this.name,
        answer: 'no folder of this source',
      });
    return below(this.root, handle);
  }

  /** For people. */
  private on(handle: string): string {
    return `${this.name} ${shown(handle)}`.trimEnd();
  }

  private check(tried: 'list-folders' | 'list-messages' | 'read-message'): void {
    if (this.closed) throw new Trouble('lost', { tried, on: this.name, answer: 'closed' });
  }
}

interface Seen {
  size: number;
  stamp: string;
  /** The stamp, or empty when the file is too fresh to trust it. */
  steady: string;
  quoting: Quoting;
}

function isTold(part: Part): boolean {
  return part.is === 'message' || part.end > part.offset;
}

function entryOf(part: Part, quoting: Quoting): Entry {
  const { date, marks, start, end } = part;
  return { key: keyOf(part, quoting), marks, receivedAt: date, size: end - start };
}

/** The same message, though it may have grown. */
function sameStart(a: string, b: string): boolean {
  const [left, right] = [readKey(a), readKey(b)];
  return left !== null && right !== null && left.offset === right.offset && left.digest === right.digest;
}

function weigh(part: Part, evidence: Evidence): void {
  if (part.is !== 'message') return;
  evidence.messages += 1;
  if (part.measured) evidence.measured += 1;
  evidence.bare += part.lines.bare;
  evidence.quoted += part.lines.quoted;
  evidence.deeper += part.lines.deeper;
}
