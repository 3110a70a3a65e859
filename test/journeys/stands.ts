/** Real servers for journeys: sources in a Dovecot, the target in any of the three. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImapPlace } from '../checker/imap.ts';
import { startCourier } from '../servers/courier.ts';
import { startCyrus } from '../servers/cyrus.ts';
import { startDovecot } from '../servers/dovecot.ts';
import type { LiveServer } from '../servers/install-live.ts';
import { imapAddress, SECRET } from './engine.ts';

export const SERVERS = ['dovecot', 'cyrus', 'courier'] as const;
export type ServerName = (typeof SERVERS)[number];

export interface Mailbox extends ImapPlace {
  /** As `--from` and `--to` take it. */
  address: string;
}

export interface Stand extends AsyncDisposable {
  sources: Mailbox[];
  target: Mailbox;
  server: LiveServer;
  /** A directory of this journey alone; gone at the end. */
  dir: string;
}

export interface StandOptions {
  server: ServerName;
  /** How many IMAP accounts to read from. Default none. */
  sources?: number;
  quotaMb?: number;
  capabilityWithout?: readonly string[];
}

/** Null when a server of these cannot be had here. */
export async function openStand(options: StandOptions): Promise<Stand | null> {
  const { server: name, sources: count = 0, quotaMb, capabilityWithout = [] } = options;
  const names = Array.from({ length: count }, (_, i) => `source-${i + 1}`);
  const users = [...names, 'target'].map((user) => ({ user, password: SECRET }));
  const servers: LiveServer[] = [];
  const dir = mkdtempSync(join(tmpdir(), 'malleposte-journey-'));
  const stop = async (): Promise<void> => {
    for (const server of servers) await server.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const server = await startServer(name, { users, capabilityWithout, ...(quotaMb ? { quotaMb } : {}) });
    if (server) servers.push(server);
    const source = name === 'dovecot' || count === 0 ? server : await startDovecot({ users });
    if (source && source !== server) servers.push(source);
    if (!server || !source) {
      await stop();
      return null;
    }
    return {
      sources: names.map((user) => mailboxOf(source, user)),
      target: mailboxOf(server, 'target'),
      server,
      dir,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startServer(
  name: ServerName,
  options: {
    users: { user: string; password: string }[];
    quotaMb?: number;
    capabilityWithout: readonly string[];
  },
): Promise<LiveServer | null> {
  const { users, ...rest } = options;
  if (name === 'courier') return startCourier({ user: 'target', ...rest });
  return name === 'cyrus' ? startCyrus(options) : startDovecot(options);
}

export function mailboxOf({ host, port }: { host: string; port: number }, user: string): Mailbox {
  return { host, port, user, password: SECRET, address: imapAddress(user, port) };
}
