import assert from 'node:assert/strict';
import { group, operatorNamed } from './laws.suite.ts';
import { change, type Law, lines, misses, organisation, personNamed, refuses, siteNamed } from './trial.ts';

export function road(law: Law): void {
  const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

  law('waves lie in the order of the road, from 0, without gaps', async ({ records, here, pilot, wave }) => {
    const third = await change(records, (change) =>
      change.addWave(here, { name: 'Arras', pilot: false, startsOn: null }),
    );
    assert.equal(third.position, 2);
    await change(records, (change) => change.orderWaves(here, [third.id, wave]));
    const all = await records.waves(here);
    assert.deepEqual(names(all), ['Arras', 'Lille', 'Pilot']);
    assert.deepEqual(
      all.map(({ position }) => position),
      [0, 1, 2],
    );
    const told = (await lines(records, here)).length;
    await change(records, (change) => change.orderWaves(here, [third.id, wave, pilot]));
    assert.deepEqual(await records.waves(here), all, 'the same order again');
    await change(records, (change) => change.removeWave(here, third.id));
    assert.deepEqual(
      (await records.waves(here)).map(({ name, position }) => [name, position]),
      [
        ['Lille', 0],
        ['Pilot', 1],
      ],
    );
    assert.deepEqual((await lines(records, here)).slice(told), ['wave.removed']);
    await misses(change(records, (change) => change.orderWaves(here, [pilot, 'none'])));
  });

  law('a wave that people are in, or a pass goes on in, stays', async ({ records, here, wave, pilot }) => {
    const person = await change(records, (change) =>
      change.addPerson(here, personNamed('Marie', '', { wave })),
    );
    await refuses(
      change(records, (change) => change.removeWave(here, wave)),
      'in-use',
    );
    const pass = await change(records, async (change) => {
      const asked = await change.addPass(here, { person: person.id, kind: 'first', askedMs: 1 });
      await change.assign(here, [person.id], pilot);
      return asked;
    });
    await refuses(
      change(records, (change) => change.removeWave(here, wave)),
      'in-use',
    );
    await change(records, async (change) => {
      await change.notePass(pass.id, { state: 'proven', endedMs: 9 });
      await change.removeWave(here, wave);
    });
    assert.equal((await records.passes(here, { person: person.id }))[0]!.wave, null);
  });

  law('sites: kept as given, removed only when nobody is there', async ({ records, here, site }) => {
    const made = (await records.sites(here))[0]!;
    assert.deepEqual(made, { id: site, version: 1, ...siteNamed('Lille') });
    const other = await change(records, (change) =>
      change.addSite(here, { ...siteNamed('Arras'), hours: [], closed: [] }),
    );
    assert.deepEqual(names(await records.sites(here)), ['Arras', 'Lille']);
    const changes = { zone: 'Indian/Reunion', lineBytesPerSecond: null };
    assert.deepEqual(await change(records, (change) => change.changeSite(here, other.id, 1, changes)), {
      ...{ ...other, ...changes, version: 2 },
    });
    const held = async (hold: Parameters<typeof records.write>[1]) => {
      await change(records, hold);
      await refuses(
        change(records, (change) => change.removeSite(here, site)),
        'in-use',
      );
    };
    await held(async (change) => change.addPerson(here, personNamed('Marie', '', { site })));
    await change(records, async (change) => change.removePerson(here, (await change.everybody(here))[0]!.id));
    await held(async (change) => change.addGroup(here, { ...group('g'), site }));
    await change(records, async (change) => change.removeGroup(here, (await change.groups(here))[0]!.id));
    const roles = [{ role: 'site-correspondent' as const, organisation: here, site }];
    await held(async (change) => change.addOperator({ ...operatorNamed('u'), roles }));
    await change(records, async (change) => {
      const one = (await change.operatorOf('u'))!;
      await change.changeOperator(one.id, one.version, { roles: [] });
      await change.removeSite(here, site);
    });
    assert.deepEqual(names(await records.sites(here)), ['Arras']);
  });

  law('names are taken, whatever their case', async ({ records, here, site, wave }) => {
    await change(records, async (change) => {
      await refuses(change.addSite(here, siteNamed('LILLE')), 'name-taken');
      await refuses(change.addWave(here, { name: 'pilot', pilot: false, startsOn: null }), 'name-taken');
      await refuses(change.changeWave(here, wave, 1, { name: 'PILOT' }), 'name-taken');
      await refuses(change.addOrganisation(organisation('atelier du nord')), 'name-taken');
      await change.changeSite(here, site, 1, { name: 'LILLE' });
    });
  });

  law('a decision and the states of a wave are told by their own names', async ({ records, here, wave }) => {
    const told = (await lines(records, here)).length;
    await change(records, async (change) => {
      const decision = { go: true, by: 'Claire Martin', atMs: 5, note: 'Tout est prêt' };
      const decided = await change.decide(here, wave, 1, decision);
      assert.deepEqual(decided.decision, decision);
      await change.decide(here, wave, 2, decision);
      await change.changeWave(here, wave, 2, { state: 'running', startedMs: 6 });
    });
    assert.deepEqual((await lines(records, here)).slice(told), ['wave.decided', 'wave.running']);
    const { state, startedMs, version } = await records.wave(here, wave);
    assert.deepEqual({ state, startedMs, version }, { state: 'running', startedMs: 6, version: 3 });
    await assert.rejects(
      change(records, (change) => change.changeWave(here, wave, 3, { position: 0 })),
      /orderWaves/,
    );
  });

  law('gates are ticked, ticked otherwise, and unticked', async ({ records, here, wave }) => {
    const tick = { gate: 'licences', is: 'ticked', by: 'Claire', atMs: 1, note: '' } as const;
    await change(records, async (change) => {
      await change.tick(here, wave, tick);
      await change.tick(here, wave, tick);
      await change.tick(here, wave, { ...tick, is: 'overridden', note: 'On commence sans' });
      await change.tick(here, wave, { ...tick, gate: 'a' });
    });
    const overridden = { ...tick, is: 'overridden', note: 'On commence sans' };
    assert.deepEqual(await records.ticks(wave), [{ ...tick, gate: 'a' }, overridden]);
    await change(records, async (change) => {
      await change.untick(here, wave, 'a');
      await change.untick(here, wave, 'a');
    });
    assert.deepEqual(await records.ticks(wave), [overridden]);
    assert.deepEqual((await lines(records, here)).slice(-4), [
      'gate.ticked',
      'gate.overridden',
      'gate.ticked',
      'gate.unticked',
    ]);
  });

  law('organisations: domains lower case and once, changes kept', async ({ records, here }) => {
    const domains = ['Nord.example', 'NORD.example', 'atelier.example'];
    const after = await change(records, (change) =>
      change.changeOrganisation(here, 1, {
        domains,
        targetTemplate: 'imaps://{local}@mail.example/',
        suite: 'google',
      }),
    );
    assert.deepEqual(after.domains, ['nord.example', 'atelier.example']);
    assert.deepEqual(await records.organisation(here), after);
    assert.deepEqual(names(await records.organisations()), ['Atelier du Nord', 'Southern Works']);
    await misses(records.organisation('none'));
  });
}
