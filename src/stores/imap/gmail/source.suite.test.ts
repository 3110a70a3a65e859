import { setTimeout as sleep } from 'node:timers/promises';
import { type Script, startGmailServer } from '../../../../test/servers/imap.ts';
import { type SourceStand, sourceSuite } from '../../source.suite.ts';
import type { Source } from '../../source.ts';
import { openImapSource } from '../source.ts';

const USER = 'marie@gmail.com';
const SECRET = 'app password';

/** The laws over an account as Gmail shows it: a folder of the law is a label, the inbox is `\Inbox`. */
function gmailSuite(
  name: string,
  more: { hide?: readonly string[]; without?: readonly string[] } = {},
): void {
  sourceSuite({
    name,
    make: async (): Promise<SourceStand> => {
      const script: Script = { without: more.without ?? [] };
      const { server, gmail } = await startGmailServer({
        gmail: { hide: more.hide ?? [] },
        script: () => script,
      });
      let open = 0;
      const connect = (): Source =>
        openImapSource({
          ...{ name: `gmail://${USER}/`, host: '127.0.0.1', port: server.port, security: 'none' as const },
          auth: { by: 'password', user: USER, password: SECRET },
          timeouts: { connectMs: 2_000, silenceMs: 1_000, stallMs: 1_000 } as object,
        });
      const source = connect();
      let cut: string | null = null;
      script.tell = (uid, box) => {
        if (box.find(uid)?.gmail?.id !== cut || cut === null) return null;
        cut = null;
        return 'cut-in-literal';
      };
      return {
        source,
        again: async () => connect(),
        secret: SECRET,
        // `/` parts the levels of a label.
        holdsPath: (path) => path.every((segment) => !segment.includes('/')),
        async seed(path, messages) {
          const label = path.join('/') === 'INBOX' ? '\\Inbox' : path.join('/');
          if (label !== '\\Inbox') gmail.label(label);
          for (const { bytes, marks, receivedAt } of messages) {
            const internalDate = receivedAt === null ? {} : { internalDate: receivedAt };
            gmail.deliver({ bytes, flags: marks, labels: [label], ...internalDate });
          }
        },
        expunge: async (_path, key) => gmail.remove(gmail.find(key)),
        flag: async (_path, key, marks) => gmail.flag(gmail.find(key), marks),
        cutBody: (_path, key) => {
          cut = key;
        },
        stall: () => {
          script.command = () => 'stall';
        },
        open: () => open,
        async close() {
          delete script.command;
          await source.close();
          for (let wait = 0; wait < 20 && open > 0; wait += 1) await sleep(10);
          open = 0;
          await server.stop();
        },
      };
    },
  });
}

gmailSuite('Gmail source');
gmailSuite('Gmail source, without mod-sequences', { without: ['CONDSTORE'] });
gmailSuite('Gmail source, special folders by name alone', { without: ['SPECIAL-USE'] });
gmailSuite('Gmail source, All Mail hidden', { hide: ['all'] });
