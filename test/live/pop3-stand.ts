/** What the POP3 stands on live servers share: the store over a wire that can be cut, and how a message comes back. */
import { openPop3Source } from '../../src/stores/pop3/source.ts';
import type { SourceStand } from '../../src/stores/source.suite.ts';
import type { Source } from '../../src/stores/source.ts';
import type { SeedMessage } from '../../src/stores/stand.suite.ts';
import { openWire } from '../servers/install-wire.ts';

export interface Pop3Ground {
  port: number;
  user: string;
  password: string;
  /** What the server makes of a message, POP3's last line end included. */
  told(bytes: Buffer): Buffer;
  hands: Pick<SourceStand, 'expunge' | 'flag' | 'renumber'> & {
    seed(messages: readonly SeedMessage[]): Promise<void>;
    close(): Promise<void>;
  };
}

export async function pop3Stand(ground: Pop3Ground): Promise<SourceStand> {
  const { user, password, hands } = ground;
  const wire = await openWire(ground.port);
  const connect = (): Source =>
    openPop3Source({
      name: `pop3://${user}@127.0.0.1:${wire.port}/`,
      host: '127.0.0.1',
      port: wire.port,
      security: 'none',
      auth: { by: 'password', user, password },
      timeouts: { connectMs: 5_000, silenceMs: 2_000, listSilenceMs: 5_000 },
    });
  const inner = connect();
  const source: Source = {
    ...inner,
    close: async () => {
      await inner.close();
      await wire.settled();
    },
  };
  return {
    source,
    again: async () => connect(),
    secret: password,
    holdsPath: (path) => path.length === 1 && path[0] === 'INBOX',
    seed: (_path, messages) => hands.seed(messages),
    expected: ({ bytes }) => ({ bytes: ground.told(Buffer.from(bytes)), marks: [], receivedAt: null }),
    ...(hands.expunge && { expunge: hands.expunge }),
    ...(hands.flag && { flag: hands.flag }),
    ...(hands.renumber && { renumber: hands.renumber }),
    cutBody: () => wire.cutDown('Message-ID: <4@', 1, 200),
    stall: () => wire.stall(),
    open: () => wire.open(),
    close: async () => {
      await source.close();
      await hands.close();
      await wire.close();
    },
  };
}

export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Lines as POP3 sends them: CRLF, the last one too. */
export function onWire(bytes: Buffer): string {
  const lines = bytes.toString('latin1').replace(/\r?\n/g, '\r\n');
  return lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
}
