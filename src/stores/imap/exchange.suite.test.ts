import { setTimeout as sleep } from 'node:timers/promises';
import { startExchangeServer } from '../../../test/servers/imap/exchange.ts';
import { encodeMailboxName } from '../../wire/imap/index.ts';
import { retrySource } from '../around/retry.ts';
import { type SourceStand, sourceSuite } from '../source.suite.ts';
import type { Source } from '../source.ts';
import { openImapSource } from './source.ts';

const SECRET = 'token of the house';
const USER = 'marie@atelier.example';

interface Kind {
  name: string;
  version: 'online' | 'rev2' | 2010;
  throttle?: { everyMessages: number; ms: number };
  skip?: { law: string; because: string }[];
}

/** The laws over a mailbox as Exchange shows it, signed in with a token. */
function exchangeSuite({ name, version, throttle, skip = [] }: Kind): void {
  sourceSuite({
    name,
    skip,
    make: async (): Promise<SourceStand> => {
      let cut: string | null = null;
      let stalled = false;
      const server = await startExchangeServer({
        users: { [USER]: SECRET },
        tokens: { [USER]: SECRET },
        version,
        // Written anew, no bytes are the store’s own: what comes of that is the engine’s (engine/unstable.test.ts).
        render: (bytes) => bytes,
        ...(throttle ? { throttle } : {}),
        tampers: {
          command: () => (stalled ? 'stall' : null),
          tell(uid, box) {
            if (cut !== `${box.uidValidity}.${uid}`) return null;
            cut = null;
            return 'cut-in-literal';
          },
        },
      });
      const open = new Set<Source>();
      const connect = (): Source => {
        const bare = openImapSource({
          ...{ name: `imap://${USER}/`, host: '127.0.0.1', port: server.port, security: 'none' as const },
          auth: { by: 'password', user: USER, password: SECRET },
          timeouts: { connectMs: 2_000, silenceMs: 1_000, stallMs: 1_000 } as object,
        });
        const source = throttle ? retrySource(bare) : bare;
        open.add(source);
        return source;
      };
      const boxOf = (path: readonly string[]) =>
        server.mailbox(USER, path.map((segment) => encodeMailboxName(segment)).join('/'));
      return {
        source: connect(),
        again: async () => connect(),
        secret: SECRET,
        holdsPath: (path) => path.every((segment) => !segment.includes('/')),
        async seed(path, messages) {
          boxOf(path);
          for (const { bytes, marks, receivedAt } of messages) {
            const box = boxOf(path);
            box.add({
              bytes,
              flags: marks,
              claimedSize: bytes.length + 700,
              ...(receivedAt === null ? {} : { internalDate: receivedAt }),
            });
          }
        },
        expunge: async (path, key) => boxOf(path).remove(Number(key.split('.')[1])),
        flag: async (path, key, marks) => {
          const box = boxOf(path);
          box.mark(box.find(Number(key.split('.')[1]))!, marks);
        },
        renumber: async (path) => boxOf(path).renumber(),
        cutBody: (_path, key) => {
          cut = key;
        },
        stall: () => {
          stalled = true;
        },
        async close() {
          stalled = false;
          for (const source of open) await source.close();
          await sleep(5);
          await server.stop();
        },
      };
    },
  });
}

exchangeSuite({ name: 'Exchange Online source', version: 'online' });
exchangeSuite({ name: 'Exchange Online source that announces IMAP4rev2', version: 'rev2' });
exchangeSuite({
  name: 'Exchange 2010 source, told to wait again and again',
  version: 2010,
  throttle: { everyMessages: 40, ms: 60 },
  skip: [
    { law: 'every wait ends', because: 'calling again is the retry’s, which waits longer than the law' },
  ],
});
