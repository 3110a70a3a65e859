import path from 'node:path';
import { type Attempt, Trouble } from '../../trouble.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import { unreadTrouble } from '../file-trouble.ts';
import type { Hold } from '../hold.ts';
import { changesByKnown } from '../known.ts';
import { Breath } from '../pour-file.ts';
import type { Aside, Received, Source, SourceTraits, Unread } from '../source.ts';
import { Ahead } from './ahead.ts';
import type { Catalog, Message } from './catalog.ts';
import {
  areUnchanged,
  type Container,
  findContainers,
  findMboxes,
  leave,
  type Mbox,
  stampOf,
} from './find.ts';
import { indexFile, readIndex, writeIndex } from './kept-index.ts';
import { readMessage } from './read.ts';
import { openTape, Reel } from './reel.ts';
import { type Desk, takeStock } from './take-stock.ts';

/**
 * Mail in a Google Takeout: a directory with its zips, one zip, an unpacked directory, or the mbox itself. Labels are
 * folders. Opens no file before it is asked to, and each only for reading; nothing is unpacked to the disk.
 */
export function openTakeoutSource(options: TakeoutOptions): Source {
  return new Takeout(options);
}

export interface TakeoutOptions {
  path: string;
  name: string;
  /** Where what was learnt of the export is kept for the next run. Left out: nowhere. Asked for when the export is read. */
  index?: string | undefined;
  /** Where messages may be put aside while a packed export is read; nothing stays there. Left out: nowhere. */
  scratch?: string | undefined;
}

/** What is known of the files, as they were. */
interface Stock {
  containers: readonly Container[];
  mboxes: readonly Mbox[];
  catalog: Catalog;
  aside: readonly Aside[];
  ahead: Ahead | null;
}

interface Held {
  reel: Reel;
  mbox: Mbox;
}

class Takeout implements Source {
  readonly name: string;
  readonly traits: SourceTraits = { bytes: 'original', lineEnds: 'local', marks: true, lanes: 1 };
  private readonly root: string;
  private stock: Stock | null = null;
  private taking: Promise<Stock> | null = null;
  private readonly reels = new Set<Reel>();
  /** The one that was read last inside an archive stays where it is: going on there costs no second unpacking. */
  private parked: Held | null = null;
  private readonly options: TakeoutOptions;
  private closed = false;

  constructor(options: TakeoutOptions) {
    this.options = options;
    this.name = options.name;
    this.root = path.resolve(options.path);
  }

  aside(): readonly Aside[] {
    return this.stock?.aside ?? [];
  }

  async folders(): Promise<Folder[]> {
    this.check('list-folders');
    const { catalog } = await this.lookAnew('list-folders');
    return catalog.folders.map(
      ({ path, handle, role, count }): Folder => ({
        ...{ path, handle, role, roleBy: role === null ? null : 'name' },
        ...{ selectable: true, subscribed: true, messages: count, position: null },
        state: catalog.steady || null,
      }),
    );
  }

  async *entries(folder: Folder): AsyncGenerator<Entry> {
    const { catalog } = await this.look('list-messages', false);
    yield* this.entriesIn(catalog, folder);
  }

  async *changes(folder: Folder, since: string | null): AsyncGenerator<Change> {
    const { catalog } = await this.look('list-messages', false);
    this.folderIn(catalog, folder);
    yield* changesByKnown(since, catalog.steady, () => this.entriesIn(catalog, folder));
  }

  async *read<B>(
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncGenerator<Received<B> | Unread> {
    const stock = await this.look('read-message', true);
    const at = this.folderIn(stock.catalog, folder);
    const messages: Message[] = [];
    for (const key of new Set(keys)) {
      const message = stock.catalog.find(key, at);
      if (message === null) yield this.unread(key, 'missing', 'no such message in this folder');
      else if (message.unread !== null) yield this.unread(key, 'malformed', message.unread);
      else messages.push(message);
    }
    // An archive is read forwards only.
    messages.sort((a, b) => a.row - b.row);
    yield* this.readInOrder(stock, at, messages, hold);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.parked = null;
    this.stock?.ahead?.close();
    await Promise.all([...this.reels].map((reel) => this.release(reel)));
    // What is being listed ends by itself, at its next piece.
    await this.taking?.catch(() => null);
  }

  private async *readInOrder<B>(
    stock: Stock,
    folder: number,
    messages: readonly Message[],
    hold: Hold<B>,
  ): AsyncGenerator<Received<B> | Unread> {
    const desk: { held: Held | null } = { held: null };
    const breath = new Breath();
    try {
      for (const message of messages) {
        this.check('read-message');
        const mbox = stock.mboxes[message.file]!;
        try {
          const shows =
            stock.ahead?.find(message.row) ?? (await this.reach(desk, stock, folder, message, breath));
          const received = await readMessage(shows, message, { name: mbox.name, on: this.on(mbox) }, hold);
          stock.ahead?.done(message.row);
          yield received;
        } catch (cause) {
          // Where the reel stopped is not known: it is not used again.
          if (desk.held !== null) await this.release(desk.held.reel);
          desk.held = null;
          this.check('read-message');
          const trouble = unreadTrouble(cause, `${this.on(mbox)} ${message.key}`);
          yield { is: 'unread', key: message.key, trouble };
        }
        await breath.due();
      }
      this.check('read-message');
    } finally {
      await this.park(desk.held);
    }
  }

  /** A reel that stands before the message. What passes on the way there is put aside, if it is worth it. */
  private async reach(
    desk: { held: Held | null },
    stock: Stock,
    folder: number,
    { file, offset, row }: Message,
    breath: Breath,
  ): Promise<Reel> {
    const mbox = stock.mboxes[file]!;
    const { ahead } = stock;
    if (ahead === null || mbox.entry === null || mbox.entry.method === 0)
      return this.take(desk, mbox, offset);
    // Another file: what is still to come of the one before passes now, for it may not be opened again.
    const before = desk.held ?? this.parked;
    if (before !== null && before.mbox !== mbox) {
      if (before === this.parked) this.parked = null;
      desk.held = before;
      await ahead.passTo(before.reel, stock.mboxes.indexOf(before.mbox), null, breath);
    }
    const reel = await this.take(desk, mbox, offset);
    if (reel.isNew) ahead.begin(reel, file, folder);
    await ahead.passTo(reel, file, row, breath);
    return reel;
  }

  /** Puts a reel on the desk that has not passed `offset` yet. */
  private async take(desk: { held: Held | null }, mbox: Mbox, offset: number): Promise<Reel> {
    if (desk.held?.mbox === mbox && desk.held.reel.base <= offset) return desk.held.reel;
    await this.park(desk.held);
    desk.held = null;
    desk.held = { mbox, reel: await this.reelFor(mbox, offset) };
    return desk.held.reel;
  }

  private async reelFor(mbox: Mbox, offset: number): Promise<Reel> {
    const { parked } = this;
    if (parked?.mbox === mbox && parked.reel.base <= offset) {
      this.parked = null;
      return parked.reel;
    }
    const reel = new Reel(await openTape(this.root, mbox, this.on(mbox)), mbox.size);
    this.reels.add(reel);
    if (!this.closed) return reel;
    await this.release(reel);
    throw this.gone('read-message');
  }

  private async park(held: Held | null): Promise<void> {
    if (held === null) return;
    const keep = held.mbox.entry !== null && !this.closed && this.reels.has(held.reel);
    const other = keep ? (this.parked?.reel ?? null) : held.reel;
    if (keep) this.parked = held;
    if (other !== null) await this.release(other);
  }

  private async release(reel: Reel): Promise<void> {
    if (this.reels.delete(reel)) await reel.close();
  }

  private async *entriesIn(catalog: Catalog, folder: Folder): AsyncGenerator<Entry> {
    const breath = new Breath();
    for (const { key, filed, receivedAt, start, end } of catalog.messagesOf(this.folderIn(catalog, folder))) {
      const { marks, alsoIn } = filed;
      yield { key, marks, receivedAt, size: end - start, ...(alsoIn.length === 0 ? {} : { alsoIn }) };
      this.check('list-messages');
      await breath.due();
    }
  }

  /** What is there now, files that came included. */
  private async lookAnew(tried: Attempt): Promise<Stock> {
    this.check(tried);
    this.taking ??= this.takeStock(this.stock).finally(() => {
      this.taking = null;
    });
    return this.taking;
  }

  /**
   * What is there now in the files that are known: as it was seen when none has changed. `trusting`: even when one was so
   * fresh then that a change may not show; who reads looks at each message again.
   */
  private async look(tried: Attempt, trusting: boolean): Promise<Stock> {
    this.check(tried);
    const { stock } = this;
    const usable = stock !== null && (trusting || stock.catalog.steady !== '');
    if (!usable || this.taking !== null || !(await areUnchanged(this.root, stock.containers)))
      return this.lookAnew(tried);
    this.check(tried);
    return stock;
  }

  private async takeStock(before: Stock | null): Promise<Stock> {
    const { containers, aside } = await findContainers(this.root);
    const stamps = stampOf(containers);
    if (before !== null && before.catalog.steady !== '' && before.catalog.steady === stamps.steady)
      return before;
    const { parked } = this;
    this.parked = null;
    if (parked !== null) await this.release(parked.reel);
    const mboxes = await findMboxes(this.root, containers, aside);
    const desk = {
      root: this.root,
      on: (mbox: Mbox) => this.on(mbox),
      check: () => this.check('list-messages'),
    };
    const catalog = await this.catalogOf(desk, mboxes, stamps, aside);
    this.stock?.ahead?.close();
    const { scratch } = this.options;
    const ahead = scratch === undefined ? null : new Ahead(catalog, scratch);
    this.stock = { containers, mboxes, catalog, aside, ahead };
    // It may have been closed meanwhile.
    if (this.closed) ahead?.close();
    return this.stock;
  }

  /** As an earlier run has left it, or by a pass over all files. */
  private async catalogOf(
    desk: Desk,
    mboxes: readonly Mbox[],
    stamps: { stamp: string; steady: string },
    aside: Aside[],
  ): Promise<Catalog> {
    const { index } = this.options;
    const file = index === undefined ? null : indexFile(index, this.root);
    const kept = file === null ? null : readIndex(file, stamps);
    if (kept !== null && kept.catalog.files.length === mboxes.length) {
      for (const each of kept.aside) leave(aside, each.path, each.because);
      return kept.catalog;
    }
    const known = aside.length;
    const catalog = await takeStock(desk, mboxes, stamps, aside);
    if (file !== null) writeIndex(file, { catalog, aside: aside.slice(known) });
    return catalog;
  }

  private folderIn(catalog: Catalog, folder: Folder): number {
    const found = catalog.folderAt(folder.handle);
    if (found !== null) return found;
    throw new Trouble('missing', {
      tried: 'open-folder',
      on: `${this.name} ${folder.path.join('/')}`,
      answer: 'no message has this label',
    });
  }

  private unread(key: string, kind: 'missing' | 'malformed', answer: string): Unread {
    const on = `${this.name} ${key.slice(0, 100)}`;
    return { is: 'unread', key, trouble: new Trouble(kind, { tried: 'read-message', on, answer }) };
  }

  private on(mbox: Mbox): string {
    return `${this.name} ${mbox.name}`;
  }

  private check(tried: Attempt): void {
    if (this.closed) throw this.gone(tried);
  }

  private gone(tried: Attempt): Trouble {
    return new Trouble('lost', { tried, on: this.name, answer: 'closed' });
  }
}
