import type { Context } from 'hono';
import { door } from '../shell/doors.ts';
import type { ShellEnv } from '../shell/env.ts';
import type { Limits } from '../shell/limits.ts';
import { ADDRESS_HEADER, AUTH_PATH } from './auth.ts';
import { checkPassword } from './password.ts';
import { type AuthPath, authPaths, type SignInEvent } from './paths.ts';
import { type LibraryRefusal, refusedBecause } from './refused.ts';
import type { SignedIn, SignIn } from './sign-in.ts';

export interface Told {
  is: SignInEvent;
  /** Null: nobody known. */
  userId: string | null;
  /** As it was typed, where nobody is known by it. */
  email: string | null;
  address: string;
}

export interface HandlerFacts {
  signIn: SignIn;
  limits: Limits;
  /** The public address. */
  origin: string;
  /** For the audit. */
  told(event: Told): void | Promise<void>;
}

type Body = Record<string, unknown>;

/** What was asked, checked. */
interface Asked {
  context: Context<ShellEnv>;
  path: AuthPath;
  body: Body | null;
  before: SignedIn | null;
}

/** A code is good once, also within its time. */
const CODE_MS = 120_000;
const CODES_MAX = 10_000;

/**
 * Everything under `/api/auth`: a closed list of paths of the sign-in library, each with its body checked and its guesses counted,
 * its refusals in our own form. Tokens of sessions stay in cookies.
 *
 * Throws Trouble of the door; ZodError
 */
export function signInHandler(facts: HandlerFacts): (context: Context<ShellEnv>) => Promise<Response> {
  const codes = usedCodes();
  return async (context) => {
    const asked = await readAsked(context, facts.signIn);
    const code = asked.body?.code;
    if (typeof code === 'string' && codes.knows(code)) throw door('wrong-code');
    const response = asked.path.guess ? await guarded(facts, asked) : await send(facts, asked);
    if (typeof code === 'string') codes.note(code);
    await tell(facts, asked, response);
    return response;
  };
}

async function readAsked(context: Context<ShellEnv>, signIn: SignIn): Promise<Asked> {
  const { method, path } = context.req;
  const name = `${method} ${path.slice(AUTH_PATH.length)}`;
  const known = Object.hasOwn(authPaths, name) ? authPaths[name] : undefined;
  if (known === undefined) throw door('no-such-page');
  const body = known.body === null ? null : known.body.parse(await jsonOf(context));
  const before = await signIn.signedIn(context.req.raw);
  if (name === 'POST /change-password') {
    if (before === null) throw door('not-signed-in');
    checkPassword(String(body?.newPassword), before);
  }
  return { context, path: known, body, before };
}

async function jsonOf(context: Context<ShellEnv>): Promise<unknown> {
  const text = await context.req.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw door('bad-json');
  }
}

async function guarded(facts: HandlerFacts, asked: Asked): Promise<Response> {
  const { body, before, context } = asked;
  const email = typeof body?.email === 'string' ? body.email.toLowerCase() : null;
  const guess = facts.limits.guess(context.get('address'), before?.userId ?? email);
  try {
    const response = await send(facts, asked);
    guess.wasRight();
    return response;
  } catch (error) {
    const who = { userId: before?.userId ?? null, email, address: context.get('address') };
    await facts.told({ is: 'sign-in-refused', ...who });
    throw error;
  }
}

/** To the library, as if it had come to the public address. */
async function send({ signIn, origin }: HandlerFacts, { context, path, body }: Asked): Promise<Response> {
  const auth = await signIn.auth(path.oidc === true);
  const { pathname, search } = new URL(context.req.url);
  const headers = new Headers(context.req.raw.headers);
  for (const name of ['content-length', 'transfer-encoding', 'authorization', 'x-forwarded-for'])
    headers.delete(name);
  headers.set(ADDRESS_HEADER, context.get('address'));
  // Whether it comes from our pages has been seen to (`shell/origin.ts`), also where the browser hides it.
  headers.set('origin', origin);
  const init = { method: context.req.method, headers, signal: context.req.raw.signal };
  const request = new Request(`${origin}${pathname}${search}`, {
    ...init,
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  const response = await auth.handler(request);
  if (response.status < 400) return withoutTokens(response);
  const refusal = (await response.json().catch(() => ({}))) as LibraryRefusal;
  throw refusedBecause(response.status, refusal);
}

/** What stands in a cookie that no script can read does not stand in an answer that any can. */
async function withoutTokens(response: Response): Promise<Response> {
  // A redirect calls itself JSON too, and is empty.
  if (response.status !== 200) return response;
  const answer = (await response.json()) as Record<string, unknown> | null;
  if (answer !== null && typeof answer === 'object') {
    delete answer.token;
    if (answer.session && typeof answer.session === 'object')
      delete (answer.session as Record<string, unknown>).token;
  }
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return new Response(JSON.stringify(answer), { status: response.status, headers });
}

async function tell(facts: HandlerFacts, asked: Asked, response: Response): Promise<void> {
  const { context, path, before, body } = asked;
  const address = context.get('address');
  const name = context.req.path.slice(AUTH_PATH.length);
  if (before !== null) {
    const linked =
      name.startsWith('/callback/') && !/[?&]error=/.test(response.headers.get('location') ?? '');
    const is = linked ? 'oidc-linked' : name === '/two-factor/verify-totp' ? 'totp-added' : path.event;
    if (is !== undefined) await facts.told({ is, userId: before.userId, email: before.email, address });
    return;
  }
  const after = await signedInAfter(facts, response);
  const email = typeof body?.email === 'string' ? body.email : null;
  if (after !== null)
    await facts.told({ is: 'signed-in', userId: after.userId, email: email ?? after.email, address });
}

/** By the cookies that the answer sets. */
async function signedInAfter({ signIn, origin }: HandlerFacts, response: Response): Promise<SignedIn | null> {
  const cookies = response.headers.getSetCookie().map((one) => one.split(';')[0]!);
  if (cookies.length === 0) return null;
  return signIn.signedIn(new Request(origin, { headers: { cookie: cookies.join('; ') } }));
}

function usedCodes() {
  const until = new Map<string, number>();
  return {
    knows: (code: string): boolean => (until.get(code) ?? 0) > performance.now(),
    note(code: string): void {
      for (const [one, at] of until)
        if (at <= performance.now() || until.size >= CODES_MAX) until.delete(one);
      until.set(code, performance.now() + CODE_MS);
    },
  };
}
