/** What the live servers share: how one is described, started from a private directory, and ended by its pid. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real server on the loopback, for as long as it is wanted. */
export interface LiveServer {
  name: 'dovecot' | 'cyrus' | 'courier';
  host: string;
  /** IMAP in the clear, no STARTTLS. */
  port: number;
  /** POP3 on the same mailboxes, where the server has it. */
  popPort: number | null;
  /** The first user. */
  user: string;
  password: string;
  /** `imap://user@host:port/?starttls=never`, without the password. */
  url(user?: string): string;
  /** Everything of it lies here and goes with `stop()`. */
  dir: string;
  features: {
    /** The personal namespace, as NAMESPACE tells it. */
    prefix: string;
    separator: string;
    /** What its CAPABILITY shows after the sign-in, as far as a mover cares. */
    offers: readonly string[];
  };
  /** Twice is once. */
  stop(): Promise<void>;
}

export interface LiveUser {
  user: string;
  password: string;
}

/** Who the servers run as: nobody in place of root, else whoever we are. */
export interface RunAs {
  uid: number;
  gid: number;
  user: string;
  group: string;
}

export function runAs(): RunAs {
  const uid = process.getuid!();
  const gid = process.getgid!();
  return uid === 0 ? named(idOf('/etc/passwd', 'nobody')) : named({ uid, gid });
}

function idOf(file: string, name: string): { uid: number; gid: number } {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((row) => row.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`no user ${name}`);
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function named(ids: { uid: number; gid: number }): RunAs {
  const name = (file: string, id: number): string => {
    const row = readFileSync(file, 'utf8')
      .split('\n')
      .find((line) => line.split(':')[2] === String(id));
    return row?.split(':')[0] ?? String(id);
  };
  return { ...ids, user: name('/etc/passwd', ids.uid), group: name('/etc/group', ids.gid) };
}

/** A new directory that the server's user may write. Kept short: socket paths end at 107 bytes. */
export function privateDir(name: string, as: RunAs): string {
  const dir = mkdtempSync(join(tmpdir(), `mp-${name}-`));
  if (process.getuid!() === 0) chownSync(dir, as.uid, as.gid);
  return dir;
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const port = (probe.address() as { port: number }).port;
  await new Promise((resolve) => probe.close(resolve));
  // It stays free until its server listens: two that start together must not be given the same.
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
}

const given = new Set<number>();

/** A child of ours that goes when we go, whatever ends us. */
export class Daemon {
  readonly child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #guard: ChildProcess | null;
  #said = '';

  constructor(
    command: string,
    args: readonly string[],
    as: RunAs,
    env: Record<string, string>,
    options: SpawnOptions = {},
  ) {
    this.child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      uid: as.uid,
      gid: as.gid,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
      ...options,
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (piece: Buffer) => {
        this.#said = (this.#said + piece.toString('latin1')).slice(-4_000);
      });
    this.#ended = new Promise((resolve) => {
      this.child
        .once('exit', () => resolve())
        .once('error', (error) => {
          this.#said += String(error);
          resolve();
        });
    });
    this.#guard = this.child.pid === undefined ? null : guard(this.child.pid, as);
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The last it wrote on its outputs. */
  get said(): string {
    return this.#said;
  }

  async stop(): Promise<void> {
    this.#guard?.kill();
    if (!this.running) return;
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    await this.#ended;
    clearTimeout(killer);
  }
}

/** Ends the process when ours has gone, even by `kill -9`: its pipe to us is closed then. */
function guard(pid: number, as: RunAs): ChildProcess {
  const script = 'cat >/dev/null; kill -TERM "$0"';
  const child = spawn('/bin/sh', ['-c', script, String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    uid: as.uid,
    gid: as.gid,
  });
  child.on('error', () => undefined);
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}

/** Waits until something greets on the port; throws with what the server said when it does not within 20 s. */
export async function untilGreeting(
  port: number,
  daemon: Daemon,
  log: () => string = () => '',
  /** What only this server says: on its port another one may have been quicker. */
  own = '',
): Promise<void> {
  const until = Date.now() + 20_000;
  while (Date.now() < until && daemon.running) {
    if (await greets(port, own)) return;
    await sleep(25);
  }
  throw new Error(`no greeting on port ${port}: ${daemon.said}${log()}`);
}

function greets(port: number, own: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(3_000, () => end(false));
    socket
      .once('data', (greeting) => end(greeting.toString('latin1').includes(own)))
      .once('error', () => end(false))
      .once('end', () => end(false));
  });
}

export function removeDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}
