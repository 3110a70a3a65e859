/**
 * A small IMAP server in memory, for tests: what our client needs, done rightly by default, and done wrongly when a
 * script says so. It shares no code with the client.
 *
 *   await using server = await startImapServer({ users: { marie: 'secret' } });
 *   server.mailbox('marie', 'INBOX').add({ bytes: 'Subject: bonjour\r\n\r\nà demain\r\n', flags: ['\\Seen'] });
 *   server.script(({ connection }) => connection === 1 ? { without: ['LITERAL+'], append: () => 'NO [OVERQUOTA] full' } : {});
 *   … connect to 127.0.0.1:server.port …
 *   server.mailbox('marie', 'Sent').messages          what lies there now (uid, flags, internalDate, bytes)
 *   server.log                                         every command received, secrets left out
 *
 * Ways to misbehave (`Script`, imap/script.ts), per connection: strip or add capabilities, another greeting, answer any
 * command with any text, BYE, stall, drop, do it but swallow the answer, send raw bytes; refuse appends by predicate, refuse
 * literals; leave messages out of a FETCH, answer NIL or a quoted string, BYE / stall / cut inside a literal; cut after n
 * bytes; delay. `startGmailServer` is the same as Gmail shows it (imap/gmail.ts); `daily` locks as Google does. Without a script: a quota per account (`quotaBytes`), `add({ claimedSize })` lies about RFC822.SIZE,
 * `box.renumber()` changes UIDVALIDITY, `box.remove(uid)` makes a message vanish (call it from a `command` hook).
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { CERTIFICATE, KEY } from './imap/certificate.ts';
import { Daily, type DailyLimit } from './imap/daily.ts';
import { GMAIL_CAPABILITIES, Gmail } from './imap/gmail.ts';
import { Account, type Box } from './imap/mailbox.ts';
import type { Script } from './imap/script.ts';
import { Session } from './imap/session.ts';

export { CERTIFICATE } from './imap/certificate.ts';
export type { ClientCommand } from './imap/command.ts';
export type { DailyLimit } from './imap/daily.ts';
export { GMAIL_CAPABILITIES, GMAIL_NAMES, Gmail, type GmailMessage } from './imap/gmail.ts';
export type { Box, Incoming, Stored } from './imap/mailbox.ts';
export type { Appending, Script, Telling, Turn } from './imap/script.ts';

export interface ImapServerOptions {
  /** Passwords by user; `{ marie: 'secret' }` by default. Each gets an INBOX. */
  users?: Readonly<Record<string, string>>;
  /** Tokens by user, for XOAUTH2. */
  tokens?: Readonly<Record<string, string>>;
  /** The same, asked at each sign-in: how many milliseconds the token is good; the session ends with it. Null: no. */
  bearer?: (user: string, token: string) => number | null;
  /** `/` by default. */
  delimiter?: string;
  /** `INBOX.` for a personal namespace below INBOX; empty by default. */
  prefix?: string;
  /** TLS from the first byte. */
  tls?: boolean;
  /** Offer STARTTLS. */
  startTls?: boolean;
  /** In place of the usual capabilities. */
  capabilities?: readonly string[];
  /** Of each account; null (default) is none. */
  quotaBytes?: number | null;
  /** How much may be downloaded in a day: Google's limit, in Google's words. */
  daily?: DailyLimit;
  /** How each connection behaves; connections count from 1. */
  script?: (at: { connection: number }) => Script;
}

export interface ImapServer extends AsyncDisposable {
  port: number;
  /** `imap://127.0.0.1:port/` or `imaps://…`. */
  url: string;
  /** PEM, to be trusted by clients (`ca`). */
  certificate: string;
  /** Command lines as received, LOGIN and AUTHENTICATE without their arguments. */
  log: string[];
  /** How many connections were accepted so far. */
  connections: number;
  /** Null without a daily limit. */
  daily: Daily | null;
  account(user: string): Account;
  /** By wire name; made when absent. */
  mailbox(user: string, name: string, use?: string): Box;
  /** For connections accepted from now on. */
  script(script: (at: { connection: number }) => Script): void;
  /** Cuts all connections that are open. */
  cut(): void;
  stop(): Promise<void>;
}

const USUAL = [
  'IMAP4rev1',
  'SASL-IR',
  'AUTH=PLAIN',
  'ID',
  'ENABLE',
  'NAMESPACE',
  'UIDPLUS',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'SPECIAL-USE',
  'CREATE-SPECIAL-USE',
  'STATUS=SIZE',
  'CONDSTORE',
  'ESEARCH',
  'MOVE',
  'QUOTA',
  'MULTIAPPEND',
  'LITERAL+',
];

export async function startImapServer(options: ImapServerOptions = {}): Promise<ImapServer> {
  const { delimiter = '/', quotaBytes = null, tls = false } = options;
  const accounts = new Map<string, Account>();
  for (const [user, password] of Object.entries(options.users ?? { marie: 'secret' })) {
    accounts.set(user, new Account(password, delimiter, quotaBytes));
  }
  const open = new Set<Session>();
  let script = options.script ?? (() => ({}));
  const daily = options.daily === undefined ? null : new Daily(options.daily);
  const log: string[] = [];
  const tokens = new Map(Object.entries(options.tokens ?? {}));
  const capabilities = [
    ...(options.capabilities ?? USUAL),
    ...(tokens.size > 0 || options.bearer ? ['AUTH=XOAUTH2'] : []),
  ];
  const accept = (socket: Socket) => {
    server.connections++;
    socket.setNoDelay(true);
    const settings = {
      accounts,
      capabilities,
      prefix: options.prefix ?? '',
      startTls: options.startTls ?? false,
      bearer:
        options.bearer ?? ((user, token) => (tokens.get(user) === token ? Number.POSITIVE_INFINITY : null)),
      daily,
      log: (line: string) => log.push(line),
    };
    const session = new Session(socket, settings, script({ connection: server.connections }));
    open.add(session);
    socket.on('close', () => open.delete(session));
  };
  const listener: Server = tls
    ? createTlsServer({ key: KEY, cert: CERTIFICATE }, accept)
    : createServer(accept);
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const { port } = listener.address() as AddressInfo;
  const server: ImapServer = {
    port,
    url: `${tls ? 'imaps' : 'imap'}://127.0.0.1:${port}/`,
    certificate: CERTIFICATE,
    log,
    connections: 0,
    daily,
    account: (user) => known(accounts, user),
    mailbox: (user, name, use) => known(accounts, user).create(name, use ?? null),
    script: (next) => {
      script = next;
    },
    cut: () => {
      for (const session of open) session.destroy();
    },
    stop: async () => {
      for (const session of open) session.destroy();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
  return server;
}

function known(accounts: Map<string, Account>, user: string): Account {
  const account = accounts.get(user);
  if (account === undefined) throw new Error(`the test server has no user ${user}`);
  return account;
}

/** A server that answers as imap.gmail.com does, with one account. */
export async function startGmailServer(
  options: Omit<ImapServerOptions, 'delimiter' | 'prefix'> & {
    user?: string;
    gmail?: ConstructorParameters<typeof Gmail>[1];
  } = {},
): Promise<{ server: ImapServer; gmail: Gmail }> {
  const { user = 'marie@gmail.com', gmail, ...rest } = options;
  const users = { [user]: 'app password', ...rest.users };
  const server = await startImapServer({ capabilities: GMAIL_CAPABILITIES, ...rest, users });
  return { server, gmail: new Gmail(server.account(user), gmail) };
}
