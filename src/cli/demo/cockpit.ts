import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, Daemon as Server } from '../../../test/servers/install-live.ts';
import type { Language } from '../../words/words.ts';
import { type Client, openClient } from '../project/client.ts';

/** Who signs in during the demo: made for this run, and gone with it. */
export interface DemoOperator {
  name: string;
  email: string;
  password: string;
}

/** The cockpit of the demo: `malleposte serve`, in a process of its own, as a person starts it. */
export interface Cockpit {
  origin: string;
  /** One-time link of the first start; null afterwards. */
  firstLink: string | null;
  /** As a power cut would; its coaches go with it. */
  kill(): Promise<void>;
  /** Another process on the same folder and port. */
  again(): Promise<Cockpit>;
  /** Ctrl-C. Twice is once. */
  stop(): Promise<void>;
}

export interface CockpitFacts {
  data: string;
  /** Folder in which files of mail may lie. */
  files: string;
  language: Language;
  movesAtOnce: number;
}

/** The first start builds the pages. */
const START_MAX_MS = 3 * 60_000;

export async function startCockpit(facts: CockpitFacts, port?: number): Promise<Cockpit> {
  const own = port ?? (await freePort());
  const main = join(import.meta.dirname, '..', 'main.ts');
  const { data, files, language, movesAtOnce } = facts;
  const args = ['serve', '--json', '--host', '127.0.0.1', '--port', String(own), '--data', data];
  args.push('--allow-hosts', '127.0.0.1', '--lang', language, '--moves', String(movesAtOnce));
  // A key of this machine is for real use: the demo's is made in its folder, and goes with it.
  const env = { ...definedOf(process.env), MALLEPOSTE_KEY: '', MALLEPOSTE_FILES: files };
  const as = { uid: process.getuid!(), gid: process.getgid!(), user: '', group: '' };
  const server = new Server(process.execPath, [main, ...args], as, env);
  const ended = new Promise<void>((resolve) => server.child.once('exit', () => resolve()));
  const { origin, firstLink } = await serving(server).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return {
    ...{ origin, firstLink },
    async kill() {
      server.child.kill('SIGKILL');
      await ended;
      await server.stop();
    },
    again: () => startCockpit(facts, own),
    stop: () => server.stop(),
  };
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((one): one is [string, string] => one[1] !== undefined),
  );
}

async function serving(server: Server): Promise<{ origin: string; firstLink: string | null }> {
  const late = setTimeout(() => server.child.kill('SIGKILL'), START_MAX_MS);
  try {
    for await (const line of createInterface({ input: server.child.stdout! })) {
      const event = JSON.parse(line) as { event: string; origin: string; firstLink: string | null };
      if (event.event === 'serving') return event;
    }
  } finally {
    clearTimeout(late);
  }
  throw new Error(`the cockpit ended before it served: ${server.said}`);
}

const PASSWORD_BYTES = 12;

/** Becomes the first operator by the one-time link, as a person would. */
export async function signUp(
  { origin, firstLink }: Cockpit,
  name: string,
  email: string,
  language: Language,
  signal: AbortSignal,
): Promise<DemoOperator> {
  const operator = { name, email, password: randomBytes(PASSWORD_BYTES).toString('base64url') };
  const token = firstLink!.split('/').at(-1)!;
  const nobody = openClient(origin, { origin }, signal);
  await nobody.ask('POST /first/{token}', { params: { token }, body: { ...operator, language } });
  return operator;
}

/** The operator's own session. */
export async function signIn(
  { origin }: Cockpit,
  { email, password }: DemoOperator,
  signal: AbortSignal,
): Promise<Client> {
  const response = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password }),
    signal,
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the demo's operator was not let in: HTTP ${response.status}`);
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0]!)
    .join('; ');
  return openClient(origin, { origin, cookie }, signal);
}
