import assert from 'node:assert/strict';
import { group } from './laws.suite.ts';
import {
  BY,
  change,
  counts,
  finding,
  type Law,
  misses,
  personNamed,
  readAll,
  refuses,
  siteNamed,
  source,
} from './trial.ts';

/** An id of another organisation is `missing`, and nothing of it is answered. */
export function apart(law: Law): void {
  law('no verb reaches into another organisation', async ({ records, here, there, site, wave }) => {
    const own = await change(records, async (change) => {
      const person = await change.addPerson(here, personNamed('Marie', '', { wave, site }));
      const account = await change.addAccount(here, source(person.id, 'imaps://marie@old.example/'));
      const one = await change.addGroup(here, group('Tous'));
      const pass = await change.addPass(here, { person: person.id, kind: 'first', askedMs: 1 });
      await change.noteFindings(pass.id, [finding('a')]);
      return { person: person.id, account: account.id, group: one.id };
    });
    const { rows } = await records.findings(here, { offset: 0, limit: 1 });
    const before = await readAll(records);
    const note = { go: true, by: BY, atMs: 1, note: '' };
    const tick = { gate: 'x', is: 'ticked', by: BY, atMs: 1, note: '' } as const;
    await change(records, async (change) => {
      await misses(change.wave(there, wave));
      await misses(change.person(there, own.person));
      await misses(change.changeSite(there, site, 1, { name: 'x' }));
      await misses(change.removeSite(there, site));
      await misses(change.changeWave(there, wave, 1, { name: 'x' }));
      await misses(change.orderWaves(there, [wave]));
      await misses(change.removeWave(there, wave));
      await misses(change.decide(there, wave, 1, note));
      await misses(change.tick(there, wave, tick));
      await misses(change.untick(there, wave, 'x'));
      await misses(change.changePerson(there, own.person, 1, { title: 'x' }));
      await misses(change.removePerson(there, own.person));
      await misses(change.assign(there, [own.person], null));
      await misses(change.changeGroup(there, own.group, 1, { name: 'x' }));
      await misses(change.removeGroup(there, own.group));
      await misses(change.addAccount(there, source(own.person, 'imaps://x@y.example/')));
      await misses(change.changeAccount(there, own.account, 1, { position: 1 }));
      await misses(change.removeAccount(there, own.account));
      await misses(change.sealSecret(there, own.account, 'x'));
      await misses(change.addPass(there, { person: own.person, kind: 'first', askedMs: 1 }));
      await misses(change.acceptFindings(there, [rows[0]!.id], 'x', 1));
      // What is named beside says where it belongs.
      await refuses(change.addPerson(there, personNamed('Luc', '', { site })), 'elsewhere');
      await refuses(change.addPerson(there, personNamed('Luc', '', { wave })), 'elsewhere');
      await refuses(change.addGroup(there, { ...group('g'), site }), 'elsewhere');
      await refuses(change.assign(there, [], wave), 'elsewhere');
      await misses(change.addPerson(here, personNamed('Luc', '', { site: 'none' })));
    });
    assert.deepEqual(await readAll(records), before);
  });

  law(
    'lists, sums and searches of one hold nothing of the other',
    async ({ records, here, there, wave, site }) => {
      await change(records, async (change) => {
        const person = await change.addPerson(here, personNamed('Marie', '', { wave, site }));
        const pass = await change.addPass(here, { person: person.id, kind: 'first', askedMs: 1 });
        await change.notePass(pass.id, { counts: counts({ entries: 4 }) });
        await change.noteFindings(pass.id, [finding('a')]);
        await change.addGroup(here, group('Tous'));
        await change.setSetting(here, 's', { a: 1 });
      });
      const page = { offset: 0, limit: 10 };
      assert.deepEqual(await records.sites(there), []);
      assert.deepEqual(await records.waves(there), []);
      assert.deepEqual(await records.people(there, { ...page, text: 'marie' }), { rows: [], total: 0 });
      assert.deepEqual(await records.people(there, { ...page, wave, site }), { rows: [], total: 0 });
      assert.deepEqual(await records.everybody(there), []);
      assert.deepEqual(await records.groups(there), []);
      assert.deepEqual(await records.passes(there, { wave }), []);
      assert.deepEqual(await records.sums(there), []);
      assert.deepEqual(await records.findings(there, { ...page, wave }), { rows: [], total: 0 });
      assert.deepEqual(await records.findingGroups(there, { wave }), []);
      assert.equal(await records.setting(there, 's'), null);
      assert.equal(await records.setting(null, 's'), null);
      const { rows } = await records.audit(there, page);
      assert.deepEqual(
        rows.map(({ action, on }) => [action, on]),
        [['organisation.added', 'Southern Works']],
      );
    },
  );

  law('addresses and names are taken within one organisation only', async ({ records, here, there }) => {
    await change(records, async (change) => {
      await change.addPerson(here, personNamed('Marie'));
      await change.addPerson(there, personNamed('Marie'));
      await change.addSite(there, siteNamed('Lille'));
      await change.addWave(there, { name: 'Pilot', pilot: true, startsOn: null });
    });
    assert.equal((await records.everybody(there)).length, 1);
  });
}
