/** A small server of OpenID Connect for the tests of sign-in: code with PKCE, RS256, one person at a time. */
import { createSign, generateKeyPairSync, hash, type KeyObject, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Claims {
  sub: string;
  email: string;
  email_verified?: boolean;
  name?: string;
}

export interface Issuer {
  url: string;
  clientId: string;
  clientSecret: string;
  /** Who signs in there, or what goes wrong. */
  person: Claims;
  /** Changes the id token before it is signed, or what signs it. */
  forge: { claims?: Record<string, unknown>; otherKey?: boolean; discoveryIssuer?: string };
  /** What it was asked at its token endpoint. */
  asked: URLSearchParams[];
  /** Not there any more, and there again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

interface Granted {
  challenge: string;
  nonce: string | null;
  redirectUri: string;
}

export async function openIssuer(): Promise<Issuer> {
  const pair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
    generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [keys, others] = [pair(), pair()];
  const granted = new Map<string, Granted>();
  let server: Server;
  const issuer: Issuer = {
    ...{ url: '', clientId: 'malleposte', clientSecret: 'le secret du client' },
    person: { sub: '1', email: 'marie@bordes.example', email_verified: true },
    ...{ forge: {}, asked: [] },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async start() {
      server = createServer((request, response) => void answer(request, response));
      const port = issuer.url === '' ? 0 : Number(new URL(issuer.url).port);
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, issuer.url);
    const json = (value: unknown, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (url.pathname === '/.well-known/openid-configuration') return json(discovery());
    if (url.pathname === '/jwks')
      return json({
        keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }],
      });
    if (url.pathname === '/authorize') return authorize(url.searchParams, response);
    if (url.pathname === '/token') return json(...token(new URLSearchParams(await textOf(request))));
    json({}, 404);
  }

  function discovery() {
    return {
      issuer: issuer.forge.discoveryIssuer ?? issuer.url,
      authorization_endpoint: `${issuer.url}/authorize`,
      token_endpoint: `${issuer.url}/token`,
      jwks_uri: `${issuer.url}/jwks`,
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const code = randomBytes(16).toString('hex');
    granted.set(code, {
      challenge: query.get('code_challenge') ?? '',
      nonce: query.get('nonce'),
      redirectUri: query.get('redirect_uri') ?? '',
    });
    const back = new URL(query.get('redirect_uri')!);
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state')!);
    response.writeHead(302, { location: back.href }).end();
  }

  function token(form: URLSearchParams): [unknown, number] {
    issuer.asked.push(form);
    const known = granted.get(form.get('code') ?? '');
    granted.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    const right =
      known !== undefined &&
      hash('sha256', verifier, 'base64url') === known.challenge &&
      form.get('redirect_uri') === known.redirectUri &&
      form.get('client_id') === issuer.clientId &&
      form.get('client_secret') === issuer.clientSecret;
    if (!right) return [{ error: 'invalid_grant' }, 400];
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...{ iss: issuer.url, aud: issuer.clientId, iat: now, exp: now + 300, nonce: known.nonce },
      ...issuer.person,
      ...issuer.forge.claims,
    };
    const idToken = signed(claims, issuer.forge.otherKey ? others : keys);
    return [
      { access_token: 'un jeton d’accès', token_type: 'Bearer', expires_in: 300, id_token: idToken },
      200,
    ];
  }

  await issuer.start();
  return issuer;
}

function signed(claims: unknown, { privateKey }: { privateKey: KeyObject }): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: 'k1', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
