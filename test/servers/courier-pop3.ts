/**
 * A private Courier pop3d (1.0), unprivileged. Its login program needs the authentication daemon of a system service, so the
 * sign-in is done here; then the connection is given to `courierpop3d`, which answers the PASS itself. It announces: STLS
 * (not here), TOP, USER, LOGIN-DELAY 10, PIPELINING, UIDL, UTF8 USER, IMPLEMENTATION. Its mailbox is a Maildir on disk.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { available } from './install.ts';
import { Daemon, freePort, privateDir, removeDir, runAs } from './install-live.ts';

export interface CourierPop3 {
  port: number;
  user: string;
  password: string;
  /** The Maildir, for hands that act as a delivery agent. */
  maildir: string;
  /** Gives a file of the Maildir to the server's user. */
  own(path: string): void;
  stop(): Promise<void>;
}

const CAPABILITIES = ['TOP', 'USER', 'PIPELINING', 'UIDL', 'UTF8 USER', 'IMPLEMENTATION Courier'];

/** Null when no Courier can be had here. */
export async function startCourierPop3(): Promise<CourierPop3 | null> {
  const found = await available('courier-pop3');
  if (found.is === 'absent') return null;
  const { root, env } = found.tree;
  const as = runAs();
  const dir = privateDir('courier-pop3', as);
  const [user, password] = ['marie', 'secret-of-marie'];
  const fam = basename(dir);
  const watcher = new Daemon(join(root, 'usr/libexec/gam_server'), ['--notimeout', fam], as, {
    ...env,
    GAM_CLIENT_ID: fam,
  });
  const maildir = join(dir, 'home', 'Maildir');
  mkdirSync(join(dir, 'home'));
  if (process.getuid!() === 0) chownSync(join(dir, 'home'), as.uid, as.gid);
  execFileSync(join(root, 'usr/bin/maildirmake.courier'), [maildir], {
    env: { ...env, HOME: join(dir, 'home') },
    uid: as.uid,
    gid: as.gid,
    cwd: dir,
  });
  const environment = {
    ...env,
    PATH: '/usr/bin:/bin',
    HOME: join(dir, 'home'),
    GAM_CLIENT_ID: fam,
    AUTHENTICATED: user,
    AUTHADDR: user,
    TCPREMOTEIP: '127.0.0.1',
    TCPREMOTEPORT: '0',
  };
  await sleep(200);

  const children = new Set<ChildProcess>();
  const hand = (socket: Socket): void => {
    const child = spawn(join(root, 'usr/lib/courier/courier/courierpop3d'), [maildir], {
      cwd: join(dir, 'home'),
      env: environment,
      uid: as.uid,
      gid: as.gid,
      stdio: [socket, socket, 'ignore'],
    });
    children.add(child);
    child.once('error', () => children.delete(child));
    child.once('exit', () => children.delete(child));
    // The child has its own copy of the socket; ours would keep the connection open after the child has gone.
    socket.destroy();
  };
  const server = createServer({ noDelay: true }, (socket) =>
    signIn(socket, user, password, () => hand(socket)),
  );
  const port = await freePort();
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  server.unref();

  const endChildren = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', endChildren);
  return {
    port,
    user,
    password,
    maildir,
    own: (path) => {
      if (process.getuid!() === 0) chownSync(path, as.uid, as.gid);
    },
    async stop() {
      process.removeListener('exit', endChildren);
      if (server.listening) await new Promise((resolve) => server.close(resolve));
      endChildren();
      await watcher.stop();
      removeDir(dir);
    },
  };
}

/** CAPA, USER, PASS, QUIT; a right PASS is left unanswered. */
function signIn(socket: Socket, user: string, password: string, then: () => void): void {
  let pending = '';
  let who = '';
  socket.on('error', () => socket.destroy());
  const take = (piece: Buffer): void => {
    pending += piece.toString('latin1');
    for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 2);
      const [word = '', rest = ''] = [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)];
      if (word === 'CAPA') socket.write(`+OK Here's what I can do:\r\n${CAPABILITIES.join('\r\n')}\r\n.\r\n`);
      else if (word === 'USER') {
        who = rest;
        socket.write('+OK Password required.\r\n');
      } else if (word === 'PASS' && who === user && rest === password) {
        socket.removeListener('data', take);
        socket.pause();
        then();
        return;
      } else if (word === 'QUIT') socket.end('+OK Better luck next time.\r\n');
      else if (word === 'UTF8') socket.write('+OK utf-8 mode\r\n');
      else socket.write('-ERR Login failed.\r\n');
    }
  };
  socket.on('data', take);
  socket.write('+OK Hello there.\r\n');
}
