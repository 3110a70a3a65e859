import assert from 'node:assert/strict';
import type { Outcome } from '../ledger.ts';
import { digest, entry, ids, type Law, message, refuses, step } from './trial.ts';

/** What lies at the target and how it is found again. */
export function known(law: Law): void {
  law(
    'found messages are landings that are not ours; known keys are ignored',
    async ({ ledger, inbox, place, one, carried }) => {
      const ours = await carried(await one(inbox, '1.1'), 'a', '9.1');
      const there = [
        { ...message('a'), key: '9.1' },
        { ...message('b', ['\\Seen']), key: '9.2' },
        { ...message('c'), key: '9.2' },
      ];
      await ledger.found(place, there);
      await ledger.found(place, there);
      const [mine, found, ...more] = await ledger.landingsByKey(place, ['9.1', '9.2']);
      assert.equal((await ledger.landingsByExact([digest('c')])).length, 0);
      assert.deepEqual([mine!.id, mine!.state, more.length], [ours, 'landed', 0]);
      assert.deepEqual([found!.state, found!.key, found!.marks], ['found', '9.2', ['\\Seen']]);
      await refuses(ledger.settle([{ is: 'landed', landing: found!.id, key: '9.2' }]), /found/);
      const verified: Outcome = {
        is: 'verified',
        landing: found!.id,
        key: '9.2',
        stored: null,
        altered: [],
      };
      await refuses(ledger.settle([verified]), /found/);
      await refuses(ledger.found(99, there), /no place/);
      await ledger.settle([
        { is: 'merged', item: (await one(inbox, '1.2')).id, landing: found!.id, by: 'exact' },
      ]);
    },
  );

  law(
    'a found message that turns out to be ours becomes our landing, with what joined it',
    async ({ ledger, inbox, other, place, one }) => {
      const only = await one(inbox, '1.1');
      const archived = await one(other, '5');
      const [landing] = await ledger.intend([step(only.id, place, 'a')]);
      await ledger.found(place, [{ ...message('a'), key: '9.1' }]);
      const [found] = await ledger.landingsByKey(place, ['9.1']);
      await ledger.settle([{ is: 'merged', item: archived.id, landing: found!.id, by: 'exact' }]);
      await ledger.settle([{ is: 'verified', landing: landing!, key: '9.1', stored: null, altered: [] }]);
      assert.deepEqual(ids(await ledger.landingsByKey(place, ['9.1'])), [landing]);
      assert.deepEqual(ids(await ledger.itemsOf([landing!])), [only.id, archived.id]);
      assert.equal(await ledger.landing(found!.id), null);
    },
  );

  law('no two of our landings have one key', async ({ ledger, inbox, place, noted, carried }) => {
    const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
    await carried(first!, 'a', '9.1');
    const [landing] = await ledger.intend([step(second!.id, place, 'a')]);
    await refuses(ledger.settle([{ is: 'landed', landing: landing!, key: '9.1' }]), /belongs to landing/);
    assert.deepEqual(ids(await ledger.unsettled()), [landing]);
  });

  law('landings are found by digest and key', async ({ ledger, inbox, place, noted }) => {
    const elsewhere = (await ledger.place(['Sent'])).id;
    const items = await noted(inbox, ...Array.from({ length: 5 }, (_, at) => entry(`1.${at}`)));
    const [a, b, c, d] = await ledger.intend([
      step(items[0]!.id, place, 'x1'),
      step(items[1]!.id, place, 'x2'),
      step(items[2]!.id, elsewhere, 'x1'),
      step(items[3]!.id, place, 'y'),
      step(items[4]!.id, place, 'z'),
    ]);
    await ledger.settle([{ is: 'landed', landing: d!, key: '9.4' }]);
    const byExact = await ledger.landingsByExact([
      digest('x1'),
      digest('nothing'),
      digest('y'),
      digest('x1'),
    ]);
    assert.deepEqual(ids(byExact), [a, c, d]);
    assert.deepEqual(ids(await ledger.landingsByKin([digest('kin x')])), [a, b, c]);
    assert.deepEqual(ids(await ledger.landingsByKey(place, ['9.4', '9.5'])), [d]);
    assert.deepEqual(await ledger.landingsByKey(elsewhere, ['9.4']), []);
  });

  law(
    'itemsOf tells all items of landings, gone ones included',
    async ({ ledger, inbox, other, one, carried }) => {
      const landing = await carried(await one(inbox, '1.1'), 'a', '9.1');
      const second = await carried(await one(inbox, '1.2'), 'b', '9.2');
      const archived = await one(other, '5');
      await ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'exact' }]);
      await ledger.gone(inbox, 'all');
      const keys = (await ledger.itemsOf([second, landing, landing, 99])).map((row) => row.key);
      assert.deepEqual(keys, ['1.1', '1.2', '5']);
    },
  );

  law(
    'mergeable tells whether looking for duplicates is worth it',
    async ({ ledger, marie, paul, inbox, place, noted, carried }) => {
      const [first] = await noted(inbox, entry('1.1'), entry('1.2'));
      assert.equal(await ledger.mergeable(marie), false);
      const landing = await carried(first!, 'a', '9.1');
      assert.equal(await ledger.mergeable(marie), false);
      assert.equal(await ledger.mergeable(paul), true);
      await ledger.gone(inbox, ['1.2']);
      assert.equal(await ledger.mergeable(marie), true);
      await ledger.note(inbox, [entry('1.2')]);
      await ledger.settle([{ is: 'absent', landing }]);
      assert.equal(await ledger.mergeable(paul), false);
      await ledger.found(place, [{ ...message('b'), key: '9.2' }]);
      assert.equal(await ledger.mergeable(marie), true);
    },
  );
}
