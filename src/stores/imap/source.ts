import type { Change, Folder } from '../entry.ts';
import type { Aside, Source } from '../source.ts';
import { tellChanges } from './changes.ts';
import type { GmailChoice } from './gmail/folders.ts';
import { GmailMailbox } from './gmail/source.ts';
import { GroupwareFolders } from './groupware.ts';
import { InternalData } from './internal-data.ts';
import { type ImapOptions, LANES } from './pool.ts';
import { ImapReader } from './reader.ts';
import { serverTold } from './server-told.ts';

export type { GmailChoice } from './gmail/folders.ts';
export type { ImapOptions } from './pool.ts';

/** Left where they are: spam is no loss, and what was thrown away was thrown away. */
const USUAL: GmailChoice = { spam: false, trash: false };

/**
 * A mailbox on an IMAP server, read only: EXAMINE and BODY.PEEK[], never SELECT. Connects when first used. A server that has
 * Google's labels (X-GM-EXT-1) is read by them, whatever the address; `gmail` says which of its folders are wanted.
 */
export function openImapSource(options: ImapOptions & { gmail?: GmailChoice }): Source {
  const reader = new ImapReader(options);
  const groupware = new GroupwareFolders(reader);
  const internal = new InternalData(reader);
  const plain: Face = {
    folders: async () => groupware.without(await reader.folders()),
    entries: (folder, since = null) =>
      groupware.entries(folder, internal.entries(folder, since, reader.entries(folder, since))),
    read: (folder, keys, hold) => reader.read(folder, keys, hold),
    changes: (folder, since) =>
      groupware.changes(folder, internal.changes(folder, since, changes(reader, folder, since))),
  };
  const gmail = new GmailMailbox(reader, options.gmail ?? USUAL);
  /** Known from the first sign-in on. */
  const face = async (): Promise<Face> => ((await reader.signedIn()).has('X-GM-EXT-1') ? gmail : plain);
  return {
    name: reader.name,
    traits: { bytes: 'original', marks: true, lanes: options.lanes ?? LANES },
    ready: (much) => void reader.ready(much).catch(() => undefined), // told by who acquires
    folders: async () => (await face()).folders(),
    async *entries(folder, since) {
      yield* (await face()).entries(folder, since);
    },
    async *read(folder, keys, hold) {
      yield* (await face()).read(folder, keys, hold);
    },
    async *changes(folder, since) {
      yield* (await face()).changes(folder, since);
    },
    aside: () => [...gmail.aside(), ...groupware.aside(), ...internal.aside(), ...closedIn(reader)],
    server: () => serverTold(reader),
    close: () => reader.close(),
  };
}

/** What lies below these is not known: the server would not list it. */
function closedIn({ closed }: ImapReader): Aside[] {
  return closed.map((path) => ({ path: path.join(' / '), because: 'unreadable' }));
}

/** What differs between a mailbox of folders and one of labels. */
type Face = Pick<Source, 'folders' | 'entries' | 'read' | 'changes'>;

async function* changes(reader: ImapReader, folder: Folder, since: string | null): AsyncIterable<Change> {
  const lease = await reader.pool.acquire(folder.handle);
  let whole = false;
  try {
    yield* tellChanges(lease.conn, folder, since, reader.refused(folder), reader.numbering);
    whole = true;
  } finally {
    // Told half: what is still on its way would be taken for another command's.
    if (!whole) lease.conn.destroy();
    lease.release();
  }
}
