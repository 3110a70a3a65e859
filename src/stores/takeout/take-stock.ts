import {
  type Evidence,
  type Part,
  type Postmark,
  quotingOf,
  readPostmark,
  splitMbox,
} from '../../formats/mbox/index.ts';
import { isTrouble, type Trouble } from '../../trouble.ts';
import { Files, type Filing, understand } from '../google-filing.ts';
import { languageOf } from '../google-language.ts';
import type { Aside } from '../source.ts';
import { Catalog, type Filed, type Tag, tagOf } from './catalog.ts';
import { leave, type Mbox } from './find.ts';
import { isTakeoutLine, readTakeoutHead, type TakeoutHead } from './head.ts';
import { labelsIn } from './labels.ts';
import { openTape } from './reel.ts';

/** What the pass needs of the store. */
export interface Desk {
  root: string;
  /** For people. */
  on(mbox: Mbox): string;
  /** Throws when the store was closed. */
  check(): void;
}

/** Sets of labels kept, as text, before all further ones count as none: against files made to fill the memory. */
const LABELS_MAX_CHARS = 64 * 1024 * 1024;
/** More folders than any account has labels. */
const FOLDERS_MAX = 20_000;

/**
 * One pass over every mbox, each read once from its first to its last byte, which also checks the archive it lies in.
 * What was met and is no mail goes to `aside`.
 */
export async function takeStock(
  desk: Desk,
  mboxes: readonly Mbox[],
  stamps: { stamp: string; steady: string },
  aside: Aside[],
): Promise<Catalog> {
  const catalog = new Catalog(stamps.stamp, stamps.steady);
  const files = new Files();
  const folders = new Map<string, number>();
  for (const mbox of mboxes) {
    const file = catalog.addFile({ quoting: 'none', damage: null });
    const stock = new Stock(catalog, file, mbox);
    await pass(desk, mbox, stock);
    const chats = fileSets(catalog, stock, files, folders);
    if (chats > 0) leave(aside, `${mbox.name}: Chat (${chats})`, 'chats');
    if (stock.met === 0 && mbox.size > 0) leave(aside, mbox.name, 'no-mbox');
  }
  catalog.sortIntoFolders();
  return catalog;
}

async function pass(desk: Desk, mbox: Mbox, stock: Stock): Promise<void> {
  const on = desk.on(mbox);
  try {
    const tape = await openTape(desk.root, mbox, on);
    try {
      const readAt = async (into: Buffer): Promise<number> => {
        desk.check();
        return tape.stream.read(into);
      };
      const rules = { postmark: separators(), measured: false as const, head: readTakeoutHead };
      for await (const parts of splitMbox(readAt, mbox.size, rules)) stock.take(parts);
      // The end of an archive's entry is where its checksum is compared.
      desk.check();
      if ((await tape.stream.read(Buffer.alloc(1))) > 0) stock.damaged('the file is longer than it was');
    } finally {
      await tape.close();
    }
  } catch (cause) {
    desk.check();
    if (!isTrouble(cause, 'malformed', 'refused', 'missing', 'denied')) throw cause;
    stock.damaged((cause as Trouble).answer ?? (cause as Trouble).kind);
  }
  stock.end();
}

/** Where the file begins with a separator line of Takeout's form, only lines of this form separate. */
function separators(): (line: string) => Postmark | null {
  let strict: boolean | null = null;
  return (line) => {
    const postmark = readPostmark(line);
    if (postmark === null) return null;
    strict ??= isTakeoutLine(line);
    return strict && !isTakeoutLine(line) ? null : postmark;
  };
}

/** The messages of one mbox on their way into the catalog. */
class Stock {
  met = 0;
  readonly sets: LabelSet[] = [];
  private readonly bySet = new Map<string, number>();
  private readonly evidence: Evidence = { bare: 0, quoted: 0, deeper: 0, messages: 0, measured: 0 };
  private setChars = 0;
  private readonly catalog: Catalog;
  private readonly file: number;
  private readonly mbox: Mbox;

  constructor(catalog: Catalog, file: number, mbox: Mbox) {
    this.catalog = catalog;
    this.file = file;
    this.mbox = mbox;
  }

  take(parts: readonly Part[]): void {
    for (const part of parts) {
      if (part.is === 'message') this.message(part, part.note as TakeoutHead);
      else if (part.end > part.offset) this.preamble(part);
    }
  }

  damaged(why: string): void {
    const file = this.catalog.files[this.file]!;
    file.damage ??= why;
    if (this.met > 0) return;
    // Nothing of it was seen: the whole file is told as one message that cannot be read.
    this.add(
      { offset: 0, start: 0, end: this.mbox.size, date: null },
      this.placed('whole', this.mbox.size),
      [],
    );
  }

  end(): void {
    this.catalog.files[this.file]!.quoting = quotingOf(this.evidence);
  }

  private message(part: Part, head: TakeoutHead): void {
    const start = Math.min(part.start + head.strip, part.end);
    const set = this.setOf(head.labels, part.marks);
    const { evidence } = this;
    evidence.messages += 1;
    evidence.bare += part.lines.bare;
    evidence.quoted += part.lines.quoted;
    evidence.deeper += part.lines.deeper;
    const quoted = part.lines.quoted + part.lines.deeper > 0;
    const tag = tagOf(head, part.end - start, `${this.mbox.name}\n${part.offset}`);
    this.addRow(tag, set, { ...part, start }, quoted, false);
  }

  private preamble(part: Part): void {
    this.add(part, this.placed('preamble', part.end - part.offset), [], true);
  }

  private add(
    part: Pick<Part, 'offset' | 'start' | 'end' | 'date'>,
    tag: Tag,
    marks: readonly string[],
    preamble = false,
  ): void {
    this.addRow(tag, this.setOf(null, marks), part, false, preamble);
  }

  private addRow(
    tag: Tag,
    filing: number,
    part: Pick<Part, 'offset' | 'start' | 'end' | 'date'>,
    quoted: boolean,
    preamble: boolean,
  ): void {
    const { offset, start, end, date } = part;
    const set = this.sets[filing]!;
    const row = { tag, file: this.file, filing: set.filing, offset, start, end, date, quoted, preamble };
    if (this.catalog.add(row)) set.count += 1;
    this.met += 1;
  }

  private placed(what: string, length: number): Tag {
    return tagOf({ id: '', digest: what }, length, this.mbox.name);
  }

  /** Most messages have the labels of some other message. */
  private setOf(labels: string | null, marks: readonly string[]): number {
    const full = this.setChars > LABELS_MAX_CHARS;
    const key = labels === null || full ? `-${marks.join(' ')}` : `+${labels}`;
    const known = this.bySet.get(key);
    if (known !== undefined) return known;
    this.setChars += key.length;
    const filed: Filed = { folder: null, marks, alsoIn: [] };
    const filing = this.catalog.addFiling(filed);
    const list = labels === null || full ? null : labelsIn(labels);
    const n = this.sets.push({ filed, filing, labels: list, count: 0, name: nameOf(this.mbox) }) - 1;
    this.bySet.set(key, n);
    return n;
  }
}

interface LabelSet {
  filed: Filed;
  /** Its number in the catalog. */
  filing: number;
  /** Null: its messages carry none, and lie where the file says. */
  labels: string[] | null;
  name: string;
  count: number;
}

const ALL_MAIL = /^(?:all mail|tous les messages|alle nachrichten|todo el correo|tutti i messaggi)/i;

/** What the folder is called whose messages carry no labels. */
function nameOf(mbox: Mbox): string {
  const name = mbox.name.split(/[/\\]/).at(-1)!;
  const plain = name
    .replace(/\.mbox$/i, '')
    .replace(/[\0-\x1f]/g, ' ')
    .trim();
  return ALL_MAIL.test(plain) ? '' : plain;
}

/** Gives every set of labels of one file its folder, now that the language is known; answers how many chats there are. */
function fileSets(catalog: Catalog, stock: Stock, files: Files, folders: Map<string, number>): number {
  const counts = new Map<string, number>();
  for (const { labels, count } of stock.sets)
    for (const label of labels ?? []) counts.set(label, (counts.get(label) ?? 0) + count);
  const language = languageOf(counts);
  let chats = 0;
  for (const { filed, labels, name, count } of stock.sets) {
    if (count === 0) continue;
    let filing = files.file(understand(labels ?? (name === '' ? [] : [name]), language), language.archived);
    if (filing.path === null) {
      chats += count;
      continue;
    }
    const full = folders.size >= FOLDERS_MAX && !folders.has(JSON.stringify(filing.path));
    if (full)
      filing = { ...filing, ...files.file(understand([], language), language.archived), marks: filing.marks };
    filed.folder = folderOf(catalog, filing, folders);
    filed.alsoIn = filing.alsoIn;
    if (labels !== null) filed.marks = filing.marks;
  }
  return chats;
}

function folderOf(catalog: Catalog, { path, role }: Filing, folders: Map<string, number>): number {
  const handle = JSON.stringify(path);
  let folder = folders.get(handle);
  if (folder === undefined) {
    folder = catalog.folders.push({ path: path!, handle, role: null, start: 0, count: 0 }) - 1;
    folders.set(handle, folder);
  }
  const isInbox = path!.length === 1 && path![0] === 'INBOX';
  catalog.folders[folder]!.role ??= isInbox ? 'inbox' : role;
  return folder;
}
