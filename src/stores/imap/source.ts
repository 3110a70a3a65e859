import type { Change, Folder } from '../entry.ts';
import type { Source } from '../source.ts';
import { tellChanges } from './changes.ts';
import { type ImapOptions, LANES } from './pool.ts';
import { ImapReader } from './reader.ts';

export type { ImapOptions } from './pool.ts';

/** A mailbox on an IMAP server, read only: EXAMINE and BODY.PEEK[], never SELECT. Connects when first used. */
export function openImapSource(options: ImapOptions): Source {
  const reader = new ImapReader(options);
  return {
    name: reader.name,
    traits: { bytes: 'original', marks: true, lanes: options.lanes ?? LANES },
    ready: (much) => void reader.ready(much).catch(() => undefined), // told by who acquires
    folders: () => reader.folders(),
    entries: (folder, since) => reader.entries(folder, since),
    read: (folder, keys, hold) => reader.read(folder, keys, hold),
    changes: (folder, since) => changes(reader, folder, since),
    close: () => reader.close(),
  };
}

async function* changes(reader: ImapReader, folder: Folder, since: string | null): AsyncIterable<Change> {
  const lease = await reader.pool.acquire(folder.handle);
  let whole = false;
  try {
    yield* tellChanges(lease.conn, folder, since);
    whole = true;
  } finally {
    // Told half: what is still on its way would be taken for another command's.
    if (!whole) lease.conn.destroy();
    lease.release();
  }
}
