import assert from 'node:assert/strict';
import type { Person } from '../facts.ts';
import type { Change, PeopleQuery, Records } from '../records.ts';
import {
  change,
  counts,
  finding,
  type Law,
  lines,
  misses,
  personNamed,
  refuses,
  siteNamed,
  source,
} from './trial.ts';

export function people(law: Law): void {
  const page = { offset: 0, limit: 100 };
  const found = async (records: Records, here: string, query: Partial<PeopleQuery>) =>
    (await records.people(here, { ...page, ...query })).rows.map(({ displayName }) => displayName);

  async function some(
    change: Change,
    here: string,
    ...people: Omit<Person, 'id' | 'version'>[]
  ): Promise<Person[]> {
    const made: Person[] = [];
    for (const one of people) made.push(await change.addPerson(here, one));
    return made;
  }

  law(
    'a person as they were given, with accounts, last pass and open findings',
    async ({ records, here, site, wave }) => {
      const given = personNamed('Marie', 'Durand', {
        site,
        wave,
        title: 'Comptable',
        mobile: '06',
        aliases: ['m@nord.example'],
      });
      const made = await change(records, async (change) => {
        const person = await change.addPerson(here, given);
        const late = await change.addAccount(here, {
          ...source(person.id, 'mbox:/archives/marie'),
          position: 1,
          needsSecret: false,
        });
        const first = await change.addAccount(here, source(person.id, 'imaps://marie@old.example/'));
        const target = await change.addAccount(here, {
          ...source(person.id, 'imaps://marie@new.example/'),
          role: 'target',
        });
        await change.addPass(here, { person: person.id, kind: 'first', askedMs: 1 });
        const pass = await change.addPass(here, { person: person.id, kind: 'delta', askedMs: 2 });
        await change.noteFindings(pass.id, [finding('a'), finding('b')]);
        return { person, pass, accounts: [first, late, target] };
      });
      const row = await records.person(here, made.person.id);
      const { id, version, accounts, lastPass, openFindings, ...fields } = row;
      assert.deepEqual(fields, given);
      assert.deepEqual({ id, version, openFindings }, { id: made.person.id, version: 1, openFindings: 2 });
      assert.deepEqual(accounts, made.accounts);
      assert.deepEqual(lastPass, made.pass);
      assert.deepEqual(await records.everybody(here), [row]);
      assert.deepEqual(await records.people(here, page), { rows: [row], total: 1 });
    },
  );

  law(
    'searched without case and accents, in names, addresses, aliases, titles and accounts',
    async ({ records, here }) => {
      await change(records, async (change) => {
        const [helene] = await some(
          change,
          here,
          personNamed('Hélène', 'Lefèvre', { address: 'helene@nord.example', title: 'Chargée d’études' }),
          personNamed('Øystein', 'Cœur', { address: 'o@nord.example', aliases: ['DIRECTION@nord.example'] }),
          personNamed('100%', 'A_B', { address: 'c@nord.example' }),
        );
        await change.addAccount(here, source(helene!.id, 'imaps://hlefevre@ancien.example/'));
      });
      const expected: [string, string[]][] = [
        ['HELENE', ['Hélène Lefèvre']],
        ['lefevre hélène', ['Hélène Lefèvre']],
        ['etudes', ['Hélène Lefèvre']],
        ['ancien', ['Hélène Lefèvre']],
        ['coeur', ['Øystein Cœur']],
        ['CŒUR oystein', ['Øystein Cœur']],
        ['direction', ['Øystein Cœur']],
        ['%', ['100% A_B']],
        ['_', ['100% A_B']],
        ['a_b', ['100% A_B']],
        ['axb', []],
        ['\\', []],
        ["' or 1=1 --", []],
        ['helene nobody', []],
        ['   ', ['100% A_B', 'Øystein Cœur', 'Hélène Lefèvre']],
      ];
      for (const [text, names] of expected)
        assert.deepEqual(await found(records, here, { text }), names, text);
      await change(records, async (change) => {
        const { rows } = await change.people(here, { ...page, text: 'ancien' });
        const { accounts, id } = rows[0]!;
        await change.changeAccount(here, accounts[0]!.id, 1, { address: 'imaps://hl@neuf.example/' });
        await change.changePerson(here, id, 1, { title: 'Directrice' });
      });
      assert.deepEqual(await found(records, here, { text: 'ancien' }), []);
      assert.deepEqual(await found(records, here, { text: 'etudes' }), []);
      assert.deepEqual(await found(records, here, { text: 'neuf directrice' }), ['Hélène Lefèvre']);
    },
  );

  law(
    'filtered by site, wave and state; none is a choice of its own',
    async ({ records, here, site, wave }) => {
      await change(records, async (change) => {
        const [a, b] = await some(
          change,
          here,
          personNamed('A', '', { site, wave }),
          personNamed('B', '', { site }),
          personNamed('C', '', { wave }),
        );
        await change.addPass(here, { person: a!.id, kind: 'first', askedMs: 1 });
        const pass = await change.addPass(here, { person: b!.id, kind: 'first', askedMs: 1 });
        await change.notePass(pass.id, { state: 'proven', endedMs: 2 });
      });
      assert.deepEqual(await found(records, here, { site }), ['A', 'B']);
      assert.deepEqual(await found(records, here, { site: null }), ['C']);
      assert.deepEqual(await found(records, here, { wave: null }), ['B']);
      assert.deepEqual(await found(records, here, { site, wave }), ['A']);
      assert.deepEqual(await found(records, here, { state: ['none'] }), ['C']);
      assert.deepEqual(await found(records, here, { state: ['waiting', 'proven'] }), ['A', 'B']);
      assert.deepEqual(await found(records, here, { state: [] }), []);
      assert.deepEqual(await found(records, here, { wave, state: ['waiting'], text: 'a' }), ['A']);
    },
  );

  law(
    'sorted by each column, both ways, and paged without loss',
    async ({ records, here, site, pilot, wave }) => {
      await change(records, async (change) => {
        const other = await change.addSite(here, siteNamed('Arras'));
        const made = await some(
          change,
          here,
          personNamed('Zoé', 'Abel', { address: 'z@nord.example', site, wave }),
          personNamed('Éric', 'Bé', { address: 'y@nord.example', site: other.id, wave: pilot }),
          personNamed('eva', 'be', { address: 'X@nord.example' }),
        );
        for (const [at, state] of (['proven', 'waiting'] as const).entries()) {
          const pass = await change.addPass(here, { person: made[at]!.id, kind: 'first', askedMs: 1 });
          await change.notePass(pass.id, { state, counts: counts({ entries: 10 - at, left: at }) });
        }
      });
      const [zoe, eric, eva] = ['Zoé Abel', 'Éric Bé', 'eva be'] as const;
      const orders: [PeopleQuery['sort'], string[]][] = [
        [undefined, [zoe, eric, eva]],
        ['name', [zoe, eric, eva]],
        ['address', [eva, eric, zoe]],
        ['site', [eva, eric, zoe]],
        ['wave', [eric, zoe, eva]],
        ['state', [eva, eric, zoe]],
        ['entries', [eva, eric, zoe]],
        ['left', [zoe, eva, eric]],
      ];
      for (const [sort, names] of orders) {
        const column = sort ?? 'by default';
        const by = sort === undefined ? {} : { sort };
        assert.deepEqual(await found(records, here, by), names, column);
        assert.deepEqual(await found(records, here, { ...by, descending: true }), names.toReversed(), column);
        const pages: string[] = [];
        for (let offset = 0; offset < 4; offset++)
          pages.push(...(await found(records, here, { ...by, offset, limit: 1 })));
        assert.deepEqual(pages, names, column);
      }
      assert.deepEqual(await records.people(here, { offset: 9, limit: 5 }), { rows: [], total: 3 });
    },
  );

  law(
    'assigned into a wave and out of it; those who are there already change nothing',
    async ({ records, here, wave, pilot }) => {
      const ids = await change(records, async (change) => {
        const made = await some(
          change,
          here,
          personNamed('A'),
          personNamed('B', '', { wave }),
          personNamed('C'),
        );
        return made.map(({ id }) => id);
      });
      const told = (await lines(records, here)).length;
      await change(records, (change) => change.assign(here, [...ids, ids[0]!], wave));
      const versions = async () =>
        (await records.everybody(here)).map(({ version, wave }) => [version, wave]);
      assert.deepEqual(await versions(), [
        [2, wave],
        [1, wave],
        [2, wave],
      ]);
      await change(records, (change) => change.assign(here, ids, wave));
      assert.equal((await lines(records, here)).length, told + 2);
      await change(records, (change) => change.assign(here, [ids[0]!], pilot));
      await change(records, (change) => change.assign(here, [ids[1]!], null));
      assert.deepEqual(
        (await versions()).map(([, wave]) => wave),
        [pilot, null, wave],
      );
      const before = await versions();
      await misses(change(records, (change) => change.assign(here, [ids[2]!, 'none'], pilot)));
      await misses(change(records, (change) => change.assign(here, ids, 'none')));
      assert.deepEqual(await versions(), before);
      const { rows } = await records.audit(here, { offset: 0, limit: 1 });
      assert.deepEqual(rows[0]!.details, { wave: { from: 'Lille', to: null } });
    },
  );

  law(
    'removed with accounts, secrets and findings, not while a pass goes on; passes stay',
    async ({ records, here }) => {
      const made = await change(records, async (change) => {
        const person = await change.addPerson(here, personNamed('Marie'));
        const account = await change.addAccount(here, source(person.id, 'imaps://marie@old.example/'));
        await change.sealSecret(here, account.id, 'x');
        await change.noteSurvey(account.id, 1, { folders: 3 });
        const pass = await change.addPass(here, { person: person.id, kind: 'first', askedMs: 1 });
        await change.noteFindings(pass.id, [finding('a')]);
        return { person, account, pass };
      });
      await refuses(
        change(records, (change) => change.removePerson(here, made.person.id)),
        'in-use',
      );
      await change(records, async (change) => {
        await change.notePass(made.pass.id, { state: 'findings', endedMs: 4, certificate: 'marie-1.json' });
        await change.removePerson(here, made.person.id);
      });
      await misses(records.person(here, made.person.id));
      assert.equal(await records.secretOf(made.account.id), null);
      assert.equal(await records.survey(made.account.id), null);
      assert.equal((await records.findings(here, page)).total, 0);
      assert.deepEqual(await records.sums(here), []);
      assert.equal((await records.passes(here, { person: made.person.id }))[0]!.certificate, 'marie-1.json');
      await misses(change(records, (change) => change.removePerson(here, made.person.id)));
    },
  );
}
