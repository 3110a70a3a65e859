import assert from 'node:assert/strict';
import { digest, entry, identity, ids, type Law, REASON, refuses, step } from './trial.ts';

/** From the intent to what came of it. */
export function landings(law: Law): void {
  law('a landing comes out as it went in', async ({ ledger, inbox, place, one, reopen }) => {
    const only = await one(inbox, '1.1');
    const before = Date.now();
    const altered = ['line-ends', 'nul'];
    const sent = { ...step(only.id, place, 'a', ['\\Seen']), sent: digest('repaired'), altered };
    const [id] = await ledger.intend([
      { ...sent, rung: 'repaired:nul', likely: digest('l'), receivedAt: null },
    ]);
    ledger = await reopen();
    const landing = await ledger.landing(id!);
    assert(landing!.intendedAt >= before && landing!.intendedAt <= Date.now());
    assert.deepEqual(
      { ...landing, intendedAt: 0 },
      {
        ...{
          id,
          place,
          state: 'intended',
          key: null,
          sent: digest('repaired'),
          size: 1000,
          exact: digest('a'),
        },
        ...{ kin: digest('kin a'), likely: digest('l'), messageId: 'a@example.org', marks: ['\\Seen'] },
        ...{ receivedAt: null, rung: 'repaired:nul', altered, stored: null, intendedAt: 0 },
      },
    );
    assert.equal(await ledger.landing(99), null);
  });

  law('intend refuses what is gone, unknown, or has no place', async ({ ledger, inbox, place, one }) => {
    const only = await one(inbox, '1.1');
    await refuses(ledger.intend([step(99, place, 'a')]), /item 99/);
    await refuses(ledger.intend([step(only.id, 99, 'a')]), /no place 99/);
    await refuses(ledger.intend([{ ...step(only.id, place, 'a'), kin: 'short' }]), /SHA-256/);
    await ledger.gone(inbox, ['1.1']);
    await refuses(ledger.intend([step(only.id, place, 'a')]), /not waiting/);
    assert.deepEqual(await ledger.intend([]), []);
  });

  law(
    'landed, then verified: unsettled and unverified tell what is due',
    async ({ ledger, inbox, place, noted }) => {
      const elsewhere = (await ledger.place(['Sent'])).id;
      const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
      const [a, b] = await ledger.intend([step(first!.id, place, 'a'), step(second!.id, elsewhere, 'b')]);
      assert.deepEqual(ids(await ledger.unsettled(place)), [a]);
      assert.deepEqual(ids(await ledger.unsettled()), [a, b]);
      await ledger.settle([
        { is: 'landed', landing: a!, key: null },
        { is: 'landed', landing: b!, key: '8.1' },
      ]);
      assert.deepEqual(await ledger.unsettled(), []);
      assert.deepEqual(ids(await ledger.unverified()), [a, b]);
      assert.deepEqual(ids(await ledger.unverified(elsewhere)), [b]);
      const altered = ['eight-bit-header'];
      await ledger.settle([{ is: 'verified', landing: a!, key: '9.1', stored: digest('stored'), altered }]);
      assert.deepEqual(ids(await ledger.unverified()), [b]);
      const done = await ledger.landing(a!);
      assert.deepEqual([done!.state, done!.key, done!.altered], ['verified', '9.1', altered]);
      assert.equal(done!.stored, digest('stored'));
      await refuses(ledger.settle([{ is: 'landed', landing: a!, key: '9.1' }]), /verified/);
    },
  );

  law(
    'an uncertain landing that was read back is thereby copied',
    async ({ ledger, inbox, place, one, item, crash }) => {
      const only = await one(inbox, '1.1');
      const [landing] = await ledger.intend([step(only.id, place, 'a')]);
      ledger = await crash();
      await ledger.settle([{ is: 'verified', landing: landing!, key: '9.1', stored: null, altered: [] }]);
      assert.equal((await item(inbox, '1.1')).outcome, 'copied');
    },
  );

  law(
    'absent: the landing goes and its items wait again, merged ones too',
    async ({ ledger, inbox, other, place, one }) => {
      const only = await one(inbox, '1.1');
      const archived = await one(other, '5');
      const [landing] = await ledger.intend([step(only.id, place, 'a')]);
      await ledger.settle([{ is: 'merged', item: archived.id, landing: landing!, by: 'exact' }]);
      await ledger.settle([{ is: 'absent', landing: landing! }]);
      assert.equal(await ledger.landing(landing!), null);
      assert.deepEqual(ids(await ledger.waiting(inbox, 0, 10)), [only.id]);
      const [again] = await ledger.waiting(other, 0, 10);
      assert.deepEqual([again!.id, again!.outcome, again!.by], [archived.id, null, null]);
      await refuses(ledger.settle([{ is: 'absent', landing: landing! }]), /no landing/);
    },
  );

  law(
    'left takes its intended landing away; with others in it, it may not',
    async ({ ledger, inbox, other, place, noted, one, item }) => {
      const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
      const archived = await one(other, '5');
      const [a, b] = await ledger.intend([step(first!.id, place, 'a'), step(second!.id, place, 'b')]);
      await ledger.settle([{ is: 'left', item: first!.id, reason: REASON }]);
      assert.equal(await ledger.landing(a!), null);
      const left = await item(inbox, '1.1');
      assert.deepEqual([left.outcome, left.landing, left.reason], ['left', null, REASON]);
      await ledger.settle([{ is: 'merged', item: archived.id, landing: b!, by: 'exact' }]);
      await refuses(ledger.settle([{ is: 'asked', item: second!.id, reason: REASON }]), /other items/);
      await refuses(ledger.settle([{ is: 'left', item: 99, reason: REASON }]), /no item/);
    },
  );

  law('merged joins and says by what', async ({ ledger, inbox, other, one, carried, item }) => {
    const landing = await carried(await one(inbox, '1.1'), 'a', '9.1');
    const archived = await one(other, '5');
    await refuses(
      ledger.settle([{ is: 'merged', item: archived.id, landing: 99, by: 'exact' }]),
      /no landing/,
    );
    await ledger.settle([{ is: 'merged', item: archived.id, landing, by: 'likely' }]);
    const joined = await item(other, '5');
    assert.deepEqual([joined.outcome, joined.landing, joined.by], ['merged', landing, 'likely']);
  });

  law(
    'moved: the item follows its gone self, which lets go',
    async ({ ledger, inbox, other, one, carried, item }) => {
      const old = await one(inbox, '1.1');
      const landing = await carried(old, 'a', '9.1');
      const fresh = await one(inbox, '2.1');
      await refuses(ledger.settle([{ is: 'moved', item: fresh.id, from: old.id }]), /cannot follow/);
      await ledger.gone(inbox, ['1.1']);
      const foreign = await one(other, '5');
      await refuses(ledger.settle([{ is: 'moved', item: foreign.id, from: old.id }]), /cannot follow/);
      await ledger.settle([{ is: 'moved', item: fresh.id, from: old.id }]);
      const moved = await item(inbox, '2.1');
      assert.deepEqual([moved.outcome, moved.landing, moved.by], ['copied', landing, 'moved']);
      const former = await item(inbox, '1.1');
      assert.deepEqual([former.outcome, former.landing, former.gone], [null, null, true]);
      await refuses(ledger.settle([{ is: 'moved', item: foreign.id, from: old.id }]), /cannot follow/);
      await ledger.advance(inbox, 'x');
    },
  );

  law(
    'moved from an uncertain landing leaves it to be settled',
    async ({ ledger, inbox, place, one, item }) => {
      const old = await one(inbox, '1.1');
      const [landing] = await ledger.intend([step(old.id, place, 'a')]);
      await ledger.gone(inbox, 'all');
      const fresh = await one(inbox, '2.1');
      await ledger.settle([{ is: 'moved', item: fresh.id, from: old.id }]);
      assert.equal((await item(inbox, '2.1')).outcome, null);
      await ledger.settle([{ is: 'landed', landing: landing!, key: null }]);
      assert.equal((await item(inbox, '2.1')).outcome, 'copied');
    },
  );

  law(
    'goneByExact finds former selves that still hold a landing',
    async ({ ledger, marie, paul, inbox, other, noted, one, carried }) => {
      const [first, second] = await noted(inbox, entry('1.1'), entry('1.2'));
      const foreign = await one(other, '5');
      const three = [identity(first!, 'a'), identity(second!, 'a'), identity(foreign, 'a')];
      await ledger.identify(three);
      await carried(first!, 'a', '9.1');
      await ledger.gone(inbox, 'all');
      await ledger.gone(other, 'all');
      assert.deepEqual(ids(await ledger.goneByExact(marie, [digest('a'), digest('b')])), [first!.id]);
      assert.deepEqual(await ledger.goneByExact(paul, [digest('a')]), []);
    },
  );
}
