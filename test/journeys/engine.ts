/** The engine as people run it: a process of its own, with the Node that runs us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Event, Summary } from '../../src/engine/event.ts';
import { ROOT } from '../check.ts';

export interface Errand {
  /** Addresses, in order of precedence. */
  from: readonly string[];
  to: string;
  data: string;
  /** Default 1: nothing on the loopback arrives later, unless a test makes it. */
  settleSeconds?: number;
  more?: readonly string[];
  /** For people, not `--json`: then no events, but what stood on standard output. */
  plain?: boolean;
  /** By the start script, with the flags that it gives Node: where memory is looked at. */
  byStartScript?: boolean;
}

export interface Ran {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  events: Event[];
  /** The last one told, if any. */
  summary: Summary | null;
  /** With `plain`. */
  stdout: string;
  /** What it said to people. */
  stderr: string;
  ms: number;
  /** The most memory it ever had, from /proc; 0 where there is none. */
  peakKb: number;
}

export interface Meanwhile {
  /** Ends it with this signal so many milliseconds after its start. */
  signal?: { name: NodeJS.Signals; afterMs: number };
  /** Called with each event as it is told; what it answers is sent as a signal. */
  watch?(event: Event): NodeJS.Signals | undefined;
  /** Called with the process as soon as there is one. */
  started?(child: ChildProcess): void;
  /** It must have ended by then. Default 120 s. */
  limitMs?: number;
}

/** The secrets of all test accounts, by the name of their variable. */
const SECRETS = { MALLEPOSTE_TEST_SECRET: 'secret-of-a-journey' };
export const SECRET = SECRETS.MALLEPOSTE_TEST_SECRET;

export function imapAddress(user: string, port: number): string {
  return serverAddress('imap', user, port);
}

export function serverAddress(kind: 'imap' | 'pop3', user: string, port: number): string {
  return `${kind}://${encodeURIComponent(user)}@127.0.0.1:${port}/?starttls=never&secret=env:MALLEPOSTE_TEST_SECRET`;
}

/** `move` or `prove` with `--json`, to its end. Throws when it does not end. */
export async function run(
  command: 'move' | 'prove',
  errand: Errand,
  meanwhile: Meanwhile = {},
): Promise<Ran> {
  const { from, to, data, settleSeconds = 1, more = [], plain = false } = errand;
  const settle = command === 'move' ? ['--settle-seconds', String(settleSeconds)] : [];
  const args = [...from.flatMap((one) => ['--from', one]), '--to', to, '--data', data, ...settle, ...more];
  if (!plain) args.push('--json');
  const began = performance.now();
  const program = errand.byStartScript ? 'bin/malleposte.mjs' : 'src/cli/main.ts';
  const child = spawn(process.execPath, [path.join(ROOT, program), command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...SECRETS, LANG: 'en_GB.UTF-8', LC_ALL: 'en_GB.UTF-8' },
  });
  meanwhile.started?.(child);
  const events: Event[] = [];
  let stderr = '';
  let rest = '';
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    if (plain) stdout += piece;
    if (plain) return;
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const event = JSON.parse(line) as Event;
      events.push(event);
      const signal = meanwhile.watch?.(event);
      if (signal) child.kill(signal);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    stderr = (stderr + piece).slice(-20_000);
  });
  const { signal: wanted, limitMs = 120_000 } = meanwhile;
  const blow = wanted && setTimeout(() => child.kill(wanted.name), wanted.afterMs);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limitMs);
  const memory = watchMemory(child.pid);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject).once('close', (...how) => resolve(how));
  });
  clearTimeout(blow);
  clearTimeout(limit);
  const said = `${stderr}\n${JSON.stringify(events.slice(-5))}`;
  if (late) throw new Error(`${command} did not end within ${limitMs} ms: ${said}`);
  const summary = events.findLast((event): event is Summary => event.event === 'summary') ?? null;
  return {
    code,
    signal,
    events,
    summary,
    stdout,
    stderr,
    ms: performance.now() - began,
    peakKb: memory.stop(),
  };
}

/** One line of why a run ended as it did. */
export function tellRan({ code, signal, events, stderr }: Ran): string {
  return `exit ${code ?? signal}; ${JSON.stringify(events.slice(-3))}; ${stderr.slice(-2_000)}`;
}

function watchMemory(pid: number | undefined): { stop(): number } {
  let peakKb = 0;
  const look = (): void => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      peakKb = Math.max(peakKb, Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0));
    } catch (error) {
      // It has just ended, or there is no /proc here: then nothing is known.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  };
  const timer = setInterval(look, 20);
  return {
    stop() {
      clearInterval(timer);
      return peakKb;
    },
  };
}
