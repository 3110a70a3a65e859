import assert from 'node:assert/strict';
import { type Law, refuses } from './trial.ts';

/** Accounts, folders, places, small values. */
export function names(law: Law): void {
  law('enrol finds an account by name and updates its rank', async ({ ledger, marie, paul }) => {
    assert.equal(await ledger.enrol('mbox:archive', 0), paul);
    assert.deepEqual(await ledger.accounts(), [
      { id: marie, name: 'imap://marie@mail.example:143/', rank: 0 },
      { id: paul, name: 'mbox:archive', rank: 0 },
    ]);
  });

  law(
    'folders are told apart by account and path, not by any separator',
    async ({ ledger, marie, paul, inbox, other }) => {
      const joined = await ledger.folder(marie, ['a/b']);
      const nested = await ledger.folder(marie, ['a', 'b']);
      const foreign = await ledger.folder(paul, ['a', 'b']);
      assert.equal(new Set([joined.id, nested.id, foreign.id, inbox, other]).size, 5);
      assert.deepEqual(await ledger.folder(marie, ['a', 'b']), nested);
      assert.deepEqual(nested, { id: nested.id, account: marie, path: ['a', 'b'], checkpoint: null });
      assert.equal((await ledger.folders()).length, 5);
      await refuses(ledger.folder(99, ['x']), /no account/);
    },
  );

  law('places keep window and state until they are forgotten', async ({ ledger, place, reopen }) => {
    await ledger.updatePlace(place, { window: '7.12', state: 'all known' });
    await ledger.updatePlace(place, { state: null });
    ledger = await reopen();
    assert.deepEqual(await ledger.place(['INBOX']), {
      id: place,
      path: ['INBOX'],
      window: '7.12',
      state: null,
    });
    await ledger.updatePlace(place, { window: null });
    assert.deepEqual(await ledger.places(), [{ id: place, path: ['INBOX'], window: null, state: null }]);
    await refuses(ledger.updatePlace(99, {}), /no place/);
  });

  law('small values are remembered', async ({ ledger, reopen }) => {
    assert.equal(await ledger.recall('x'), null);
    await ledger.remember('x', '1');
    await ledger.remember('x', '2');
    ledger = await reopen();
    assert.equal(await ledger.recall('x'), '2');
  });
}
