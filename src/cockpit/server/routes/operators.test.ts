import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Serving, serve } from '../serve.ts';
import { readAllowList } from '../shell/reach.ts';
import { Browser } from '../sign-in/listening.suite.ts';

/** Over HTTP, with real sign-ins: who may let whom in, and how far. */
let serving: Serving;
let root: string;
let here: string;
let elsewhere: string;
let site: string;
let claire: Browser;
const password = 'un pont sur la rivière';
const lines: string[] = [];
const MADE_UP = 'nobody-has-this';

type Json = ReturnType<JSON['parse']>;

async function ask(
  who: Browser,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Json }> {
  const response = await who.ask(`/api/v1${path}`, { method, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function enter(email: string): Promise<Browser> {
  const browser = new Browser(serving.origin);
  const [status] = await browser.json('/api/auth/sign-in/email', { body: { email, password } });
  assert.equal(status, 200);
  return browser;
}

/** By an invitation of Claire's, taken and signed in. */
async function invitedAs(
  organisation: string,
  name: string,
  role: string,
  ofSite: string | null = null,
): Promise<Browser> {
  const email = `${name}@mistral.example`;
  const invited = await ask(claire, 'POST', `/organisations/${organisation}/invitations`, {
    ...{ email, role, site: ofSite, language: 'fr' },
  });
  assert.equal(invited.status, 200);
  const token = invited.body.link.split('/').at(-1);
  const nobody = new Browser(serving.origin);
  const taken = await ask(nobody, 'POST', `/invited/${token}`, { name, password, language: 'fr' });
  assert.deepEqual(taken, { status: 200, body: { email } });
  return enter(email);
}

async function operator(name: string, organisation = here): Promise<Json> {
  const { body } = await ask(claire, 'GET', `/organisations/${organisation}/operators`);
  return body.find((one: Json) => one.name === name);
}

const answerOf = ({ status, body }: { status: number; body: Json }): [number, string] => [
  status,
  body.trouble.answer,
];

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'malleposte-operators-'));
  writeFileSync(join(root, 'index.html'), '<!doctype html>');
  serving = await serve({
    ...{
      data: join(root, 'data'),
      host: '127.0.0.1',
      port: 0,
      publicAddress: null,
      allow: readAllowList(''),
      oidc: null,
    },
    ...{ movesAtOnce: 1, language: 'fr', pages: root, write: (line: string) => void lines.push(line) },
    strict: true,
  });
  const nobody = new Browser(serving.origin);
  const first = serving.firstLink!.link.split('/').at(-1);
  const claires = { name: 'claire', email: 'claire@mistral.example', password, language: 'fr' };
  assert.equal((await ask(nobody, 'POST', `/first/${first}`, claires)).status, 200);
  claire = await enter('claire@mistral.example');
  const organisation = async (name: string): Promise<string> => {
    const fields = { language: 'fr', suite: 'open', domains: ['mistral.example'], targetTemplate: null };
    return (await ask(claire, 'POST', '/organisations', { name, ...fields, movesAtOnce: 2 })).body.id;
  };
  here = await organisation('Ateliers Mistral');
  elsewhere = await organisation('Mairie de Bordes');
  const lyon = { name: 'Lyon', zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
  site = (await ask(claire, 'POST', `/organisations/${here}/sites`, lyon)).body.id;
});

after(async () => {
  await serving.close();
  rmSync(root, { recursive: true });
});

test('an invitation makes an operator of the role and site that were given, and shows up at once', async () => {
  const ines = await invitedAs(here, 'ines', 'site-correspondent', site);
  const { role, site: at, disabled, me, email } = await operator('ines');
  assert.deepEqual(
    { role, at, disabled, me, email },
    {
      ...{ role: 'site-correspondent', at: site, disabled: false, me: false },
      email: 'ines@mistral.example',
    },
  );
  const own = (await ask(ines, 'GET', '/me')).body.organisations;
  assert.deepEqual(
    own.map(({ id }: Json) => id),
    [here],
  );
  assert.equal((await ask(ines, 'GET', `/organisations/${here}/operators`)).status, 403);
  assert.equal((await ask(ines, 'GET', `/organisations/${elsewhere}/sites`)).status, 403);
});

test('a link is good once, and the one before it not at all', async () => {
  const body = { email: 'tom@mistral.example', role: 'auditor', site: null, language: 'en' };
  const one = await ask(claire, 'POST', `/organisations/${here}/invitations`, body);
  const two = await ask(claire, 'POST', `/organisations/${here}/invitations`, body);
  const [old, now] = [one, two].map(({ body: { link } }) => link.split('/').at(-1));
  const nobody = new Browser(serving.origin);
  const shown = await ask(nobody, 'GET', `/invited/${now}`);
  assert.deepEqual(shown.body, {
    ...{ email: 'tom@mistral.example', organisation: 'Ateliers Mistral', role: 'auditor' },
  });
  const tom = { name: 'tom', password, language: 'en' };
  assert.notEqual((await ask(nobody, 'POST', `/invited/${old}`, tom)).status, 200);
  assert.equal((await ask(nobody, 'POST', `/invited/${now}`, { ...tom, password: 'tom' })).status, 400);
  assert.equal((await ask(nobody, 'POST', `/invited/${now}`, tom)).status, 200);
  assert.deepEqual(answerOf(await ask(nobody, 'POST', `/invited/${now}`, tom)), [410, 'link-used']);
});

test('who is in already is not invited, in whatever case it is written', async () => {
  const body = { email: 'Claire@Mistral.Example', role: 'auditor', site: null, language: 'fr' };
  const answer = await ask(claire, 'POST', `/organisations/${here}/invitations`, body);
  assert.deepEqual(answerOf(answer), [409, 'address-taken']);
});

test('a role without its site, or with one of elsewhere, is nobody’s', async () => {
  const invite = (organisation: string, role: string, of: string | null) =>
    ask(claire, 'POST', `/organisations/${organisation}/invitations`, {
      ...{ email: 'zoe@mistral.example', role, site: of, language: 'fr' },
    });
  assert.equal((await invite(here, 'site-correspondent', null)).status, 403);
  assert.equal((await invite(here, 'auditor', site)).status, 403);
  assert.equal((await invite(elsewhere, 'site-correspondent', site)).status, 404);
  assert.equal((await invite(here, 'site-correspondent', MADE_UP)).status, 404);
  assert.equal((await invite(MADE_UP, 'auditor', null)).status, 404);
  const token = { name: 'X', role: 'auditor', days: 1 };
  assert.equal((await ask(claire, 'POST', `/organisations/${MADE_UP}/tokens`, token)).status, 404);
});

test('an IT manager lets in here alone, and takes nothing from a consultant of all organisations', async () => {
  const paul = await invitedAs(here, 'paul', 'it-manager');
  const body = { email: 'zoe@mistral.example', role: 'auditor', site: null, language: 'fr' };
  assert.equal((await ask(paul, 'POST', `/organisations/${elsewhere}/invitations`, body)).status, 403);
  const path = `/organisations/${here}/operators`;
  const mine = await operator('claire');
  for (const change of [{ disabled: true }, { role: 'auditor' }]) {
    const answer = await ask(paul, 'PATCH', `${path}/${mine.id}`, { version: mine.version, ...change });
    assert.deepEqual(answerOf(answer), [403, 'not-allowed']);
  }
  assert.equal((await ask(paul, 'DELETE', `${path}/${mine.id}/sessions`)).status, 403);
  assert.equal((await ask(claire, 'GET', '/me')).status, 200);
});

test('nobody changes their own role, or shuts themselves out', async () => {
  const { id, version } = await operator('claire');
  for (const change of [{ role: 'auditor' }, { disabled: true }]) {
    const answer = await ask(claire, 'PATCH', `/organisations/${here}/operators/${id}`, {
      version,
      ...change,
    });
    assert.deepEqual(answerOf(answer), [403, 'not-allowed']);
  }
});

test('of two who change an operator, the second is told', async () => {
  await invitedAs(here, 'sophie', 'auditor');
  const { id, version } = await operator('sophie');
  const path = `/organisations/${here}/operators/${id}`;
  const change = { version, role: 'site-correspondent', site };
  const [first, second] = [
    await ask(claire, 'PATCH', path, change),
    await ask(claire, 'PATCH', path, change),
  ];
  assert.deepEqual([first.status, first.body.role, first.body.site], [200, 'site-correspondent', site]);
  assert.deepEqual(answerOf(second), [409, 'changed-meanwhile']);
});

test('a closed access is out at once, with its tokens and invitations, and comes back without them', async () => {
  const marc = await invitedAs(here, 'marc', 'it-manager');
  const made = await ask(marc, 'POST', `/organisations/${here}/tokens`, {
    ...{ name: 'Rapport', role: 'auditor', days: 30 },
  });
  const program = new Browser(serving.origin);
  const byToken = () =>
    program.ask(`/api/v1/organisations/${here}/sites`, {
      headers: { authorization: `Bearer ${made.body.token}`, origin: '', 'sec-fetch-site': '' },
    });
  assert.equal((await byToken()).status, 200);
  const invited = await ask(marc, 'POST', `/organisations/${here}/invitations`, {
    ...{ email: 'un.autre@mistral.example', role: 'auditor', site: null, language: 'fr' },
  });
  const { id, version } = await operator('marc');
  const path = `/organisations/${here}/operators/${id}`;
  const closed = await ask(claire, 'PATCH', path, { version, disabled: true });
  assert.equal(closed.body.disabled, true);
  assert.equal((await ask(marc, 'GET', '/me')).status, 401);
  assert.equal((await byToken()).status, 401);
  const again = new Browser(serving.origin);
  const entering = { body: { email: 'marc@mistral.example', password } };
  assert.equal((await again.json('/api/auth/sign-in/email', entering))[0], 403);
  const link = invited.body.link.split('/').at(-1);
  assert.notEqual((await ask(again, 'GET', `/invited/${link}`)).status, 200);
  await ask(claire, 'PATCH', path, { version: closed.body.version, disabled: false });
  assert.equal((await ask(await enter('marc@mistral.example'), 'GET', '/me')).status, 200);
  assert.equal((await byToken()).status, 401);
});

test('an access that opens another organisation too is closed only by who reaches both', async () => {
  await invitedAs(here, 'hugo', 'auditor');
  const { id } = await operator('hugo');
  const known = (await serving.project.records.operators(here)).find((one) => one.id === id)!;
  const both = [...known.roles, { role: 'auditor' as const, organisation: elsewhere, site: null }];
  const { version } = await serving.project.records.write('claire', (change) =>
    change.changeOperator(id, known.version, { roles: both }),
  );
  const lea = await invitedAs(here, 'lea', 'it-manager');
  const path = `/organisations/${here}/operators/${id}`;
  assert.equal((await ask(lea, 'PATCH', path, { version, disabled: true })).status, 403);
  assert.equal((await ask(lea, 'DELETE', `${path}/sessions`)).status, 403);
  const role = await ask(lea, 'PATCH', path, { version, role: 'it-manager' });
  assert.deepEqual([role.status, role.body.role], [200, 'it-manager']);
  assert.equal((await operator('hugo', elsewhere)).role, 'auditor');
  const closed = await ask(claire, 'PATCH', path, { version: role.body.version, disabled: true });
  assert.equal(closed.body.disabled, true);
});

test('sessions end, the password stays', async () => {
  const nadia = await invitedAs(here, 'nadia', 'auditor');
  const { id } = await operator('nadia');
  assert.equal((await ask(claire, 'DELETE', `/organisations/${here}/operators/${id}/sessions`)).status, 204);
  assert.equal((await ask(nadia, 'GET', '/me')).status, 401);
  assert.equal((await ask(await enter('nadia@mistral.example'), 'GET', '/me')).status, 200);
  assert.equal(
    (await ask(claire, 'DELETE', `/organisations/${elsewhere}/operators/${id}/sessions`)).status,
    404,
  );
});

test('a token reads what its role reads, makes no other, is listed without its text, and is taken back', async () => {
  const tokens = `/organisations/${here}/tokens`;
  const made = await ask(claire, 'POST', tokens, { name: 'Supervision', role: 'it-manager', days: null });
  const { token, facts } = made.body;
  const headers = { authorization: `Bearer ${token}`, origin: '', 'sec-fetch-site': '' };
  const program = new Browser(serving.origin);
  const as = async (method: string, path: string, body?: unknown): Promise<number> =>
    (await program.ask(`/api/v1${path}`, { method, headers, ...(body ? { body } : {}) })).status;
  assert.equal(await as('GET', `/organisations/${here}/operators`), 200);
  assert.equal(await as('GET', `/organisations/${elsewhere}/operators`), 403);
  assert.equal(await as('POST', tokens, { name: 'Encore', role: 'auditor', days: null }), 403);
  const { body } = await ask(claire, 'GET', tokens);
  const listed = body.find((one: Json) => one.id === facts.id);
  assert.deepEqual([listed.name, listed.role, listed.expiresMs], ['Supervision', 'it-manager', null]);
  assert.ok(!JSON.stringify(body).includes(token));
  assert.equal((await ask(claire, 'DELETE', `/organisations/${elsewhere}/tokens/${facts.id}`)).status, 404);
  assert.equal((await ask(claire, 'DELETE', `${tokens}/${facts.id}`)).status, 204);
  assert.equal(await as('GET', `/organisations/${here}/operators`), 401);
  assert.equal((await ask(claire, 'DELETE', `${tokens}/${facts.id}`)).status, 404);
  assert.equal(
    (await ask(claire, 'POST', tokens, { name: 'X', role: 'site-correspondent', days: 1 })).status,
    403,
  );
});

test('all of it stands in the audit, and nothing that opens a door does; nor in the log', async () => {
  const token = await ask(claire, 'POST', `/organisations/${here}/tokens`, {
    ...{ name: 'Dernier', role: 'auditor', days: 1 },
  });
  const link = await ask(claire, 'POST', `/organisations/${here}/invitations`, {
    ...{ email: 'dernier@mistral.example', role: 'auditor', site: null, language: 'fr' },
  });
  const { body } = await ask(claire, 'GET', `/organisations/${here}/audit?limit=500`);
  const actions = new Set(body.rows.map(({ action }: Json) => action));
  for (const action of [
    ...['operator.invited', 'operator.added', 'operator.changed', 'operator.sessions-ended'],
    ...['operator.signed-in', 'token.made', 'token.revoked'],
  ])
    assert.ok(actions.has(action), action);
  const written = JSON.stringify(body) + lines.join('\n');
  for (const secret of [token.body.token, link.body.link.split('/').at(-1), password])
    assert.ok(!written.includes(secret));
});
