import assert from 'node:assert/strict';
import type { Change } from '../records.ts';
import { group, operatorNamed } from './laws.suite.ts';
import { change, type Law, malformed, organisation, personNamed, readAll, siteNamed } from './trial.ts';

export function hostile(law: Law): void {
  const strange = [
    '<script>alert(1)</script>',
    `'; DROP TABLE people; --`,
    '"quoted" \\ back',
    '=HYPERLINK("http://x.example")',
    '\u202eolleh',
    '👩‍👩‍👧‍👦 – ﷽',
    '%_%',
    '{{y}} %s',
    'é'.normalize('NFD'),
  ];

  law('strange texts are kept as they are', async ({ records, here, wave }) => {
    for (const [at, text] of strange.entries()) {
      const made = await change(records, async (change) => {
        const address = `${at}@nord.example`;
        const fields = {
          givenName: text,
          familyName: text,
          displayName: text,
          title: text,
          aliases: [`${text}@nord.example`],
        };
        const person = await change.addPerson(here, personNamed('x', '', { address, ...fields }));
        const site = await change.addSite(here, siteNamed(text));
        const note = { gate: text, is: 'ticked', by: text, atMs: 1, note: `${text}\n\t${text}` } as const;
        await change.tick(here, wave, note);
        await change.addGroup(here, {
          ...group('g'),
          address: `g${at}@nord.example`,
          name: text,
          members: [text],
        });
        return { person, site };
      });
      assert.equal((await records.person(here, made.person.id)).givenName, text);
      assert.ok((await records.sites(here)).some(({ name }) => name === text));
      assert.ok((await records.ticks(wave)).some((tick) => tick.gate === text && tick.note.includes('\n\t')));
      const { rows } = await records.people(here, { offset: 0, limit: 50, text });
      assert.ok(
        rows.some(({ id }) => id === made.person.id),
        `${text} is found`,
      );
    }
  });

  const texts: [string, string][] = [
    ['a\0b', 'text-not-clean'],
    ['a\nb', 'text-not-clean'],
    ['a\u007f', 'text-not-clean'],
    ['half \ud83d', 'text-not-clean'],
    ['x'.repeat(10_000), 'text-too-long'],
    ['', 'text-empty'],
    [' ', 'text-empty'],
  ];

  law('NUL, line ends, half characters, floods and nothing at all are refused by a code', async (trial) => {
    const { records, here, wave, site } = trial;
    const before = await readAll(records);
    for (const [text, code] of texts) {
      const tries: ((change: Change) => Promise<unknown>)[] = [
        (change) => change.addOrganisation(organisation(text)),
        (change) => change.changeOrganisation(here, 1, { name: text }),
        (change) => change.addSite(here, siteNamed(text)),
        (change) => change.changeSite(here, site, 1, { name: text }),
        (change) => change.addWave(here, { name: text, pilot: false, startsOn: null }),
        (change) => change.changeWave(here, wave, 1, { name: text }),
        (change) => change.tick(here, wave, { gate: text, is: 'ticked', by: 'x', atMs: 1, note: '' }),
        (change) => change.addPerson(here, personNamed('x', '', { address: text })),
        (change) => change.addGroup(here, { ...group('g'), name: text }),
        (change) => change.addOperator({ ...operatorNamed('u'), name: text }),
        (change) => change.setSetting(here, text, 1),
      ];
      for (const one of tries) await malformed(change(records, one), code);
      if (code === 'text-empty') continue;
      await malformed(
        change(records, (change) => change.addPerson(here, personNamed('x', '', { title: text }))),
        code,
      );
      await malformed(
        change(records, (change) => change.addPerson(here, personNamed('x', '', { aliases: [text] }))),
        code,
      );
      await malformed(
        change(records, (change) => change.addGroup(here, { ...group('g'), members: [text] })),
        code,
      );
      await malformed(
        records.write(text, async () => {}),
        code,
      );
    }
    const note = 'x'.repeat(10_001);
    await malformed(
      change(records, (change) => change.changeWave(here, wave, 1, { rollBackNote: note })),
      'text-too-long',
    );
    const flood = { ...group('g'), members: Array.from({ length: 100_001 }, (_, at) => `${at}`) };
    await malformed(
      change(records, (change) => change.addGroup(here, flood)),
      'too-many',
    );
    assert.deepEqual(await readAll(records), before);
  });

  law('ids that are none are missing; pages that are none are empty', async ({ records, here }) => {
    for (const id of ['', "' or 1=1", '\0', 'x'.repeat(100_000)]) {
      await assert.rejects(records.organisation(id));
      assert.deepEqual(await records.sites(id), []);
      assert.deepEqual(await records.everybody(id), []);
      assert.equal((await records.people(here, { offset: 0, limit: 10, site: id })).total, 0);
    }
    for (const page of [
      { offset: -1, limit: -1 },
      { offset: Number.NaN, limit: 0.5 },
      { offset: Infinity, limit: 0 },
    ])
      assert.deepEqual((await records.people(here, page)).rows, []);
  });
}
