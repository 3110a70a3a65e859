import assert from 'node:assert/strict';
import { digest, entry, identity, ids, type Law, REASON, refuses, step } from './trial.ts';

/** What the contract promises before all verbs. */
export function laws(law: Law): void {
  law(
    'intend survives a crash, and all that was told before it',
    async ({ ledger, inbox, place, noted, item, crash }) => {
      const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
      await ledger.identify([identity(first!, 'a')]);
      await ledger.remember('slowest', '12');
      const landings = await ledger.intend([step(first!.id, place, 'a'), step(second!.id, place, 'b')]);
      ledger = await crash();
      assert.deepEqual(ids(await ledger.unsettled()), landings);
      assert.equal((await item(inbox, '1.1')).exact, digest('a'));
      assert.equal(await ledger.recall('slowest'), '12');
      assert.deepEqual(await ledger.waiting(inbox, 0, 10), []);
    },
  );

  law(
    'advance survives a crash, and all that was told before it',
    async ({ ledger, marie, inbox, one, item, crash }) => {
      const only = await one(inbox, '1.1');
      await ledger.settle([{ is: 'left', item: only.id, reason: REASON }]);
      await ledger.advance(inbox, 'modseq 17');
      ledger = await crash();
      assert.equal((await ledger.folder(marie, ['INBOX'])).checkpoint, 'modseq 17');
      assert.equal((await item(inbox, '1.1')).reason, REASON);
    },
  );

  law(
    'flush and close make durable what was told',
    async ({ ledger, inbox, one, carried, crash, reopen }) => {
      const landing = await carried(await one(inbox, '1.1'), 'a', '9.1');
      await ledger.flush();
      ledger = await crash();
      assert.equal((await ledger.landing(landing))?.state, 'landed');
      await ledger.settle([{ is: 'verified', landing, key: '9.1', stored: null, altered: [] }]);
      ledger = await reopen();
      assert.equal((await ledger.landing(landing))?.state, 'verified');
    },
  );

  law('a crash loses a tail, never a middle', async ({ ledger, crash }) => {
    await ledger.flush();
    for (let told = 0; told < 40; told += 1) await ledger.remember(`told ${told}`, 'yes');
    ledger = await crash();
    const kept: boolean[] = [];
    for (let told = 0; told < 40; told += 1) kept.push((await ledger.recall(`told ${told}`)) === 'yes');
    assert.equal(kept.lastIndexOf(true) + 1, kept.filter(Boolean).length);
  });

  law('reads see what was told and is not durable yet', async ({ ledger, inbox, one }) => {
    const only = await one(inbox, '1.1');
    await ledger.settle([{ is: 'asked', item: only.id, reason: REASON }]);
    assert.equal((await ledger.counts()).asked, 1);
    assert.deepEqual(ids(await ledger.exceptions(0, 10)), [only.id]);
  });

  law('an item has at most one outcome', async ({ ledger, inbox, other, place, noted, one, carried }) => {
    const [copied, left, joined] = await noted(inbox, entry('1.1'), entry('1.2'), entry('1.3'));
    const archived = await one(other, '5');
    const landing = await carried(copied!, 'a', '9.1');
    const away = await carried(joined!, 'c', '9.3');
    await ledger.settle([
      { is: 'left', item: left!.id, reason: REASON },
      { is: 'merged', item: archived.id, landing, by: 'exact' },
    ]);
    for (const { id } of [copied!, left!, archived]) {
      await refuses(ledger.settle([{ is: 'left', item: id, reason: REASON }]), /already/);
      await refuses(ledger.settle([{ is: 'asked', item: id, reason: REASON }]), /already/);
      await refuses(ledger.settle([{ is: 'merged', item: id, landing: away, by: 'exact' }]), /already/);
      await refuses(ledger.intend([step(id, place, 'a')]), /not waiting/);
    }
  });

  law(
    'an item on its way joins no other landing',
    async ({ ledger, inbox, other, place, noted, one, carried }) => {
      const [going, there] = await noted(inbox, entry('1.1'), entry('1.2'));
      const archived = await one(other, '5');
      const landing = await carried(there!, 'a', '9.1');
      await ledger.intend([step(archived.id, place, 'a'), step(going!.id, place, 'b')]);
      await refuses(ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'exact' }]), /landing/);
    },
  );

  law(
    'a landing absorbs one item of each account: a twin stays a twin',
    async ({ ledger, inbox, other, noted, carried }) => {
      const [first, twin] = await noted(inbox, entry('1.1'), entry('1.2'));
      const [fifth, sixth] = await noted(other, entry('5'), entry('6'));
      const landing = await carried(first!, 'a', '9.1');
      await refuses(ledger.settle([{ is: 'merged', item: twin!.id, landing, by: 'exact' }]), /already holds/);
      await ledger.settle([{ is: 'merged', item: fifth!.id, landing, by: 'exact' }]);
      await refuses(
        ledger.settle([{ is: 'merged', item: sixth!.id, landing, by: 'likely' }]),
        /already holds/,
      );
      assert.deepEqual(ids(await ledger.itemsOf([landing])), [first!.id, fifth!.id]);
    },
  );

  law('a gone item still fills its place in the landing', async ({ ledger, inbox, noted, carried }) => {
    const [first, twin] = await noted(inbox, entry('1.1'), entry('1.2'));
    const landing = await carried(first!, 'a', '9.1');
    await ledger.gone(inbox, ['1.1']);
    await refuses(ledger.settle([{ is: 'merged', item: twin!.id, landing, by: 'exact' }]), /already holds/);
  });

  law('a verb is done as a whole or not at all', async ({ ledger, inbox, place, noted, item }) => {
    const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
    await refuses(ledger.intend([step(first!.id, place, 'a'), step(first!.id, place, 'a')]), /not waiting/);
    assert.deepEqual(await ledger.unsettled(), []);
    await refuses(
      ledger.settle([
        { is: 'left', item: first!.id, reason: REASON },
        { is: 'left', item: second!.id, reason: REASON },
        { is: 'absent', landing: 99 },
      ]),
      /no landing 99/,
    );
    assert.deepEqual(ids(await ledger.waiting(inbox, 0, 10)), [first!.id, second!.id]);
    assert.deepEqual(await ledger.counts().then(({ open, left }) => [open, left]), [2, 0]);
    const strange = entry('1.4', ['$Strange']);
    await refuses(
      ledger.identify([identity(first!, 'a'), { ...identity(first!, 'a'), item: 99 }]),
      /no item/,
    );
    assert.equal((await item(inbox, '1.1')).exact, null);
    assert.deepEqual((await noted(inbox, strange))[0]!.marks, ['$Strange']);
  });

  law(
    'advance throws while an item is open, on its way or not',
    async ({ ledger, marie, inbox, place, noted }) => {
      const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
      await refuses(ledger.advance(inbox, 'x'), /open/);
      const [landing] = await ledger.intend([step(first!.id, place, 'a')]);
      await ledger.gone(inbox, ['1.2']);
      await refuses(ledger.advance(inbox, 'x'), /open/);
      await ledger.settle([{ is: 'landed', landing: landing!, key: null }]);
      await ledger.advance(inbox, 'x');
      await ledger.note(inbox, [entry('1.2')]);
      await refuses(ledger.advance(inbox, 'y'), new RegExp(`item ${second!.id} is open`));
      assert.equal((await ledger.folder(marie, ['INBOX'])).checkpoint, 'x');
    },
  );

  law('ids are never used twice', async ({ ledger, inbox, place, one, reopen }) => {
    const only = await one(inbox, '1.1');
    const seen = new Set<number>();
    for (let round = 0; round < 3; round += 1) {
      const [landing] = await ledger.intend([step(only.id, place, 'a')]);
      assert(!seen.has(landing!));
      seen.add(landing!);
      await ledger.settle([{ is: 'absent', landing: landing! }]);
      ledger = await reopen();
    }
  });

  law('after close every verb throws; closing twice is once', async ({ ledger, inbox }) => {
    await ledger.close();
    await ledger.close();
    await refuses(ledger.counts(), /closed/);
    await refuses(ledger.note(inbox, [entry('1.1')]), /closed/);
    await refuses(ledger.flush(), /closed/);
  });
}
