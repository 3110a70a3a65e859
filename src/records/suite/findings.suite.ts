import assert from 'node:assert/strict';
import type { FindingQuery } from '../records.ts';
import {
  change,
  finding,
  type Law,
  lines,
  malformed,
  misses,
  personNamed,
  refuses,
  type Trial,
} from './trial.ts';

async function passOf({ records, here, wave }: Trial, name: string) {
  return change(records, async (change) => {
    const known = (await change.everybody(here)).find(({ displayName }) => displayName === name);
    const person = known ?? (await change.addPerson(here, personNamed(name, '', { wave })));
    return change.addPass(here, { person: person.id, kind: 'first', askedMs: 1 });
  });
}

export function findings(law: Law): void {
  const all = { offset: 0, limit: 100 };

  law('kept as told, in their order; the same again changes nothing', async (trial) => {
    const { records, here } = trial;
    const pass = await passOf(trial, 'Marie');
    const told = [
      finding('a', { classes: ['line-ends'], messageId: 'x@old.example' }),
      finding('b', { is: 'missing', code: null, answer: null, subject: null, account: null }),
    ];
    await change(records, (change) => change.noteFindings(pass.id, told));
    const { rows, total } = await records.findings(here, all);
    assert.equal(total, 2);
    assert.deepEqual(
      rows,
      told.map((one, at) => ({
        id: rows[at]!.id,
        pass: pass.id,
        person: pass.person,
        ...one,
        accepted: null,
      })),
    );
    const before = await lines(records, here);
    await change(records, (change) => change.noteFindings(pass.id, told));
    assert.deepEqual((await records.findings(here, all)).rows, rows);
    assert.deepEqual(await lines(records, here), before);
    await change(records, (change) => change.noteFindings(pass.id, []));
    assert.deepEqual(await records.findings(here, all), { rows: [], total: 0 });
    await misses(change(records, (change) => change.noteFindings('none', [])));
  });

  law('those of a later pass take their place; what was accepted of a message stays so', async (trial) => {
    const { records, here } = trial;
    const [first, other] = [await passOf(trial, 'Marie'), await passOf(trial, 'Luc')];
    await change(records, async (change) => {
      await change.noteFindings(first.id, [finding('a'), finding('b'), finding('c'), finding('')]);
      await change.noteFindings(other.id, [finding('a')]);
    });
    const old = (await records.findings(here, { ...all, person: first.person })).rows;
    const accept = old.filter(({ same }) => same !== 'c').map(({ id }) => id);
    await records.write('Paul Bernard', async (change) => {
      assert.equal(await change.acceptFindings(here, accept, 'Archivé ailleurs', 77), 3);
      assert.equal(await change.acceptFindings(here, accept, 'Autre', 78), 0);
    });
    const second = await passOf(trial, 'Marie');
    const later = [
      finding('a', { code: 'refused' }),
      finding('b', { is: 'missing' }),
      finding('c'),
      finding(''),
      finding('d'),
    ];
    await change(records, (change) => change.noteFindings(second.id, later));
    const now = (await records.findings(here, { ...all, person: first.person })).rows;
    const accepted = { by: 'Paul Bernard', atMs: 77, reason: 'Archivé ailleurs' };
    assert.deepEqual(
      now.map((one) => [one.same, one.is, one.accepted]),
      [
        ['a', 'left', accepted],
        ['b', 'missing', null],
        ['c', 'left', null],
        ['', 'left', null],
        ['d', 'left', null],
      ],
    );
    assert.equal((await records.person(here, first.person)).openFindings, 4);
    assert.equal((await records.person(here, other.person)).openFindings, 1, 'of another person');
    await misses(change(records, (change) => change.acceptFindings(here, [old[0]!.id], 'x', 1)));
    await refuses(
      change(records, (change) => change.noteFindings(first.id, [])),
      'changed-meanwhile',
    );
    assert.equal((await records.findings(here, all)).total, 6);
  });

  law('accepted all or none, with a reason, by name', async (trial) => {
    const { records, here } = trial;
    const pass = await passOf(trial, 'Marie');
    await change(records, (change) => change.noteFindings(pass.id, [finding('a')]));
    const [one] = (await records.findings(here, all)).rows;
    for (const strange of ['none', '999', '', '1e3', '-1', `${one!.id} `])
      await misses(change(records, (change) => change.acceptFindings(here, [one!.id, strange], 'Vu', 1)));
    assert.equal((await records.person(here, pass.person)).openFindings, 1);
    await change(records, (change) => change.acceptFindings(here, [one!.id, one!.id], 'Vu', 1));
    assert.equal((await records.person(here, pass.person)).openFindings, 0);
    assert.equal((await lines(records, here)).at(-1), 'findings.accepted');
    await malformed(
      change(records, (change) => change.acceptFindings(here, [one!.id], ' ', 1)),
      'text-empty',
    );
  });

  law('filtered and paged', async (trial) => {
    const { records, here, wave, pilot } = trial;
    const [marie, luc] = [await passOf(trial, 'Marie'), await passOf(trial, 'Luc')];
    await change(records, async (change) => {
      await change.noteFindings(marie.id, [
        finding('a', { subject: 'Contrat d’été', messageId: 'm1@old.example' }),
        finding('b', { is: 'missing', code: null, answer: null, folder: 'Éléments envoyés' }),
      ]);
      await change.noteFindings(luc.id, [finding('c', { is: 'altered', code: 'flags', answer: 'NO 5' })]);
      await change.assign(here, [luc.person], pilot);
    });
    const same = async (query: Partial<FindingQuery>) => {
      const { rows, total } = await records.findings(here, { ...all, ...query });
      assert.equal(rows.length, total);
      return rows.map(({ same }) => same).join('');
    };
    assert.equal(await same({}), 'abc');
    assert.equal(await same({ person: marie.person }), 'ab');
    assert.equal(await same({ wave }), 'ab', 'those who are in it now');
    assert.equal(await same({ wave: pilot }), 'c');
    assert.equal(await same({ is: ['left', 'altered'] }), 'ac');
    assert.equal(await same({ is: [] }), '');
    assert.equal(await same({ code: 'too-large' }), 'a');
    assert.equal(await same({ cause: 'NO [LIMIT] message … too large' }), 'a');
    assert.equal(await same({ text: 'CONTRAT ete' }), 'a');
    assert.equal(await same({ text: 'elements' }), 'b');
    assert.equal(await same({ text: 'm1@old' }), 'a');
    const [first] = (await records.findings(here, all)).rows;
    await change(records, (change) => change.acceptFindings(here, [first!.id], 'Vu', 1));
    assert.equal(await same({ accepted: true }), 'a');
    assert.equal(await same({ accepted: false }), 'bc');
    const page = await records.findings(here, { offset: 1, limit: 1 });
    assert.deepEqual([page.rows[0]!.same, page.total], ['b', 3]);
  });

  law('grouped by cause: equal causes meet, whatever figures and addresses they name', async (trial) => {
    const { records, here, wave, pilot } = trial;
    const [marie, luc] = [await passOf(trial, 'Marie'), await passOf(trial, 'Luc')];
    const large = (message: number) =>
      finding(`${message}`, {
        answer: `NO [LIMIT] message ${message} of <a${message}@x.example> too large (${message * 999} > 25000000)`,
      });
    await change(records, async (change) => {
      await change.noteFindings(marie.id, [
        large(1),
        large(22),
        finding('m', { is: 'missing', code: null, answer: null }),
      ]);
      await change.noteFindings(luc.id, [large(333)]);
    });
    const [first] = (await records.findings(here, all)).rows;
    await change(records, (change) => change.acceptFindings(here, [first!.id], 'Vu', 1));
    const cause = 'NO [LIMIT] message … of … too large (… > …)';
    const missing = { is: 'missing', code: null, cause: '', count: 1, accepted: 0, people: 1 };
    const left = { is: 'left', code: 'too-large', cause };
    assert.deepEqual(await records.findingGroups(here, {}), [
      { ...left, count: 3, accepted: 1, people: 2 },
      missing,
    ]);
    assert.deepEqual(await records.findingGroups(here, { person: luc.person }), [
      { ...left, count: 1, accepted: 0, people: 1 },
    ]);
    assert.deepEqual(await records.findingGroups(here, { wave: pilot }), []);
    assert.equal((await records.findingGroups(here, { wave })).length, 2);
    for (const group of await records.findingGroups(here, {})) {
      const query = {
        ...all,
        is: [group.is],
        cause: group.cause,
        ...(group.code === null ? {} : { code: group.code }),
      };
      assert.equal(
        (await records.findings(here, query)).total,
        group.count,
        'a group opens to what it counts',
      );
    }
  });

  law('what mail and servers say is cleaned and cut, never refused', async (trial) => {
    const { records, here } = trial;
    const pass = await passOf(trial, 'Marie');
    const subject = `a\0b\r\n<script>alert('1')</script>\ud800${'é'.repeat(50_000)}`;
    const odd = finding('a', { subject, answer: subject, folder: subject, key: subject, classes: [subject] });
    await change(records, (change) => change.noteFindings(pass.id, [odd]));
    const [one] = (await records.findings(here, all)).rows;
    assert.ok(one!.subject!.startsWith("a b <script>alert('1')</script>\ufffdéé"));
    assert.ok(one!.subject!.length <= 2_000 && one!.folder.length <= 1_000);
    await change(records, (change) => change.noteFindings(pass.id, [odd]));
    assert.deepEqual((await records.findings(here, all)).rows, [one], 'the same again');
  });
}
