/**
 * QUIRK(Exchange, Zimbra): calendar, contacts, tasks and notes are shown as folders, their items written as if they were
 * messages. Such a folder is left when the server is known to be one of these and the name, at the top, is one it gives
 * by itself. But people file mail anywhere: every item in it is looked at, and what may be mail is told as mail (exchange-groupware.txt).
 */
import { looksLikeMail } from '../../mail/delivered.ts';
import { type NotMail, notMailBy } from '../../mail/not-mail.ts';
import { isTrouble } from '../../trouble.ts';
import {
  type BodyHold,
  type Connection,
  examine,
  fetchListing,
  fetchMessages,
  type Selected,
} from '../../wire/imap/index.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import type { Aside, AsideBecause } from '../source.ts';
import { parseKey } from './keys.ts';
import type { ImapReader } from './reader.ts';
import { type Groupware, groupwareOf } from './vendor.ts';

const BECAUSE: Readonly<Record<NotMail, AsideBecause>> = {
  items: 'no-mail',
  chats: 'chats',
  logs: 'no-message',
};

/** What was seen in a folder: the messages that are none, by UID. What is not in here is mail, or came since. */
interface Seen {
  validity: number;
  items: Set<number>;
  /** Where the look goes on, if it was broken off. */
  next: number;
  /** How many there are now that are none, and how many others. */
  left: number;
  mail: number;
  because: AsideBecause;
}

/** The folders of a mailbox without what is no mail in them. */
export class GroupwareFolders {
  readonly #reader: ImapReader;
  /** Undefined until it was asked. */
  #vendor: Groupware | null | undefined;
  #seen = new Map<string, Seen>();
  /** Looks of a listing that is not over: told to wait in the middle, it goes on there when it is called again. */
  readonly #begun = new Map<string, Seen>();
  #aside: Aside[] = [];

  constructor(reader: ImapReader) {
    this.#reader = reader;
  }

  /** What was left in the folders as they were last listed. */
  aside(): readonly Aside[] {
    return this.#aside;
  }

  /** These folders without those that hold no mail. */
  async without(folders: readonly Folder[]): Promise<Folder[]> {
    const suspects = folders.filter((folder) => folder.selectable && kindOf(folder) !== null);
    if (suspects.length === 0 || (await this.#vendorOf()) === null) {
      this.#seen = new Map();
      this.#aside = [];
      return [...folders];
    }
    const seen = new Map<string, Seen>();
    for (const folder of suspects) seen.set(folder.handle, await this.#look(folder));
    this.#begun.clear();
    this.#seen = seen;
    this.#aside = suspects.flatMap((folder) => asideOf(folder, seen.get(folder.handle)!));
    return folders.flatMap((folder) => {
      const one = seen.get(folder.handle);
      if (one === undefined || one.items.size === 0) return one?.mail === 0 ? [] : [folder];
      return one.mail === 0 ? [] : [{ ...folder, messages: one.mail }];
    });
  }

  /** False for a message that is none. */
  holds(folder: Folder, key: string): boolean {
    const seen = this.#seen.get(folder.handle);
    if (seen === undefined || seen.items.size === 0) return true;
    const at = parseKey(key);
    return at === null || at.validity !== seen.validity || !seen.items.has(at.uid);
  }

  async *entries(folder: Folder, entries: AsyncIterable<Entry>): AsyncIterable<Entry> {
    for await (const entry of entries) if (this.holds(folder, entry.key)) yield entry;
  }

  async *changes(folder: Folder, changes: AsyncIterable<Change>): AsyncIterable<Change> {
    for await (const change of changes) {
      const key = change.is === 'entry' ? change.entry.key : change.is === 'marks' ? change.key : null;
      if (key === null || this.holds(folder, key)) yield change;
    }
  }

  async #vendorOf(): Promise<Groupware | null> {
    if (this.#vendor !== undefined) return this.#vendor;
    const lease = await this.#reader.pool.acquire(null);
    try {
      this.#vendor = await groupwareOf(lease.conn);
      return this.#vendor;
    } finally {
      lease.release();
    }
  }

  /** An empty one is not opened. One that cannot be opened holds no mail by its name alone, and is told. */
  async #look(folder: Folder): Promise<Seen> {
    const kind = kindOf(folder)!;
    const none: Seen = { validity: 0, items: new Set(), next: 1, left: 0, mail: 0, because: BECAUSE[kind] };
    if (folder.messages === 0) return none;
    const seen = this.#begun.get(folder.handle) ?? none;
    this.#begun.set(folder.handle, seen);
    const lease = await this.#reader.pool.acquire(folder.handle);
    let whole = false;
    try {
      const opened = await examine(lease.conn, folder.handle);
      await lookInto(lease.conn, opened, seen, kind);
      whole = true;
      return seen;
    } catch (error) {
      if (!isTrouble(error, 'refused', 'missing')) throw error;
      return { ...none, because: 'unreadable' };
    } finally {
      if (!whole) lease.conn.destroy();
      lease.release();
    }
  }
}

/** Below a folder that holds no mail lies none either: a second calendar, the conflicts of the synchronisation. */
function kindOf({ path, role }: Folder): NotMail | null {
  return role === null ? notMailBy(path[0]!) : null;
}

function asideOf(folder: Folder, { left, because }: Seen): Aside[] {
  const path = folder.path.join(' / ');
  if (because === 'unreadable') return [{ path, because }];
  return left === 0 ? [] : [{ path, because, items: left }];
}

/** Every header there, since a sample would lose the one letter that somebody filed among the notes. */
async function lookInto(conn: Connection, opened: Selected, seen: Seen, kind: NotMail): Promise<void> {
  const validity = opened.uidValidity ?? 0;
  if (seen.validity !== validity) {
    seen.items.clear();
    Object.assign(seen, { validity, next: 1 });
  }
  try {
    const flow = fetchMessages(conn, `${seen.next}:*`, judging(kind), { part: 'header' });
    for await (const { uid, body } of flow) {
      // What does not come, or comes without a header, is not known to be no mail.
      if (body === false) seen.items.add(uid);
      seen.next = Math.max(seen.next, uid + 1);
    }
  } catch (error) {
    // The header of one damaged item: what was not judged counts as mail.
    if (!isTrouble(error, 'refused')) throw error;
  }
  let listed = 0;
  seen.left = 0;
  for await (const rows of fetchListing(conn, '1:*', { flagsOnly: true }))
    for (const { uid } of rows) {
      listed++;
      if (seen.items.has(uid)) seen.left++;
    }
  seen.mail = Math.max(listed, opened.exists) - seen.left;
}

/** More of a header is not looked at: it is that of a message that went a long way. */
const HEADER_MAX_BYTES = 64 * 1024;

/** A hold that keeps of each header only whether it is one of mail. */
function judging(kind: NotMail): BodyHold<boolean> {
  return {
    begin(size) {
      const head = Buffer.alloc(Math.min(size, HEADER_MAX_BYTES));
      let at = 0;
      return {
        write(piece) {
          head.set(piece.subarray(0, head.length - at), at);
          at = Math.min(head.length, at + piece.length);
        },
        end: () =>
          size > HEADER_MAX_BYTES || looksLikeMail(head.subarray(0, at), kind === 'chats' || kind === 'logs'),
        abort: () => undefined,
      };
    },
  };
}
