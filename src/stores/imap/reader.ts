import { Trouble } from '../../trouble.ts';
import {
  type Connection,
  examine,
  type Fetched,
  fetchListing,
  type Selected,
  search,
} from '../../wire/imap/index.ts';
import type { Entry, Folder } from '../entry.ts';
import type { Hold } from '../hold.ts';
import type { Received, Unread } from '../source.ts';
import { readBodies } from './bodies.ts';
import type { Refused } from './changes.ts';
import { type Listing, leaveFolder, listFolders } from './folders.ts';
import { keyOf, Numbering, parseKey } from './keys.ts';
import type { Naming } from './names.ts';
import { Damage, unlessRefused } from './narrow.ts';
import { type ImapOptions, Pool } from './pool.ts';
import { isUnconnected } from './quirks.ts';

/** QUIRK(Exchange): said while a mailbox is moved, which passes, and of one that has IMAP switched off, which does not (exchange-not-connected.txt). */
const UNCONNECTED_MAX = 4;

/** What source and target share: listing and reading over a pool of connections. */
export class ImapReader {
  readonly name: string;
  readonly pool: Pool;
  /** Of the first connection that was signed in; null before. */
  server: Connection | null = null;
  /** Of the last listing: folders that the server refused to look below. */
  closed: readonly (readonly string[])[] = [];
  #naming: Naming | null = null;
  /** How often in a row the server let us in and had no mailbox for us. */
  #unconnected = 0;
  readonly numbering = new Numbering();
  /** By handle. */
  readonly #refused = new Map<string, Refused>();

  constructor(options: ImapOptions) {
    this.name = options.name;
    this.pool = new Pool(options, (conn) => {
      this.server ??= conn;
    });
  }

  /** Resolves when the first connection is signed in; rejects when it cannot be. */
  async ready(much: boolean): Promise<void> {
    await this.pool.ready();
    if (much) this.pool.warm();
  }

  /** A connection that was signed in once: what the server can do is known. */
  async signedIn(): Promise<Connection> {
    if (this.server === null) (await this.pool.acquire(null)).release();
    return this.server!;
  }

  async folders(): Promise<Folder[]> {
    return (await this.listing()).folders;
  }

  async listing(): Promise<Listing> {
    const lease = await this.pool.acquire(null);
    try {
      void leaveFolder(lease.conn);
      const listing = await listFolders(lease.conn, this.#naming);
      this.#naming = listing.naming;
      this.closed = listing.closed;
      this.#unconnected = 0;
      return listing;
    } catch (error) {
      if (!isUnconnected(error) || ++this.#unconnected < UNCONNECTED_MAX) throw error;
      throw new Trouble('denied', {
        tried: 'list-folders',
        on: this.name,
        answer: error.answer!,
        cause: error,
      });
    } finally {
      lease.release();
    }
  }

  /** What the server is known to refuse of a folder, beyond one session. */
  refused({ handle }: Folder): Refused {
    const known = this.#refused.get(handle) ?? { listing: new Damage(), marks: new Damage() };
    this.#refused.set(handle, known);
    return known;
  }

  async *entries(folder: Folder, since: string | null = null): AsyncIterable<Entry> {
    const from = since === null ? null : parseKey(since);
    const lease = await this.pool.acquire(folder.handle);
    let whole = false;
    try {
      yield* tellEntries(lease.conn, folder, from, this.refused(folder).listing, this.numbering);
      whole = true;
    } finally {
      if (!whole) lease.conn.destroy();
      lease.release();
    }
  }

  async *read<B>(
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncIterable<Received<B> | Unread> {
    const asked = keys.map((key) => ({ key, at: parseKey(key) }));
    for (const { key, at } of asked) if (at === null) yield unread(folder, key, 'no such key');
    const validity = asked.find(({ at }) => at !== null)?.at?.validity;
    if (validity === undefined) return;
    const uids: number[] = [];
    for (const { key, at } of asked) {
      if (at === null) continue;
      if (at.validity === validity) uids.push(at.uid);
      else yield unread(folder, key, 'the folder was renumbered');
    }
    const lease = await this.pool.acquire(folder.handle);
    try {
      // Opened anew each time: a folder that stays open shows neither what came nor what went since (quirks.ts).
      const opening = examine(lease.conn, folder.handle);
      const number = (selected: Selected | null): number => this.numbering.of(folder.handle, selected);
      const { alone } = this.refused(folder).listing;
      yield* readBodies(lease.conn, opening, folder, { validity, number }, uids, hold, alone);
    } finally {
      lease.release();
    }
  }

  /** Twice is once. */
  close(): Promise<void> {
    return this.pool.close();
  }
}

/** What is there from a position on; a message that the server refuses to describe is told without facts. */
async function* tellEntries(
  conn: Connection,
  folder: Folder,
  from: { validity: number; uid: number } | null,
  damage: Damage,
  numbering: Numbering,
): AsyncGenerator<Entry> {
  const opening = examine(conn, folder.handle);
  const asked = (first: number) => fetchListing(conn, `${first}:*`);
  let first = from?.uid ?? 1;
  let flow = damage.any ? null : asked(first);
  opening.catch(() => undefined); // the flow ends with the same Trouble
  const opened = await opening;
  const validity = numbering.of(folder.handle, opened);
  damage.begin(opened.uidValidity ?? 0);
  if (from !== null && validity !== from.validity) {
    if (flow !== null) for await (const _void of flow) break;
    first = 1;
    flow = damage.any ? null : asked(first);
  }
  let singly = flow === null;
  const seen: number[] = [];
  const refused = (): void => {
    singly = true;
    damage.refusedWhole();
  };
  if (flow !== null)
    for await (const row of unlessRefused(conn, flow, refused)) {
      // `n:*` names the last message even when it lies before n (RFC 9051 §9, seq-range).
      if (row.uid < first) continue;
      seen.push(row.uid);
      yield entryOf(row, validity);
    }
  if (!singly) return;
  const told = new Set(seen);
  const untold = (await search(conn, ['ALL'])).filter((uid) => uid >= first && !told.has(uid));
  const silent = new Set(untold);
  for await (const row of damage.list(conn, untold)) if (silent.delete(row.uid)) yield entryOf(row, validity);
  for (const uid of silent) yield factless(validity, uid);
}

/** Of a message that the server counts and will not describe. */
export function factless(validity: number, uid: number): Entry {
  return { key: keyOf(validity, uid), marks: [], receivedAt: null, size: 0 };
}

export function entryOf(row: Fetched<null>, validity: number): Entry {
  return {
    key: keyOf(validity, row.uid),
    marks: row.flags ?? [],
    receivedAt: row.internalDate,
    size: row.size ?? 0,
  };
}

export function unread(folder: Folder, key: string, answer: string): Unread {
  const on = `${folder.path.join(' / ')} ${key}`;
  return { is: 'unread', key, trouble: new Trouble('missing', { tried: 'read-message', on, answer }) };
}
