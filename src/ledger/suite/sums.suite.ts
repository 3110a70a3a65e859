import assert from 'node:assert/strict';
import { entry, identity, type Law, REASON, step } from './trial.ts';

/** Counts and exceptions. */
export function sums(law: Law): void {
  law(
    'counts add up over items that are not gone',
    async ({ ledger, inbox, other, place, noted, one, carried, reopen }) => {
      const items = await noted(inbox, ...Array.from({ length: 6 }, (_, at) => entry(`1.${at}`, [], 10)));
      const archived = await one(other, '5');
      const landing = await carried(items[0]!, 'a', '9.1');
      const gone = await carried(items[5]!, 'b', '9.2');
      await ledger.intend([step(items[1]!.id, place, 'c')]);
      await ledger.settle([
        { is: 'left', item: items[2]!.id, reason: REASON },
        { is: 'asked', item: items[3]!.id, reason: REASON },
        { is: 'merged', item: archived.id, landing, by: 'exact' },
      ]);
      await ledger.gone(inbox, ['1.5']);
      await ledger.identify([{ ...identity(items[4]!, 'd'), size: 15 }]);
      const sums = { entries: 6, copied: 1, merged: 1, left: 1, asked: 1, open: 2, gone: 1, bytes: 1055 };
      assert.deepEqual(await ledger.counts(), sums);
      ledger = await reopen();
      assert.deepEqual(await ledger.counts(), sums);
      await ledger.settle([{ is: 'absent', landing: gone }]);
      assert.deepEqual(await ledger.counts(), sums);
      await ledger.settle([{ is: 'absent', landing }]);
      assert.deepEqual(await ledger.counts(), { ...sums, copied: 0, merged: 0, open: 4 });
    },
  );

  law('exceptions are what was left or asked, with the reason', async ({ ledger, inbox, noted, carried }) => {
    const items = await noted(inbox, ...Array.from({ length: 4 }, (_, at) => entry(`1.${at}`)));
    await carried(items[1]!, 'a', '9.1');
    await ledger.settle([
      { is: 'left', item: items[0]!.id, reason: REASON },
      { is: 'asked', item: items[2]!.id, reason: '{}' },
      { is: 'left', item: items[3]!.id, reason: REASON },
    ]);
    await ledger.gone(inbox, ['1.3']);
    assert.deepEqual(
      (await ledger.exceptions(0, 2)).map((row) => [row.id, row.outcome, row.reason, row.gone]),
      [
        [items[0]!.id, 'left', REASON, false],
        [items[2]!.id, 'asked', '{}', false],
      ],
    );
    const rest = await ledger.exceptions(items[2]!.id, 2);
    assert.deepEqual(
      rest.map((row) => [row.id, row.gone]),
      [[items[3]!.id, true]],
    );
  });

  law('counts of one account are its own; those of all add up', async ({ ledger, marie, inbox, noted }) => {
    const theirs = await ledger.folder(await ledger.enrol('other', 1), ['INBOX']);
    await noted(inbox, entry('1.1'), entry('1.2'));
    await noted(theirs.id, entry('1.1'));
    const [mine, their, all] = [
      await ledger.counts(marie),
      await ledger.counts(theirs.account),
      await ledger.counts(),
    ];
    assert.deepEqual([mine.entries, their.entries, all.entries], [2, 1, 3]);
    assert.equal(mine.bytes + their.bytes, all.bytes);
  });

  law('an empty ledger counts nothing', async ({ ledger }) => {
    const none = { entries: 0, copied: 0, merged: 0, left: 0, asked: 0, open: 0, gone: 0, bytes: 0 };
    assert.deepEqual(await ledger.counts(), none);
  });
}
