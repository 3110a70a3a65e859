import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { keyOf } from '../../wire/sealed.ts';
import type { Account } from '../facts.ts';
import type { Change } from '../records.ts';
import {
  change,
  type Law,
  lines,
  malformed,
  misses,
  personNamed,
  readAll,
  refuses,
  source,
  type Trial,
} from './trial.ts';

const SECRET = 'correct-horse-é-battery';

/** A person with one account that needs a secret. */
async function accountOf({ records, here }: Trial, name = 'Marie') {
  return change(records, async (change) => {
    const { id } = await change.addPerson(here, personNamed(name));
    return change.addAccount(here, source(id, `imaps://${name}@old.example/`));
  });
}

const once = (trial: Trial, work: (change: Change) => Promise<unknown>) => change(trial.records, work);

export function secrets(law: Law): void {
  law('a secret goes in and comes out for the coach alone', async (trial) => {
    const { records, here, bed } = trial;
    const account = await accountOf(trial);
    assert.deepEqual([account.secret, account.version], ['none', 1]);
    assert.equal(await records.secretOf(account.id), null);
    await once(trial, (change) => change.sealSecret(here, account.id, SECRET));
    assert.equal(await records.secretOf(account.id), SECRET);
    assert.equal((await records.everybody(here))[0]!.accounts[0]!.secret, 'sealed');
    const forms = [
      SECRET,
      ...(['base64', 'base64url', 'hex'] as const).map((form) => Buffer.from(SECRET).toString(form)),
    ];
    const all = JSON.stringify(await readAll(records));
    const disk = bed.bytes();
    for (const form of forms) {
      assert.ok(!all.includes(form), `${form} is answered`);
      assert.ok(!disk?.includes(form), `${form} lies on the disk`);
    }
    assert.ok(all.includes('secret.sealed'), 'the audit says that, never what');
    assert.equal(await records.secretOf('none'), null);
  });

  law('the same secret again changes nothing; another, or none, takes its place', async (trial) => {
    const { records, here } = trial;
    const account = await accountOf(trial);
    const told = (await lines(records, here)).length;
    for (const secret of [null, SECRET, SECRET, 'other', null, null])
      await once(trial, (change) => change.sealSecret(here, account.id, secret));
    assert.deepEqual((await lines(records, here)).slice(told), [
      'secret.sealed',
      'secret.sealed',
      'secret.removed',
    ]);
    assert.equal(await records.secretOf(account.id), null);
    const [now] = (await records.everybody(here))[0]!.accounts;
    assert.deepEqual([now!.secret, now!.version], ['none', 4]);
  });

  law('sealed for one account of one organisation', async (trial) => {
    const { records, here } = trial;
    const [marie, luc] = [await accountOf(trial), await accountOf(trial, 'Luc')];
    await once(trial, async (change) => {
      await change.sealSecret(here, marie.id, 'of marie');
      await change.sealSecret(here, luc.id, 'of luc');
      await change.removeAccount(here, marie.id);
    });
    assert.equal(await records.secretOf(marie.id), null);
    assert.equal(await records.secretOf(luc.id), 'of luc');
  });

  law('keys: rotated, all under the first one; another key opens nothing and says so', async (trial) => {
    const { here, bed } = trial;
    const accounts: Account[] = [];
    for (let at = 0; at < 5; at++) accounts.push(await accountOf(trial, `P${at}`));
    await once(trial, async (change) => {
      for (const { id } of accounts) await change.sealSecret(here, id, `${SECRET} ${id}`);
    });
    if (bed.bytes() === null) return;
    const [one, two] = [keyOf(randomBytes(32)), keyOf(randomBytes(32))];
    const strange = await bed.reopen({ keys: [two] });
    await malformed(strange.secretOf(accounts[0]!.id), 'secret-other-key');
    await malformed(strange.rotate(), 'secret-other-key');
    await change(strange, (change) => change.sealSecret(here, accounts[0]!.id, 'anew'));
    assert.equal(await strange.secretOf(accounts[0]!.id), 'anew');
    const first = await bed.reopen({ keys: bed.keys });
    await malformed(first.secretOf(accounts[0]!.id), 'secret-other-key');
    await change(first, (change) => change.sealSecret(here, accounts[0]!.id, `${SECRET} ${accounts[0]!.id}`));
    const before = (await lines(first, null)).length;
    assert.equal(await first.rotate(), 0);
    const both = await bed.reopen({ keys: [one, ...bed.keys] });
    assert.equal(await both.rotate(), 5);
    assert.equal(await both.rotate(), 0);
    assert.deepEqual((await lines(both, null)).slice(before), ['secrets.rotated']);
    const only = await bed.reopen({ keys: [one] });
    for (const { id } of accounts) assert.equal(await only.secretOf(id), `${SECRET} ${id}`);
  });

  law('accounts: kept as given, one target, none twice', async (trial) => {
    const { records, here } = trial;
    const account = await accountOf(trial);
    const { person } = account;
    await once(trial, async (change) => {
      await refuses(change.addAccount(here, source(person, account.address)), 'address-taken');
      const target = { ...source(person, 'imaps://marie@new.example/'), role: 'target' } as const;
      const made = await change.addAccount(here, { ...target, needsSecret: false });
      assert.equal(made.secret, 'not-needed');
      await refuses(
        change.addAccount(here, { ...target, address: 'imaps://m@new.example/' }),
        'target-taken',
      );
      const other = await change.addAccount(here, source(person, 'mbox:/archive'));
      await refuses(change.changeAccount(here, other.id, 1, { address: account.address }), 'address-taken');
      const now = await change.changeAccount(here, made.id, 1, { needsSecret: true, position: 3 });
      assert.deepEqual(now, { ...made, version: 2, secret: 'none', position: 3 });
      assert.deepEqual(await change.changeAccount(here, made.id, 2, { needsSecret: true, position: 3 }), now);
      await misses(change.addAccount(here, source('none', 'mbox:/x')));
    });
    for (const address of [
      'imaps://marie:pw@old.example/',
      'IMAPS://a@b:c@old.example/',
      'imaps://marie:p/w@h.example/',
    ])
      await malformed(
        once(trial, (change) => change.addAccount(here, source(person, address))),
        'password-in-address',
      );
    const { rows } = await records.audit(here, { offset: 0, limit: 1 });
    assert.deepEqual(rows[0]!.details, {
      position: { from: 0, to: 3 },
      needsSecret: { from: false, to: true },
    });
  });

  law(
    'what was found out about an account is noted without a line, and forgotten with its address',
    async (trial) => {
      const { records, here } = trial;
      const account = await accountOf(trial);
      const told = (await lines(records, here)).length;
      const trouble = { kind: 'denied', tried: 'sign-in', on: 'old.example', answer: 'NO\0wrong', atMs: 4 };
      const survey = { folders: [{ name: 'Boîte\0', messages: 3 }], '<script>': '\ud800' };
      await once(trial, async (change) => {
        await change.noteCheck(account.id, { ok: false, atMs: 4, trouble });
        await change.noteAmount(account.id, { messages: 12, bytes: 3_000_000_000_000, atMs: 4 });
        await change.noteSurvey(account.id, 5, { first: true });
        await change.noteSurvey(account.id, 6, survey);
        for (const id of ['none', here]) {
          await misses(change.noteCheck(id, { ok: true, atMs: 1, trouble: null }));
          await misses(change.noteAmount(id, { messages: 1, bytes: 1, atMs: 1 }));
          await misses(change.noteSurvey(id, 1, {}));
        }
      });
      assert.equal((await lines(records, here)).length, told);
      const [now] = (await records.everybody(here))[0]!.accounts;
      const check = { ok: false, atMs: 4, trouble: { ...trouble, answer: 'NO wrong' } };
      assert.deepEqual(now, {
        ...account,
        check,
        amount: { messages: 12, bytes: 3_000_000_000_000, atMs: 4 },
      });
      assert.deepEqual(await records.survey(account.id), { atMs: 6, survey });
      await once(trial, (change) => change.sealSecret(here, account.id, 'x'));
      assert.equal((await records.everybody(here))[0]!.accounts[0]!.check, null, 'of another password');
      await once(trial, (change) =>
        change.changeAccount(here, account.id, 2, { address: 'imaps://m@old.example/' }),
      );
      const [moved] = (await records.everybody(here))[0]!.accounts;
      assert.deepEqual([moved!.check, moved!.amount], [null, null]);
      assert.equal(await records.survey(account.id), null);
    },
  );
}
