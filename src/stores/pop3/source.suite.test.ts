import { setTimeout as sleep } from 'node:timers/promises';
import { onWire } from '../../../test/servers/pop3/session.ts';
import { type Pop3Server, type Script, startPop3Server } from '../../../test/servers/pop3.ts';
import { type SourceStand, sourceSuite } from '../source.suite.ts';
import type { Source } from '../source.ts';
import type { SeedMessage } from '../stand.suite.ts';
import { openPop3Source } from './source.ts';

const SECRET = 'secret-of-marie';

/** The suite over our own server, behaving and misbehaving: what may be absent is absent, what may lie lies. */
function pop3Suite(
  name: string,
  script: Script,
  more: { prepare?: (server: Pop3Server) => void } = {},
): void {
  sourceSuite({
    name,
    make: async (): Promise<SourceStand> => {
      const server = await startPop3Server({ users: { marie: SECRET }, script: () => script });
      const drop = server.maildrop('marie');
      more.prepare?.(server);
      const connect = () =>
        openPop3Source({
          name: `pop3://marie@127.0.0.1:${server.port}/`,
          host: '127.0.0.1',
          port: server.port,
          security: 'none',
          auth: { by: 'password', user: 'marie', password: SECRET },
          timeouts: { connectMs: 2_000, silenceMs: 1_000, listSilenceMs: 1_000 },
        });
      const inner = connect();
      /** Its `close` is over when the other end has seen it too. */
      const source: Source = Object.assign(Object.create(inner) as Source, {
        close: async () => {
          await inner.close();
          for (let wait = 0; wait < 50 && server.open() > 0; wait += 1) await sleep(10);
        },
      });
      const byIds = !(script.without ?? []).includes('UIDL') && more.prepare === undefined;
      /** The n-th key told is the n-th message: by unique-id, or by what it holds. */
      const messageOf = async (key: string) => {
        const other = connect();
        const [folder] = await other.folders();
        const keys = (await Array.fromAsync(other.entries(folder!))).map((entry) => entry.key);
        await other.close();
        return drop.messages[keys.indexOf(key)]!;
      };
      let cut: { number: number } | null = null;
      script.tell = (number) => {
        if (cut?.number !== number) return null;
        cut = null;
        return 'cut';
      };
      return {
        source,
        again: async () => connect(),
        secret: SECRET,
        holdsPath: (path) => path.length === 1 && path[0] === 'INBOX',
        seed: async (_path, messages) => {
          for (const { bytes } of messages)
            drop.add({ bytes, ...(script.with?.includes('X-SAME-IDS') ? { uid: 'same' } : {}) });
        },
        expected: (message: SeedMessage): SeedMessage => ({
          bytes: onWire(Buffer.from(message.bytes)),
          marks: [],
          receivedAt: null,
        }),
        expunge: async (_path, key) => drop.remove(await messageOf(key)),
        cutBody: async (_path, key) => {
          cut = { number: drop.messages.indexOf(await messageOf(key)) + 1 };
        },
        ...(byIds ? { renumber: async () => drop.renumber() } : {}),
        stall: () => {
          script.command = () => 'stall';
        },
        open: () => server.open(),
        close: async () => {
          delete script.command;
          await source.close();
          await server.stop();
        },
      };
    },
  });
}

pop3Suite('pop3 source', {});
pop3Suite('pop3 source, no CAPA and nothing pipelined', { without: ['CAPA', 'PIPELINING'] });
pop3Suite('pop3 source, no UIDL', { without: ['UIDL'] });
pop3Suite('pop3 source, neither UIDL nor TOP nor CAPA', { without: ['UIDL', 'TOP', 'CAPA', 'PIPELINING'] });
pop3Suite('pop3 source, all unique-ids the same', { with: ['X-SAME-IDS'] });
pop3Suite('pop3 source, 61 bytes a write', { pieceBytes: 61 });
