/** Where this server may be led: hosts of the local network, files of this machine, other people's uploads, consents, webhooks. */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openNotices } from '../../src/cockpit/server/notices.ts';
import { readAllowList } from '../../src/cockpit/server/shell/reach.ts';
import type { Account, Pass } from '../../src/records/facts.ts';
import { type Here, openHere, type Place } from './here.ts';
import { isOver, waited } from './project.ts';
import { recordHttp, recordImap } from './recorder.ts';

/** Ways to write hosts that a server must not be led to. */
const INSIDE = [
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '127.1',
  'localhost',
  'localhost.',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[64:ff9b::7f00:1]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '2852039166',
  '100.64.0.1',
  '[fd00::1]',
  '[fe80::1]',
  '0.0.0.0',
  '0',
  '255.255.255.255',
  '224.0.0.1',
  '１２７.０.０.１',
];

describe('where the server may be led', { timeout: 600_000 }, () => {
  let here: Here;
  let place: Place;
  let token: string;
  let of: string;

  before(async () => {
    here = await openHere({ allow: '' });
    place = await here.place('Mistral');
    token = await here.operator('it', {
      ...{ role: 'it-manager', organisation: place.organisation, site: null },
    });
    of = `/api/v1/organisations/${place.organisation}`;
    await here.serving.project.records.write('test', async (change) => {
      const { lastPass } = await change.person(place.organisation, place.person);
      await change.notePass(lastPass!.id, { state: 'failed', endedMs: Date.now() });
    });
  });
  after(() => here.close());

  const json = async (method: string, path: string, body?: unknown) => {
    const { status, text } = await here.ask(token, method, `${of}${path}`, body);
    return { status, body: text === '' ? undefined : JSON.parse(text) };
  };

  /** Somebody new with this account and a harmless target, as they are after a check and a pass. */
  async function triedWith(address: string): Promise<{ account: Account; pass: Pass } | { refused: string }> {
    const login = `a${Math.random().toString(36).slice(2)}`;
    const { body: person } = await json('POST', '/people', {
      ...{ displayName: login, address: `${login}@mistral.example` },
    });
    const added = await json('POST', `/people/${person.id}/accounts`, {
      ...{ role: 'source', address, secret: 'geheimnis-4711' },
    });
    if (added.status !== 200) return { refused: added.body.trouble.answer };
    const target = { role: 'target', address: `maildir:${join(here.data, 'uploads', login)}` };
    assert.equal((await json('POST', `/people/${person.id}/accounts`, target)).status, 200);
    const { body: checked } = await json('POST', `/people/${person.id}/check`);
    assert.equal((await json('POST', `/people/${person.id}/run`, { kind: 'first' })).status, 200);
    const { records } = here.serving.project;
    const seen = await waited(
      () => records.person(place.organisation, person.id),
      ({ lastPass }) => isOver(lastPass),
    );
    return { account: checked.find(({ role }: Account) => role === 'source'), pass: seen.lastPass! };
  }

  it('no coach is started for a host inside the local network, however it is written', async () => {
    await using recorder = await recordImap();
    for (const host of INSIDE) {
      const tried = await triedWith(`imap://ines@${host}:${recorder.port}/?starttls=never`);
      if ('refused' in tried) continue;
      const { account, pass } = tried;
      const kinds = [account.check?.trouble?.kind, pass.trouble?.kind];
      assert.deepEqual([host, ...kinds], [host, 'denied', 'denied'], JSON.stringify(tried));
      assert.match(pass.trouble!.answer!, /^(private|never): /, host);
    }
    assert.deepEqual([recorder.connections, recorder.heard], [0, '']);
  });

  it('nor by the name of a relay, or for a consent that would go to another server', async () => {
    for (const address of [
      'gmail://ines@gmail.com/?server=127.0.0.1:993',
      'gmail://ines@gmail.com/?server=169.254.169.254:80&token=consent',
      'gmail://ines@gmail.com/?server=mail.evil.example:993&token=consent:boss@gmail.com',
    ]) {
      const tried = await triedWith(address);
      assert.ok('pass' in tried, JSON.stringify(tried));
      assert.deepEqual([address, tried.pass.trouble?.kind], [address, 'denied'], JSON.stringify(tried));
    }
  });

  it('no file is read that lies elsewhere, or in the uploads of another organisation', async () => {
    const elsewhere = await here.place('Tramontane');
    const uploads = join(here.data, 'uploads');
    const mail = 'From ines@x Thu Jan  1 00:00:00 2026\nSubject: hidden\n\nhidden\n';
    const secret = join(uploads, elsewhere.person, 'a'.repeat(32));
    mkdirSync(secret, { recursive: true });
    writeFileSync(join(secret, 'mail.mbox'), mail);
    writeFileSync(join(here.root, 'outside.mbox'), mail);
    mkdirSync(join(uploads, 'own'), { recursive: true });
    symlinkSync(join(here.root, 'outside.mbox'), join(uploads, 'own', 'link.mbox'));
    symlinkSync(secret, join(uploads, 'own', 'folder'));
    symlinkSync('/', join(uploads, 'own', 'root'));
    for (const address of [
      'mbox:/etc/passwd',
      `mbox:${here.root}/outside.mbox`,
      `mbox:${uploads}/../../outside.mbox`,
      `mbox:${uploads}/own/link.mbox`,
      `mbox:${uploads}/own/root/etc/passwd`,
      `mbox:${uploads}/own/folder/mail.mbox`,
      `mbox:${secret}/mail.mbox`,
      `eml:${uploads}`,
      `maildir:${uploads}/${elsewhere.person}`,
      `eml:${here.data}`,
      `mbox:${here.data}/key`,
      'maildir:../..',
      'mbox:~/.ssh/id_rsa',
      'memory:x',
    ]) {
      const tried = await triedWith(address);
      if ('refused' in tried) continue;
      const { kind, answer } = tried.pass.trouble!;
      assert.deepEqual([address, kind, answer], [address, 'denied', 'file-elsewhere']);
    }
    // One's own organisation's are read.
    mkdirSync(join(uploads, place.person), { recursive: true });
    writeFileSync(join(uploads, place.person, 'mail.mbox'), mail);
    const own = await triedWith(`mbox:${uploads}/${place.person}/mail.mbox`);
    assert.ok('pass' in own && own.pass.counts.entries === 1, JSON.stringify(own));
  });

  it('a rule of new mailboxes holds no password, leads nowhere inside, and gives each their own', async () => {
    const { version } = (await json('GET', '')).body;
    for (const [targetTemplate, status] of [
      ...INSIDE.map((host) => [`imap://{local}@${host}:143/?starttls=never`, 0] as const),
      ['imaps://{local}:geheimnis-4711@mail.example/', 422],
      ['imaps://{local}@mail.example/?secret=file:/etc/passwd', 422],
      ['imaps://{local}@mail.example/?token=app:/etc/passwd', 422],
      ['imaps://boss@mail.example/', 422],
      ['memory:{local}', 422],
      ['mbox:/srv/{local}', 422],
      ['nothing at all', 422],
    ] as const) {
      const answer = await json('PATCH', '', { version, targetTemplate });
      const fits = status === 0 ? [403, 422].includes(answer.status) : answer.status === status;
      assert.ok(fits, `${targetTemplate}: ${answer.status} ${JSON.stringify(answer.body)}`);
      assert.ok(!JSON.stringify(answer.body).includes('4711'));
    }
    const fine = await json('PATCH', '', {
      version,
      targetTemplate: 'imaps://{local}@mail.mistral.example/',
    });
    assert.equal(fine.status, 200, JSON.stringify(fine.body));
    assert.equal((await json('PATCH', '', { version: version + 1, targetTemplate: null })).status, 200);
  });

  it('a notice goes to the open alone: no local host, no file, no password in its address', async () => {
    for (const url of [
      ...INSIDE.map((host) => `http://${host}:8080/hook`),
      'file:///etc/passwd',
      'ftp://mail.example/x',
      'javascript:alert(1)',
      'data:text/plain,x',
      'https://user:geheimnis-4711@mail.example/',
    ]) {
      const { status, body } = await json('PUT', '/notices', [{ url, events: [] }]);
      assert.ok([400, 403, 422].includes(status), `${url}: ${status} ${JSON.stringify(body)}`);
    }
    assert.deepEqual((await json('GET', '/notices')).body, []);
  });
});

describe('notices', { timeout: 300_000 }, () => {
  it('go to the address that was checked, follow no redirect, come in order and each once, also after a while away', async () => {
    const here = await openHere();
    let away = true;
    await using hidden = await recordHttp(() => ({ status: 200 }));
    await using hook = await recordHttp(() =>
      away ? { status: 302, location: `http://127.0.0.1:${hidden.port}/metadata` } : { status: 200 },
    );
    const { project } = here.serving;
    const { organisation } = await here.place('Mistral');
    const facts = {
      ...{
        allow: readAllowList('127.0.0.0/8'),
        write: (line: string) => void here.lines.push(line),
        restMs: 50,
      },
      // No resolver of this machine knows it: what arrives was sent where it was checked.
      resolve: async () => [{ address: '127.0.0.1' }],
    };
    await project.records.write('test', (change) =>
      change.setSetting(organisation, 'notices', [
        { url: `http://hook.mistral.example:${hook.port}/x?key=k`, events: ['site.'] },
        { url: 'http://gone.mistral.example:1/', events: [] },
      ]),
    );
    const notices = openNotices(project, facts);
    const name = (n: number) => ({
      name: `Site ${n}`,
      zone: 'Europe/Paris',
      hours: [],
      closed: [],
      lineBytesPerSecond: null,
    });
    await waited(
      async () => here.serving.project.records.audit(organisation, { offset: 0, limit: 1 }),
      ({ rows }) => rows.length > 0,
    );
    // From the first look on; what was before is history.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await project.records.write('test', async (change) => {
      for (let n = 0; n < 130; n++) await change.addSite(organisation, name(n));
    });
    await waited(
      async () => hook.connections,
      (n) => n > 0,
    );
    away = false;
    await waited(
      async () => hook.bodies.length,
      (n) => n >= 130,
    );
    notices.close();
    const told = hook.bodies.map((body) => JSON.parse(body) as { on: string; action: string });
    assert.deepEqual(
      told.map(({ on }) => on),
      Array.from({ length: 130 }, (_, n) => `Site ${n}`),
    );
    assert.equal(hidden.connections, 0);
    const { rows } = await project.records.audit(organisation, { offset: 0, limit: 500 });
    assert.equal(
      rows.filter(({ action }) => action === 'setting.changed').length,
      1,
      'telling stands in the audit',
    );
    assert.ok(!here.lines.join('\n').includes('key=k'), 'the key of a hook stands in the log');
    await here.close();
  });
});
