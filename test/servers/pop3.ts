/**
 * A small POP3 server in memory, for tests: what our client needs, done rightly by default, and done wrongly when a script
 * says so. It shares no code with the client, and it knows no DELE: one that came would stand in the log.
 *
 *   await using server = await startPop3Server({ users: { marie: 'secret' } });
 *   server.maildrop('marie').add({ bytes: 'Subject: bonjour\r\n\r\nà demain\r\n', uid: 'x'.repeat(500), claimedSize: 7 });
 *   server.script(({ connection }) => connection === 1 ? { without: ['UIDL', 'CAPA'], tell: (n) => (n === 2 ? 'cut' : null) } : {});
 *   … connect to 127.0.0.1:server.port …
 *   server.log                                         every command received, secrets left out
 *
 * A maildrop can be `exclusive` (IN-USE), `hidesRetrieved`, be given any unique-ids, renumbered. More in pop3/script.ts.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { CERTIFICATE, KEY } from './imap/certificate.ts';
import { Maildrop } from './pop3/maildrop.ts';
import type { Script } from './pop3/script.ts';
import { Session } from './pop3/session.ts';

export { CERTIFICATE } from './imap/certificate.ts';
export type { Maildrop, Stored } from './pop3/maildrop.ts';
export type { ClientCommand, Script, Telling, Turn } from './pop3/script.ts';

export interface Pop3ServerOptions {
  /** Passwords by user; `{ marie: 'secret' }` by default. */
  users?: Readonly<Record<string, string>>;
  /** Tokens by user, for XOAUTH2. */
  tokens?: Readonly<Record<string, string>>;
  /** TLS from the first byte. */
  tls?: boolean;
  /** Offer STLS. */
  startTls?: boolean;
  /** In the greeting, for APOP. */
  timestamp?: string;
  /** In place of the usual capabilities. */
  capabilities?: readonly string[];
  /** How each connection behaves; connections count from 1. */
  script?: (at: { connection: number }) => Script;
}

export interface Pop3Server extends AsyncDisposable {
  port: number;
  log: string[];
  /** How many connections were accepted so far. */
  connections: number;
  maildrop(user: string): Maildrop;
  /** For connections accepted from now on. */
  script(script: (at: { connection: number }) => Script): void;
  /** Cuts all connections that are open. */
  cut(): void;
  /** Connections open now. */
  open(): number;
  stop(): Promise<void>;
}

const USUAL = ['TOP', 'UIDL', 'USER', 'RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING', 'SASL PLAIN'];

export async function startPop3Server(options: Pop3ServerOptions = {}): Promise<Pop3Server> {
  const maildrops = new Map<string, Maildrop>();
  for (const [user, password] of Object.entries(options.users ?? { marie: 'secret' }))
    maildrops.set(user, new Maildrop(password));
  const open = new Set<Session>();
  let script = options.script ?? (() => ({}));
  const log: string[] = [];
  const settings = {
    maildrops,
    capabilities: options.capabilities ?? USUAL,
    startTls: options.startTls ?? false,
    timestamp: options.timestamp ?? null,
    tokens: new Map(Object.entries(options.tokens ?? {})),
    log: (line: string) => void log.push(line),
  };
  const accept = (socket: Socket): void => {
    server.connections++;
    socket.setNoDelay(true);
    const session = new Session(socket, settings, script({ connection: server.connections }));
    open.add(session);
    socket.on('close', () => open.delete(session));
  };
  const listener: Server = options.tls
    ? createTlsServer({ key: KEY, cert: CERTIFICATE }, accept)
    : createServer(accept);
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const server: Pop3Server = {
    port: (listener.address() as AddressInfo).port,
    log,
    connections: 0,
    maildrop: (user) => {
      const drop = maildrops.get(user);
      if (drop === undefined) throw new Error(`the test server has no user ${user}`);
      return drop;
    },
    script: (next) => {
      script = next;
    },
    cut: () => {
      for (const session of open) session.destroy();
    },
    open: () => open.size,
    stop: async () => {
      for (const session of open) session.destroy();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
  return server;
}
