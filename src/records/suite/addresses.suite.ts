import assert from 'node:assert/strict';
import { group } from './laws.suite.ts';
import { change, type Law, personNamed, refuses } from './trial.ts';

export function addresses(law: Law): void {
  law(
    'an address is one person’s or one group’s, whatever its case, alias or not',
    async ({ records, here }) => {
      await change(records, async (change) => {
        await change.addPerson(here, personNamed('Marie', '', { aliases: ['M.Durand@nord.example'] }));
        await change.addGroup(here, { ...group('tous'), aliases: ['All@nord.example'] });
        for (const taken of [
          'MARIE@nord.example',
          'm.durand@NORD.example',
          'Tous@nord.example',
          'all@nord.example',
        ]) {
          await refuses(change.addPerson(here, personNamed('Luc', '', { address: taken })), 'address-taken');
          await refuses(
            change.addPerson(here, personNamed('Luc', '', { aliases: [taken] })),
            'address-taken',
          );
          await refuses(change.addGroup(here, { ...group('g'), address: taken }), 'address-taken');
          await refuses(
            change.addGroup(here, { ...group('g'), aliases: ['g2@nord.example', taken] }),
            'address-taken',
          );
        }
        const luc = await change.addPerson(here, personNamed('Luc'));
        await refuses(
          change.changePerson(here, luc.id, 1, { aliases: ['ALL@nord.example'] }),
          'address-taken',
        );
        await refuses(
          change.changePerson(here, luc.id, 1, { address: 'marie@nord.example' }),
          'address-taken',
        );
        const one = await change.addGroup(here, group('autres'));
        await refuses(
          change.changeGroup(here, one.id, 1, { aliases: ['luc@nord.example'] }),
          'address-taken',
        );
      });
    },
  );

  law('what is given up is free at once; one’s own may change places', async ({ records, here }) => {
    await change(records, async (change) => {
      const marie = await change.addPerson(here, personNamed('Marie', '', { aliases: ['m@nord.example'] }));
      const swapped = { address: 'm@nord.example', aliases: ['marie@nord.example'] };
      const now = await change.changePerson(here, marie.id, 1, swapped);
      assert.deepEqual([now.address, now.aliases], ['m@nord.example', ['marie@nord.example']]);
      await change.changePerson(here, marie.id, 2, { aliases: [] });
      await change.addGroup(here, { ...group('g'), address: 'marie@nord.example' });
      await change.removePerson(here, marie.id);
      await change.addPerson(here, personNamed('Luc', '', { address: 'm@nord.example' }));
      const [one] = await change.groups(here);
      await change.removeGroup(here, one!.id);
      await change.addPerson(here, personNamed('Marie'));
    });
  });

  law('aliases are kept once, and none is the address itself', async ({ records, here }) => {
    const aliases = ['a@nord.example', 'A@NORD.example', 'Marie@nord.example', 'b@nord.example'];
    const one = await change(records, (change) =>
      change.addPerson(here, personNamed('Marie', '', { aliases })),
    );
    assert.deepEqual(one.aliases, ['a@nord.example', 'b@nord.example']);
    const again = await change(records, (change) => change.changePerson(here, one.id, 1, { aliases }));
    assert.equal(again.version, 1);
    const later = await change(records, (change) =>
      change.changePerson(here, one.id, 1, { address: 'A@nord.example' }),
    );
    assert.deepEqual(later.aliases, ['b@nord.example']);
  });

  law('members of a group are addresses, each once', async ({ records, here }) => {
    const members = ['x@else.example', 'X@else.example', 'marie@nord.example'];
    const one = await change(records, (change) => change.addGroup(here, { ...group('g'), members }));
    assert.deepEqual(one.members, ['x@else.example', 'marie@nord.example']);
    assert.deepEqual(await records.groups(here), [one]);
    const other = await change(records, (change) =>
      change.changeGroup(here, one.id, 1, { name: 'G', members: ['marie@nord.example'] }),
    );
    assert.deepEqual(await records.groups(here), [other]);
  });
}
