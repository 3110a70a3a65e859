/** Secrets that are entered everywhere: they go in, and come out for the one server that they are for alone. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RouteName, routes } from '../../src/cockpit/contract/routes.ts';
import type { Browser } from '../../src/cockpit/server/sign-in/listening.suite.ts';
import { asked } from './asked.ts';
import { type Here, openHere, PASSWORD, type Place } from './here.ts';
import { waited } from './project.ts';
import { type Recorder, recordImap } from './recorder.ts';

/** Each is found again in whatever it is put into; none is a word of ours. */
const SECRETS = {
  added: 'Kz4711addedQx',
  inAddress: 'Kz4712addressQx',
  put: 'Kz4713putQx',
  changed: 'Kz4714changedQx',
  imported: 'Kz4715importedQx',
  importedCell: 'Kz4716cellQx',
  importedTarget: 'Kz4717targetQx',
  wrong: 'Kz4718wrongQx',
  invited: 'Kz4719 invited Qx',
  refusedRule: 'Kz4720ruleQx',
  handedOver: 'Kz4721portalQx',
} as const;

describe('secrets', { timeout: 600_000 }, () => {
  let here: Here;
  let place: Place;
  let claire: Browser;
  let old: Recorder;
  let of: string;
  const answers: string[] = [];
  const heard: string[] = [];

  const json = async (method: string, path: string, body?: unknown) => {
    const response = await claire.ask(path, { method, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    answers.push(text);
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const account = async (person: string, address: string, secret?: string) => {
    const fields = { role: 'source', address, ...(secret === undefined ? {} : { secret }) };
    const { status, body } = await json('POST', `${of}/people/${person}/accounts`, fields);
    assert.equal(status, 200, JSON.stringify(body));
    return body as { id: string; version: number; secret: string };
  };

  before(async () => {
    here = await openHere();
    old = await recordImap();
    place = await here.place('Mistral');
    of = `/api/v1/organisations/${place.organisation}`;
    claire = await here.signedIn('claire', { role: 'consultant', organisation: null, site: null });
    void listen();
  });
  after(async () => {
    await here.close();
    await old[Symbol.asyncDispose]();
  });

  async function listen(): Promise<void> {
    const response = await fetch(`${here.serving.origin}${of}/events`, {
      headers: { cookie: claire.cookie },
    });
    const decoder = new TextDecoder();
    try {
      for await (const piece of response.body!) heard.push(decoder.decode(piece as Uint8Array));
    } catch (error) {
      // The server has closed.
      assert.ok(error instanceof TypeError, String(error));
    }
  }

  it('go in by every way there is', async () => {
    const at = `127.0.0.1:${old.port}`;
    await account(place.person, `imap://one@${at}/`, SECRETS.added);
    await account(place.person, `imap://two:${SECRETS.inAddress}@${at}/`);
    const three = await account(place.person, `imap://three@${at}/`);
    const path = `${of}/people/${place.person}/accounts/${three.id}`;
    assert.equal((await json('PUT', `${path}/secret`, { secret: SECRETS.put })).status, 200);
    const four = await account(place.person, `imap://four@${at}/`, 'before');
    const changed = { version: four.version, address: `imap://four:${SECRETS.changed}@${at}/` };
    const fourPath = `${of}/people/${place.person}/accounts/${four.id}`;
    assert.equal((await json('PATCH', fourPath, changed)).status, 200);
    const rule = { version: 1, targetTemplate: `imaps://{local}:${SECRETS.refusedRule}@mail.example/` };
    assert.equal((await json('PATCH', of, rule)).status, 422);
    for (const body of [
      { role: 'source', address: `imap://x:${SECRETS.wrong}@/` },
      { role: 'source', address: `${SECRETS.wrong}@` },
      { role: 'source', address: `ftp://x:${SECRETS.wrong}@mail.example/` },
    ])
      assert.ok((await json('POST', `${of}/people/${place.person}/accounts`, body)).status >= 400);
    await imported(at);
    const invitation = { role: 'auditor', site: null, email: 'luc@mistral.example', language: 'fr' };
    const { body: invited } = await json('POST', `${of}/invitations`, invitation);
    const token = invited.link.split('/').at(-1);
    answers.length = answers.length - 1;
    assert.equal(
      (
        await json('POST', `/api/v1/invited/${token}`, {
          name: 'Luc',
          password: SECRETS.invited,
          language: 'fr',
        })
      ).status,
      200,
    );
    const { body: page } = await json('POST', `${of}/people/${place.person}/link`, { days: 1 });
    answers.length = answers.length - 1;
    const code = page.link.split('/').at(-1);
    const handed = await json('PUT', `/api/v1/portal/${code}/accounts/${three.id}/secret`, {
      secret: SECRETS.handedOver,
    });
    assert.equal(handed.status, 200, JSON.stringify(handed.body));
    tokens.push(token, code);
  });

  const tokens: string[] = [];

  async function imported(at: string): Promise<void> {
    const csv = [
      'Prénom;Nom;Adresse;Site;Compte 1;Mot de passe 1;Mot de passe cible;Compte 2',
      `Eva;Roux;eva@mistral.example;Lyon;imap://eva@${at}/;${SECRETS.imported};${SECRETS.importedTarget};imap://eva2:${SECRETS.importedCell}@${at}/`,
    ].join('\r\n');
    const { headers } = {
      headers: {
        cookie: claire.cookie,
        origin: here.serving.origin,
        'sec-fetch-site': 'same-origin',
        'content-type': 'text/csv',
      },
    };
    const response = await fetch(`${here.serving.origin}${of}/import?name=personnes.csv`, {
      method: 'POST',
      headers,
      body: csv,
    });
    const text = await response.text();
    answers.push(text);
    const { id } = JSON.parse(text);
    const rows = await json('GET', `${of}/import/${id}/rows`);
    assert.equal(rows.status, 200);
    await json('GET', `${of}/import/${id}`);
    await json('PATCH', `${of}/import/${id}/rows/2`, { cell: 5, text: SECRETS.imported });
    const done = await json('POST', `${of}/import/${id}/confirm`, { createSites: true, createWaves: true });
    assert.equal(done.status, 200, JSON.stringify(done.body));
  }

  it('are sent to their own server, by checks and passes that fail there', async () => {
    const { body: eva } = await json('GET', `${of}/people?text=eva`);
    for (const person of [place.person, eva.rows[0].id]) {
      assert.equal((await json('POST', `${of}/people/${person}/check`)).status, 200);
      await json('POST', `${of}/people/${person}/run`, { kind: 'first' });
    }
    await json('POST', `${of}/inventory/survey`, { again: true });
    for (const secret of [
      SECRETS.added,
      SECRETS.inAddress,
      SECRETS.changed,
      SECRETS.handedOver,
      SECRETS.imported,
      SECRETS.importedCell,
    ])
      await waited(
        async () => sentTo(old),
        (sent) => sent.includes(secret),
      );
    for (const secret of [SECRETS.put, 'before'])
      assert.ok(!sentTo(old).includes(secret), `${secret} was replaced`);
  });

  it('are in no answer, no event, no line of the log, no audit', async () => {
    for (const name of Object.keys(routes) as RouteName[]) {
      if (!name.startsWith('GET ')) continue;
      const { method, path } = asked(name, place);
      const response = await claire.ask(path, { method });
      answers.push(await response.text());
    }
    for (const as of ['csv', 'xlsx', 'google', 'microsoft']) {
      const response = await claire.ask(`${of}/export?as=${as}`);
      answers.push(Buffer.from(await response.arrayBuffer()).toString('latin1'));
    }
    for (const path of [
      '/api/v1/openapi.json',
      `${of}/audit?limit=500`,
      `${of}/people?limit=500`,
      `${of}/inventory`,
    ])
      answers.push(await (await claire.ask(path)).text());
    const seen = { answers: answers.join('\n'), events: heard.join(''), log: here.lines.join('\n') };
    assert.ok(seen.events.length > 0 && seen.log.length > 0);
    for (const [where, text] of Object.entries(seen))
      for (const secret of [...Object.values(SECRETS), PASSWORD])
        for (const form of formsOf(secret))
          assert.ok(!text.includes(form), `${secret} stands in the ${where}`);
    // What opens a door is shown once, to who asked for it.
    for (const token of tokens)
      for (const [where, text] of Object.entries(seen))
        assert.ok(!text.includes(token), `${token} stands in the ${where}`);
  });

  it('are in no file of the data folder, in whatever form', async () => {
    const files = readdirSync(here.data, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    assert.ok(files.length > 5);
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name));
      for (const secret of [...Object.values(SECRETS), PASSWORD, ...tokens])
        for (const form of formsOf(secret))
          assert.ok(!bytes.includes(form), `${secret} stands in ${file.name} as ${form}`);
    }
  });

  it('are not sent to another server when the address changes: forgotten, and told in the audit', async () => {
    await using other = await recordImap();
    const { body: fresh } = await json('POST', `${of}/people`, {
      displayName: 'Zoé',
      address: 'zoe@mistral.example',
    });
    const accounts = `${of}/people/${fresh.id}/accounts`;
    const changes: [from: string, to: string][] = [
      [`imap://zoe@127.0.0.1:${old.port}/`, `imap://zoe@127.0.0.1:${other.port}/`],
      [`imap://a@127.0.0.1:${old.port}/`, `imap://evil@127.0.0.1:${other.port}/`],
      [`imap://b@127.0.0.1:${old.port}/`, `pop3://b@127.0.0.1:${other.port}/`],
      ['imaps://c@mail.mistral.example/', `imap://c@127.0.0.1:${other.port}/`],
    ];
    for (const [from, to] of changes) {
      const one = await account(fresh.id, from, SECRETS.added);
      assert.equal(one.secret, 'sealed');
      const changed = await json('PATCH', `${accounts}/${one.id}`, { version: one.version, address: to });
      assert.deepEqual([changed.status, changed.body.secret], [200, 'none'], JSON.stringify(changed.body));
    }
    const { body: checked } = await json('POST', `${of}/people/${fresh.id}/check`);
    assert.ok(checked.every(({ check }: { check: { ok: boolean } }) => !check.ok));
    await json('POST', `${of}/people/${fresh.id}/run`, { kind: 'first' });
    await waited(
      async () => (await json('GET', `${of}/people/${fresh.id}`)).body.lastPass,
      (pass) => pass?.state === 'failed',
    );
    assert.ok(!sentTo(other).includes(SECRETS.added), sentTo(other));
    const { body: audit } = await json('GET', `${of}/audit?text=secret.removed`);
    assert.equal(audit.total, changes.length, JSON.stringify(audit));
  });

  it('nor where the same account comes in a prepared file with another address', async () => {
    const at = `127.0.0.1:${old.port}`;
    const { body: fresh } = await json('POST', `${of}/people`, {
      displayName: 'Léa',
      address: 'lea@mistral.example',
    });
    const one = await account(fresh.id, `imap://lea@${at}/`, SECRETS.added);
    const { project } = here.serving;
    await project.records.write('test', async (change) => {
      const { version } = await change.changeAccount(place.organisation, one.id, one.version, {
        address: `imaps://lea@mail.mistral.example:1993/`,
      });
      assert.ok(version > one.version);
    });
    const csv =
      'Adresse;Compte 1\r\nlea@mistral.example;imap://lea@mail.mistral.example:1993/?starttls=never';
    const headers = {
      cookie: claire.cookie,
      origin: here.serving.origin,
      'sec-fetch-site': 'same-origin',
      'content-type': 'text/csv',
    };
    const response = await fetch(`${here.serving.origin}${of}/import?name=a.csv`, {
      method: 'POST',
      headers,
      body: csv,
    });
    const { id } = (await response.json()) as { id: string };
    await json('POST', `${of}/import/${id}/confirm`, { createSites: false, createWaves: false });
    const { accounts } = await project.records.person(place.organisation, fresh.id);
    const clear = accounts.filter(({ address }) => address.includes('starttls=never'));
    assert.deepEqual(
      clear.map(({ secret }) => secret),
      ['none'],
      JSON.stringify(accounts),
    );
  });
});

/** What a server was told, passwords in base64 read. */
function sentTo({ heard }: Recorder): string {
  const decoded = [...heard.matchAll(/[A-Za-z0-9+/]{8,}={0,2}/g)].map(([text]) =>
    Buffer.from(text, 'base64').toString('latin1'),
  );
  return [heard, ...decoded].join('\n');
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  );
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString('hex'),
    Buffer.from(secret, 'utf16le').toString('latin1'),
    ...base64,
  ];
}
