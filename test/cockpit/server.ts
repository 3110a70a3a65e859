import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../check.ts';

/** A cockpit in a process of its own, as a person starts it. */
export interface Cockpit {
  origin: string;
  firstLink: string | null;
  /** What it wrote to standard error. */
  said(): string;
  /** As a power cut would. */
  kill(): Promise<void>;
  /** Ctrl-C. */
  stop(): Promise<number | null>;
}

const START_MS = 120_000;
const SAID_MAX_CHARS = 100_000;

export async function startCockpit(data: string, args: readonly string[] = []): Promise<Cockpit> {
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'src/cli/main.ts'),
      'serve',
      '--json',
      '--lang',
      'fr',
      '--data',
      data,
      '--allow-hosts',
      '127.0.0.0/8',
      ...withPort(args),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, MALLEPOSTE_KEY: '' } },
  );
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said = (said + piece.toString()).slice(-SAID_MAX_CHARS);
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const { origin, firstLink } = await served(child, () => said);
  return {
    origin,
    firstLink,
    said: () => said,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function withPort(args: readonly string[]): string[] {
  return args.includes('--port') ? [...args] : ['--port', '0', ...args];
}

async function served(
  child: ChildProcess,
  said: () => string,
): Promise<{ origin: string; firstLink: string | null }> {
  const late = setTimeout(() => child.kill('SIGKILL'), START_MS);
  try {
    for await (const line of createInterface({ input: child.stdout! })) {
      const event = JSON.parse(line) as { event: string; origin: string; firstLink: string | null };
      if (event.event === 'serving') return event;
    }
  } finally {
    clearTimeout(late);
  }
  throw new Error(`the cockpit ended before it served: ${said()}`);
}
