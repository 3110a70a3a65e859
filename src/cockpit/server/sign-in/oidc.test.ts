import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { isTrouble } from '../../../trouble.ts';
import { type Issuer, openIssuer } from './issuer.suite.ts';
import { type Browser, type Listening, listen, marie, signUp } from './listening.suite.ts';
import { type Oidc, oidcOf } from './oidc.ts';

let issuer: Issuer;
let listening: Listening;
let userId: string;
const oidc = (): Oidc => ({
  ...{ issuer: issuer.url, clientId: issuer.clientId, clientSecret: issuer.clientSecret },
  trustsAddresses: false,
});
before(async () => {
  issuer = await openIssuer();
  listening = await listen({ oidc: oidc() });
  userId = await signUp(listening);
});
after(async () => {
  await listening.close();
  await issuer.stop();
});
beforeEach(() => {
  issuer.person = { sub: 'm-1', email: marie.email, email_verified: true, name: 'Marie D.' };
  issuer.forge = {};
});

/** There and back; answers where the browser ends. */
async function through(browser: Browser, callbackURL = '/o/bordes'): Promise<URL> {
  const [status, { url }] = await browser.json('/api/auth/sign-in/social', { body: { callbackURL } });
  assert.equal(status, 200);
  const there = await fetch(url, { redirect: 'manual' });
  const back = new URL(there.headers.get('location')!);
  assert.equal(back.origin + back.pathname, `${listening.origin}/api/auth/callback/oidc`);
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  const response = await browser.ask(back.pathname + back.search, { headers });
  assert.equal(response.status, 302);
  return new URL(response.headers.get('location')!, listening.origin);
}

test('nobody whom no one invited comes in', async () => {
  issuer.person = { sub: 'x-1', email: 'stranger@bordes.example', email_verified: true };
  const browser = listening.browser();
  const end = await through(browser);
  assert.equal(end.pathname, '/sign-in');
  assert.equal(end.searchParams.get('error'), 'signup_disabled');
  assert.equal((await browser.json('/api/v1/me'))[0], 401);
});

test('an address that the issuer does not vouch for opens nothing', async () => {
  for (const email_verified of [false, undefined]) {
    issuer.person = {
      sub: 'x-2',
      email: marie.email,
      ...(email_verified === undefined ? {} : { email_verified }),
    };
    const browser = listening.browser();
    assert.equal((await through(browser)).pathname, '/sign-in');
    assert.equal((await browser.json('/api/v1/me'))[0], 401);
  }
  assert.equal((await listening.signIn.means(userId)).oidc, false);
});

test('an id token that was made by somebody else, for somebody else or at another time opens nothing', async () => {
  const now = Math.floor(Date.now() / 1000);
  for (const forge of [
    { otherKey: true },
    { claims: { aud: 'another client' } },
    { claims: { iss: 'https://elsewhere.example' } },
    { claims: { exp: now - 3600, iat: now - 7200 } },
    { claims: { nonce: 'another' } },
  ]) {
    issuer.forge = forge;
    const browser = listening.browser();
    assert.equal((await through(browser)).pathname, '/sign-in', JSON.stringify(forge));
    assert.equal((await browser.json('/api/v1/me'))[0], 401);
  }
});

test('who was invited comes in by the same address, with PKCE; what the issuer gave is not kept', async () => {
  listening.told.length = 0;
  const browser = listening.browser();
  const end = await through(browser);
  assert.equal(end.href, `${listening.origin}/o/bordes`);
  assert.equal((await browser.json('/api/v1/me'))[0], 200);
  assert.ok(issuer.asked.at(-1)!.get('code_verifier'));
  assert.equal((await listening.signIn.means(userId)).oidc, true);
  assert.deepEqual(
    listening.told.map(({ is, userId: who }) => [is, who]),
    [['signed-in', userId]],
  );
  for (const name of readdirSync(listening.folder)) {
    const bytes = readFileSync(path.join(listening.folder, name));
    assert.equal(bytes.includes('un jeton d’accès'), false, name);
    assert.equal(bytes.includes('eyJhbGciOiJSUzI1NiIs'), false, name);
  }
  // From now on by who they are there, whatever their address is.
  issuer.person = { sub: 'm-1', email: 'marie.durand@bordes.example', email_verified: true };
  const again = listening.browser();
  await through(again);
  assert.equal((await again.json('/api/v1/me'))[0], 200);
});

test('who is disabled is not let in by this door either', async () => {
  listening.shut.add(userId);
  const browser = listening.browser();
  const [, { url }] = await browser.json('/api/auth/sign-in/social', { body: {} });
  const back = new URL((await fetch(url, { redirect: 'manual' })).headers.get('location')!);
  await browser.ask(back.pathname + back.search, { headers: { 'sec-fetch-mode': 'navigate' } });
  assert.equal((await browser.json('/api/v1/me'))[0], 401);
  listening.shut.delete(userId);
});

test('an answer that another browser asked for, or that was used, is not taken', async () => {
  const [one, other] = [listening.browser(), listening.browser()];
  const [, { url }] = await one.json('/api/auth/sign-in/social', { body: {} });
  const back = new URL((await fetch(url, { redirect: 'manual' })).headers.get('location')!);
  const come = (browser: Browser) =>
    browser.ask(back.pathname + back.search, { headers: { 'sec-fetch-mode': 'navigate' } });
  assert.match((await come(other)).headers.get('location')!, /error=/);
  assert.equal((await other.json('/api/v1/me'))[0], 401);
});

test('nobody is led away afterwards', async () => {
  const browser = listening.browser();
  for (const callbackURL of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/a\nb',
    '',
  ])
    assert.equal(
      (await browser.json('/api/auth/sign-in/social', { body: { callbackURL } }))[0],
      400,
      callbackURL,
    );
});

test('an issuer that is not there, or is another one, is told; passwords work meanwhile; later it is asked again', async () => {
  const own = await listen({ oidc: oidc() });
  try {
    await signUp(own);
    await issuer.stop();
    const ask = () => own.browser().json('/api/auth/sign-in/social', { body: {} });
    const [status, { trouble, sentence }] = await ask();
    assert.deepEqual([status, trouble.kind, trouble.answer], [502, 'lost', 'oidc-unreachable']);
    assert.match(sentence, /Sign in with your password/);
    const { email, password } = marie;
    assert.equal(
      (await own.browser().json('/api/auth/sign-in/email', { body: { email, password } }))[0],
      200,
    );
    await issuer.start();
    issuer.forge = { discoveryIssuer: 'https://elsewhere.example' };
    assert.equal((await ask())[0], 502);
    issuer.forge = {};
    assert.equal((await ask())[0], 200);
  } finally {
    await own.close();
  }
});

test('an issuer whose addresses are its own to give is believed when that is said', async () => {
  const own = await listen({ oidc: { ...oidc(), trustsAddresses: true } });
  try {
    await signUp(own);
    issuer.person = { sub: 'm-9', email: marie.email };
    const browser = own.browser();
    const [, { url }] = await browser.json('/api/auth/sign-in/social', { body: {} });
    const back = new URL((await fetch(url, { redirect: 'manual' })).headers.get('location')!);
    await browser.ask(back.pathname + back.search, { headers: { 'sec-fetch-mode': 'navigate' } });
    assert.equal((await browser.json('/api/v1/me'))[0], 200);
  } finally {
    await own.close();
  }
});

test('without an issuer there is no such door', async () => {
  const own = await listen();
  try {
    const [status, { trouble }] = await own.browser().json('/api/auth/sign-in/social', { body: {} });
    assert.deepEqual([status, trouble.answer], [404, 'oidc-off']);
    assert.equal(own.signIn.oidc, false);
  } finally {
    await own.close();
  }
});

test('it is read from the environment, the secret from a file or a variable', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-oidc-'));
  try {
    writeFileSync(path.join(folder, 'secret'), 'un secret\n', { mode: 0o600 });
    const person = { warn: () => {}, ask: null };
    const of = (more: Record<string, string>) =>
      oidcOf(
        { MALLEPOSTE_OIDC_ISSUER: 'https://id.bordes.example/', MALLEPOSTE_OIDC_CLIENT_ID: 'c', ...more },
        person,
      );
    assert.equal(await oidcOf({}, person), null);
    assert.deepEqual(await of({ MALLEPOSTE_OIDC_CLIENT_SECRET: `file:${path.join(folder, 'secret')}` }), {
      ...{ issuer: 'https://id.bordes.example', clientId: 'c', clientSecret: 'un secret' },
      trustsAddresses: false,
    });
    for (const [name, value] of [
      ['MALLEPOSTE_OIDC_CLIENT_SECRET', 'un secret en clair'],
      ['MALLEPOSTE_OIDC_CLIENT_SECRET', 'file:/nowhere'],
      ['MALLEPOSTE_OIDC_CLIENT_ID', ''],
      ['MALLEPOSTE_OIDC_ISSUER', 'http://id.bordes.example'],
      ['MALLEPOSTE_OIDC_ISSUER', 'https://u:p@id.bordes.example'],
      ['MALLEPOSTE_OIDC_ISSUER', 'id.bordes.example'],
    ] as const)
      await assert.rejects(of({ [name]: value }), (error: unknown) => isTrouble(error), `${name} ${value}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
