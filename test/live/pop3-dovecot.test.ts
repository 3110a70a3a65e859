import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPop3Source } from '../../src/stores/pop3/source.ts';
import { sourceSuite } from '../../src/stores/source.suite.ts';
import {
  folderAt,
  keysOf,
  letters,
  readKeys,
  type SeedMessage,
  troubleOf,
} from '../../src/stores/stand.suite.ts';
import {
  append,
  type Connection,
  connect,
  create,
  examine,
  expunge,
  fetchListing,
  logout,
  move,
  select,
  store,
} from '../../src/wire/imap/index.ts';
import { startDovecot } from '../servers/dovecot.ts';
import { available } from '../servers/install.ts';
import type { LiveServer } from '../servers/install-live.ts';
import { USERS } from './imap-laws.ts';
import { latin1, onWire, type Pop3Ground, pop3Stand } from './pop3-stand.ts';

const found = await available('dovecot-pop3');

/** Another program at the same mailbox, by IMAP. Dovecot's unique-id is UID and UIDVALIDITY in hex. */
function handsOf(imap: Connection): Pop3Ground['hands'] {
  const uidOf = (key: string): string => String(Number.parseInt(key.slice(1, 9), 16));
  return {
    async seed(messages: readonly SeedMessage[]) {
      await Promise.all(
        messages.map(({ bytes, marks, receivedAt }) =>
          append(imap, 'INBOX', [
            { flags: marks, internalDate: receivedAt, size: bytes.length, chunks: () => [bytes] },
          ]),
        ),
      );
    },
    async expunge(_path, key) {
      await select(imap, 'INBOX');
      await store(imap, uidOf(key), 'add', ['\\Deleted']);
      await expunge(imap, uidOf(key));
    },
    async flag(_path, key, marks) {
      await select(imap, 'INBOX');
      await store(imap, uidOf(key), 'replace', marks);
    },
    /** Away and back again: other UIDs. */
    async renumber() {
      await create(imap, 'Ailleurs').catch(() => undefined);
      await select(imap, 'INBOX');
      await move(imap, '1:*', 'Ailleurs');
      await select(imap, 'Ailleurs');
      await move(imap, '1:*', 'INBOX');
    },
    close: () => logout(imap).catch(() => undefined),
  };
}

if (found.is === 'absent') test('Dovecot: POP3', { skip: `dovecot: ${found.because}` }, () => undefined);
else
  describe('Dovecot: POP3', () => {
    let server: LiveServer;
    let next = 0;
    before(async () => {
      server = (await startDovecot({ users: USERS, pop3: true, format: 'sdbox' }))!;
    });
    after(() => server?.stop());

    async function ground(): Promise<Pop3Ground> {
      const { user, password } = USERS[next++]!;
      const auth = { by: 'password', user, password } as const;
      const imap = await connect({ host: '127.0.0.1', port: server.port, security: 'none', auth });
      return {
        ...{ port: server.popPort!, user, password },
        told: (bytes) => latin1(onWire(bytes)),
        hands: handsOf(imap),
      };
    }

    sourceSuite({ name: 'source', make: async () => pop3Stand(await ground()) });

    test('reading marks nothing as read, whether the session ends politely or not', async () => {
      const { port, user, password, hands } = await ground();
      await hands.seed(letters(5));
      const auth = { by: 'password', user, password } as const;
      const name = `pop3://${user}@127.0.0.1:${port}/`;
      const source = openPop3Source({ name, host: '127.0.0.1', port, security: 'none', auth });
      const folder = await folderAt(source, ['INBOX']);
      const keys = await keysOf(source, folder);
      assert.equal((await readKeys(source, folder, keys)).length, 5);
      const cut = await troubleOf(async () => {
        for await (const _answer of source.read(folder, keys, { begin: () => nowhere })) await source.close();
      });
      assert.ok(cut === null || cut.kind === 'lost');
      await source.close();
      const imap = await connect({ host: '127.0.0.1', port: server.port, security: 'none', auth });
      await examine(imap, 'INBOX');
      const rows = (await Array.fromAsync(fetchListing(imap, '1:*'))).flat();
      assert.deepEqual(
        rows.map((row) => row.flags),
        [[], [], [], [], []],
      );
      await logout(imap);
      await hands.close();
    });
  });

const nowhere = { write: () => undefined, end: () => null, abort: () => undefined };
