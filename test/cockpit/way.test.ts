/** The whole way of a wave over HTTP on real servers: first link, prepared file, gates, moves, certificates; and killed on it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { checkSumCertificate } from '../../src/engine/summary-certificate-check.ts';
import { SECRET } from '../journeys/engine.ts';
import { imapPlace, unionDifferences } from '../journeys/sources.ts';
import { OPERATOR, Operator, until } from './client.ts';
import { type Cockpit, startCockpit } from './server.ts';
import { openTown, type Town } from './town.ts';

const LETTERS = 60;

suite('a wave, from the first link to the certificate', { timeout: 900_000 }, () => {
  test('everything arrives once and is certified; the same file again changes nothing', async (t) => {
    await using town = await openTown(LETTERS);
    if (town === null) return t.skip('no Dovecot can be had here');
    const cockpit = await startCockpit(town.data);
    try {
      const { operator, organisation } = await begin(cockpit, town);
      const waves = await operator.ask('GET /organisations/{organisation}/waves', { organisation });
      assert.deepEqual(
        waves.map(({ name }) => name),
        ['Avignon', 'Lyon'],
      );
      await again(operator, organisation, town);
      for (const { id } of waves) await moved(operator, organisation, id);
      await everythingOnce(town);
      await certified(operator, organisation, town);
      assert.ok(!cockpit.said().includes(SECRET), 'a password stands in the log');
    } finally {
      assert.equal(await cockpit.stop(), 0, cockpit.said());
    }
  });

  test('killed in the middle of a wave, the next server goes on by itself', async (t) => {
    await using town = await openTown(LETTERS, 6);
    if (town === null) return t.skip('no Dovecot can be had here');
    let cockpit = await startCockpit(town.data);
    const { operator, organisation } = await begin(cockpit, town);
    const [wave] = await operator.ask('GET /organisations/{organisation}/waves', { organisation });
    await started(operator, organisation, wave!.id);
    for (let kill = 0; kill < 3; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 300 + 700 * kill));
      await cockpit.kill();
      cockpit = await startCockpit(town.data);
    }
    try {
      const next = new Operator(cockpit.origin);
      await next.signIn();
      await until(
        () => next.ask('GET /organisations/{organisation}/waves/{wave}', { organisation, wave: wave!.id }),
        ({ state }) => state === 'moved',
      );
      await everythingOnce({ ...town, people: town.people.filter(({ site }) => site === 'Avignon') });
    } finally {
      assert.equal(await cockpit.stop(), 0, cockpit.said());
    }
  });
});

async function begin(cockpit: Cockpit, town: Town): Promise<{ operator: Operator; organisation: string }> {
  const operator = new Operator(cockpit.origin);
  const token = cockpit.firstLink!.split('/').at(-1)!;
  await operator.ask('POST /first/{token}', { token, body: { ...OPERATOR, language: 'fr' } });
  assert.equal(
    (await operator.tried('POST /first/{token}', { token, body: { ...OPERATOR, language: 'fr' } })).status,
    410,
  );
  assert.equal((await operator.tried('GET /me', {})).status, 401);
  await operator.signIn();
  const { id: organisation } = await operator.ask('POST /organisations', {
    body: {
      ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
      ...{ targetTemplate: town.targetTemplate, movesAtOnce: 4 },
    },
  });
  const preview = await imported(operator, organisation, town);
  assert.deepEqual(
    [preview.counts.create, preview.counts.refuse, preview.newSites],
    [3, 0, ['Avignon', 'Lyon']],
  );
  const written = await operator.ask('POST /organisations/{organisation}/import/{import}/confirm', {
    ...{ organisation, import: preview.id, body: { createSites: true, createWaves: true } },
  });
  assert.deepEqual(written, { created: 3, changed: 0, same: 0 });
  return { operator, organisation };
}

async function imported(operator: Operator, organisation: string, { csv }: Town) {
  const answer = await operator.file(
    `/api/v1/organisations/${organisation}/import?name=personnes.csv`,
    Buffer.from(csv),
  );
  return JSON.parse(answer.toString()) as { id: string; counts: Record<string, number>; newSites: string[] };
}

async function again(operator: Operator, organisation: string, town: Town): Promise<void> {
  const { counts } = await imported(operator, organisation, town);
  assert.deepEqual([counts.create, counts.change, counts.same, counts.refuse], [0, 0, 3, 0]);
}

async function started(operator: Operator, organisation: string, wave: string): Promise<void> {
  const of = { organisation, wave };
  const seen = () => operator.ask('GET /organisations/{organisation}/waves/{wave}', of);
  const early = await operator.tried('POST /organisations/{organisation}/waves/{wave}/start', {
    ...of,
    body: { version: (await seen()).version },
  });
  assert.equal(early.status, 409, JSON.stringify(early.answer));
  const sites = await operator.ask('GET /organisations/{organisation}/sites', { organisation });
  for (const { id, version } of sites.filter(({ hours }) => hours.length === 0))
    await operator.ask('PATCH /organisations/{organisation}/sites/{site}', {
      ...{
        organisation,
        site: id,
        body: { version, hours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }] },
      },
    });
  await operator.ask('POST /organisations/{organisation}/waves/{wave}/check', of);
  await until(seen, ({ gates }) =>
    gates.every(({ how, when, state }) => how === 'ticked' || when === 'exit' || state === 'met'),
  );
  await ticked(operator, of, 'entry');
  await operator.ask('POST /organisations/{organisation}/waves/{wave}/decision', {
    ...of,
    body: { version: (await seen()).version, go: true, note: 'tout est prêt' },
  });
  await operator.ask('POST /organisations/{organisation}/waves/{wave}/start', {
    ...of,
    body: { version: (await seen()).version },
  });
}

async function ticked(
  operator: Operator,
  of: { organisation: string; wave: string },
  at: 'entry' | 'exit',
): Promise<void> {
  const { gates } = await operator.ask('GET /organisations/{organisation}/waves/{wave}', of);
  for (const { code } of gates.filter(({ how, when }) => how === 'ticked' && when === at))
    await operator.ask('PUT /organisations/{organisation}/waves/{wave}/gates/{gate}', {
      ...of,
      gate: code,
      body: { is: 'ticked', note: 'vu' },
    });
}

async function moved(operator: Operator, organisation: string, wave: string): Promise<void> {
  await started(operator, organisation, wave);
  const of = { organisation, wave };
  const seen = () => operator.ask('GET /organisations/{organisation}/waves/{wave}', of);
  await until(seen, ({ state }) => state === 'moved');
  await ticked(operator, of, 'exit');
  const ended = await operator.ask('POST /organisations/{organisation}/waves/{wave}/end', {
    ...of,
    body: { version: (await seen()).version },
  });
  assert.equal(ended.state, 'ended');
}

/** By an IMAP client that shares no code with the engine. */
async function everythingOnce({ people }: Pick<Town, 'people'>): Promise<void> {
  for (const { old, fresh } of people)
    assert.deepEqual(await unionDifferences([imapPlace(old)], imapPlace(fresh)), []);
}

async function certified(operator: Operator, organisation: string, town: Town): Promise<void> {
  const road = await operator.ask('GET /organisations/{organisation}/road', { organisation });
  assert.deepEqual([road.missing, road.proven, road.messages], [0, 3, 3 * LETTERS]);
  const url = `/api/v1/organisations/${organisation}/certificates/organisation/${organisation}`;
  const pdf = await operator.file(`${url}?as=pdf`);
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  const file = join(town.data, 'certificates', 'told.json');
  writeFileSync(file, await operator.file(`${url}?as=json`));
  const { faults, certificate } = await checkSumCertificate(file, join(town.data, 'certificates'));
  assert.deepEqual([faults, certificate?.verdict], [[], 'passed']);
}
