import { isTrouble, Trouble } from '../../trouble.ts';
import {
  type Connection,
  expunge,
  fetchListing,
  isSendableFlag,
  quota,
  select,
  store,
  uidSet,
} from '../../wire/imap/index.ts';
import type { MarkAnswer, MarkChange, Place, Target } from '../target.ts';
import { inChunks, parseKey } from './keys.ts';
import { Places } from './places.ts';
import { type ImapOptions, LANES, Pool } from './pool.ts';
import { putAll } from './put.ts';
import { isStorable, realLimit } from './quirks.ts';
import { ImapReader } from './reader.ts';

export type { ImapOptions } from './pool.ts';

/** UIDs of a STORE: the set fits a command line whatever they are. */
const SET_CHUNK = 500;

/**
 * Messages in one put: with synchronising literals each costs a round trip, so small puts spread over all connections; where
 * MULTIAPPEND stores several with one synchronisation of the server's disk, not too small.
 */
const MANY = 100;
const SOME = 20;
const FEW = 8;

/**
 * A mailbox on an IMAP server, to be written to. Connects when first used; what the server can do (`traits`) is known
 * from then on. Writing and reading back have connections of their own, up to `lanes` each.
 */
export function openImapTarget(options: ImapOptions): Target {
  const reader = new ImapReader(options);
  const writers = new Pool(options, (conn) => {
    reader.server ??= conn;
  });
  reader.pool.sibling = writers;
  writers.sibling = reader.pool;
  const places = new Places(reader);
  return {
    name: reader.name,
    get traits() {
      const { server } = reader;
      return {
        lineEnds: 'crlf' as const,
        messageMaxBytes: realLimit(server?.appendLimit ?? null),
        tellsKey: server?.has('UIDPLUS') ?? false,
        together: !server || server.has('LITERAL+') ? MANY : server.has('MULTIAPPEND') ? SOME : FEW,
        lanes: options.lanes ?? LANES,
      };
    },
    ready(much) {
      reader.ready(much).then(
        () => much && writers.warm(),
        () => undefined, // told by who acquires
      );
    },
    async folders() {
      const { folders, naming } = await reader.listing();
      places.learn(folders, naming);
      return folders;
    },
    entries: (folder, since) => reader.entries(folder, since),
    read: (folder, keys, hold) => reader.read(folder, keys, hold),
    prepare(path, role, subscribe) {
      // Who prepares a folder will put something into it.
      writers.warm();
      return places.prepare(path, role, subscribe);
    },
    put: (place, parcels) => putAll(writers, place, parcels),
    mark: (place, changes) => mark(reader, place, changes),
    withdraw: (place, keys) => withdraw(reader, place, keys),
    async quota() {
      const lease = await reader.pool.acquire(null);
      try {
        return await quota(lease.conn, 'INBOX');
      } finally {
        lease.release();
      }
    },
    async close() {
      await Promise.all([writers.close(), reader.close()]);
    },
  };
}

/** One STORE for all messages that change alike. */
async function mark(reader: ImapReader, place: Place, changes: readonly MarkChange[]): Promise<MarkAnswer[]> {
  if (changes.length === 0) return [];
  return opened(reader, place, async (conn, validity) => {
    const valid = changes.filter(({ key }) => parseKey(key)?.validity === validity);
    const asked = valid.map(({ key }) => parseKey(key)!.uid);
    const stores = alike(valid).flatMap(({ uids, how, flags }) =>
      inChunks(uids, SET_CHUNK).map((some) => store(conn, uidSet(some), how, flags)),
    );
    const present = new Set((await Promise.all(stores)).flatMap((confirmed) => [...confirmed.keys()]));
    // One that had these marks before may go unsaid (quirks.ts): is it there?
    const unsaid = asked.filter((uid) => !present.has(uid));
    for (const uid of await presence(conn, unsaid)) present.add(uid);
    return changes.map(({ key }) => {
      const at = parseKey(key);
      const is = at?.validity === validity && present.has(at.uid) ? 'marked' : 'missing';
      return { key, is };
    });
  });
}

async function presence(conn: Connection, uids: readonly number[]): Promise<Set<number>> {
  const present = new Set<number>();
  for (const some of inChunks(uids, SET_CHUNK))
    for await (const rows of fetchListing(conn, uidSet(some), { flagsOnly: true }))
      for (const { uid } of rows) present.add(uid);
  return present;
}

interface Store {
  uids: number[];
  how: 'add' | 'remove';
  flags: readonly string[];
}

function alike(changes: readonly MarkChange[]): Store[] {
  const stores = new Map<string, Store>();
  for (const { key, add, remove } of changes)
    for (const [how, list] of [
      ['remove', remove],
      ['add', add],
    ] as const) {
      const flags = list.filter((flag) => isStorable(flag, isSendableFlag)).sort();
      if (flags.length === 0) continue;
      const name = `${how} ${flags.join(' ')}`;
      const same = stores.get(name);
      if (same) same.uids.push(parseKey(key)!.uid);
      else stores.set(name, { uids: [parseKey(key)!.uid], how, flags });
    }
  return [...stores.values()];
}

async function withdraw(reader: ImapReader, place: Place, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await opened(reader, place, async (conn, validity) => {
    const on = place.path.join(' / ');
    if (!conn.has('UIDPLUS'))
      throw new Trouble('refused', {
        tried: 'remove-message',
        on,
        answer: 'the server has no UID EXPUNGE (RFC 4315)',
      });
    const uids = keys.map(parseKey).flatMap((at) => (at?.validity === validity ? [at.uid] : []));
    for (const some of inChunks(uids, SET_CHUNK)) {
      await store(conn, uidSet(some), 'add', ['\\Deleted']);
      await expunge(conn, uidSet(some));
    }
  });
}

/** With the folder open for writing and its UIDVALIDITY known: no key of another time may be touched. */
async function opened<T>(
  reader: ImapReader,
  place: Place,
  job: (conn: Connection, validity: number) => Promise<T>,
): Promise<T> {
  const lease = await reader.pool.acquire(place.handle);
  try {
    const { uidValidity } = await select(lease.conn, place.handle);
    return await job(lease.conn, uidValidity ?? 0);
  } catch (error) {
    if (!isTrouble(error)) lease.conn.destroy();
    throw error;
  } finally {
    lease.release();
  }
}
