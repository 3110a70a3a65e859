/** What the tests of sign-in and shell stand on: the door as it is served, on a real listener, and a browser that keeps cookies. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { keyOf, type SealingKeys } from '../../../wire/sealed.ts';
import { credentialOf, credentials } from '../shell/credentials.ts';
import { door } from '../shell/doors.ts';
import type { ShellEnv } from '../shell/env.ts';
import { openLimits, type Rates, usualRates } from '../shell/limits.ts';
import { type ShellFacts, serverOptions, wrapInShell } from '../shell/shell.ts';
import { signInHandler, type Told } from './handler.ts';
import type { Oidc } from './oidc.ts';
import { openSignIn, type SignIn } from './sign-in.ts';

export const KEYS: SealingKeys = [keyOf(Buffer.alloc(32, 1))];

/** What a password costs is seen to in `password.test.ts`. */
const CHEAP = { memory: 64, passes: 1, parallelism: 1 };

export interface Listening {
  origin: string;
  folder: string;
  signIn: SignIn;
  app: Hono<ShellEnv>;
  lines: string[];
  told: Told[];
  /** Sign-in ids that are not let in. */
  shut: Set<string>;
  browser(): Browser;
  close(): Promise<void>;
}

export interface ListeningFacts {
  folder?: string;
  /** In place of the listener's own. */
  origins?: [string, ...string[]];
  keys?: SealingKeys;
  oidc?: Oidc;
  rates?: Partial<Rates>;
  shell?: Partial<ShellFacts>;
  nowMs?: () => number;
  routes?(app: Hono<ShellEnv>): void;
}

export async function listen(facts: ListeningFacts = {}): Promise<Listening> {
  const folder = facts.folder ?? mkdtempSync(path.join(tmpdir(), 'malleposte-sign-in-'));
  const app = new Hono<ShellEnv>();
  const server = createServer(serverOptions, getRequestListener(app.fetch));
  const port = await portOf(server);
  const origin = `http://localhost:${port}`;
  const origins: [string, ...string[]] = facts.origins ?? [origin, `http://127.0.0.1:${port}`];
  const [lines, told, shut]: [string[], Told[], Set<string>] = [[], [], new Set()];
  const signIn = await openSignIn({
    ...{ folder, keys: facts.keys ?? KEYS, oidc: facts.oidc ?? null, passwordCost: CHEAP },
    origins,
    mayEnter: async (userId) => !shut.has(userId),
    log: (level, message) => lines.push(JSON.stringify({ level, message })),
    ...(facts.nowMs ? { nowMs: facts.nowMs } : {}),
  }).catch((error: unknown) => {
    server.close();
    throw error;
  });
  const limits = openLimits({ ...usualRates, ...facts.rates });
  const write = (line: string): void => void lines.push(line);
  wrapInShell(app, { origins, limits, write, ...facts.shell });
  app.use(credentials(signIn, limits));
  app.all(
    '/api/auth/*',
    signInHandler({ signIn, limits, origin: origins[0], told: (one) => void told.push(one) }),
  );
  app.get('/api/v1/me', (context) => {
    const credential = credentialOf(context.req.raw);
    if (credential === null) throw door('not-signed-in');
    return context.json(
      credential.by === 'session' ? { email: credential.email } : { token: credential.token.name },
    );
  });
  app.post('/api/v1/change', async (context) => {
    if (credentialOf(context.req.raw) === null) throw door('not-signed-in');
    return context.json({ changed: await context.req.json() });
  });
  facts.routes?.(app);
  return {
    ...{ origin, folder, signIn, app, lines, told, shut },
    browser: () => new Browser(origin),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      signIn.close();
      if (facts.folder === undefined) rmSync(folder, { recursive: true });
    },
  };
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface Sent {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** What these tests look at in an answer. */
export interface Answer {
  trouble: { kind: string; tried: string; on: string; answer: string | null };
  sentence: string;
  fields: Record<string, string>;
  url: string;
  twoFactorRedirect: boolean;
  totpURI: string;
  backupCodes: string[];
  rp: { id: string; name: string };
  rpId: string;
  user: { name: string };
  authenticatorSelection: { userVerification: string };
}

/** Keeps cookies, and says where a request comes from as browsers do. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly origin: string;
  constructor(origin: string) {
    this.origin = origin;
  }

  async ask(url: string, { method, body, headers = {} }: Sent = {}): Promise<Response> {
    const does = method ?? (body === undefined ? 'GET' : 'POST');
    const response = await send(new URL(url, this.origin), does, body, {
      ...(does === 'GET' ? {} : { origin: this.origin }),
      ...{ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' },
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(this.cookies.size > 0 ? { cookie: this.cookie } : {}),
      ...headers,
    });
    for (const one of response.headers.getSetCookie()) this.#keep(one);
    return response;
  }

  /** Status and JSON. */
  async json(url: string, sent: Sent = {}): Promise<[number, Answer]> {
    const response = await this.ask(url, sent);
    return [response.status, (await response.json()) as Answer];
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(header: string): void {
    const [pair = '', ...attributes] = header.split(';');
    const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const gone = value === '' || attributes.some((one) => /^\s*max-age=0$/i.test(one));
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

export const marie = {
  name: 'Marie Durand',
  email: 'marie@bordes.example',
  password: 'un pont sur la rivière',
} as const;

/** Not by `fetch`, which says itself where a request comes from. A header that is empty is left out. */
export async function send(
  url: URL,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Response> {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const length = {
    'content-length':
      'transfer-encoding' in headers || body === undefined ? '' : `${Buffer.byteLength(text)}`,
  };
  const given = Object.entries({ ...headers, ...length }).filter(([, value]) => value !== '');
  const sent = request(url, { method, headers: Object.fromEntries(given), agent: false });
  sent.end(text);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const all = new Headers();
  for (let n = 0; n < answer.rawHeaders.length; n += 2)
    all.append(answer.rawHeaders[n]!, answer.rawHeaders[n + 1]!);
  const bytes = Buffer.concat(await answer.toArray());
  const status = answer.statusCode!;
  return new Response(status === 204 ? null : bytes, { status, headers: all });
}

/** By the first link, as the pages do. */
export async function signUp(
  { signIn }: Listening,
  one: { name: string; email: string; password: string } = marie,
): Promise<string> {
  const { link } = (await signIn.firstLink())!;
  return signIn.acceptFirst(link.split('/').at(-1)!, one, async () => {});
}

export async function signInAs(
  listening: Listening,
  { email, password }: { email: string; password: string } = marie,
): Promise<Browser> {
  const browser = listening.browser();
  const [status, answer] = await browser.json('/api/auth/sign-in/email', { body: { email, password } });
  if (status !== 200) throw new Error(JSON.stringify(answer));
  return browser;
}
