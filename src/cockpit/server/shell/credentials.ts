import type { MiddlewareHandler } from 'hono';
import type { SignedIn, SignIn } from '../sign-in/sign-in.ts';
import type { ApiToken } from '../sign-in/tokens.ts';
import { door } from './doors.ts';
import type { ShellEnv } from './env.ts';
import type { Limits } from './limits.ts';

/** By what a request is let in; who that is and what they may, the records know. */
export type Credential = ({ by: 'session' } & SignedIn) | { by: 'token'; token: ApiToken };

const found = new WeakMap<Request, Credential>();

/** Null: nobody is signed in. For requests that went through `credentials`. */
export function credentialOf(request: Request): Credential | null {
  return found.get(request) ?? null;
}

/**
 * Who asks: a token in `Authorization` alone, or else the cookie. A session in use is made longer. Counts what each of them asks.
 * A token that is none is refused, never taken for nobody.
 */
export function credentials(signIn: SignIn, limits: Limits): MiddlewareHandler<ShellEnv> {
  return async (context, next) => {
    const request = context.req.raw;
    const header = context.req.header('authorization');
    const credential =
      header === undefined
        ? await bySession(signIn, request)
        : byToken(signIn, limits, header, context.get('address'));
    if (credential !== null) {
      found.set(request, credential);
      const id = credential.by === 'token' ? credential.token.id : credential.sessionId;
      context.set('who', credential.by === 'token' ? `token ${id}` : credential.userId);
      limits.use('ask', id);
    }
    await next();
    if (credential?.by !== 'session') return;
    // Not where the answer says something of the cookie itself: a sign-out.
    if (context.res.headers.getSetCookie().length > 0) return;
    for (const cookie of credential.cookies) context.res.headers.append('set-cookie', cookie);
  };
}

async function bySession(signIn: SignIn, request: Request): Promise<Credential | null> {
  const session = await signIn.signedIn(request);
  return session && { by: 'session', ...session };
}

function byToken(signIn: SignIn, limits: Limits, header: string, address: string): Credential {
  const look = limits.probe(address);
  const [, text = ''] = /^Bearer +(\S+)$/i.exec(header) ?? [];
  const token = signIn.tokens.check(text);
  if (token === null) throw door('token-unknown');
  look.wasRight();
  return { by: 'token', token };
}
