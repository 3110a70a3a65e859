import { roleOf } from '../../mail/role.ts';
import { Trouble } from '../../trouble.ts';
import { readCheckpointText } from '../checkpoint-text.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import type { Hold } from '../hold.ts';
import { differences, type Known, KnownGatherer, unpackKnown } from '../known.ts';
import type { Received, ServerTold, Source, Unread } from '../source.ts';
import { noExperience, readBodies } from './bodies.ts';
import type { Row } from './listing.ts';
import { Maildrop, type Pop3Options } from './maildrop.ts';

export type { Pop3Options } from './maildrop.ts';

const INBOX = 'INBOX';

/** A maildrop on a POP3 server, read only: nothing is deleted, there is no command for it. Connects when first used. */
export function openPop3Source(options: Pop3Options): Source {
  const reader = new Pop3Reader(options);
  return {
    name: options.name,
    // RFC 1939 §3: the maildrop is locked for one session.
    traits: { bytes: 'original', marks: false, folders: false, lanes: 1 },
    ready: () => void reader.ready().catch(() => undefined),
    folders: () => reader.folders(),
    entries: (folder) => reader.entries(folder),
    changes: (folder, since) => reader.changes(folder, since),
    read: (folder, keys, hold) => reader.read(folder, keys, hold),
    server: () => reader.server(),
    close: () => reader.close(),
  };
}

class Pop3Reader {
  readonly name: string;
  readonly #maildrop: Maildrop;
  readonly #known = noExperience();

  constructor(options: Pop3Options) {
    this.name = options.name;
    this.#maildrop = new Maildrop(options);
  }

  ready(): Promise<void> {
    return this.#maildrop.ready();
  }

  async folders(): Promise<Folder[]> {
    const release = await this.#maildrop.acquire();
    try {
      const messages = await this.#maildrop.count();
      const role = roleOf({ path: [INBOX] });
      return [
        {
          ...{ path: [INBOX], handle: INBOX, selectable: true, subscribed: true, messages },
          ...{ role: role?.role ?? null, roleBy: role?.by ?? null },
          // Nothing short of the listing itself tells that nothing changed.
          ...{ state: null, position: null },
        },
      ];
    } finally {
      release();
    }
  }

  async *entries(folder: Folder): AsyncGenerator<Entry> {
    // Held whole, not streamed: while it is told, the session must be free for reading.
    for (const { key, size } of await this.#list(folder)) yield { key, marks: [], receivedAt: null, size };
  }

  async *changes(folder: Folder, since: string | null): AsyncGenerator<Change> {
    const rows = await this.#list(folder);
    const text = since === null ? null : readCheckpointText(since);
    let known = text && unpackKnown(text);
    if (known !== null && allNew(known, rows)) known = null;
    if (since !== null && known === null) yield { is: 'reset' };
    const gatherer = new KnownGatherer();
    yield* differences(known, entriesOf(rows), gatherer);
    yield { is: 'checkpoint', checkpoint: gatherer.checkpoint('') };
  }

  async *read<B>(
    folder: Folder,
    keys: readonly string[],
    hold: Hold<B>,
  ): AsyncGenerator<Received<B> | Unread> {
    this.#check(folder, 'read-message');
    const open = new Set(keys);
    if (open.size === 0) return;
    const release = await this.#maildrop.acquire();
    try {
      while (open.size > 0) {
        const { conn, listing } = await this.#maildrop.listed();
        const rows: Row[] = [];
        for (const key of open) {
          const row = listing.byKey.get(key);
          if (row !== undefined) rows.push(row);
          else {
            open.delete(key);
            yield this.#absent(key);
          }
        }
        for await (const answer of readBodies(conn, rows, hold, this.#known, this.name)) {
          open.delete(answer.key);
          yield answer;
        }
      }
    } finally {
      release();
    }
  }

  /** What CAPA says (RFC 2449); nothing where the server has none. */
  async server(): Promise<ServerTold> {
    const release = await this.#maildrop.acquire();
    try {
      const { conn } = await this.#maildrop.listed();
      const told = [...(conn.capabilities ?? [])];
      const name = told.find(([capability]) => capability === 'IMPLEMENTATION')?.[1] || null;
      const capabilities = told.map(([capability, value]) => (value ? `${capability} ${value}` : capability));
      return { speaks: 'pop3', name, capabilities: capabilities.sort() };
    } finally {
      release();
    }
  }

  /** Twice is once. */
  close(): Promise<void> {
    return this.#maildrop.close();
  }

  async #list(folder: Folder): Promise<readonly Row[]> {
    this.#check(folder, 'list-messages');
    const release = await this.#maildrop.acquire();
    try {
      return (await this.#maildrop.list()).listing.rows;
    } finally {
      release();
    }
  }

  #check(folder: Folder, tried: 'list-messages' | 'read-message'): void {
    if (folder.handle === INBOX) return;
    throw new Trouble('missing', {
      tried,
      on: `${this.name} ${folder.path.join(' / ')}`,
      answer: 'no such folder',
    });
  }

  #absent(key: string): Unread {
    const answer = 'the server no longer shows it';
    return {
      is: 'unread',
      key,
      trouble: new Trouble('missing', { tried: 'read-message', on: `${this.name} ${key}`, answer }),
    };
  }
}

/**
 * Not one id is left of those told: the server was moved or counts anew. That is a renumbering; the messages themselves are
 * recognised by what they hold.
 */
function allNew(known: Known, rows: readonly Row[]): boolean {
  return known.keys.size > 0 && rows.length > 0 && !rows.some(({ key }) => known.keys.has(key));
}

async function* entriesOf(rows: readonly Row[]): AsyncGenerator<Entry> {
  for (const { key, size } of rows) yield { key, marks: [], receivedAt: null, size };
}
