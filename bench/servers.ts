import { spawn, spawnSync } from 'node:child_process';
import { lchownSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDovecot } from '../test/servers/dovecot.ts';
import { available } from '../test/servers/install.ts';
import { freePort, type LiveServer, runAs } from '../test/servers/install-live.ts';
import { type End, Session } from './imap.ts';

/** A private Dovecot and its accounts. */
export interface Side {
  live: LiveServer;
  /** Its master process: all its CPU time hangs below. */
  pid: number;
  /** `doveadm` speaking to it, to be followed by a command; with its environment. */
  doveadm: { argv: readonly string[]; env: Record<string, string> };
  end(user: string, port?: number): End;
}

const password = 'malleposte-bench';
const targetUsers = 400;

/** Serves homes made elsewhere, a Maildir each. Null when no Dovecot can be had. */
export async function startSource(homes: ReadonlyMap<string, string>): Promise<Side | null> {
  const live = await startDovecot({
    users: [...homes.keys()].map((user) => ({ user, password })),
    format: 'maildir',
  });
  if (live === null) return null;
  for (const [user, home] of homes) {
    own(home);
    symlinkSync(home, join(live.dir, 'home', user));
  }
  return side(live);
}

/** An empty target in mdbox format with many unused accounts, `run-0` and on. */
export async function startTarget(without: readonly string[]): Promise<Side | null> {
  const users = Array.from({ length: targetUsers }, (_, i) => ({ user: `run-${i}`, password }));
  const live = await startDovecot({
    users,
    format: 'mdbox',
    capabilityWithout: [...without],
  });
  return live === null ? null : side(live);
}

async function side(live: LiveServer): Promise<Side> {
  const found = await available('dovecot');
  const tree = found.is === 'here' ? found.tree : { root: '/', env: {} };
  return {
    live,
    pid: Number(readFileSync(join(live.dir, 'run', 'master.pid'), 'utf8')),
    doveadm: {
      argv: [join(tree.root, 'usr/bin/doveadm'), '-c', join(live.dir, 'dovecot.conf')],
      env: tree.env,
    },
    end: (user, port = live.port) => ({ host: live.host, port, user, password }),
  };
}

/** The servers' user must own what it serves. */
function own(dir: string): void {
  if (process.getuid!() !== 0) return;
  const { uid, gid } = runAs();
  lchownSync(dir, uid, gid);
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(dir, name), uid, gid);
}

/** Lets the server read through every folder once, so that its index and cache files are there for all tools alike. */
export function index(source: Side, user: string): void {
  const [program, ...args] = source.doveadm.argv;
  const done = spawnSync(
    program!,
    [...args, 'fetch', '-u', user, 'size.virtual hdr imap.envelope', 'mailbox', '*'],
    {
      env: { ...process.env, ...source.doveadm.env },
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 1e9,
    },
  );
  if (done.status !== 0) throw new Error(`doveadm fetch: ${done.stderr.toString().slice(0, 500)}`);
}

/** Waits for the target to let go of an account, then removes its mail. */
export function empty(target: Side, user: string): void {
  rmSync(join(target.live.dir, 'home', user), { recursive: true, force: true });
}

/** Sees that a side answers before anything is measured. */
export async function greet(end: End): Promise<void> {
  (await Session.open(end)).end();
}

/** A delaying line in front of each port. */
export interface Line {
  ports: number[];
  /** The most round trips on any one connection that ended since the last time this was asked. */
  turns(): number;
  stop(): void;
}

/** Ends with `stop()`, or with us. */
export async function startDelay(delay: number, ports: readonly number[]): Promise<Line> {
  const own = await Promise.all(ports.map(() => freePort()));
  const script = fileURLToPath(new URL('delay.ts', import.meta.url));
  const args = [script, String(delay), ...ports.map((port, i) => `${own[i]}:${port}`)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = (): void => void child.kill();
  process.once('exit', stop);
  let most = 0;
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (piece: Buffer) => {
      resolve();
      for (const [, turns] of piece.toString().matchAll(/turns (\d+)/g)) most = Math.max(most, Number(turns));
    });
    child.once('exit', (code) => reject(new Error(`the delaying line ended with ${code}`)));
  });
  const turns = (): number => {
    const told = most;
    most = 0;
    return told;
  };
  return { ports: own, turns, stop };
}
