/**
 * A small authorization server (RFC 6749) in memory, for tests: consent at /authorize as a person would give it, tokens at
 * /token, with PKCE verified, short lives, rotation of refresh tokens with reuse detection (RFC 9700 §4.14.2), client
 * credentials and JWT bearer. It shares no code with the client.
 *
 *   await using oauth = await startOauthServer({ lifeMs: 2_000 });
 *   … follow the link of `malleposte consent` with fetch: the redirect comes back as from a browser …
 *   oauth.goodFor('marie@example.org', token)   milliseconds, or null: for `bearer` of the IMAP server
 *   oauth.withdraw()                            every refresh token is void
 *   oauth.answer = () => json(503, {})           misbehaves
 */
import { createHash, createVerify, type KeyObject, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OauthServerOptions {
  /** How long access tokens are good. */
  lifeMs?: number;
  /** What `expires_in` says in their stead. */
  saidSeconds?: number;
  clientId?: string;
  clientSecret?: string | null;
  /** Who sits at the browser. */
  person?: string;
  /** A new refresh token at each refresh; the old one used again withdraws all. */
  rotate?: boolean;
  /** Of service accounts, by issuer. */
  keys?: Readonly<Record<string, KeyObject>>;
}

type Form = URLSearchParams;
type Reply = (response: ServerResponse) => void;

export interface OauthServer extends AsyncDisposable {
  url: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  /** Who sits at the browser now. */
  person: string;
  /** What /authorize brings back in place of a code. */
  refusal: string | null;
  /** Scopes that the person unticks. */
  without: string[];
  /** Misbehaves at /token; null: as usual. */
  answer: ((form: Form) => Reply | null) | null;
  /** Each request to /token, by its grant type. */
  asked: string[];
  /** Everything that must never be seen elsewhere: tokens, codes, secrets. */
  secrets: string[];
  /** Refresh tokens that were used after they were replaced. */
  reused: number;
  goodFor(user: string, token: string): number | null;
  withdraw(): void;
  stop(): Promise<void>;
}

interface Code {
  challenge: string;
  redirectUri: string;
  person: string;
  scope: string;
}

export async function startOauthServer(options: OauthServerOptions = {}): Promise<OauthServer> {
  const { lifeMs = 3_600_000, clientId = 'client-1', clientSecret = null, rotate = true } = options;
  const codes = new Map<string, Code>();
  const refreshTokens = new Map<
    string,
    { person: string; scope: string; state: 'live' | 'replaced' | 'withdrawn' }
  >();
  const accessTokens = new Map<string, { person: string; endsAt: number }>();
  const secretText = (what: string): string => {
    const text = `${what}-${randomBytes(18).toString('base64url')}`;
    server.secrets.push(text);
    return text;
  };

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const redirectUri = query.get('redirect_uri') ?? '';
    const back = URL.canParse(redirectUri) ? new URL(redirectUri) : null;
    const loopback = back?.protocol === 'http:' && /^(127\.0\.0\.1|localhost)$/.test(back.hostname);
    const asks = query.get('response_type') === 'code' && query.get('client_id') === clientId;
    const pkce = query.get('code_challenge_method') === 'S256' && query.get('code_challenge');
    const state = query.get('state') ?? '';
    if (!loopback || !asks || !pkce || state.length < 22) {
      response.writeHead(400).end('no');
      return;
    }
    back!.searchParams.set('state', state);
    if (server.refusal !== null) back!.searchParams.set('error', server.refusal);
    else {
      const code = secretText('code');
      const scope = (query.get('scope') ?? '').split(' ').filter((one) => !server.without.includes(one));
      codes.set(code, { challenge: pkce, redirectUri, person: server.person, scope: scope.join(' ') });
      back!.searchParams.set('code', code);
    }
    response.writeHead(302, { location: back!.href }).end();
  }

  function token(form: Form): Reply {
    server.asked.push(form.get('grant_type') ?? '');
    const odd = server.answer?.(form);
    if (odd) return odd;
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return byCode(form);
      case 'refresh_token':
        return byRefresh(form);
      case 'client_credentials':
        return byClient(form);
      case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
        return byAssertion(form);
      default:
        return refuse('unsupported_grant_type');
    }
  }

  const known = (form: Form): boolean =>
    form.get('client_id') === clientId && (form.get('client_secret') ?? null) === clientSecret;

  function byCode(form: Form): Reply {
    if (!known(form)) return refuse('invalid_client');
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (code === undefined || code.challenge !== challenge || code.redirectUri !== form.get('redirect_uri'))
      return refuse('invalid_grant');
    const claims = { aud: clientId, email: code.person };
    const idToken = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
    return give(code.person, {
      refresh_token: newRefresh(code.person, code.scope),
      scope: code.scope,
      id_token: idToken,
    });
  }

  function newRefresh(person: string, scope: string): string {
    const text = secretText('refresh');
    refreshTokens.set(text, { person, scope, state: 'live' });
    return text;
  }

  function byRefresh(form: Form): Reply {
    if (!known(form)) return refuse('invalid_client');
    const used = refreshTokens.get(form.get('refresh_token') ?? '');
    if (used?.state !== 'live') {
      if (used?.state === 'replaced') {
        server.reused++;
        server.withdraw();
      }
      return refuse('invalid_grant', 'Token has been expired or revoked.');
    }
    if (!rotate) return give(used.person, {});
    used.state = 'replaced';
    return give(used.person, { refresh_token: newRefresh(used.person, used.scope) });
  }

  /** App-only: good for every mailbox. */
  function byClient(form: Form): Reply {
    if (!known(form)) return refuse('invalid_client');
    if (!form.get('scope')?.endsWith('/.default')) return refuse('invalid_scope');
    return give('*', {});
  }

  function byAssertion(form: Form): Reply {
    const [head = '', body = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    const key = options.keys?.[String(claims.iss)];
    const verify = createVerify('sha256').update(`${head}.${body}`);
    const now = Date.now() / 1000;
    const timely = Number(claims.iat) <= now && Number(claims.exp) > now;
    const short = Number(claims.exp) - Number(claims.iat) <= 3600;
    const sound = key !== undefined && verify.verify(key, Buffer.from(signature, 'base64url'));
    if (!sound || !timely || !short || claims.aud !== server.tokenEndpoint)
      return refuse('invalid_grant', 'Invalid JWT Signature.');
    if (claims.scope !== 'https://mail.google.com/') return refuse('invalid_scope');
    return give(String(claims.sub), {});
  }

  function give(person: string, more: Record<string, string>): Reply {
    const access = secretText('access');
    accessTokens.set(access, { person, endsAt: Date.now() + lifeMs });
    const seconds = options.saidSeconds ?? lifeMs / 1000;
    return json(200, { access_token: access, token_type: 'Bearer', expires_in: seconds, ...more });
  }

  const listener = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/authorize') authorize(url.searchParams, response);
    else if (url.pathname !== '/token' || request.method !== 'POST') response.writeHead(404).end();
    else void bodyOf(request).then((text) => token(new URLSearchParams(text))(response));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const server: OauthServer = {
    url,
    authorizationEndpoint: `${url}/authorize`,
    tokenEndpoint: `${url}/token`,
    person: options.person ?? 'marie@example.org',
    ...{ refusal: null, without: [], answer: null, asked: [], reused: 0 },
    secrets: clientSecret === null ? [] : [clientSecret],
    goodFor(user, text) {
      const known = accessTokens.get(text);
      if (known === undefined || (known.person !== user && known.person !== '*')) return null;
      const left = known.endsAt - Date.now();
      return left > 0 ? left : null;
    },
    withdraw() {
      for (const one of refreshTokens.values()) if (one.state === 'live') one.state = 'withdrawn';
    },
    async stop() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      listener.closeAllConnections();
      await closed;
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

export function json(status: number, value: unknown): Reply {
  return (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function refuse(error: string, words = ''): Reply {
  return json(error === 'invalid_client' ? 401 : 400, { error, error_description: words });
}
