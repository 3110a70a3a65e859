/** The server is killed at random moments of everything it does; the next one goes on by itself, and everything is there once. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { checkSumCertificate } from '../../src/engine/summary-certificate-check.ts';
import { Random } from '../generate/random.ts';
import { imapPlace, unionDifferences } from '../journeys/sources.ts';
import { OPERATOR, Operator, until } from './client.ts';
import { type Cockpit, startCockpit } from './server.ts';
import { openTown, type Town } from './town.ts';

const LETTERS = Number(process.env.KILL_LETTERS ?? 120);
/** More of each for a longer run. */
const TIMES = Number(process.env.KILL_TIMES ?? 1);
const KILLS = { import: 4 * TIMES, gates: 3 * TIMES, start: 3 * TIMES, running: 4 * TIMES, end: 3 * TIMES };
const ROWS = 1_200;
const SEED = Number(process.env.KILL_SEED ?? 11);

suite('killed at random moments', { timeout: 3_600_000 }, () => {
  test('imports, gates, starts, moves, proofs: all or nothing, and everything once', async (t) => {
    await using town = await openTown(LETTERS, SEED);
    if (town === null) return t.skip('no Dovecot can be had here');
    const life = await begin(town);
    try {
      await killedImports(life);
      const organisation = await organised(life, town);
      for (const wave of await life.operator.ask('GET /organisations/{organisation}/waves', {
        organisation,
      })) {
        const of = { organisation, wave: wave.id };
        await killedGates(life, of);
        await killedStart(life, of);
        await killedMoves(life, of);
      }
      await everythingOnce(life, organisation, town);
      t.diagnostic(`${life.kills} kills: ${JSON.stringify(life.counts)}`);
      assert.ok(life.kills >= 15, `${life.kills} kills`);
    } finally {
      assert.equal(await life.cockpit.stop(), 0, life.cockpit.said());
    }
  });
});

interface Life {
  random: Random;
  data: string;
  cockpit: Cockpit;
  operator: Operator;
  kills: number;
  counts: Record<string, number>;
}
interface Of {
  organisation: string;
  wave: string;
}

async function begin({ data }: Town): Promise<Life> {
  const cockpit = await startCockpit(data);
  const operator = new Operator(cockpit.origin);
  const token = cockpit.firstLink!.split('/').at(-1)!;
  await operator.ask('POST /first/{token}', { token, body: { ...OPERATOR, language: 'fr' } });
  await operator.signIn();
  return { random: new Random(SEED), data, cockpit, operator, kills: 0, counts: {} };
}

/** Kills it after a while; what was asked of it may or may not have been done. The next one is there when this resolves. */
async function kill(
  life: Life,
  during: keyof typeof KILLS,
  afterMs: number,
  asked?: Promise<unknown>,
): Promise<boolean> {
  // Who asks of a server that dies hears nothing.
  const answered = asked?.then(
    () => true,
    () => false,
  );
  await wait(afterMs);
  await life.cockpit.kill();
  life.kills++;
  life.counts[during] = (life.counts[during] ?? 0) + 1;
  const done = (await answered) ?? false;
  life.cockpit = await startCockpit(life.data);
  life.operator = new Operator(life.cockpit.origin);
  await life.operator.signIn();
  return done;
}

async function addOrganisation(
  { operator }: Life,
  name: string,
  targetTemplate: string | null,
): Promise<string> {
  const { id } = await operator.ask('POST /organisations', {
    body: {
      ...{ name, language: 'fr', suite: 'open', domains: ['mistral.example'], targetTemplate },
      movesAtOnce: 4,
    },
  });
  return id;
}

async function previewed({ operator }: Life, organisation: string, csv: string): Promise<string> {
  const url = `/api/v1/organisations/${organisation}/import?name=personnes.csv`;
  return (JSON.parse((await operator.file(url, Buffer.from(csv))).toString()) as { id: string }).id;
}

const BOTH = { createSites: true, createWaves: true };
const confirm = ({ operator }: Life, organisation: string, id: string) =>
  operator.ask('POST /organisations/{organisation}/import/{import}/confirm', {
    organisation,
    import: id,
    body: BOTH,
  });

async function killedImports(life: Life): Promise<void> {
  const rows = Array.from(
    { length: ROWS },
    (_, n) => `P${n};Nom;p${n}@mistral.example;Site ${n % 5};Étape ${n % 3}`,
  );
  const csv = ['Prénom;Nom;Adresse;Site;Étape', ...rows].join('\r\n');
  let wholeMs = 1_500;
  for (let n = 0; n < KILLS.import; n++) {
    const organisation = await addOrganisation(life, `Import ${n}`, null);
    const id = await previewed(life, organisation, csv);
    const began = performance.now();
    const asked = confirm(life, organisation, id);
    asked.then(
      () => (wholeMs = performance.now() - began),
      () => undefined,
    );
    const answered = await kill(life, 'import', life.random.below(Math.ceil(wholeMs)), asked);
    const query = { limit: 1 };
    const { total } = await life.operator.ask('GET /organisations/{organisation}/people', {
      organisation,
      query,
    });
    const sites = await life.operator.ask('GET /organisations/{organisation}/sites', { organisation });
    const waves = await life.operator.ask('GET /organisations/{organisation}/waves', { organisation });
    const found = [total, sites.length, waves.length];
    assert.ok(total === 0 || total === ROWS, `half an import: ${total}`);
    assert.deepEqual(found, total === 0 ? [0, 0, 0] : [ROWS, 5, 3]);
    if (answered) assert.equal(total, ROWS, 'it was answered, and is not there');
    await confirm(life, organisation, await previewed(life, organisation, csv));
    const after = await life.operator.ask('GET /organisations/{organisation}/people', {
      organisation,
      query,
    });
    assert.equal(after.total, ROWS);
  }
}

async function organised(life: Life, town: Town): Promise<string> {
  const organisation = await addOrganisation(life, 'Ateliers Mistral', town.targetTemplate);
  await confirm(life, organisation, await previewed(life, organisation, town.csv));
  const hours = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }];
  for (const { id, version } of await life.operator.ask('GET /organisations/{organisation}/sites', {
    organisation,
  }))
    await life.operator.ask('PATCH /organisations/{organisation}/sites/{site}', {
      organisation,
      site: id,
      body: { version, hours },
    });
  return organisation;
}

const seen = ({ operator }: Life, of: Of) =>
  operator.ask('GET /organisations/{organisation}/waves/{wave}', of);

async function killedGates(life: Life, of: Of): Promise<void> {
  await life.operator.ask('POST /organisations/{organisation}/waves/{wave}/check', of);
  const open = (gates: Awaited<ReturnType<typeof seen>>['gates']) =>
    gates.filter(({ how, when, state }) => when === 'entry' && how === 'ticked' && state !== 'met');
  for (let n = 0; n < KILLS.gates; n++) {
    const before = open((await seen(life, of)).gates).map(({ code }) => code);
    const answered: string[] = [];
    const ticking = (async () => {
      for (const gate of before) {
        await tick(life, of, gate);
        answered.push(gate);
      }
    })();
    await kill(life, 'gates', life.random.below(120), ticking);
    const after = open((await seen(life, of)).gates).map(({ code }) => code);
    for (const gate of answered) assert.ok(!after.includes(gate), `${gate} was ticked, and is not`);
  }
  for (const { code } of open((await seen(life, of)).gates)) await tick(life, of, code);
  await until(
    () => seen(life, of),
    ({ gates }) => gates.every(({ when, state }) => when === 'exit' || state === 'met'),
  );
  await life.operator.ask('POST /organisations/{organisation}/waves/{wave}/decision', {
    ...of,
    body: { version: (await seen(life, of)).version, go: true, note: 'tout est prêt' },
  });
}

const tick = ({ operator }: Life, of: Of, gate: string) =>
  operator.ask('PUT /organisations/{organisation}/waves/{wave}/gates/{gate}', {
    ...{ ...of, gate, body: { is: 'ticked' as const, note: 'vu' } },
  });

const people = async ({ operator }: Life, { organisation, wave }: Of) =>
  (
    await operator.ask('GET /organisations/{organisation}/people', {
      organisation,
      query: { wave, limit: 50 },
    })
  ).rows;

async function killedStart(life: Life, of: Of): Promise<void> {
  for (let n = 0; n < KILLS.start; n++) {
    const { version, state } = await seen(life, of);
    if (state !== 'ready') break;
    const start = life.operator.ask('POST /organisations/{organisation}/waves/{wave}/start', {
      ...of,
      body: { version },
    });
    const answered = await kill(life, 'start', life.random.below(150), start);
    const after = await seen(life, of);
    if (answered) assert.notEqual(after.state, 'ready', 'it was answered, and is not started');
    const passes = (await people(life, of)).map(({ lastPass }) => lastPass);
    const begun = passes.filter((pass) => pass !== null).length;
    assert.equal(
      begun,
      after.state === 'ready' ? 0 : passes.length,
      `${after.state}: ${begun} of ${passes.length} have a pass`,
    );
  }
  const { version, state } = await seen(life, of);
  if (state === 'ready')
    await life.operator.ask('POST /organisations/{organisation}/waves/{wave}/start', {
      ...of,
      body: { version },
    });
}

type Person = Awaited<ReturnType<typeof people>>[number];
const isOver = ({ lastPass }: Person): boolean => ['proven', 'findings', 'failed'].includes(lastPass!.state);

async function killedMoves(life: Life, of: Of): Promise<void> {
  const when = async (is: (all: Person[]) => boolean): Promise<boolean> => {
    const all = await until(
      () => people(life, of),
      (some) => is(some) || some.every(isOver),
    );
    return !all.every(isOver);
  };
  for (let n = 0; n < KILLS.running; n++) {
    if (!(await when((all) => all.some(({ lastPass }) => lastPass!.state === 'running')))) break;
    await kill(life, 'running', life.random.below(1_500));
  }
  for (let n = 0; n < KILLS.end; n++) {
    // While it is proven, or when the first is over and what is left of it is being written.
    const over = (await people(life, of)).filter(isOver).length;
    const is = (all: Person[]) =>
      all.some(({ lastPass }) => lastPass!.state === 'proving') || all.filter(isOver).length > over;
    if (!(await when(is))) break;
    await kill(life, 'end', life.random.below(300));
  }
  await until(
    () => seen(life, of),
    ({ state }) => state === 'moved',
  );
}

async function everythingOnce(life: Life, organisation: string, town: Town): Promise<void> {
  for (const { old, fresh } of town.people)
    assert.deepEqual(await unionDifferences([imapPlace(old)], imapPlace(fresh)), []);
  const road = await life.operator.ask('GET /organisations/{organisation}/road', { organisation });
  const all = town.people.length;
  assert.deepEqual([road.missing, road.proven, road.messages], [0, all, all * LETTERS]);
  const query = { text: 'pass.ended', limit: 500 };
  const ends = await life.operator.ask('GET /organisations/{organisation}/audit', { organisation, query });
  assert.equal(ends.total, all, 'a pass ended more than once');
  const { rows } = await life.operator.ask('GET /organisations/{organisation}/people', {
    organisation,
    query: { limit: 50 },
  });
  assert.deepEqual(
    rows.map(({ lastPass }) => [lastPass!.number, lastPass!.state]),
    rows.map(() => [1, 'proven']),
  );
  const certificates = join(town.data, 'certificates');
  const file = join(certificates, 'told.json');
  const url = `/api/v1/organisations/${organisation}/certificates/organisation/${organisation}?as=json`;
  writeFileSync(file, await life.operator.file(url));
  const { faults, certificate } = await checkSumCertificate(file, certificates);
  assert.deepEqual([faults, certificate?.verdict], [[], 'passed']);
}
