/**
 * QUIRK(Exchange, Zimbra): calendar, contacts, tasks and notes are shown as folders, their items written as if they were
 * messages. Such a folder is left when the server is known to be one of these and the name, at the top, is one it gives
 * by itself. But people file mail anywhere: every item in it is looked at, and what may be mail is told as mail (exchange-groupware.txt).
 */
import { looksLikeMail } from '../../mail/delivered.ts';
import { type NotMail, notMailBy } from '../../mail/not-mail.ts';
import { type BodyHold, type Connection, examine, fetchMessages } from '../../wire/imap/index.ts';
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
  items: ReadonlySet<number>;
  /** All that was there. */
  messages: number;
}

/** The folders of a mailbox without what is no mail in them. */
export class GroupwareFolders {
  readonly #reader: ImapReader;
  /** Undefined until it was asked. */
  #vendor: Groupware | null | undefined;
  #seen = new Map<string, Seen>();
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
    this.#seen = seen;
    this.#aside = suspects.flatMap((folder) => asideOf(folder, seen.get(folder.handle)!));
    return folders.flatMap((folder) => {
      const { items, messages } = seen.get(folder.handle) ?? { items: new Set(), messages: 1 };
      if (items.size === messages) return [];
      return [items.size === 0 ? folder : { ...folder, messages: messages - items.size }];
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

  /** An empty one is not opened. */
  async #look(folder: Folder): Promise<Seen> {
    if (folder.messages === 0) return { validity: 0, items: new Set(), messages: 0 };
    const lease = await this.#reader.pool.acquire(folder.handle);
    let whole = false;
    try {
      const seen = await lookInto(lease.conn, folder.handle, kindOf(folder)!);
      whole = true;
      return seen;
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

function asideOf(folder: Folder, { items }: Seen): Aside[] {
  if (items.size === 0) return [];
  return [{ path: folder.path.join(' / '), because: BECAUSE[kindOf(folder)!], items: items.size }];
}

/** Every header there, since a sample would lose the one letter that somebody filed among the notes. */
async function lookInto(conn: Connection, handle: string, kind: NotMail): Promise<Seen> {
  const opened = await examine(conn, handle);
  const items = new Set<number>();
  const validity = opened.uidValidity ?? 0;
  if (opened.exists === 0) return { validity, items, messages: 0 };
  const flow = fetchMessages(conn, '1:*', judging(kind), { part: 'header' });
  // What does not come, or comes without a header, is not known to be no mail.
  for await (const { uid, body } of flow) if (body === false) items.add(uid);
  return { validity, items, messages: opened.exists };
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
