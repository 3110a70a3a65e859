import assert from 'node:assert/strict';
import type { Records } from '../records.ts';
import {
  BY,
  change,
  type Law,
  lines,
  organisation,
  personNamed,
  readAll,
  refuses,
  siteNamed,
  source,
} from './trial.ts';

/** What the contract promises before all verbs. */
export function laws(law: Law): void {
  law('what work throws takes all of it back, the audit too', async ({ records, here }) => {
    const before = await readAll(records);
    const bug = new Error('no');
    const work = records.write(BY, async (change) => {
      const { id } = await change.addPerson(here, personNamed('Marie'));
      const account = await change.addAccount(here, source(id, 'imaps://marie@old.example/'));
      await change.sealSecret(here, account.id, 'x');
      await change.addGroup(here, { ...group('Tous'), members: ['marie@nord.example'] });
      throw bug;
    });
    await assert.rejects(work, (error) => error === bug);
    assert.deepEqual(await readAll(records), before);
  });

  law('a verb that is refused leaves nothing, and the write may go on', async ({ records, here }) => {
    await change(records, async (change) => {
      await change.addPerson(here, personNamed('Marie'));
      const twice = personNamed('Luc', 'Petit', {
        aliases: ['luc.petit@nord.example', 'MARIE@nord.example'],
      });
      await refuses(change.addPerson(here, twice), 'address-taken');
      await change.addPerson(here, personNamed('Jean', 'Petit', { aliases: ['luc.petit@nord.example'] }));
    });
    const { rows } = await records.people(here, { offset: 0, limit: 10 });
    assert.deepEqual(
      rows.map(({ givenName }) => givenName),
      ['Marie', 'Jean'],
    );
  });

  law('a write sees what it did; others see it when it is over, whole', async ({ records, here }) => {
    const total = async (from: Pick<Records, 'people'>) =>
      (await from.people(here, { offset: 0, limit: 1 })).total;
    const reached = Promise.withResolvers<void>();
    const may = Promise.withResolvers<void>();
    const write = change(records, async (change) => {
      await change.addPerson(here, personNamed('Marie'));
      assert.equal(await total(change), 1);
      reached.resolve();
      await may.promise;
      await change.addPerson(here, personNamed('Luc'));
    });
    await reached.promise;
    const outside = total(records);
    may.resolve();
    await write;
    assert.ok([0, 2].includes(await outside), 'before or after, never between');
    assert.equal(await total(records), 2);
  });

  law('writes that are begun together come one after the other', async ({ records, here, wave }) => {
    let inside = 0;
    const writes = Array.from({ length: 12 }, (_, at) =>
      change(records, async (change) => {
        assert.equal(++inside, 1);
        const { version } = await change.wave(here, wave);
        await change.changeWave(here, wave, version, { rollBackNote: `${at}` });
        inside--;
      }),
    );
    await Promise.all(writes);
    assert.equal((await records.wave(here, wave)).version, 13);
  });

  law(
    'verbs of one write that are begun together come one after the other',
    async ({ records, here, wave }) => {
      const work = change(records, async (change) => {
        const both = [1, 2].map((at) => change.changeWave(here, wave, 1, { rollBackNote: `${at}` }));
        const [first, second] = await Promise.allSettled(both);
        assert.equal(first!.status, 'fulfilled');
        assert.equal(second!.status, 'rejected');
      });
      await work;
      assert.equal((await records.wave(here, wave)).rollBackNote, '1');
    },
  );

  law(
    'a write in a write, other reading in it, and a change that is over: bugs',
    async ({ records, here }) => {
      let kept: Parameters<Parameters<Records['write']>[1]>[0] | undefined;
      await change(records, async (change) => {
        kept = change;
        await assert.rejects(
          records.write(BY, async () => {}),
          /within a write/,
        );
        await assert.rejects(records.organisations(), /within a write/);
        await assert.rejects(records.rotate(), /within a write/);
      });
      await assert.rejects(kept!.addPerson(here, personNamed('Marie')), /write is over/);
      await assert.rejects(kept!.organisations(), /write is over/);
      assert.equal((await records.everybody(here)).length, 0);
    },
  );

  law(
    'a bug in the middle of a verb takes the whole write back, even if it is caught',
    async ({ records, here }) => {
      const work = change(records, async (change) => {
        await change.addPerson(here, personNamed('Marie'));
        const odd = { ...siteNamed('Arras'), lineBytesPerSecond: 1.5 };
        await change.addSite(here, odd).catch(() => {});
      });
      await assert.rejects(work);
      assert.equal((await records.everybody(here)).length, 0);
      assert.equal((await records.sites(here)).length, 1);
    },
  );

  law('another version than the one seen is refused, and nothing is changed', async (trial) => {
    const { records, here, wave, site } = trial;
    const made = await change(records, async (change) => {
      const person = await change.addPerson(here, personNamed('Marie'));
      const account = await change.addAccount(here, source(person.id, 'imaps://marie@old.example/'));
      const one = await change.addGroup(here, group('Tous'));
      const operator = await change.addOperator(operatorNamed('u1'));
      return { person, account, group: one, operator };
    });
    const stale = [0, 2, 99];
    const before = await readAll(records);
    for (const seen of stale) {
      const tries: ((change: Parameters<Parameters<Records['write']>[1]>[0]) => Promise<unknown>)[] = [
        (change) => change.changeOrganisation(here, seen, { name: 'x' }),
        (change) => change.changeSite(here, site, seen, { name: 'x' }),
        (change) => change.changeWave(here, wave, seen, { name: 'x' }),
        (change) => change.decide(here, wave, seen, { go: true, by: 'x', atMs: 1, note: '' }),
        (change) => change.changePerson(here, made.person.id, seen, { title: 'x' }),
        (change) => change.changeGroup(here, made.group.id, seen, { name: 'x' }),
        (change) => change.changeAccount(here, made.account.id, seen, { position: 4 }),
        (change) => change.changeOperator(made.operator.id, seen, { name: 'x' }),
      ];
      for (const one of tries) await refuses(change(records, one), 'changed-meanwhile');
    }
    assert.deepEqual(await readAll(records), before);
  });

  law(
    'every change has one line in the audit, by whom and on what; the same again has none',
    async (trial) => {
      const { records, here, wave, site } = trial;
      const person = await change(records, (change) =>
        change.addPerson(here, personNamed('Marie', 'Durand')),
      );
      const told = (await lines(records, here)).length;
      const act = () =>
        records.write('Paul Bernard', async (change) => {
          const { version } = await change.person(here, person.id);
          await change.changePerson(here, person.id, version, { title: 'Comptable', wave, site });
          const { version: seen } = await change.wave(here, wave);
          await change.changeWave(here, wave, seen, { rollBackNote: 'Retour', deadlineMs: 5 });
          const one = await change.organisation(here);
          await change.changeOrganisation(here, one.version, { domains: ['Nord.example'], movesAtOnce: 4 });
          await change.tick(here, wave, {
            gate: 'licences',
            is: 'ticked',
            by: 'Paul Bernard',
            atMs: 7,
            note: '',
          });
          await change.assign(here, [person.id], wave);
          await change.setSetting(here, 'notices', [{ url: 'https://hooks.example/' }]);
        });
      await act();
      assert.deepEqual((await lines(records, here)).slice(told), [
        'person.changed',
        'wave.changed',
        'gate.ticked',
        'setting.changed',
      ]);
      const before = await readAll(records);
      await act();
      assert.deepEqual(await readAll(records), before, 'versions and audit stay');
      const { rows } = await records.audit(here, { offset: 0, limit: 1, text: 'comptable' });
      assert.deepEqual(
        { by: rows[0]!.by, on: rows[0]!.on, details: rows[0]!.details },
        {
          by: 'Paul Bernard',
          on: 'marie@nord.example',
          details: {
            title: { from: '', to: 'Comptable' },
            wave: { from: null, to: 'Lille' },
            site: { from: null, to: 'Lille' },
          },
        },
      );
    },
  );

  law('unknown fields, ids and versions handed in change nothing', async ({ records, here }) => {
    const one = await change(records, (change) => change.addPerson(here, personNamed('Marie')));
    const body = { version: 1, id: 'x', secret: 'y', title: 'T' } as { title: string };
    const after = await change(records, (change) => change.changePerson(here, one.id, 1, body));
    assert.deepEqual(after, { ...one, title: 'T', version: 2 });
    assert.deepEqual((await records.audit(here, { offset: 0, limit: 1 })).rows[0]!.details, {
      title: { from: '', to: 'T' },
    });
  });

  law(
    'what was answered is there after it is opened again, and nothing depends on the clock',
    async ({ records, bed, here }) => {
      await change(records, (change) => change.addPerson(here, personNamed('Marie')));
      const before = await readAll(records);
      const again = await bed.reopen({ nowMs: () => 1_000 });
      if (bed.bytes() !== null) assert.deepEqual(await readAll(again), before);
      const early = await change(again, (change) => change.addOrganisation(organisation('Before')));
      assert.equal(early.createdMs, 1_000);
      const { rows } = await again.audit(null, { offset: 0, limit: 2 });
      assert.equal(rows[0]!.action, 'organisation.added');
      assert.equal(rows[0]!.atMs, 1_000);
      if (rows[1]) assert.ok(rows[0]!.id > rows[1].id, 'newest first, whatever the clock says');
    },
  );

  law('closed is closed, twice is once', async ({ records }) => {
    await records.close();
    await records.close();
    await assert.rejects(records.organisations(), /closed/);
    await assert.rejects(
      records.write(BY, async () => {}),
      /closed/,
    );
  });
}

export function group(name: string) {
  return {
    name,
    address: `${name}@nord.example`.toLowerCase(),
    aliases: [],
    site: null,
    members: [] as string[],
  };
}

export function operatorNamed(user: string) {
  return {
    user,
    name: `Op ${user}`,
    email: `${user}@nord.example`,
    language: 'fr' as const,
    roles: [],
    disabled: false,
  };
}
