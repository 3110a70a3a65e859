import assert from 'node:assert/strict';
import { operatorNamed } from './laws.suite.ts';
import { BY, change, type Law, lines, malformed, misses, refuses } from './trial.ts';

export function rest(law: Law): void {
  law('operators: of one organisation, of all, of none', async ({ records, here, there, site }) => {
    const made = await change(records, async (change) => {
      const roles = [{ role: 'site-correspondent' as const, organisation: here, site }];
      const correspondent = await change.addOperator({ ...operatorNamed('u1'), roles });
      const everywhere = [{ role: 'consultant' as const, organisation: null, site: null }];
      const consultant = await change.addOperator({ ...operatorNamed('u2'), roles: everywhere });
      const nowhere = await change.addOperator(operatorNamed('u3'));
      return { correspondent, consultant, nowhere };
    });
    assert.deepEqual(await records.operators(), [made.correspondent, made.consultant, made.nowhere]);
    assert.deepEqual(await records.operators(here), [made.correspondent, made.consultant]);
    assert.deepEqual(await records.operators(there), [made.consultant]);
    assert.deepEqual(await records.operatorOf('u2'), made.consultant);
    assert.equal(await records.operatorOf('U2'), null);
    assert.equal(
      (await lines(records, here)).at(-1),
      'operator.added',
      'of this organisation alone: in its own audit',
    );
    const disabled = await change(records, (change) =>
      change.changeOperator(made.nowhere.id, 1, { disabled: true }),
    );
    assert.deepEqual(disabled, { ...made.nowhere, version: 2, disabled: true });
    await change(records, async (change) => {
      await refuses(change.addOperator(operatorNamed('u1')), 'name-taken');
      await refuses(change.changeOperator(made.nowhere.id, 2, { user: 'u1' }), 'name-taken');
      await misses(change.changeOperator('none', 1, { name: 'x' }));
      const role = 'site-correspondent' as const;
      const roles = [{ role, organisation: there, site }];
      await refuses(change.changeOperator(made.nowhere.id, 2, { roles }), 'elsewhere');
      await misses(
        change.changeOperator(made.nowhere.id, 2, { roles: [{ role, organisation: 'none', site: null }] }),
      );
    });
  });

  law(
    'settings: any value, of an organisation or of all; the audit tells which part, never what',
    async ({ records, here }) => {
      const value = {
        smtp: { host: 'mail.example', password: 'hush-hush' },
        hooks: ['https://hooks.example/T0K3N'],
      };
      const told = (await lines(records, null)).length;
      await change(records, async (change) => {
        await change.setSetting(null, 'mail', value);
        await change.setSetting(null, 'mail', structuredClone(value));
        await change.setSetting(here, 'mail', [1, null]);
        await change.setSetting(null, 'mail', { ...value, hooks: [] });
      });
      assert.deepEqual(await records.setting(null, 'mail'), { ...value, hooks: [] });
      assert.deepEqual(await records.setting(here, 'mail'), [1, null]);
      assert.equal(await records.setting(here, 'other'), null);
      const { rows } = await records.audit(null, { offset: 0, limit: 3 });
      assert.deepEqual(
        rows.map(({ on, organisation, details }) => [on, organisation, details]),
        [
          ['mail', null, { changed: ['hooks'] }],
          ['mail', here, { changed: [] }],
          ['mail', null, { changed: ['hooks', 'smtp'] }],
        ],
      );
      await change(records, async (change) => {
        await change.setSetting(null, 'mail', null);
        await change.setSetting(null, 'mail', null);
      });
      assert.equal(await records.setting(null, 'mail'), null);
      assert.equal((await lines(records, null)).length, told + 4);
      await misses(change(records, (change) => change.setSetting('none', 'x', 1)));
    },
  );

  law(
    'the audit: newest first, paged, searched, of one organisation or of all',
    async ({ records, here, there }) => {
      await change(records, async (change) => {
        for (let at = 0; at < 30; at++)
          await change.noteAudit({
            organisation: at % 2 ? here : there,
            action: 'file.exported',
            on: `Été ${at}.csv`,
            details: { at },
          });
      });
      const { rows, total } = await records.audit(here, { offset: 3, limit: 4, text: 'EXPORTED ete' });
      assert.deepEqual(
        [total, rows.map(({ on }) => on)],
        [15, ['Été 23.csv', 'Été 21.csv', 'Été 19.csv', 'Été 17.csv']],
      );
      const everywhere = await records.audit(null, { offset: 0, limit: 1_000 });
      const ids = everywhere.rows.map(({ id }) => id);
      assert.deepEqual(
        ids,
        ids.toSorted((one, other) => other - one),
      );
      assert.equal(new Set(ids).size, everywhere.total);
      assert.deepEqual(everywhere.rows[0], {
        ...{ id: ids[0], atMs: everywhere.rows[0]!.atMs, by: BY, organisation: here },
        ...{ action: 'file.exported', on: 'Été 29.csv', details: { at: 29 } },
      });
      const flood = { organisation: here, action: 'a', on: 'b', details: { text: 'x'.repeat(200_000) } };
      await malformed(
        change(records, (change) => change.noteAudit(flood)),
        'text-too-long',
      );
    },
  );
}
