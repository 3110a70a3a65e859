/** Stands of the store suites on a live server: a user of its own for each, and hands that act as another program. */

import { setTimeout as sleep } from 'node:timers/promises';
import { parseKey } from '../../src/stores/imap/keys.ts';
import { handleFor, type Naming, pathOf } from '../../src/stores/imap/names.ts';
import type { ImapOptions } from '../../src/stores/imap/pool.ts';
import { openImapSource } from '../../src/stores/imap/source.ts';
import { openImapTarget } from '../../src/stores/imap/target.ts';
import type { SourceStand } from '../../src/stores/source.suite.ts';
import type { Source } from '../../src/stores/source.ts';
import type { SeedMessage } from '../../src/stores/stand.suite.ts';
import type { TargetStand } from '../../src/stores/target.suite.ts';
import type { Target } from '../../src/stores/target.ts';
import { Trouble } from '../../src/trouble.ts';
import {
  append,
  type Connection,
  connect,
  create,
  expunge,
  logout,
  select,
  store,
  subscribe,
} from '../../src/wire/imap/index.ts';
import type { LiveServer } from '../servers/install-live.ts';
import { openWire, type Wire } from '../servers/install-wire.ts';

export interface Ground {
  server: LiveServer;
  user: string;
  password: string;
  /** What the server makes of a message; null: it refuses it. */
  stored(bytes: Buffer): Buffer | null;
  /** Whether the server takes such a name as it is. */
  holdsPath(path: readonly string[]): boolean;
  /** A message it says no to. */
  refused: Buffer | null;
  /** Whether the mailbox has a limit of 20 MB. */
  quota: boolean;
  /** Ends the server as well when it is this stand's own. */
  done(): Promise<void>;
}

const MAIN = ['Travail'];
const FILLER = ['Plein'];
const LIMITS = { connectMs: 5_000, silenceMs: 2_000, appendSilenceMs: 10_000 };

function optionsFor(ground: Ground, port: number): ImapOptions {
  const { user, password } = ground;
  return {
    name: `imap://${user}@127.0.0.1:${port}/`,
    host: '127.0.0.1',
    port,
    security: 'none',
    auth: { by: 'password', user, password },
    timeouts: LIMITS,
  };
}

export async function sourceStand(ground: Ground): Promise<SourceStand> {
  const { hands, wire, options, common } = await stage(ground);
  return {
    ...common,
    source: settling(openImapSource(options), wire),
    again: async () => openImapSource(options),
    renumber: (path) => hands.renumber(path),
    cutBody: () => wire.cutDown('BODY[]', 4, 100),
  };
}

export async function targetStand(ground: Ground): Promise<TargetStand> {
  const { hands, wire, options, common } = await stage(ground);
  await hands.seed(MAIN, []);
  return {
    ...common,
    target: settling(openImapTarget(options), wire),
    again: async () => openImapTarget(options),
    cutBody: () => wire.cutDown('BODY[]', 4, 100),
    cutPut: () => wire.cutUp('APPEND', 40),
    ...(ground.refused && { refused: { bytes: ground.refused, marks: [], receivedAt: null } }),
    ...(ground.quota && { fill: () => hands.fill(), makeRoom: () => hands.makeRoom() }),
  };
}

/** Its `close` is over when the other end of the wire has seen it too. */
function settling<S extends Source | Target>(store: S, wire: Wire): S {
  return Object.assign(Object.create(store) as S, {
    close: async () => {
      await store.close();
      await wire.settled();
    },
  });
}

async function stage(ground: Ground) {
  const wire = await openWire(ground.server.port);
  const hands = await openHands(ground);
  const options = optionsFor(ground, wire.port);
  const common = {
    main: MAIN,
    secret: ground.password,
    expected: (message: SeedMessage): SeedMessage | null => {
      const bytes = ground.stored(Buffer.from(message.bytes));
      return bytes && { ...message, bytes };
    },
    seed: (path: readonly string[], messages: readonly SeedMessage[]) => hands.seed(path, messages),
    holdsPath: (path: readonly string[]) => ground.holdsPath(path) && hands.keepsName(path),
    expunge: (path: readonly string[], key: string) => hands.expunge(path, key),
    flag: (path: readonly string[], key: string, marks: readonly string[]) => hands.flag(path, key, marks),
    stall: () => wire.stall(),
    open: () => wire.open(),
    close: async () => {
      await hands.close();
      await wire.close();
      await ground.done();
    },
  };
  return { hands, wire, options, common };
}

/** Another program at the same mailbox, with commands of its own. */
async function openHands(ground: Ground) {
  const { server, user, password } = ground;
  const conn = await connect({
    host: server.host,
    port: server.port,
    security: 'none',
    auth: { by: 'password', user, password },
  });
  const naming: Naming = {
    prefix: server.features.prefix,
    delimiter: server.features.separator,
    foreign: [],
  };
  const handle = (path: readonly string[]): string => handleFor(path, naming);
  return {
    keepsName: (path: readonly string[]) => pathOf(handle(path), naming).join('\0') === path.join('\0'),
    async seed(path: readonly string[], messages: readonly SeedMessage[]): Promise<void> {
      // Courier refuses what is there already.
      if (handle(path) !== 'INBOX') await create(conn, handle(path)).catch(() => undefined);
      await subscribe(conn, handle(path));
      await Promise.all(
        messages.map(({ bytes, marks, receivedAt }) =>
          append(conn, handle(path), [
            { flags: marks, internalDate: receivedAt, size: bytes.length, chunks: () => [bytes] },
          ]),
        ),
      );
    },
    async expunge(path: readonly string[], key: string): Promise<void> {
      await select(conn, handle(path));
      await store(conn, uidOf(key), 'add', ['\\Deleted']);
      await (conn.has('UIDPLUS') ? expunge(conn, uidOf(key)) : say(conn, 'EXPUNGE'));
    },
    async flag(path: readonly string[], key: string, marks: readonly string[]): Promise<void> {
      await select(conn, handle(path));
      await store(conn, uidOf(key), 'replace', marks);
    },
    /** Ever smaller messages until not one more fits. */
    async fill(): Promise<void> {
      await create(conn, handle(FILLER)).catch(() => undefined);
      for (const size of [1_000_000, 100_000, 10_000, 1_000, 200])
        for (let n = 0; n < 40; n += 1) {
          const bytes = Buffer.from(
            `Subject: filler\r\n\r\n${'x'.repeat(78)}\r\n`.padEnd(size, 'Une ligne.\r\n'),
          );
          try {
            await append(conn, handle(FILLER), [
              { flags: [], internalDate: null, size: bytes.length, chunks: () => [bytes] },
            ]);
          } catch (error) {
            if (!(error instanceof Trouble)) throw error;
            break;
          }
        }
    },
    async makeRoom(): Promise<void> {
      await select(conn, handle(FILLER));
      await store(conn, '1:*', 'add', ['\\Deleted']);
      await say(conn, 'EXPUNGE');
    },
    /** A new folder in its place, with copies of the same messages: another UIDVALIDITY. */
    async renumber(path: readonly string[]): Promise<void> {
      // The UIDVALIDITY of Courier and Cyrus is the second in which the folder was made.
      if (server.name !== 'dovecot') await sleep(1_100);
      const [old, fresh] = [handle(path), `${handle(path)}-2`];
      await select(conn, old);
      await create(conn, fresh);
      await say(conn, `UID COPY 1:* "${fresh}"`);
      await say(conn, 'CLOSE');
      await say(conn, `DELETE "${old}"`);
      await say(conn, `RENAME "${fresh}" "${old}"`);
    },
    close: () => logout(conn).catch(() => undefined),
  };
}

function uidOf(key: string): string {
  return String(parseKey(key)!.uid);
}

function say(conn: Connection, line: string): Promise<void> {
  return conn.run({ tried: 'converse', on: line, pieces: () => [line], done: () => undefined });
}
