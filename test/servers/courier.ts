/**
 * A private Courier-IMAP (5.0), unprivileged: one `imapd Maildir` a connection, signed in beforehand (PREAUTH). It
 * announces: IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=… SORT QUOTA IDLE ACL ACL2=UNION ENABLE UTF8=ACCEPT. No
 * MULTIAPPEND, LITERAL+, CONDSTORE, LIST-STATUS, SPECIAL-USE. Personal namespace `INBOX.`, separator `.`.
 *
 * Courier locks a folder through FAM; without a FAM server each lock costs 2.2 s, in which libgamin tries to start one
 * that is not installed. So ours is started first, under a name of its own, and an APPEND takes a millisecond.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { available } from './install.ts';
import { Daemon, freePort, type LiveServer, privateDir, removeDir, runAs } from './install-live.ts';

export interface CourierOptions {
  user?: string;
  quotaMb?: number;
  capabilityWithout?: readonly string[];
}

const OFFERS = 'IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE';

/** Null when no Courier can be had here. Whoever connects is the one user. */
export async function startCourier(options: CourierOptions = {}): Promise<LiveServer | null> {
  const found = await available('courier');
  if (found.is === 'absent') return null;
  const { root, env } = found.tree;
  const as = runAs();
  const dir = privateDir('courier', as);
  const user = options.user ?? 'marie';
  const fam = basename(dir);
  const offers = OFFERS.split(' ').filter((name) => !options.capabilityWithout?.includes(name));
  const watcher = new Daemon(join(root, 'usr/libexec/gam_server'), ['--notimeout', fam], as, {
    ...env,
    GAM_CLIENT_ID: fam,
  });
  const environment = {
    ...env,
    PATH: '/usr/bin:/bin',
    HOME: dir,
    GAM_CLIENT_ID: fam,
    AUTHENTICATED: user,
    AUTHADDR: user,
    IMAP_CAPABILITY: offers.join(' '),
    IMAP_KEYWORDS: '1',
    IMAP_ACL: '1',
    IMAP_USELOCKS: '1',
    IMAP_ENHANCEDIDLE: '0',
    IMAP_CHECK_ALL_FOLDERS: '0',
    IMAP_IDLE_TIMEOUT: '60',
    IMAP_TRASHFOLDERNAME: 'Trash',
    IMAP_EMPTYTRASH: '',
    TCPREMOTEIP: '127.0.0.1',
    TCPREMOTEPORT: '0',
  };
  makeMaildir(join(root, 'usr/bin/maildirmake.courier'), dir, options.quotaMb, as, env);
  await sleep(200);

  const children = new Set<ChildProcess>();
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket: Socket) => {
    const child = spawn(join(root, 'usr/bin/imapd'), ['Maildir'], {
      cwd: dir,
      env: environment,
      uid: as.uid,
      gid: as.gid,
      stdio: [socket, socket, 'ignore'],
    });
    children.add(child);
    child.once('error', () => children.delete(child));
    child.once('exit', () => children.delete(child));
    // The child has its own copy of the socket; ours would keep the connection open after the child has gone.
    socket.on('error', () => undefined);
    socket.destroy();
  });
  const port = await freePort();
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  server.unref();

  const endChildren = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', endChildren);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', endChildren);
    if (server.listening) await new Promise((resolve) => server.close(resolve));
    endChildren();
    await watcher.stop();
    removeDir(dir);
  };
  return {
    name: 'courier',
    host: '127.0.0.1',
    port,
    popPort: null,
    user,
    password: 'not-asked-for',
    url: (who = user) => `imap://${encodeURIComponent(who)}@127.0.0.1:${port}/?starttls=never`,
    dir,
    features: { prefix: 'INBOX.', separator: '.', offers },
    stop,
  };
}

function makeMaildir(
  program: string,
  dir: string,
  quotaMb: number | undefined,
  as: { uid: number; gid: number },
  env: Record<string, string>,
): void {
  const home = join(dir, 'home');
  mkdirSync(home);
  if (process.getuid!() === 0) chownSync(home, as.uid, as.gid);
  const run = (...args: string[]): void =>
    void execFileSync(program, args, { env: { ...env, HOME: home }, uid: as.uid, gid: as.gid, cwd: dir });
  run(join(dir, 'Maildir'));
  if (quotaMb) run('-q', `${quotaMb * 1024 * 1024}S`, join(dir, 'Maildir'));
}
