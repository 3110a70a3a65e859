import assert from 'node:assert/strict';
import type { Ledger } from '../ledger.ts';
import { entry, identity, type Law, message, refuses, step } from './trial.ts';

async function wanted(ledger: Ledger): Promise<[number, string[]][]> {
  const rows = await ledger.unmarked(0, 100);
  return rows.map(({ landing, wanted: marks }) => [landing.id, marks]);
}

/** Marks that a landing should be given. */
export function marks(law: Law): void {
  law(
    'nothing to do for a landing that was given what its item has',
    async ({ ledger, inbox, one, carried }) => {
      await carried(await one(inbox, '1.1', ['\\Seen', '$Work']), 'a', '9.1', ['$Work', '\\Seen']);
      assert.deepEqual(await wanted(ledger), []);
    },
  );

  law('marks add up over copies', async ({ ledger, inbox, other, one, carried }) => {
    const landing = await carried(await one(inbox, '1.1', ['\\Seen']), 'a', '9.1');
    const archived = await one(other, '5', ['\\Flagged', 'Work']);
    await ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'exact' }]);
    assert.deepEqual(await wanted(ledger), [[landing, ['Work', '\\Flagged', '\\Seen']]]);
    await ledger.settle([{ is: 'marked', landing, marks: ['\\Seen', '\\Flagged', 'Work'] }]);
    assert.deepEqual(await wanted(ledger), []);
    assert.deepEqual((await ledger.landing(landing))!.marks, ['Work', '\\Flagged', '\\Seen']);
    await refuses(ledger.settle([{ is: 'marked', landing: 99, marks: [] }]), /no landing/);
  });

  law('\\Deleted only when every copy has it', async ({ ledger, inbox, other, one, carried }) => {
    const landing = await carried(await one(inbox, '1.1', ['\\Deleted']), 'a', '9.1');
    const archived = await one(other, '5');
    await ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'exact' }]);
    assert.deepEqual(await wanted(ledger), [[landing, []]]);
    await ledger.remark(other, [{ key: '5', marks: ['\\Deleted'] }]);
    assert.deepEqual(await wanted(ledger), []);
  });

  law(
    'a change at a source is wanted at the target, also when a mark is taken away',
    async ({ ledger, inbox, one, carried }) => {
      const landing = await carried(await one(inbox, '1.1', ['\\Seen']), 'a', '9.1');
      await ledger.remark(inbox, [{ key: '1.1', marks: [] }]);
      assert.deepEqual(await wanted(ledger), [[landing, []]]);
      await ledger.remark(inbox, [{ key: '1.1', marks: ['\\Seen'] }]);
      assert.deepEqual(await wanted(ledger), []);
    },
  );

  law(
    'a copy that goes takes no mark away; the last one gone leaves the marks as they are',
    async ({ ledger, inbox, other, one, carried }) => {
      const landing = await carried(await one(inbox, '1.1', ['\\Seen']), 'a', '9.1');
      const archived = await one(other, '5', ['\\Flagged']);
      await ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'exact' }]);
      await ledger.settle([{ is: 'marked', landing, marks: ['\\Flagged', '\\Seen'] }]);
      await ledger.gone(other, ['5']);
      assert.deepEqual(await wanted(ledger), []);
      await ledger.remark(inbox, [{ key: '1.1', marks: [] }]);
      assert.deepEqual(await wanted(ledger), [[landing, ['\\Flagged']]]);
      await ledger.gone(inbox, 'all');
      assert.deepEqual(await wanted(ledger), []);
      await ledger.note(other, [entry('5')]);
      assert.deepEqual(await wanted(ledger), [[landing, ['\\Flagged']]]);
    },
  );

  law('a found message keeps its own marks and is itself a copy', async ({ ledger, inbox, place, one }) => {
    await ledger.found(place, [{ ...message('a', ['\\Answered']), key: '9.1' }]);
    const [found] = await ledger.landingsByKey(place, ['9.1']);
    assert.deepEqual(await wanted(ledger), []);
    const only = await one(inbox, '1.1', ['\\Seen', '\\Deleted']);
    await ledger.settle([{ is: 'merged', item: only.id, landing: found!.id, by: 'exact' }]);
    assert.deepEqual(await wanted(ledger), [[found!.id, ['\\Answered', '\\Seen']]]);
  });

  law('a landing without a key cannot be marked yet', async ({ ledger, inbox, place, one }) => {
    const only = await one(inbox, '1.1', ['\\Seen']);
    const [landing] = await ledger.intend([step(only.id, place, 'a', [])]);
    assert.deepEqual(await wanted(ledger), []);
    await ledger.settle([{ is: 'landed', landing: landing!, key: '9.1' }]);
    assert.deepEqual(await wanted(ledger), [[landing, ['\\Seen']]]);
  });

  law('what was read better, moved or claimed counts', async ({ ledger, inbox, one, carried }) => {
    const old = await one(inbox, '1.1');
    const landing = await carried(old, 'a', '9.1');
    await ledger.identify([{ ...identity(old, 'a'), marks: ['\\Flagged'] }]);
    assert.deepEqual(await wanted(ledger), [[landing, ['\\Flagged']]]);
    await ledger.gone(inbox, 'all');
    const fresh = await one(inbox, '2.1', ['\\Draft']);
    await ledger.settle([{ is: 'moved', item: fresh.id, from: old.id }]);
    assert.deepEqual(await wanted(ledger), [[landing, ['\\Draft']]]);
  });

  law(
    'unmarked pages by id, and what is due is told until it is done',
    async ({ ledger, inbox, place, noted, reopen }) => {
      const items = await noted(inbox, ...Array.from({ length: 7 }, (_, at) => entry(`1.${at}`)));
      const landings = await ledger.intend(items.map((row) => step(row.id, place, 'a')));
      await ledger.settle(landings.map((landing, at) => ({ is: 'landed', landing, key: `9.${at}` })));
      await ledger.remark(
        inbox,
        items.map(({ key }) => ({ key, marks: ['\\Seen'] })),
      );
      const page = await ledger.unmarked(landings[1]!, 3);
      assert.deepEqual(
        page.map((row) => row.landing.id),
        landings.slice(2, 5),
      );
      ledger = await reopen();
      assert.equal((await wanted(ledger)).length, 7);
    },
  );
}
