import { type Attempt, Trouble } from '../../../trouble.ts';
import { examine } from '../../../wire/imap/index.ts';
import type { Change, Entry, Folder } from '../../entry.ts';
import type { Hold } from '../../hold.ts';
import { changesByKnown } from '../../known.ts';
import type { Aside, Received, Unread } from '../../source.ts';
import { readBodies } from '../bodies.ts';
import { leaveFolder } from '../folders.ts';
import { keyOf } from '../keys.ts';
import { type ImapReader, unread } from '../reader.ts';
import type { Catalog, Message } from './catalog.ts';
import { type GmailChoice, type View, viewAccount } from './folders.ts';
import { Listing, Renumbered } from './listing.ts';

/** Looks that may find the folders renumbered before it is told as a loss. */
const LOOKS_MAX = 3;

/**
 * A Gmail account by its labels: All Mail is listed and read, each message once, and shown in the folder that its labels say. A
 * key is the number that Google gave the message (X-GM-MSGID): it outlasts renumbering and every move between labels.
 */
export class GmailMailbox {
  readonly #reader: ImapReader;
  readonly #choice: GmailChoice;
  #view: View | null = null;
  #looking: Promise<View> | null = null;
  /** Of the view, as far as it has come. */
  #listing: Listing | null = null;
  #listed: { view: View; catalog: Promise<Catalog> } | null = null;

  constructor(reader: ImapReader, choice: GmailChoice) {
    this.#reader = reader;
    this.#choice = choice;
  }

  aside(): readonly Aside[] {
    return this.#view?.aside ?? [];
  }

  /** As the account is now. No listing: an account that has not changed costs LIST and a STATUS for each folder that is read. */
  async folders(): Promise<Folder[]> {
    const { shown, stamp } = await this.#lookAnew();
    return shown.map(
      ({ path, role, selectable }): Folder => ({
        ...{ path, handle: JSON.stringify(path), role, roleBy: role === null ? null : 'store' },
        ...{ selectable, subscribed: true, messages: null, position: null, state: stamp || null },
      }),
    );
  }

  /** As the account was when its folders were last told. */
  async *entries(folder: Folder): AsyncIterable<Entry> {
    const view = await this.#look();
    const at = this.#indexOf(view, folder);
    for (const message of (await this.#catalogOf(view)).messagesOf(at)) yield entryOf(message);
  }

  async *changes(folder: Folder, since: string | null): AsyncIterable<Change> {
    const view = await this.#look();
    const at = this.#indexOf(view, folder);
    yield* changesByKnown(since, view.stamp, async () => entriesOf(await this.#catalogOf(view), at));
  }

  async *read<B>(
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncIterable<Received<B> | Unread> {
    let open = new Set(keys);
    for (let look = 0; open.size > 0; look += 1) {
      const view = await this.#look();
      const catalog = await this.#catalogOf(view);
      const at = this.#indexOf(view, folder);
      const found = [...open].map((key) => ({ key, message: catalog.find(key, at) }));
      for (const { key, message } of found)
        if (message === null) yield unread(folder, key, 'no such message in this folder');
      const again = new Set<string>();
      for (const [physical, messages] of byPhysical(found.flatMap(({ message }) => message ?? []))) {
        const part = { folder, physical, messages, again };
        yield* this.#readPart(view, part, hold);
      }
      open = again;
      if (open.size > 0 && look < LOOKS_MAX) await this.#lookAnew();
      else for (const key of open) yield unread(folder, key, 'the folder was renumbered');
      if (look >= LOOKS_MAX) return;
    }
  }

  /** Messages of one folder of the server; those that a renumbering hides go to `again`. */
  async *#readPart<B>(
    view: View,
    part: { folder: Folder; physical: number; messages: readonly Message[]; again: Set<string> },
    hold: Hold<B>,
  ): AsyncIterable<Received<B> | Unread> {
    const { folder, messages, again } = part;
    const { handle, status } = view.physicals[part.physical]!;
    const validity = status.uidValidity ?? 0;
    const keys = new Map(messages.map(({ uid, key }) => [keyOf(validity, uid), key]));
    const uids = messages.map(({ uid }) => uid);
    const number = (selected: { uidValidity: number | null } | null): number => selected?.uidValidity ?? 0;
    const lease = await this.#reader.pool.acquire(handle);
    try {
      const opening = examine(lease.conn, handle);
      for await (const answer of readBodies(lease.conn, opening, folder, { validity, number }, uids, hold)) {
        const key = keys.get(answer.key)!;
        if (answer.is === 'received') yield { ...answer, key };
        else if (await wasRenumbered(opening, validity)) again.add(key);
        else yield { ...answer, key };
      }
    } finally {
      lease.release();
    }
  }

  #indexOf(view: View, folder: Folder): number {
    const at = view.byPath.get(folder.handle);
    if (at !== undefined && view.shown[at]!.selectable) return at;
    const on = `${this.#reader.name} ${folder.path.join('/')}`;
    throw new Trouble('missing', { tried: 'open-folder', on, answer: 'there is no such label' });
  }

  #look(): Promise<View> {
    return this.#looking ?? (this.#view ? Promise.resolve(this.#view) : this.#lookAnew());
  }

  #lookAnew(): Promise<View> {
    this.#looking ??= this.#viewNow().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #viewNow(): Promise<View> {
    const lease = await this.#reader.pool.acquire(null);
    try {
      void leaveFolder(lease.conn);
      const view = await viewAccount(lease.conn, this.#choice);
      // What is known of it holds for as long as nothing changed.
      if (this.#view && view.stamp !== '' && view.stamp === this.#view.stamp) this.#view.aside = view.aside;
      else this.#view = view;
      return this.#view;
    } finally {
      lease.release();
    }
  }

  /** Listed once for all folders, when the first of them is asked for. */
  #catalogOf(view: View): Promise<Catalog> {
    if (this.#listed?.view === view) return this.#listed.catalog;
    const catalog = this.#list(view);
    const listed = { view, catalog };
    this.#listed = listed;
    catalog.catch(() => {
      if (this.#listed === listed) this.#listed = null;
    });
    return catalog;
  }

  async #list(view: View): Promise<Catalog> {
    if (this.#listing?.view !== view) this.#listing = new Listing(view);
    const listing = this.#listing;
    try {
      await listing.finish(this.#reader.pool);
    } catch (error) {
      if (!(error instanceof Renumbered)) throw error;
      if (this.#view === view) this.#view = null;
      throw this.#renumbered('list-messages');
    }
    if (this.#listing === listing) this.#listing = null;
    return listing.catalog;
  }

  /** Told as a loss: called again, it looks anew. */
  #renumbered(tried: Attempt): Trouble {
    return new Trouble('lost', {
      tried,
      on: this.#reader.name,
      answer: 'the folders were renumbered meanwhile',
    });
  }
}

function entryOf({ key, receivedAt, size, filed: { marks, alsoIn } }: Message): Entry {
  return { key, marks, receivedAt, size, ...(alsoIn.length === 0 ? {} : { alsoIn }) };
}

async function* entriesOf(catalog: Catalog, folder: number): AsyncIterable<Entry> {
  for (const message of catalog.messagesOf(folder)) yield entryOf(message);
}

/** In the order of the server, which reads fastest. */
function byPhysical(messages: readonly Message[]): Map<number, Message[]> {
  const parts = new Map<number, Message[]>();
  for (const message of messages) {
    const part = parts.get(message.physical);
    if (part === undefined) parts.set(message.physical, [message]);
    else part.push(message);
  }
  for (const part of parts.values()) part.sort((a, b) => a.uid - b.uid);
  return parts;
}

async function wasRenumbered(opening: ReturnType<typeof examine>, validity: number): Promise<boolean> {
  return ((await opening).uidValidity ?? 0) !== validity;
}
