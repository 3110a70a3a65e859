import assert from 'node:assert/strict';
import type { PassState } from '../facts.ts';
import { change, counts, finding, type Law, lines, misses, personNamed, source } from './trial.ts';

export function passes(law: Law): void {
  law(
    'numbered per person, of the wave they are in, waiting and empty',
    async ({ records, here, wave, pilot }) => {
      await change(records, async (change) => {
        const marie = await change.addPerson(here, personNamed('Marie', '', { wave }));
        const luc = await change.addPerson(here, personNamed('Luc'));
        const first = await change.addPass(here, { person: marie.id, kind: 'first', askedMs: 50 });
        const rest = { beganMs: null, endedMs: null, counts: counts(), trouble: null, certificate: null };
        assert.deepEqual(first, {
          ...{
            id: first.id,
            person: marie.id,
            wave,
            number: 1,
            kind: 'first',
            state: 'waiting',
            askedMs: 50,
          },
          ...rest,
        });
        await change.assign(here, [marie.id], pilot);
        const second = await change.addPass(here, { person: marie.id, kind: 'delta', askedMs: 40 });
        const other = await change.addPass(here, { person: luc.id, kind: 'first', askedMs: 30 });
        assert.deepEqual([second.number, second.wave, other.number, other.wave], [2, pilot, 1, null]);
        assert.deepEqual(await change.passes(here, { person: marie.id }), [first, second]);
        assert.deepEqual(await change.passes(here, { wave: pilot }), [second]);
        assert.deepEqual(await change.passes(here, { wave, person: luc.id }), []);
        assert.deepEqual(
          await change.passes(here, {}),
          [first, second, other],
          'as they were asked, whatever the clock says',
        );
        assert.deepEqual((await change.person(here, marie.id)).lastPass, second);
      });
    },
  );

  law('noted as it goes, with a line for the end alone', async ({ records, here }) => {
    const pass = await change(records, async (change) => {
      const { id } = await change.addPerson(here, personNamed('Marie'));
      return change.addPass(here, { person: id, kind: 'first', askedMs: 1 });
    });
    const told = (await lines(records, here)).length;
    const trouble = { kind: 'busy', tried: 'sign-in', on: 'old.example', answer: null, atMs: 3 };
    const steps = [
      { state: 'running', beganMs: 2 },
      { counts: counts({ entries: 9, bytes: 5_000_000_000_000, seconds: 1.25 }) },
      { state: 'resting', trouble },
      { state: 'proving', trouble: null },
      { state: 'findings', endedMs: 9, certificate: 'a.json', counts: counts({ entries: 9, left: 1 }) },
    ] as const;
    let expected = pass;
    for (const step of steps) {
      expected = { ...expected, ...step };
      assert.deepEqual(await change(records, (change) => change.notePass(pass.id, step)), expected);
    }
    assert.deepEqual(await records.passes(here, {}), [expected]);
    await change(records, (change) => change.notePass(pass.id, steps[4]));
    assert.deepEqual((await lines(records, here)).slice(told), ['pass.ended']);
    const { rows } = await records.audit(here, { offset: 0, limit: 1 });
    assert.equal(rows[0]!.on, 'marie@nord.example');
    assert.deepEqual(rows[0]!.details, { number: 1, kind: 'first', state: 'findings', entries: 9, left: 1 });
    await misses(change(records, (change) => change.notePass('none', { state: 'failed' })));
  });

  law(
    'unfinished: those not ended, everywhere, with their organisation',
    async ({ records, here, there }) => {
      const made = await change(records, async (change) => {
        const ids = [];
        for (const organisation of [here, there, here]) {
          const { id } = await change.addPerson(organisation, personNamed(`P${ids.length}`));
          ids.push(await change.addPass(organisation, { person: id, kind: 'first', askedMs: 1 }));
        }
        await change.notePass(ids[2]!.id, { state: 'failed', endedMs: 4 });
        return ids;
      });
      assert.deepEqual(await records.unfinished(), [
        { ...made[0]!, organisation: here },
        { ...made[1]!, organisation: there },
      ]);
    },
  );

  law('sums are what a recount says', async ({ records, here, wave, pilot }) => {
    const states: PassState[] = ['waiting', 'running', 'proven', 'findings'];
    await change(records, async (change) => {
      for (let at = 0; at < 14; at++) {
        const of = [wave, pilot, null][at % 3]!;
        const person = await change.addPerson(here, personNamed(`P${at}`, '', { wave: of }));
        const account = await change.addAccount(here, source(person.id, `imaps://p${at}@old.example/`));
        await change.addAccount(here, { ...source(person.id, 'mbox:/x'), needsSecret: false });
        if (at % 2) await change.sealSecret(here, account.id, 'x');
        if (at % 4 === 1) await change.noteCheck(account.id, { ok: at % 8 === 1, atMs: 1, trouble: null });
        for (let pass = 0; pass < at % 4; pass++) {
          const { id } = await change.addPass(here, { person: person.id, kind: 'first', askedMs: 1 });
          const state = states[(at + pass) % states.length]!;
          await change.notePass(id, {
            state,
            counts: counts({ entries: 10 * at + pass, left: pass, seconds: 0.5 }),
          });
          await change.noteFindings(id, [finding(`${at}`), finding(`${at}b`)].slice(0, pass));
        }
      }
    });
    const { rows } = await records.findings(here, { offset: 0, limit: 3 });
    const some = rows.map(({ id }) => id);
    await change(records, (change) => change.acceptFindings(here, some, 'Vu', 9));
    const everybody = await records.everybody(here);
    const expected = [pilot, wave, null].map((of) => {
      const theirs = everybody.filter((person) => person.wave === of);
      const accounts = theirs.flatMap((person) => person.accounts);
      const sum = counts() as Record<string, number>;
      const byState: Record<string, number> = {};
      for (const { lastPass } of theirs) {
        byState[lastPass?.state ?? 'none'] = (byState[lastPass?.state ?? 'none'] ?? 0) + 1;
        for (const [name, value] of Object.entries(lastPass?.counts ?? {})) sum[name] = sum[name]! + value;
      }
      return {
        ...{ wave: of, people: theirs.length, states: byState, counts: sum },
        openFindings: theirs.reduce((sum, { openFindings }) => sum + openFindings, 0),
        secretsMissing: accounts.filter(({ secret }) => secret === 'none').length,
        checksFailed: accounts.filter(({ check }) => check?.ok === false).length,
      };
    });
    assert.deepEqual(await records.sums(here), expected);
    const open = await records.findings(here, { offset: 0, limit: 0, accepted: false });
    assert.equal(
      expected.reduce((sum, { openFindings }) => sum + openFindings, 0),
      open.total,
    );
    assert.ok(open.total > 0 && expected.some(({ checksFailed }) => checksFailed > 0));
  });
}
