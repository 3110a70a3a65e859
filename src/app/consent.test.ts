import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { json, type OauthServer, startOauthServer } from '../../test/servers/oauth.ts';
import { isTrouble, type Trouble } from '../trouble.ts';
import { parseAddress, type ServerAddress } from './address.ts';
import { type ConsentErrand, runConsent } from './consent.ts';
import { consentedTokens } from './consented.ts';
import { dataFolder } from './data.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-consent-'));
after(() => rmSync(folder, { recursive: true }));
process.env.MALLEPOSTE_TEST_CLIENT = 'client-very-secret';
let oauth: OauthServer;
let data: string;
let endpoints: string;
before(() => {
  endpoints = path.join(folder, 'endpoints.json');
});
beforeEach(async () => {
  oauth = await startOauthServer({ clientSecret: 'client-very-secret' });
  const { authorizationEndpoint, tokenEndpoint } = oauth;
  writeFileSync(
    endpoints,
    JSON.stringify({ authorization_endpoint: authorizationEndpoint, token_endpoint: tokenEndpoint }),
  );
  data = mkdtempSync(path.join(folder, 'data-'));
});
afterEach(() => oauth.stop());

const GMAIL = 'imaps://marie%40example.org@imap.gmail.com/?token=consent';

function errand(more: Partial<ConsentErrand> = {}): ConsentErrand {
  return {
    ...{ account: GMAIL, provider: undefined, clientId: 'client-1' },
    ...{ clientSecret: 'env:MALLEPOSTE_TEST_CLIENT', tenant: undefined, endpoints, data },
    ...{ person: { warn() {}, ask: null }, signal: new AbortController().signal },
    show: (link) => void browse(link),
    page: (trouble) => (trouble === null ? 'done' : `not: ${trouble.answer}`),
    ...more,
  };
}

let shown: Promise<Response>;
/** A browser: follows the link and what comes of it. */
function browse(link: string): void {
  shown = fetch(link);
}

async function refused(promise: Promise<unknown>, kind: Trouble['kind'], answer: RegExp): Promise<Trouble> {
  const error = await promise.then(
    () => assert.fail('taken'),
    (reason: unknown) => reason,
  );
  assert.ok(isTrouble(error, kind), String(error));
  assert.match(error.answer ?? '', answer);
  return error;
}

const tokens = (text: string) => consentedTokens(parseAddress(text) as ServerAddress, dataFolder(data));
const sealed = (): string[] =>
  readdirSync(path.join(data, 'vault')).filter((name) => name.endsWith('.sealed'));

test('one person consents: kept sealed, told to the browser, and used for every address of that account', async () => {
  assert.deepEqual(await runConsent(errand()), {
    account: 'imaps://marie@example.org@imap.gmail.com:993/',
    by: 'marie@example.org',
  });
  const page = await shown;
  assert.equal(await page.text(), 'done');
  assert.match(page.headers.get('content-security-policy')!, /default-src 'none'/);
  assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
  const token = await (
    await tokens('imaps://Marie%40example.org@imap.gmail.com/?token=consent&lanes=2')
  ).token();
  assert.ok(oauth.goodFor('marie@example.org', token));
  assert.deepEqual(oauth.asked, ['authorization_code'], 'the token that came with the consent is still good');
  await refused(
    tokens('imaps://marie%40example.org@other.example/?token=consent'),
    'malformed',
    /no-consent/,
  );
  await refused(tokens('imaps://luc%40example.org@imap.gmail.com/?token=consent'), 'malformed', /no-consent/);
  for (const name of sealed()) {
    const file = readFileSync(path.join(data, 'vault', name), 'latin1');
    for (const secret of oauth.secrets) assert.ok(!file.includes(secret));
  }
  assert.equal(statSync(path.join(data, 'key')).mode & 0o077, 0);
});

test('an e-mail address alone does as well as the address of the server', async () => {
  await runConsent(errand({ account: 'marie@example.org', provider: 'google' }));
  assert.ok(await (await tokens(GMAIL)).token());
  assert.ok(await (await tokens('gmail://marie@example.org/?token=consent')).token());
});

test('a shared mailbox is opened with the consent of somebody who may', async () => {
  await runConsent(errand());
  const shared = 'gmail://info@example.org/?token=consent';
  await refused(tokens(shared), 'malformed', /no-consent/);
  assert.ok(await (await tokens(`${shared}:marie@example.org`)).token());
  const { by } = await runConsent(errand({ account: `${shared}:marie@example.org` }));
  assert.equal(by, 'marie@example.org', 'the address as it stands serves for asking, too');
});

test('two runs that renew at once never use a refresh token twice', async () => {
  await runConsent(errand());
  const runs = [await tokens(GMAIL), await tokens(GMAIL), await tokens(GMAIL)];
  const first = await runs[0]!.token();
  const got = await Promise.all(runs.map((run) => run.token(first)));
  assert.equal(new Set(got).size, 1, 'the one that was got first serves the others');
  for (let n = 0; n < 5; n++) await Promise.all(runs.map(async (run) => run.token(await run.token())));
  assert.equal(oauth.reused, 0);
});

test('processes that renew at once do not use one twice either', async () => {
  await runConsent(errand());
  const child = path.join(import.meta.dirname, 'renew.child.ts');
  const run = () =>
    spawn(process.execPath, [child, data, GMAIL, '15'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const children = [run(), run(), run()];
  const codes = await Promise.all(
    children.map((one) => new Promise((resolve) => one.once('close', (code) => resolve(code)))),
  );
  assert.deepEqual(codes, [0, 0, 0]);
  assert.equal(oauth.reused, 0);
  assert.ok(oauth.asked.length > 15, `${oauth.asked.length} requests`);
});

test('a key set later seals everything anew at the next consent', async () => {
  await runConsent(errand());
  process.env.MALLEPOSTE_KEY = randomBytes(32).toString('base64');
  try {
    assert.ok(await (await tokens(GMAIL)).token(), 'the file still opens what it sealed');
    oauth.person = 'luc@example.org';
    await runConsent(errand({ account: 'gmail://luc@example.org/' }));
    rmSync(path.join(data, 'key'));
    for (const text of [GMAIL, 'gmail://luc@example.org/?token=consent'])
      assert.ok(await (await tokens(text)).token());
  } finally {
    delete process.env.MALLEPOSTE_KEY;
  }
  await refused(tokens(GMAIL), 'malformed', /secret-other-key/);
});

test('consent withdrawn: denied, until it is given again', async () => {
  await runConsent(errand());
  const run = await tokens(GMAIL);
  const first = await run.token();
  oauth.withdraw();
  const error = await refused(run.token(first), 'denied', /^invalid_grant/);
  assert.match(error.on, /imap\.gmail\.com:993\/ \(127\.0\.0\.1/);
  await runConsent(errand());
  assert.ok(oauth.goodFor('marie@example.org', await run.token(first)), 'the same run takes the new one');
});

test('what goes wrong is told to the browser too, and nothing is kept', async () => {
  oauth.refusal = 'access_denied';
  await refused(runConsent(errand()), 'denied', /^access_denied/);
  assert.match(await (await shown).text(), /not: access_denied/);
  oauth.refusal = null;
  oauth.person = 'luc@example.org';
  await refused(runConsent(errand()), 'denied', /^account_mismatch: luc@example.org/);
  oauth.person = 'marie@example.org';
  oauth.without = ['https://mail.google.com/'];
  await refused(runConsent(errand()), 'denied', /^mail_not_granted/);
  oauth.without = [];
  oauth.answer = () => json(200, { access_token: 'a', token_type: 'Bearer' });
  await refused(runConsent(errand()), 'denied', /^no_refresh_token/);
  oauth.answer = null;
  process.env.MALLEPOSTE_TEST_WRONG = 'wrong';
  await refused(
    runConsent(errand({ clientSecret: 'env:MALLEPOSTE_TEST_WRONG' })),
    'denied',
    /^invalid_client/,
  );
  await refused(runConsent(errand({ show() {}, waitMs: 30 })), 'denied', /^consent_late/);
  await refused(tokens(GMAIL), 'malformed', /no-consent/);
});

test('Gmail addresses with and without dots are one person', async () => {
  oauth.person = 'marie.durand@gmail.com';
  const account = 'imaps://mariedurand%40googlemail.com@imap.gmail.com/';
  assert.equal((await runConsent(errand({ account }))).by, 'marie.durand@gmail.com');
});

test('what others send to the port is passed over: no state, another, another path, method, name, or too late', async () => {
  const show = (link: string): void => {
    const back = new URL(new URL(link).searchParams.get('redirect_uri')!);
    const state = new URL(link).searchParams.get('state')!;
    const ask = (target: string, more: { method?: string; host?: string } = {}): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = more.host ? { host: more.host } : {};
        const asked = request(new URL(target, back), { method: more.method ?? 'GET', headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        });
        asked.on('error', reject).end();
      });
    shown = (async () => {
      for (const path of ['/', '/?code=x', '/?code=x&state=no', '/favicon.ico', `/x?code=x&state=${state}`])
        assert.equal(await ask(path), 404, path);
      assert.equal(await ask(`/?code=x&state=${state}`, { method: 'POST' }), 404);
      assert.equal(await ask(`/?code=x&state=${state}`, { host: 'evil.example' }), 404);
      return fetch(link);
    })();
  };
  await runConsent(errand({ show }));
  assert.equal(await (await shown).text(), 'done');
});

test('Ctrl-C ends it, and the port is closed', async () => {
  const controller = new AbortController();
  let port = 0;
  const show = (_link: string, at: number): void => {
    port = at;
    controller.abort();
  };
  await assert.rejects(runConsent(errand({ signal: controller.signal, show })), { name: 'AbortError' });
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
});

test('wrong use is told before anything is opened', async () => {
  const wrong = async (more: Partial<ConsentErrand>, answer: string) => {
    const show = () => assert.fail('shown');
    await refused(runConsent(errand({ show, ...more })), 'malformed', new RegExp(`^${answer}$`));
  };
  await wrong({ clientId: undefined }, 'no-client-id');
  await wrong({ account: 'mbox:/x' }, 'no-account');
  await wrong({ account: 'marie@example.org' }, 'no-provider');
  await wrong({ account: 'imaps://a@h.example/', endpoints: undefined }, 'no-provider');
  await wrong({ account: 'imaps://a@h.example/' }, 'bad-endpoints');
  await wrong({ provider: 'microsoft' }, 'bad-provider');
  await wrong({ clientSecret: 'very-secret' }, 'bad-client-secret');
  await wrong({ clientSecret: 'env:MALLEPOSTE_TEST_NONE' }, 'secret-missing');
  await wrong({ endpoints: path.join(folder, 'none') }, 'bad-endpoints');
  for (const text of [
    '[',
    '[]',
    '{"authorization_endpoint":"http://a.example/","token_endpoint":"https://a/"}',
  ]) {
    writeFileSync(endpoints, text);
    await wrong({}, 'bad-endpoints');
  }
});
