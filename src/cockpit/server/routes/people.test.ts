import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Standing, somebody, stand } from './people.fixture.ts';

describe('people over the API', () => {
  let there: Standing;
  beforeEach(async () => {
    there = await stand();
  });
  afterEach(() => there.close());

  const add = async (address: string, site: string | null = null): Promise<string> => {
    const { status, body } = await there.ask('claire', 'POST', '/people', somebody(address, { site }));
    assert.equal(status, 200, JSON.stringify(body));
    return body.id;
  };
  const account = (person: string, role: 'source' | 'target', address: string, secret?: string) =>
    there.ask('claire', 'POST', `/people/${person}/accounts`, {
      role,
      address,
      ...(secret ? { secret } : {}),
    });

  it('adds, shows, changes and removes somebody', async () => {
    const id = await add('zoe@mistral.example', there.lyon);
    const one = await there.ask('claire', 'GET', `/people/${id}`);
    assert.deepEqual(
      [one.body.address, one.body.passes, one.body.targetName],
      ['zoe@mistral.example', [], null],
    );
    const changed = await there.ask('claire', 'PATCH', `/people/${id}`, {
      ...{ version: one.body.version, title: 'Comptable', aliases: ['z.roux@Mistral.example'] },
    });
    assert.deepEqual([changed.body.title, changed.body.aliases], ['Comptable', ['z.roux@mistral.example']]);
    const late = await there.ask('claire', 'PATCH', `/people/${id}`, {
      version: one.body.version,
      title: 'x',
    });
    assert.deepEqual([late.status, late.body.trouble.answer], [409, 'changed-meanwhile']);
    assert.equal((await there.ask('claire', 'DELETE', `/people/${id}`)).status, 204);
    assert.equal((await there.ask('claire', 'GET', `/people/${id}`)).status, 404);
  });

  it('refuses what is no address, and an address that somebody has', async () => {
    await add('zoe@mistral.example');
    const bad = await there.ask('claire', 'POST', '/people', somebody('zoé@'));
    assert.deepEqual([bad.status, bad.body.trouble.answer], [422, 'no-mail-address']);
    const twice = await there.ask('claire', 'POST', '/people', somebody('ZOE@mistral.example'));
    assert.deepEqual([twice.status, twice.body.trouble.answer], [409, 'address-taken']);
  });

  it('takes a password out of an address, seals it, and never answers it', async () => {
    const id = await add('zoe@mistral.example');
    const { status, body } = await account(id, 'source', 'imaps://zoe:p4ss%20w@rd!@old.example/');
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.address, body.secret], ['imaps://zoe@old.example/', 'sealed']);
    assert.equal(await there.project.records.secretOf(body.id), 'p4ss w@rd!');
    const all = JSON.stringify([
      (await there.ask('claire', 'GET', '/people')).body,
      (await there.ask('claire', 'GET', `/people/${id}`)).body,
      await there.project.records.audit(there.organisation, { offset: 0, limit: 100 }),
    ]);
    assert.ok(!all.includes('p4ss') && !all.includes('rd!'), all);
  });

  it('keeps what is sealed at the same door, forgets it at another, or takes another out of a changed address', async () => {
    const id = await add('zoe@mistral.example');
    const { body: one } = await account(id, 'source', 'imaps://zoe@old.example/', 'first');
    const path = `/people/${id}/accounts/${one.id}`;
    const same = await there.ask('claire', 'PATCH', path, {
      ...{ version: one.version, address: 'imap://zoe@old.example/?lanes=2' },
    });
    assert.deepEqual([same.body.address, same.body.secret], ['imap://zoe@old.example/?lanes=2', 'sealed']);
    assert.equal(await there.project.records.secretOf(one.id), 'first');
    const moved = await there.ask('claire', 'PATCH', path, {
      ...{ version: same.body.version, address: 'imaps://zoe@older.example/' },
    });
    assert.deepEqual([moved.body.address, moved.body.secret], ['imaps://zoe@older.example/', 'none']);
    assert.equal(await there.project.records.secretOf(one.id), null);
    const { rows } = await there.project.records.audit(there.organisation, { offset: 0, limit: 5 });
    assert.ok(rows.some(({ action, on }) => action === 'secret.removed' && on === moved.body.address));
    const again = await there.ask('claire', 'PATCH', path, {
      ...{ version: moved.body.version, address: 'imaps://zoe:second@older.example/' },
    });
    assert.equal(again.body.address, 'imaps://zoe@older.example/');
    assert.equal(await there.project.records.secretOf(one.id), 'second');
    const gone = await there.ask('claire', 'PUT', `${path}/secret`, { secret: null });
    assert.equal(gone.body.secret, 'none');
  });

  it('refuses what this machine may not be told, and what cannot be written', async () => {
    const id = await add('zoe@mistral.example');
    const cases: [role: 'source' | 'target', address: string, code: string][] = [
      ['source', 'imaps://zoe@old.example/?secret=env:MALLEPOSTE_KEY', 'secret-parameter'],
      ['source', 'imaps://zoe@old.example/?secret=file:/etc/passwd', 'secret-parameter'],
      ['source', 'imaps://zoe@old.example/?token=app:/etc/passwd', 'secret-parameter'],
      ['source', 'memory:x', 'unknown-scheme'],
      ['source', 'http://old.example/', 'unknown-scheme'],
      ['source', 'imaps://old.example/', 'no-user'],
      ['target', 'pst:/archives/zoe.pst', 'only-source'],
      ['target', 'pop3s://zoe@old.example/', 'only-source'],
    ];
    for (const [role, address, code] of cases) {
      const { status, body } = await account(id, role, address);
      assert.deepEqual([address, status, body.trouble.answer], [address, 422, code]);
      assert.ok(!JSON.stringify(body).includes('/etc/passwd'));
    }
    const both = await account(id, 'source', 'imaps://zoe:one@old.example/', 'two');
    assert.equal(both.body.trouble.answer, 'two-secrets');
    assert.ok(!JSON.stringify(both.body).includes('one@'));
  });

  it('says what needs a secret: servers do, files and consents do not', async () => {
    const id = await add('zoe@mistral.example');
    const said: string[] = [];
    for (const address of [
      'imaps://zoe@old.example/',
      'pop3s://zoe@old.example/',
      'gmail://zoe@gmail.com/',
      'gmail://zoe@gmail.com/?token=consent',
      'pst:/archives/zoe.pst',
    ])
      said.push((await account(id, 'source', address)).body.secret);
    assert.deepEqual(said, ['none', 'none', 'none', 'not-needed', 'not-needed']);
    const { body } = await there.ask('claire', 'GET', `/people/${id}`);
    const positions = body.accounts.map(({ position }: { position: number }) => position);
    assert.deepEqual(positions, [0, 1, 2, 3, 4]);
  });

  it('shows a correspondent the people of the own site only, and lets them enter secrets there only', async () => {
    const here = await add('zoe@mistral.example', there.lyon);
    const elsewhere = await add('tom@mistral.example', there.nice);
    const nowhere = await add('una@mistral.example');
    const { body: own } = await account(here, 'source', 'imaps://zoe@old.example/');
    const { body: other } = await account(elsewhere, 'source', 'imaps://tom@old.example/');
    const list = await there.ask('luc', 'GET', '/people');
    assert.deepEqual([list.body.total, list.body.rows.map(({ id }: { id: string }) => id)], [1, [here]]);
    for (const query of [`site=${there.nice}`, 'site=none'])
      assert.deepEqual((await there.ask('luc', 'GET', `/people?${query}`)).body, { rows: [], total: 0 });
    assert.equal((await there.ask('luc', 'GET', `/people/${here}`)).status, 200);
    for (const id of [elsewhere, nowhere])
      assert.equal((await there.ask('luc', 'GET', `/people/${id}`)).status, 404);

    const seal = (person: string, id: string) =>
      there.ask('luc', 'PUT', `/people/${person}/accounts/${id}/secret`, { secret: 's' });
    assert.equal((await seal(here, own.id)).body.secret, 'sealed');
    // Somebody of the own site in the address, and another's account behind it.
    for (const [person, id] of [
      [elsewhere, other.id],
      [here, other.id],
    ] as const)
      assert.equal((await seal(person, id)).status, 404);
    assert.equal(await there.project.records.secretOf(other.id), null);
    assert.equal((await there.ask('luc', 'POST', `/people/${elsewhere}/check`)).status, 404);
    const forbidden = [
      ['POST', '/people', somebody('x@mistral.example')],
      ['PATCH', `/people/${here}`, { version: 1, title: 'x' }],
      ['DELETE', `/people/${here}`, undefined],
      ['POST', `/people/${here}/run`, { kind: 'first' }],
      ['POST', '/import?name=x.csv', Buffer.from('x')],
      ['GET', '/export', undefined],
      ['GET', '/groups', undefined],
    ] as const;
    for (const [method, path, body] of forbidden)
      assert.equal((await there.ask('luc', method, path, body)).status, 403, `${method} ${path}`);
    assert.equal(
      (await there.ask('ada', 'PUT', `/people/${here}/accounts/${own.id}/secret`, { secret: 's' })).status,
      403,
    );
  });

  it('checks accounts and tells what each said, in words', async () => {
    const id = await add('zoe@mistral.example', there.lyon);
    const box = join(there.root, 'uploads', 'zoe');
    mkdirSync(join(box, 'cur'), { recursive: true });
    for (const folder of ['new', 'tmp']) mkdirSync(join(box, folder));
    await account(id, 'source', `maildir:${box}`);
    await account(id, 'source', 'maildir:/etc');
    await there.project.runs.start();
    const { status, body } = await there.ask('luc', 'POST', `/people/${id}/check`);
    assert.equal(status, 200);
    const [fine, refused] = body;
    assert.equal(fine.check.ok, true);
    assert.deepEqual([refused.check.ok, refused.check.trouble.answer], [false, 'file-elsewhere']);
    assert.ok(refused.check.trouble.sentence.length > 0);
  });

  it('asks for one pass at a time, stops it and lets it go on', async () => {
    // Nothing is taken up: what is asked for stays as it is asked.
    await there.project.runs.close();
    const id = await add('zoe@mistral.example');
    const first = await there.ask('claire', 'POST', `/people/${id}/run`, { kind: 'first' });
    assert.deepEqual([first.body.state, first.body.number], ['waiting', 1]);
    const second = await there.ask('claire', 'POST', `/people/${id}/run`, { kind: 'delta' });
    assert.deepEqual([second.status, second.body.trouble.answer], [409, 'in-use']);
    assert.equal((await there.ask('claire', 'POST', `/people/${id}/pause`)).body.state, 'stopped');
    assert.equal((await there.ask('claire', 'POST', `/people/${id}/resume`)).body.state, 'waiting');
    assert.equal((await there.ask('claire', 'DELETE', `/people/${id}`)).body.trouble.answer, 'in-use');
    const idle = await add('tom@mistral.example');
    assert.equal((await there.ask('claire', 'POST', `/people/${idle}/pause`)).status, 404);
  });

  it('finds those whose accounts need something', async () => {
    const [here, nice] = [
      await add('zoe@mistral.example', there.lyon),
      await add('tom@mistral.example', there.nice),
    ];
    await account(here, 'source', 'imaps://zoe@old.example/');
    await account(nice, 'source', 'imaps://tom@old.example/', 'sealed');
    await add('una@mistral.example', there.lyon);
    const find = async (as: 'claire' | 'luc', query: string) => {
      const { body } = await there.ask(as, 'GET', `/people?${query}`);
      return [body.total, ...body.rows.map(({ address }: { address: string }) => address)];
    };
    assert.deepEqual(await find('claire', 'state=secret-missing'), [1, 'zoe@mistral.example']);
    assert.deepEqual(await find('luc', 'state=secret-missing,none'), [1, 'zoe@mistral.example']);
    assert.deepEqual(await find('claire', `state=secret-missing&site=${there.nice}`), [0]);
    assert.deepEqual(await find('claire', 'state=check-failed'), [0]);
  });

  it('gives somebody new the mailbox of the rule', async () => {
    await there.close();
    there = await stand('imaps://{address}@mail.new.example/');
    const id = await add('zoe+1@mistral.example');
    const { body } = await there.ask('claire', 'GET', `/people/${id}`);
    const [target] = body.accounts;
    assert.deepEqual(
      [target.role, target.address, target.secret, body.targetName],
      [
        'target',
        'imaps://zoe%2B1%40mistral.example@mail.new.example/',
        'none',
        'imaps://zoe+1@mistral.example@mail.new.example:993/',
      ],
    );
  });
});
