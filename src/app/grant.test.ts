import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { type OauthServer, startOauthServer } from '../../test/servers/oauth.ts';
import { isTrouble, Trouble } from '../trouble.ts';
import { parseAddress, type ServerAddress } from './address.ts';
import { appTokens } from './app-tokens.ts';
import { consentTokens, type Grant, grantName, grantNameOf, readGrant, storeGrant } from './grant.ts';
import type { Vault } from './vault/vault.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-grant-'));
after(() => rmSync(folder, { recursive: true }));
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const robot = 'robot@project.example';
let oauth: OauthServer;
beforeEach(async () => {
  oauth = await startOauthServer({ clientSecret: 'client-very-secret', keys: { [robot]: publicKey } });
});
afterEach(() => oauth.stop());

/** A vault in memory whose disk may be full. */
function memoryVault(): Vault & { full: boolean; sealed: Map<string, string> } {
  const sealed = new Map<string, string>();
  const vault = {
    ...{ full: false, sealed },
    async seal(name: string, text: string) {
      if (vault.full) throw new Trouble('full', { tried: 'write-file', on: name });
      sealed.set(name, text);
    },
    open: async (name: string) => sealed.get(name) ?? null,
    names: async () => [...sealed.keys()],
    forget: async (name: string) => void sealed.delete(name),
    rotate: async () => undefined,
    alone: <T>(_name: string, work: () => Promise<T>) => work(),
  };
  return vault;
}

/** As a consent leaves it, its access token used up. */
async function granted(vault: Vault): Promise<string> {
  const redirect = 'http://127.0.0.1:1/';
  const asked = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'client-1', redirect_uri: redirect, state: 'x'.repeat(22) },
    ...{ code_challenge: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU', code_challenge_method: 'S256' },
  });
  const answer = await fetch(`${oauth.authorizationEndpoint}?${asked}`, { redirect: 'manual' });
  const code = new URL(answer.headers.get('location')!).searchParams.get('code')!;
  const form = {
    ...{ grant_type: 'authorization_code', client_id: 'client-1', client_secret: 'client-very-secret' },
    ...{ code, code_verifier: '', redirect_uri: redirect },
  };
  const got = await fetch(oauth.tokenEndpoint, { method: 'POST', body: new URLSearchParams(form) });
  const { refresh_token } = (await got.json()) as { refresh_token: string };
  const name = grantName('Marie@example.org', 'google');
  const client = { id: 'client-1', secret: 'client-very-secret' };
  const grant: Grant = { endpoint: oauth.tokenEndpoint, client, refreshToken: refresh_token, access: null };
  await storeGrant(vault, name, grant);
  return name;
}

test('a renewed grant that could not be kept is not lost: it is kept by the next call, and no token is used twice', async () => {
  const vault = memoryVault();
  const name = await granted(vault);
  const tokens = consentTokens(vault, name, 'marie');
  vault.full = true;
  await assert.rejects(tokens.token(), (error) => isTrouble(error, 'full'));
  await assert.rejects(tokens.token(), (error) => isTrouble(error, 'full'));
  assert.equal(oauth.asked.filter((one) => one === 'refresh_token').length, 1);
  vault.full = false;
  const token = await tokens.token();
  assert.equal((await readGrant(vault, name, 'marie'))!.access!.text, token);
  await tokens.token(token);
  assert.equal(oauth.reused, 0);
});

test('a refusal that passes leaves the grant as it is', async () => {
  const vault = memoryVault();
  const name = await granted(vault);
  const before = vault.sealed.get(name);
  oauth.answer = () => (response) => void response.writeHead(503).end();
  const tokens = consentTokens(vault, name, 'marie');
  await assert.rejects(tokens.token(), (error) => isTrouble(error, 'busy'));
  assert.equal(vault.sealed.get(name), before);
  oauth.answer = null;
  assert.ok(await tokens.token());
});

test('the name of a grant: one for all addresses of a provider, one for each other host', () => {
  const of = (text: string) => grantNameOf(parseAddress(text) as ServerAddress);
  const gmail = grantName('Marie@gmail.com', 'google');
  assert.equal(of('imaps://marie%40gmail.com@imap.gmail.com/?token=consent'), gmail);
  assert.equal(of('pop3s://marie%40gmail.com@pop.gmail.com/?token=consent'), gmail);
  assert.equal(of('gmail://marie@gmail.com/?token=consent&server=relay.example'), gmail);
  assert.equal(of('imaps://a%40b.c@outlook.office365.com/'), grantName('a@b.c', 'microsoft'));
  assert.notEqual(of('imaps://marie%40gmail.com@mail.example/'), gmail);
  assert.notEqual(grantName('a', { host: 'x.example' }), grantName('a', { host: 'y.example' }));
});

// ── app-only ───────────────────────────────────────────────────────────────────────────────────────────────────────

const marie = parseAddress('imaps://marie%40example.org@imap.gmail.com/?token=consent') as ServerAddress;
const quiet = { warn() {}, ask: null };

function written(content: unknown): string {
  const file = path.join(folder, 'app.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  return file;
}

test('app-only: a service account of Google for the user of the address; a client of Microsoft for any', async () => {
  const google = {
    ...{ type: 'service_account', client_email: robot, private_key_id: 'k', token_uri: oauth.tokenEndpoint },
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const byGoogle = await appTokens(written(google), marie, quiet);
  assert.ok(oauth.goodFor('marie@example.org', await byGoogle.token()));
  assert.equal(oauth.goodFor('luc@example.org', await byGoogle.token()), null);
  assert.equal(oauth.asked.length, 1, 'one token for all connections');
  const microsoft = {
    ...{ tenant: 'example.org', client_id: 'client-1', client_secret: 'client-very-secret' },
    token_endpoint: oauth.tokenEndpoint,
  };
  const byMicrosoft = await appTokens(written(microsoft), marie, quiet);
  assert.ok(oauth.goodFor('luc@example.org', await byMicrosoft.token()));
});

test('app-only: what is no such file is refused before anything is asked', async () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  for (const content of [
    ...['', '[', 'null', '5', '{}', '[]', 'plain secret'],
    { tenant: 't', client_id: 'c' },
    { tenant: 5, client_id: 'c', client_secret: 's' },
    { tenant: 't', client_id: 'c', client_secret: 's', token_endpoint: 'http://a.example/' },
    { type: 'service_account', client_email: robot, private_key: 'no key' },
    { type: 'service_account', client_email: robot, private_key: ec },
    { type: 'service_account', private_key: ec },
  ]) {
    const error = await appTokens(written(content), marie, quiet).catch((reason: unknown) => reason);
    assert.ok(isTrouble(error, 'malformed') && error.answer === 'secret-app-bad', `${content}: ${error}`);
  }
  const none = await appTokens(path.join(folder, 'none'), marie, quiet).catch((reason: unknown) => reason);
  assert.ok(isTrouble(none, 'missing') && none.answer === 'secret-missing');
});
