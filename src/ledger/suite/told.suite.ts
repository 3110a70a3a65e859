import assert from 'node:assert/strict';
import { digest, entry, identity, ids, type Law, REASON, refuses, step } from './trial.ts';

/** What sources told: items and what waits. */
export function told(law: Law): void {
  law('note tells how many were new and keeps what was known', async ({ ledger, marie, inbox, other }) => {
    assert.equal(await ledger.note(inbox, [entry('1.1', ['\\Seen']), entry('1.1'), entry('1.2')]), 2);
    assert.equal(await ledger.note(inbox, [entry('1.1', ['\\Flagged'], 5), entry('1.3')]), 1);
    const [first] = await ledger.items(inbox, 0, 10);
    assert.deepEqual([first!.marks, first!.size, first!.account], [['\\Seen'], 1000, marie]);
    assert.equal(await ledger.note(other, [entry('1.1')]), 1);
    await refuses(ledger.note(99, [entry('1.1')]), /no folder/);
  });

  law('an item comes out as it went in', async ({ ledger, marie, inbox, reopen }) => {
    const alsoIn = [['Work', 'a/b'], ['Étoilés']];
    const marks = ['\\Seen', '$Forwarded', 'Größe'];
    await ledger.note(inbox, [{ key: 'ünïque "1"', marks, receivedAt: null, size: 2 ** 40, alsoIn }]);
    ledger = await reopen();
    const [only] = await ledger.items(inbox, 0, 10);
    const { id, ...told } = only!;
    assert(id > 0);
    assert.deepEqual(told, {
      ...{ folder: inbox, account: marie, key: 'ünïque "1"', size: 2 ** 40, receivedAt: null },
      ...{ marks: ['$Forwarded', 'Größe', '\\Seen'], alsoIn, gone: false, outcome: null, landing: null },
      ...{ by: null, reason: null, exact: null, kin: null, likely: null, messageId: null, subject: null },
    });
  });

  law(
    'gone items keep their outcome and come back as they were',
    async ({ ledger, inbox, noted, carried, item }) => {
      const [first, second] = await noted(inbox, entry('1.1', ['\\Seen']), entry('1.2'));
      const landing = await carried(first!, 'a', '9.1');
      await ledger.gone(inbox, ['1.1', 'never told']);
      assert.deepEqual(await item(inbox, '1.1').then((row) => [row.gone, row.outcome]), [true, 'copied']);
      assert.equal((await item(inbox, '1.2')).gone, false);
      assert.equal(await ledger.note(inbox, [entry('1.1')]), 0);
      const back = await item(inbox, '1.1');
      assert.deepEqual([back.gone, back.landing, back.marks], [false, landing, ['\\Seen']]);
      await ledger.gone(inbox, 'all');
      assert.deepEqual(await ledger.waiting(inbox, 0, 10), []);
      assert.equal((await ledger.counts()).gone, 2);
      assert.equal(second!.gone, false);
    },
  );

  law('remark replaces the marks of known keys', async ({ ledger, inbox, noted, item }) => {
    await noted(inbox, entry('1.1', ['\\Seen']));
    await ledger.remark(inbox, [
      { key: '1.1', marks: ['\\Seen', '\\Answered'] },
      { key: 'unknown', marks: ['\\Seen'] },
    ]);
    assert.deepEqual((await item(inbox, '1.1')).marks, ['\\Answered', '\\Seen']);
    assert.equal((await ledger.items(inbox, 0, 10)).length, 1);
  });

  law('a left item can wait again, and only a left one', async ({ ledger, inbox, noted }) => {
    const [item] = await noted(inbox, entry('1.1'));
    await refuses(ledger.settle([{ is: 'again', item: item!.id }]), /not left/);
    await ledger.settle([{ is: 'left', item: item!.id, reason: REASON }]);
    await ledger.settle([{ is: 'again', item: item!.id }]);
    const [again] = await ledger.waiting(inbox, 0, 10);
    assert.deepEqual([again?.id, again?.outcome, again?.reason], [item!.id, null, null]);
    assert.deepEqual(await ledger.exceptions(0, 10), []);
    assert.equal((await ledger.counts()).open, 1);
  });

  law('waitingByFolder counts what waits, and nothing else', async ({ ledger, inbox, other }) => {
    const sized = (key: string, size: number) => ({ ...entry(key), size });
    await ledger.note(inbox, [sized('1.1', 10), sized('1.2', 20), sized('1.3', 40)]);
    await ledger.note(other, [sized('1.1', 5)]);
    await ledger.gone(other, 'all');
    const [first] = await ledger.waiting(inbox, 0, 1);
    await ledger.settle([{ is: 'left', item: first!.id, reason: REASON }]);
    assert.deepEqual(await ledger.waitingByFolder(), [{ folder: inbox, items: 2, bytes: 60 }]);
  });

  law('waiting and items page by id', async ({ ledger, inbox, other, place, noted }) => {
    const keys = Array.from({ length: 25 }, (_, at) => entry(`1.${at}`));
    const items = await noted(inbox, ...keys);
    await ledger.note(other, [entry('x')]);
    await ledger.intend([step(items[3]!.id, place, 'a')]);
    await ledger.settle([{ is: 'left', item: items[4]!.id, reason: REASON }]);
    const seen: number[] = [];
    for (let after = 0; ; after = seen.at(-1)!) {
      const page = await ledger.waiting(inbox, after, 10);
      if (page.length === 0) break;
      assert(page.length <= 10);
      seen.push(...ids(page));
    }
    assert.deepEqual(
      seen,
      ids(items).filter((_, at) => at !== 3 && at !== 4),
    );
    assert.deepEqual(ids(await ledger.items(inbox, items[19]!.id, 10)), ids(items.slice(20)));
  });

  law(
    'identify tells who a message is; a missing date does not unset a known one',
    async ({ ledger, inbox, one, item }) => {
      const only = await one(inbox, '1.1', ['\\Seen']);
      const read = { ...identity(only, 'a'), size: 7, marks: ['\\Seen', '\\Flagged'], receivedAt: null };
      await ledger.identify([{ ...read, messageId: 'a@b', subject: 'Été' }]);
      const known = await item(inbox, '1.1');
      const { exact, kin, likely, messageId, subject, size, marks, receivedAt } = known;
      assert.deepEqual([exact, kin, likely], [digest('a'), digest('kin a'), digest('likely a')]);
      assert.deepEqual([messageId, subject, size, receivedAt], ['a@b', 'Été', 7, only.receivedAt]);
      assert.deepEqual(marks, ['\\Flagged', '\\Seen']);
      await refuses(ledger.identify([{ ...identity(only, 'a'), exact: 'abc' }]), /SHA-256/);
    },
  );
}
