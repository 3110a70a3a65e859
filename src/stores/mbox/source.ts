import { type Evidence, type Part, type Quoting, quotingOf, splitMbox } from '../../formats/mbox/index.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { roleIn } from '../accounts.ts';
import { levelsOf, shown } from '../below.ts';
import { readCheckpointText } from '../checkpoint-text.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import { fileTrouble, unreadTrouble } from '../file-trouble.ts';
import { type FileStats, type Files, type LargeFile, leadsDown, openFiles } from '../files.ts';
import type { Hold } from '../hold.ts';
import type { Aside, Received, Source, SourceTraits, Unread } from '../source.ts';
import { marksTold, packTold, Teller, type Told, unpackTold } from './checkpoint.ts';
import { isInternalData, noteInternalData } from './internal-data.ts';
import { keyOf, readKey } from './key.ts';
import { readMessages } from './read.ts';
import { findMboxes } from './tree.ts';

export interface MboxOptions {
  /** A file, or a directory of files (Thunderbird, Apple Mail, or plain); an archive is a directory. */
  path: string;
  name: string;
  /** How lines that begin with `From ` were quoted, when a person knows; else each file shows it. */
  quoting?: Quoting;
}

const TRAITS: SourceTraits = { bytes: 'original', lineEnds: 'local', marks: true, lanes: 2 };
/** How much of a file is looked at to see how it quotes. */
const EVIDENCE_BYTES = 32 * 1024 * 1024;

/** Mail in mbox files, also in zip archives. Opens no file before it is asked to, and each only for reading. */
export function openMboxSource(options: MboxOptions): Source {
  return new MboxFiles(options);
}

class MboxFiles implements Source {
  readonly name: string;
  readonly traits = TRAITS;
  private readonly tree: Files;
  private readonly given: Quoting | null;
  private readonly quotings = new Map<string, { stamp: string; quoting: Quoting }>();
  private readonly files = new Set<LargeFile>();
  private notTaken: readonly Aside[] = [];
  private closed = false;

  constructor(options: MboxOptions) {
    this.name = options.name;
    this.tree = openFiles(options.path);
    this.given = options.quoting ?? null;
  }

  aside(): readonly Aside[] {
    return this.notTaken;
  }

  async folders(): Promise<Folder[]> {
    this.check('list-folders');
    const { files, aside } = await findMboxes(this.tree);
    this.notTaken = aside;
    return files.map((each): Folder => {
      const { handle, path } = each;
      return {
        ...{ path, handle, selectable: true, subscribed: true, messages: null, position: null },
        ...roleIn(each),
        state: this.statsAt(handle).steady || null,
      };
    });
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
      if (text?.stamp === file.stats.stamp) {
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
      for await (const answer of this.answers(file, folder, [...new Set(keys)], hold)) {
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
    await this.tree.close();
  }

  /** Tells what differs from `told`; false when the file does not begin with what was told. Tells nothing then. */
  private async *differences(
    file: LargeFile,
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

  /** Nothing is given of a file whose checksum is wrong: nobody could say which of its messages are whole. */
  private async *answers<B>(
    file: LargeFile,
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncGenerator<Received<B> | Unread> {
    const on = this.on(folder.handle);
    try {
      await file.sound();
    } catch (cause) {
      this.check('read-message');
      for (const key of keys) yield { is: 'unread', key, trouble: unreadTrouble(cause, `${on} ${key}`) };
      return;
    }
    yield* readMessages(file, on, file.reach === null ? keys : inOrder(keys), hold);
  }

  /** What is to be known of a file before its messages are told. */
  private async look(file: LargeFile, folder: Folder): Promise<Seen> {
    const { size, stamp, steady } = file.stats;
    return { size, stamp, steady, quoting: this.given ?? (await this.quoting(file, folder, size, stamp)) };
  }

  private async quoting(file: LargeFile, folder: Folder, size: number, stamp: string): Promise<Quoting> {
    const known = this.quotings.get(folder.handle);
    if (known?.stamp === stamp) return known.quoting;
    const evidence: Evidence = { bare: 0, quoted: 0, deeper: 0, messages: 0, measured: 0 };
    for await (const parts of this.parts(file, folder, Math.min(size, EVIDENCE_BYTES)))
      for (const part of parts) weigh(part, evidence);
    const quoting = quotingOf(evidence);
    this.quotings.set(folder.handle, { stamp, quoting });
    return quoting;
  }

  private async *parts(file: LargeFile, folder: Folder, size: number): AsyncGenerator<Part[]> {
    const readAt = async (into: Buffer, position: number): Promise<number> => {
      this.check('list-messages');
      try {
        return await file.read(into, position);
      } catch (cause) {
        this.check('list-messages');
        throw fileTrouble(cause, 'list-messages', this.on(folder.handle));
      }
    };
    const rules = { head: noteInternalData, ...(file.reach === null ? {} : { reach: file.reach }) };
    let at = 0;
    try {
      for await (const parts of splitMbox(readAt, size, rules)) {
        at = parts.at(-1)!.next;
        yield parts;
      }
    } catch (cause) {
      if (file.reach === null || !isTrouble(cause, 'malformed')) throw cause;
      // A damaged archive: what comes after the damage is told as a message that cannot be read, and so is all before it.
      yield [restOf(at, file.stats.size)];
    }
  }

  private statsAt(handle: string): FileStats {
    this.mustBeOurs(handle);
    try {
      const stats = this.tree.stats(handle);
      if (stats !== null) return stats;
    } catch (cause) {
      throw fileTrouble(cause, 'open-folder', this.on(handle));
    }
    throw new Trouble('missing', { tried: 'open-folder', on: this.on(handle) });
  }

  private async open(folder: Folder, tried: 'list-messages' | 'read-message'): Promise<LargeFile> {
    this.check(tried);
    this.mustBeOurs(folder.handle);
    try {
      const file = await this.tree.open(folder.handle);
      this.files.add(file);
      return file;
    } catch (cause) {
      throw fileTrouble(cause, 'open-folder', this.on(folder.handle));
    }
  }

  private async release(file: LargeFile): Promise<void> {
    if (this.files.delete(file)) await file.close();
  }

  private mustBeOurs(handle: string): void {
    const levels = levelsOf(handle);
    const strange = levels.some((level) => /^\.{0,2}$|\0/.test(level));
    if (strange || !leadsDown(this.tree, levels.slice(0, -1)))
      throw new Trouble('missing', {
        tried: 'open-folder',
        on: this.name,
        answer: 'no folder of this source',
      });
  }

  /** For people. */
  private on(handle: string): string {
    return `${this.name} ${shown(handle)}`.trimEnd();
  }

  private check(tried: 'list-folders' | 'list-messages' | 'read-message'): void {
    if (this.closed) throw new Trouble('lost', { tried, on: this.name, answer: 'closed' });
  }
}

type Seen = Pick<FileStats, 'size' | 'stamp' | 'steady'> & { quoting: Quoting };

/** An archive is read forwards. */
function inOrder(keys: readonly string[]): string[] {
  const places = new Map(keys.map((key) => [key, readKey(key)?.offset ?? 0]));
  return [...keys].sort((a, b) => places.get(a)! - places.get(b)!);
}

function restOf(offset: number, size: number): Part {
  return {
    ...{ is: 'preamble', offset, start: offset, end: Math.max(size, offset + 1), next: size },
    ...{ date: null, digest: '', marks: [], lines: { bare: 0, quoted: 0, deeper: 0 }, measured: false },
  };
}

function isTold(part: Part): boolean {
  if (isInternalData(part)) return false; // told aside
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
