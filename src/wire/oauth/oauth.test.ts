import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createServer as createTls } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import fc from 'fast-check';
import { CERTIFICATE, KEY } from '../../../test/servers/imap/certificate.ts';
import { json, type OauthServer, startOauthServer } from '../../../test/servers/oauth.ts';
import { isTrouble } from '../../trouble.ts';
import { fails } from '../wire.fixture.ts';
import { askToken, readEndpoint, retryAfter } from './endpoint.ts';
import {
  beginAuthorization,
  clientCredentials,
  exchangeCode,
  isGood,
  jwtBearer,
  readIdToken,
  readRedirect,
  refresh,
  renewing,
} from './index.ts';
import { endpointsOf, GOOGLE_MAIL_SCOPE, providerOfDomain, providerOfHost } from './providers.ts';
import { readTokenAnswer } from './token-answer.ts';

const client = { id: 'client-1', secret: 'client-secret-1' };
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const robot = { issuer: 'robot@project.example', privateKey, keyId: 'k1' };
let oauth: OauthServer;
before(async () => {
  oauth = await startOauthServer({ clientSecret: client.secret, keys: { [robot.issuer]: publicKey } });
});
after(() => oauth.stop());

const options = { on: 'imaps://marie@mail.example/', timeoutMs: 2_000 };

async function consent(): Promise<{ code: string; verifier: string; redirectUri: string }> {
  const endpoints = { ...endpointsOf('google', 'imap'), authorization: oauth.authorizationEndpoint };
  const redirectUri = 'http://127.0.0.1:1/';
  const { link, state, verifier } = beginAuthorization(
    endpoints,
    client.id,
    redirectUri,
    'marie@example.org',
  );
  const answer = await fetch(link, { redirect: 'manual' });
  const query = new URL(answer.headers.get('location')!).searchParams;
  const brought = readRedirect(query, state);
  assert.equal(brought.is, 'code');
  return { code: (brought as { code: string }).code, verifier, redirectUri };
}

test('a code is exchanged once, by whoever has the verifier, and refreshed; the new refresh token replaces the old', async () => {
  const code = await consent();
  const other = { ...code, verifier: 'x'.repeat(43) };
  await fails(exchangeCode(oauth.tokenEndpoint, client, other, options), 'denied', /invalid_grant/);
  const again = await consent();
  const first = await exchangeCode(oauth.tokenEndpoint, client, again, options);
  assert.ok(isGood(first.access));
  assert.deepEqual(readIdToken(first.idToken!, client.id), { addresses: ['marie@example.org'] });
  assert.equal(readIdToken(first.idToken!, 'another'), null);
  assert.ok(first.scopes?.includes(GOOGLE_MAIL_SCOPE));
  await fails(exchangeCode(oauth.tokenEndpoint, client, again, options), 'denied', /invalid_grant/);
  const second = await refresh(oauth.tokenEndpoint, client, first.refreshToken!, options);
  assert.notEqual(second.refreshToken, first.refreshToken);
  const error = await fails(
    refresh(oauth.tokenEndpoint, client, first.refreshToken!, options),
    'denied',
    /expired or revoked/,
  );
  assert.equal(error.on, `${options.on} (${new URL(oauth.url).host})`);
  assert.equal(error.tried, 'sign-in');
});

test('client credentials, and a service account that acts for a person', async () => {
  const scope = 'https://outlook.office365.com/.default';
  const app = await clientCredentials(oauth.tokenEndpoint, client, scope, options);
  assert.equal(app.refreshToken, null);
  assert.ok(oauth.goodFor('anyone@example.org', app.access.text));
  const wrong = { ...client, secret: 'wrong-secret' };
  const error = await fails(clientCredentials(oauth.tokenEndpoint, wrong, scope, options), 'denied');
  assert.ok(error.answer!.startsWith('invalid_client'));
  const marie = await jwtBearer(oauth.tokenEndpoint, robot, 'marie@example.org', GOOGLE_MAIL_SCOPE, options);
  assert.ok(oauth.goodFor('marie@example.org', marie.access.text));
  assert.equal(oauth.goodFor('luc@example.org', marie.access.text), null);
  const forger = { ...robot, privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey };
  await fails(
    jwtBearer(oauth.tokenEndpoint, forger, 'marie@example.org', GOOGLE_MAIL_SCOPE, options),
    'denied',
  );
});

const hostile: [string, NonNullable<OauthServer['answer']>, Parameters<typeof fails>[1], RegExp][] = [
  ['a gigabyte', () => (response) => flood(response), 'malformed', /above 262144 bytes/],
  ['no end', () => (response) => void response.writeHead(200).write('{'), 'lost', /in time/],
  ['no answer', () => () => undefined, 'lost', /in time/],
  ['a gigabyte in a megabyte', () => (response) => bomb(response), 'malformed', /above 262144 bytes/],
  [
    'headers without end',
    () => (r) => void r.writeHead(200, { x: 'y'.repeat(200_000) }).end('{}'),
    'lost',
    /./,
  ],
  ['half of it', () => (r) => half(r), 'lost', /./],
  ['a drip', () => (r) => drip(r), 'lost', /in time/],
  [
    'a broken gzip',
    () => (r) => void r.writeHead(200, { 'content-encoding': 'gzip' }).end('{}'),
    'lost',
    /./,
  ],
  [
    'another coding',
    () => (r) => void r.writeHead(200, { 'content-encoding': 'x' }).end('{}'),
    'malformed',
    /./,
  ],
  ['a cut', () => (response) => void response.destroy(), 'lost', /./],
  [
    'a redirect',
    () => (r) => void r.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
    'malformed',
    /307/,
  ],
  ['a page', () => (r) => void r.writeHead(200).end('<html>'), 'malformed', /no JSON object/],
  ['a page with 403', () => (r) => void r.writeHead(403).end('<html>'), 'denied', /HTTP 403/],
  ['no such page', () => json(404, {}), 'malformed', /404/],
  ['a list', () => json(200, []), 'malformed', /no JSON object/],
  ['no token', () => json(200, { token_type: 'Bearer' }), 'malformed', /access_token/],
  [
    'a token that is a number',
    () => json(200, { access_token: 5, token_type: 'Bearer' }),
    'malformed',
    /access_token/,
  ],
  [
    'a token with a line end',
    () => json(200, { access_token: 'a\nb', token_type: 'bearer' }),
    'malformed',
    /access_/,
  ],
  ['another type', () => json(200, { access_token: 'a', token_type: 'mac' }), 'malformed', /token_type/],
  [
    'no life',
    () => json(200, { access_token: 'a', token_type: 'bearer', expires_in: -1 }),
    'malformed',
    /expires/,
  ],
  ['an error with 200', () => json(200, { error: 'invalid_grant' }), 'denied', /invalid_grant/],
  ['an unknown error', () => json(400, { error: 'never_heard_of' }), 'denied', /never_heard_of/],
  ['out for now', () => json(400, { error: 'temporarily_unavailable' }), 'busy', /temporarily/],
  ['too many', () => json(429, {}), 'busy', /429/],
  ['out', () => json(502, {}), 'lost', /502/],
];
for (const [what, answer, kind, words] of hostile)
  test(`a token endpoint that answers with ${what}: ${kind}`, async () => {
    oauth.answer = answer;
    try {
      await fails(refresh(oauth.tokenEndpoint, client, 'rt', { ...options, timeoutMs: 400 }), kind, words);
    } finally {
      oauth.answer = null;
    }
  });

function bomb(response: ServerResponse): void {
  response.on('error', () => undefined);
  response.writeHead(200, { 'content-encoding': 'gzip' });
  const gzip = createGzip();
  gzip.on('error', () => undefined);
  gzip.pipe(response);
  const zeros = Buffer.alloc(1024 * 1024);
  let left = 1_000;
  const more = (): void => {
    while (left-- > 0 && !response.destroyed) if (!gzip.write(zeros)) return void gzip.once('drain', more);
    gzip.end();
  };
  more();
}

function half(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '1000' }).write('{"access_token":"half"');
  setTimeout(() => response.destroy(), 20);
}

function drip(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}

function flood(response: ServerResponse): void {
  response.writeHead(200);
  const piece = Buffer.alloc(64 * 1024, 0x20);
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once('drain', more);
  };
  response.on('error', () => undefined);
  more();
}

test('the time that is asked for is told; what is sent is never repeated', async () => {
  oauth.answer = (form) => (response) => {
    response.writeHead(503, { 'retry-after': '7' });
    response.end(JSON.stringify({ error: 'server_error', error_description: `you sent ${form}` }));
  };
  const error = await fails(refresh(oauth.tokenEndpoint, client, 'refresh-very-secret', options), 'busy');
  assert.equal(error.retryAfterMs, 7_000);
  assert.ok(!/very-secret|client-secret-1/.test(`${error.message}${JSON.stringify(error)}`), error.message);
  oauth.answer = null;
  const now = Date.UTC(2026, 10, 24);
  assert.equal(retryAfter('Tue, 24 Nov 2026 00:01:00 GMT', now), 60_000);
  assert.equal(retryAfter('Tue, 24 Nov 2020 00:01:00 GMT', now), 0);
  for (const none of [null, '', '-5', 'soon']) assert.equal(retryAfter(none, now), undefined);
  assert.equal(retryAfter('999999999', now), 86_400_000);
});

test('nothing listens there: lost; a certificate nobody vouches for: denied; aborted: the reason', async () => {
  await fails(askToken('http://127.0.0.1:1/token', {}, options), 'lost', /ECONNREFUSED|bad port/);
  const https = createTls({ key: KEY, cert: CERTIFICATE }, (_asked, answer) => void answer.end('{}'));
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  const { port } = https.address() as AddressInfo;
  const error = await fails(
    askToken(`https://localhost:${port}/token`, {}, options),
    'denied',
    /SELF_SIGNED/,
  );
  assert.equal(error.tried, 'verify-certificate');
  https.close();
  const signal = AbortSignal.abort();
  await assert.rejects(askToken(oauth.tokenEndpoint, {}, { ...options, signal }), { name: 'AbortError' });
});

test('behind a proxy that lets nothing through: lost', async () => {
  const proxy = createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 503 no\r\n\r\n')));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const code = `import { askToken } from ${JSON.stringify(new URL('./endpoint.ts', import.meta.url).href)};
    await askToken('https://login.example/token', {}, { on: 'x' }).catch((error) => console.log(error.kind));`;
  const env = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: `http://127.0.0.1:${port}` };
  const child = promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { env });
  assert.equal((await child).stdout, 'lost\n');
  proxy.close();
});

test('endpoints: https, or this machine', () => {
  for (const good of [
    'https://a.example/t',
    'http://127.0.0.1:80/t',
    'http://localhost:1/',
    'http://[::1]:1/',
  ])
    assert.equal(readEndpoint(good), good);
  for (const bad of ['http://a.example/', 'ftp://a/', 'https://u:p@a.example/', 'https://a/#x', '', 'x'])
    assert.equal(readEndpoint(bad), null, bad);
  assert.equal(readEndpoint('http://127.0.0.1.example/'), null);
});

test('a redirect is ours only with our state, once, whole', () => {
  const read = (query: string) => readRedirect(new URLSearchParams(query), 's1').is;
  assert.equal(read('state=s1&code=c'), 'code');
  assert.equal(read('state=s1&error=access_denied'), 'error');
  for (const none of [
    '',
    'code=c',
    'state=s2&code=c',
    'state=s1',
    'state=s1&code=',
    'state=s1&state=s1&code=c',
  ])
    assert.equal(read(none), 'foreign', none);
  assert.equal(read('state=s1&code=a&code=b'), 'foreign');
});

test('any answer gives a value or malformed; any redirect, any id_token a value', () => {
  const seed = process.env.SEED ? { seed: Number(process.env.SEED) } : {};
  const dictionary = fc.record(
    {
      access_token: fc.oneof(fc.string(), fc.jsonValue()),
      token_type: fc.constantFrom('Bearer', 'bearer', 'x', 1),
      expires_in: fc.jsonValue(),
      refresh_token: fc.jsonValue(),
      scope: fc.jsonValue(),
      id_token: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(dictionary, fc.string(), (answer, text) => {
      try {
        readTokenAnswer(answer, 'x');
      } catch (error) {
        assert.ok(isTrouble(error, 'malformed'), String(error));
      }
      readIdToken(text, 'c');
      readIdToken(`a.${Buffer.from(text).toString('base64url')}.b`, 'c');
      readRedirect(new URLSearchParams(text), 's');
    }),
    { numRuns: 2_000, ...seed },
  );
});

test('one is got for all who ask at once; a refused one is replaced, once for all; one near its end too', async () => {
  let got = 0;
  const tokens = renewing(async () => {
    const text = `t${++got}`;
    await sleep(5);
    const gotAt = Date.now();
    return { text, gotAt, endsAt: gotAt + (got === 3 ? 30 : 3_600_000) };
  });
  assert.deepEqual(await Promise.all([tokens.token(), tokens.token(), tokens.token()]), ['t1', 't1', 't1']);
  assert.deepEqual(await Promise.all([tokens.token('t1'), tokens.token('t1')]), ['t2', 't2']);
  assert.equal(await tokens.token('t1'), 't2');
  assert.equal(await tokens.token('t2'), 't3');
  await sleep(20);
  assert.equal(await tokens.token(), 't4');
});

test('one that could not be got is asked for again by the next', async () => {
  let got = 0;
  const tokens = renewing(async () => {
    if (++got === 1) throw new Error('no');
    return { text: 't', gotAt: Date.now(), endsAt: Date.now() + 1e6 };
  });
  await assert.rejects(tokens.token());
  assert.equal(await tokens.token(), 't');
});

test('good for a minute, or for half of a short life; a clock put back makes none good', () => {
  const at = (life: number, passed: number) => isGood({ text: 't', gotAt: 0, endsAt: life }, passed);
  assert.deepEqual([at(3_600_000, 3_539_999), at(3_600_000, 3_540_001)], [true, false]);
  assert.deepEqual([at(2_000, 999), at(2_000, 1_001), at(2_000, -1)], [true, false, false]);
});

test('whose servers and domains these are', () => {
  assert.equal(providerOfHost('IMAP.gmail.com'), 'google');
  assert.equal(providerOfHost('outlook.office365.com'), 'microsoft');
  assert.equal(providerOfHost('imap.gmail.com.evil.example'), null);
  assert.equal(providerOfDomain('hotmail.fr'), 'microsoft');
  assert.equal(providerOfDomain('example.org'), null);
  assert.match(endpointsOf('microsoft', 'pop3', 'a/b').token, /\/a%2Fb\/oauth2/);
});
