import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Standing, somebody, stand } from './people.fixture.ts';

const HEAD = 'Prénom;Nom;Adresse;Alias;Site;Étape;Type;Membres;Compte 1;Mot de passe 1;Cible';
const ZOE = 'Zoé;Roux;zoe@mistral.example;z@mistral.example;Lyon;Pilote;;;imaps://zoe@old.example/;s3cret;';
const TOM = 'Tom;Blanc;tom@mistral.example;;Nantes;;;;pst:/archives/tom.pst;;imaps://tom@new.example/';
const TEAM = ';;equipe@mistral.example;;;;groupe;zoe@mistral.example, tom@mistral.example;;;';

describe('a prepared file over the API', () => {
  let there: Standing;
  beforeEach(async () => {
    there = await stand();
  });
  afterEach(() => there.close());

  const send = (rows: string[], name = 'personnes.csv') =>
    there.ask('claire', 'POST', `/import?name=${name}`, Buffer.from(rows.join('\r\n')));
  const read = async (...rows: string[]) => {
    const { status, body } = await send([HEAD, ...rows]);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const rows = async (id: string, query = '') =>
    (await there.ask('claire', 'GET', `/import/${id}/rows${query}`)).body;
  const correct = (id: string, line: number, cell: number, text: string) =>
    there.ask('claire', 'PATCH', `/import/${id}/rows/${line}`, { cell, text });
  const confirm = (id: string, all = true) =>
    there.ask('claire', 'POST', `/import/${id}/confirm`, { createSites: all, createWaves: all });
  const everything = async () => {
    const { records } = there.project;
    const { organisation } = there;
    return JSON.stringify([
      await records.everybody(organisation),
      await records.groups(organisation),
      await records.sites(organisation),
      await records.waves(organisation),
      (await records.audit(organisation, { offset: 0, limit: 500 })).rows.filter(
        ({ action }) => action !== 'people.exported',
      ),
    ]);
  };

  it('tells what would come of each row, and writes nothing', async () => {
    const before = await everything();
    const seen = await read(ZOE, TOM, TEAM, 'Eve;X;eve@elsewhere.example;;;;;;;;');
    assert.deepEqual(seen.counts, { create: 3, change: 0, same: 0, refuse: 1, ask: 2, warn: 1 });
    assert.deepEqual([seen.newSites, seen.newWaves, seen.ready], [['Nantes'], ['Pilote'], false]);
    const all = await rows(seen.id);
    assert.equal(all.total, 4);
    assert.deepEqual(
      all.rows.map(({ line, verdict, kind }: Record<string, unknown>) => [line, verdict, kind]),
      [
        [2, 'create', 'person'],
        [3, 'create', 'person'],
        [4, 'create', 'group'],
        [5, 'refuse', 'person'],
      ],
    );
    assert.ok(!JSON.stringify(all).includes('s3cret'));
    const refused = await rows(seen.id, '?verdict=refuse');
    assert.deepEqual([refused.total, refused.rows[0].reasons[0].code], [1, 'bad-domain']);
    assert.equal((await rows(seen.id, '?verdict=ask')).total, 2);
    assert.equal((await rows(seen.id, '?text=blanc')).rows[0].address, 'tom@mistral.example');
    assert.equal(await everything(), before);
  });

  it('writes all of it at once; the same file again changes nothing', async () => {
    const seen = await read(ZOE, TOM, TEAM);
    assert.deepEqual((await confirm(seen.id)).body, { created: 3, changed: 0, same: 0 });
    const people = (await there.ask('claire', 'GET', '/people?sort=address')).body;
    const [tom, zoe] = people.rows;
    assert.deepEqual(zoe.aliases, ['z@mistral.example']);
    assert.equal(zoe.accounts[0].secret, 'sealed');
    assert.equal(await there.project.records.secretOf(zoe.accounts[0].id), 's3cret');
    assert.deepEqual(
      tom.accounts.map(({ role, address, secret }: Record<string, string>) => [role, address, secret]),
      [
        ['source', 'pst:/archives/tom.pst', 'not-needed'],
        ['target', 'imaps://tom@new.example/', 'none'],
      ],
    );
    const audit = await there.project.records.audit(there.organisation, { offset: 0, limit: 1 });
    assert.deepEqual(
      [audit.rows[0]!.action, audit.rows[0]!.on, audit.rows[0]!.by, audit.rows[0]!.details],
      ['people.imported', 'personnes.csv', 'Claire', { created: 3, changed: 0, same: 0 }],
    );
    const before = await everything();
    const again = await read(ZOE, TOM, TEAM);
    assert.deepEqual([again.counts.same, again.counts.create, again.newSites], [3, 0, []]);
    assert.deepEqual((await confirm(again.id)).body, { created: 0, changed: 0, same: 3 });
    assert.equal(await everything(), before);
    // It has gone from memory, its passwords with it.
    assert.equal((await confirm(again.id)).status, 404);
  });

  it('corrects cells, headings, the server of all users, and takes a row out', async () => {
    const seen = await read(ZOE.replace('zoe@mistral', 'zoe(at)mistral'), TOM);
    assert.equal(seen.counts.refuse, 1);
    const better = await correct(seen.id, 2, 2, 'zoe@mistral.example');
    assert.deepEqual([better.status, better.body.counts.refuse, better.body.ready], [200, 0, true]);
    const shorter = await correct(seen.id, 3, 2, ' ');
    assert.equal(shorter.body.counts.create, 1);
    assert.equal((await rows(seen.id)).total, 1);
    assert.equal((await correct(seen.id, 3, 2, 'x')).status, 404);
    assert.equal((await correct(seen.id, 2, 99, 'x')).status, 404);

    const odd = await send(['Courriel pro;Fonction exacte', 'zoe@mistral.example;Comptable']);
    assert.equal(odd.body.ready, false);
    const named = await correct(odd.body.id, 1, 0, 'Adresse');
    assert.equal(named.body.headings[0].column, 'address');
    const both = await correct(odd.body.id, 1, 1, 'Fonction');
    assert.deepEqual([both.body.headings[1].column, both.body.ready], ['title', true]);

    const batch = await send(['EmailAddress,UserName,Password', 'zoe@mistral.example,zoe,pw']);
    assert.deepEqual([batch.body.template, batch.body.counts.refuse], ['microsoft-imap', 1]);
    assert.equal((await correct(batch.body.id, 0, 1, 'a b')).status, 422);
    const served = await correct(batch.body.id, 0, 1, 'mail.old.example');
    assert.equal(served.body.counts.refuse, 0, JSON.stringify(served.body));
    assert.deepEqual((await rows(batch.body.id)).rows[0].accounts, ['imaps://zoe@mail.old.example/']);
  });

  it('writes nothing when a row is refused, or when the world has changed since it was shown', async () => {
    const refused = await read(ZOE, 'Eve;X;eve@elsewhere.example;;;;;;;;');
    const before = await everything();
    assert.equal((await confirm(refused.id)).body.trouble.answer, 'rows-refused');
    const unknown = await read(ZOE);
    assert.equal((await confirm(unknown.id, false)).body.trouble.answer, 'rows-refused');
    assert.equal(await everything(), before);

    const fine = await read(ZOE, TOM);
    const taken = somebody('ines@mistral.example', { aliases: ['z@mistral.example'] });
    assert.equal((await there.ask('claire', 'POST', '/people', taken)).status, 200);
    const meanwhile = await everything();
    const late = await confirm(fine.id);
    assert.deepEqual([late.status, late.body.trouble.answer], [409, 'changed-meanwhile']);
    assert.equal(await everything(), meanwhile);
    // It is still there, and looked at again it tells why.
    const now = await there.ask('claire', 'GET', `/import/${fine.id}`);
    assert.deepEqual([now.body.ready, now.body.counts.refuse], [false, 1]);
  });

  it('answers by a confirmation only the questions that were shown', async () => {
    const fine = await read(ZOE.replace('Roux', 'Roux-Blanc'));
    await there.ask('claire', 'POST', '/people', {
      ...somebody('zoe.2@mistral.example', { familyName: 'Roux-Blanc', displayName: 'Zoé Roux-Blanc' }),
    });
    assert.equal((await confirm(fine.id)).body.trouble.answer, 'changed-meanwhile');
    const asked = await there.ask('claire', 'GET', `/import/${fine.id}`);
    assert.equal(asked.body.ready, true);
    assert.deepEqual((await confirm(fine.id)).body, { created: 1, changed: 0, same: 0 });
  });

  it('lets an alias go from one to another within one file', async () => {
    await confirm((await read(ZOE)).id);
    const moved = await read(
      ZOE.replace('z@mistral.example', ''),
      TOM.replace('tom@mistral.example;;', 'tom@mistral.example;z@mistral.example;'),
    );
    assert.deepEqual([moved.counts.change, moved.counts.create, moved.ready], [1, 1, true]);
    assert.equal((await confirm(moved.id)).status, 200);
  });

  it('keeps five files of an organisation and forgets the oldest; another organisation finds none', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) ids.push((await read(ZOE)).id);
    assert.equal((await there.ask('claire', 'GET', `/import/${ids[0]}`)).status, 404);
    assert.equal((await there.ask('claire', 'GET', `/import/${ids[1]}`)).status, 200);
    assert.equal((await there.ask('claire', 'GET', '/import/unknown')).status, 404);
  });

  it('says what is wrong with a file that is none', async () => {
    const cases: [Buffer, string][] = [
      [Buffer.alloc(0), 'empty'],
      [Buffer.from('%PDF-1.7 \u0000\u0001'), 'binary'],
      [Buffer.from('a;b\n"open'), 'unclosed-quote'],
      [Buffer.from(`Adresse\n${'x'.repeat(20_000)}@a.example`), 'cell-too-long'],
    ];
    for (const [bytes, answer] of cases) {
      const { status, body } = await there.ask('claire', 'POST', '/import?name=a.csv', bytes);
      assert.deepEqual([status, body.trouble?.answer], [422, answer]);
    }
  });

  it('takes formulas, markup and odd names as the text they are', async () => {
    const odd = `"=HYPERLINK(""http://x"")";<script>alert(1)</script>;zoe@mistral.example;;;;;;;;`;
    await confirm((await read(odd)).id);
    const { rows: people } = (await there.ask('claire', 'GET', '/people')).body;
    assert.deepEqual(
      [people[0].givenName, people[0].familyName],
      ['=HYPERLINK("http://x")', '<script>alert(1)</script>'],
    );
    const csv = (await there.ask('claire', 'GET', '/export')).bytes.toString();
    assert.ok(!/(^|;|")=HYPERLINK/m.test(csv), csv);
  });

  it('gives the same file back: importing what was exported changes nothing', async () => {
    await confirm((await read(ZOE, TOM, TEAM)).id);
    const before = await everything();
    for (const as of ['csv', 'xlsx']) {
      const out = await there.ask('claire', 'GET', `/export?as=${as}&language=en`);
      assert.match(out.headers.get('content-disposition')!, new RegExp(`Ateliers-Mistral\\.${as}`));
      assert.ok(!out.bytes.toString('latin1').includes('s3cret'));
      const back = await there.ask('claire', 'POST', `/import?name=back.${as}`, out.bytes);
      assert.deepEqual([as, back.body.counts.same, back.body.ready], [as, 3, true]);
      await confirm(back.body.id);
    }
    for (const as of ['google', 'microsoft'])
      assert.equal((await there.ask('ada', 'GET', `/export?as=${as}`)).status, 200);
    assert.equal(await everything(), before);
  });

  it('hands out an example that can be imported as it is', async () => {
    for (const language of ['fr', 'en']) {
      const example = await there.ask('claire', 'GET', `/import/template?language=${language}`);
      const { status, body } = await there.ask('claire', 'POST', '/import?name=example.csv', example.bytes);
      assert.equal(status, 200);
      // Only its domain is another.
      const said = new Set<string>();
      for (const row of (await rows(body.id)).rows)
        for (const reason of row.reasons) if (reason.severity === 'refuse') said.add(reason.code);
      assert.deepEqual([...said], ['bad-domain']);
    }
  });

  it('tells of the new mailboxes that a rule gives, and adds them', async () => {
    await there.close();
    there = await stand('imaps://{local}@new.example/');
    const seen = await read(ZOE, TOM);
    const { rows: shown } = await rows(seen.id);
    assert.deepEqual(shown[0].accounts, ['imaps://zoe@old.example/', 'imaps://zoe@new.example/']);
    assert.equal(seen.counts.warn, 1);
    await confirm(seen.id);
    const again = await read(ZOE, TOM);
    assert.equal(again.counts.same, 2);
  });
});
