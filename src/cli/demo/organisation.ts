import { setTimeout as sleep } from 'node:timers/promises';
import type { Answered } from '../../cockpit/contract/route.ts';
import type { Routes } from '../../cockpit/contract/routes.ts';
import { Cancelled } from '../../engine/road.ts';
import type { Id } from '../../records/facts.ts';
import type { Key } from '../../words/catalogue.ts';
import type { Words } from '../../words/words.ts';
import type { Client } from '../project/client.ts';
import { preparedFile } from './file.ts';
import { SITES } from './people.ts';
import type { Actor } from './stage.ts';

export type WaveDetail = Answered<Routes['GET /organisations/{organisation}/waves/{wave}']>;
export type PersonRow = Answered<Routes['GET /organisations/{organisation}/people']>['rows'][number];

/** The sample organisation as the cockpit has it. Everything about it goes through the same door as a person's clicks. */
export interface Organisation {
  id: Id;
  waves: Record<keyof typeof SITES, Id>;
}

/** What the demo works with. */
export interface Desk {
  client: Client;
  words: Words;
  signal: AbortSignal;
}

const DOMAIN = 'ateliers-mistral.example';
const ZONE = 'Europe/Paris';
const ANY_TIME = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }];
/** Of Lyon's line, so that its wave lasts for some minutes. */
const LINE_BYTES_PER_SECOND = 350_000;
const MOVES_AT_ONCE = 2;
/** A check of all accounts, or the slowest first pass of the pilot. */
const WAIT_MAX_MS = 10 * 60_000;
const LOOK_MS = 300;

/** The organisation, its sites, and its people by the prepared file. */
export async function setUp(desk: Desk, actors: readonly Actor[]): Promise<Organisation> {
  const { client, words } = desk;
  const { id } = await client.ask('POST /organisations', {
    body: {
      ...{ name: 'Ateliers Mistral', language: words.language, suite: 'open', domains: [DOMAIN] },
      ...{ targetTemplate: null, movesAtOnce: MOVES_AT_ONCE },
    },
  });
  const params = { organisation: id };
  for (const name of Object.values(SITES)) {
    const lineBytesPerSecond = name === SITES.second ? LINE_BYTES_PER_SECOND : null;
    const body = { name, zone: ZONE, hours: ANY_TIME, closed: [], lineBytesPerSecond };
    await client.ask('POST /organisations/{organisation}/sites', { params, body });
  }
  await importPeople(desk, id, actors);
  const waves = await client.ask('GET /organisations/{organisation}/waves', { params });
  const waveOf = (name: string): Id => waves.find((wave) => wave.name === name)!.id;
  return {
    id,
    waves: { pilot: waveOf(SITES.pilot), second: waveOf(SITES.second), third: waveOf(SITES.third) },
  };
}

async function importPeople(
  { client, words }: Desk,
  organisation: Id,
  actors: readonly Actor[],
): Promise<void> {
  const bytes = preparedFile(actors, words.language);
  const query = { name: words.say('demo.file') };
  const file = { type: 'text/csv', bytes };
  const preview = await client.send(
    'POST /organisations/{organisation}/import',
    { params: { organisation }, query },
    file,
  );
  await client.ask('POST /organisations/{organisation}/import/{import}/confirm', {
    params: { organisation, import: preview.id },
    body: { createSites: false, createWaves: true },
  });
}

/** Surveys and checks the accounts of a site, ticks what a person must tick, decides and starts. */
export async function startWave(desk: Desk, organisation: Id, wave: Id): Promise<void> {
  const { client } = desk;
  const params = { organisation, wave };
  await survey(desk, organisation, wave);
  await client.ask('POST /organisations/{organisation}/waves/{wave}/check', { params });
  const ready = await until(
    desk,
    () => detail(client, params),
    ({ gates }) =>
      gates.every(({ when, how, state }) => when === 'exit' || how === 'ticked' || state === 'met'),
  );
  await tick(desk, params, ready, 'entry');
  const { version } = await detail(client, params);
  const note = desk.words.say('demo.note.decision');
  const decided = await client.ask('POST /organisations/{organisation}/waves/{wave}/decision', {
    params,
    body: { version, go: true, note },
  });
  const body = { version: decided.version };
  await client.ask('POST /organisations/{organisation}/waves/{wave}/start', { params, body });
}

async function survey(desk: Desk, organisation: Id, wave: Id): Promise<void> {
  const { client } = desk;
  const [person] = await peopleOf(client, organisation, wave);
  const query = { site: person!.site! };
  const params = { organisation };
  await client.ask('POST /organisations/{organisation}/inventory/survey', { params, body: query });
  await until(
    desk,
    () => client.ask('GET /organisations/{organisation}/inventory', { params, query }),
    (lines) => lines.every(({ surveyedMs, trouble }) => surveyedMs !== null || trouble !== null),
  );
}

/** The last pass of a wave that has moved; answers its people as they are then. */
export async function lastPass(desk: Desk, organisation: Id, wave: Id): Promise<PersonRow[]> {
  const { client } = desk;
  const params = { organisation, wave };
  const { version } = await detail(client, params);
  const body = { version, kind: 'last' as const };
  await client.ask('POST /organisations/{organisation}/waves/{wave}/pass', { params, body });
  return moved(desk, organisation, wave);
}

/** Waits until everybody of a wave has arrived, or somebody cannot. */
export async function moved(desk: Desk, organisation: Id, wave: Id): Promise<PersonRow[]> {
  const { client } = desk;
  await until(
    desk,
    () => detail(client, { organisation, wave }),
    ({ state, stage }) => state === 'moved' || stage.failed > 0,
  );
  return peopleOf(client, organisation, wave);
}

/** Closes a wave whose exit gates are met. */
export async function endWave(desk: Desk, organisation: Id, wave: Id): Promise<void> {
  const { client } = desk;
  const params = { organisation, wave };
  await tick(desk, params, await detail(client, params), 'exit');
  const { version } = await detail(client, params);
  const body = { version };
  await client.ask('POST /organisations/{organisation}/waves/{wave}/end', { params, body });
}

export async function peopleOf(client: Client, organisation: Id, wave: Id): Promise<PersonRow[]> {
  const asked = { params: { organisation }, query: { wave } };
  return (await client.ask('GET /organisations/{organisation}/people', asked)).rows;
}

type Of = { organisation: Id; wave: Id };

function detail(client: Client, params: Of): Promise<WaveDetail> {
  return client.ask('GET /organisations/{organisation}/waves/{wave}', { params });
}

/** By the demo's operator, each with a note of what was seen to. */
async function tick(
  { client, words }: Desk,
  params: Of,
  { gates }: WaveDetail,
  at: 'entry' | 'exit',
): Promise<void> {
  for (const { code } of gates.filter(({ how, when }) => how === 'ticked' && when === at))
    await client.ask('PUT /organisations/{organisation}/waves/{wave}/gates/{gate}', {
      params: { ...params, gate: code },
      body: { is: 'ticked', note: words.say(`demo.note.${code}` as Key) },
    });
}

/** Looks again and again. A demo that waits in vain tells what it saw last. */
export async function until<T>(
  { signal }: Pick<Desk, 'signal'>,
  look: () => Promise<T>,
  is: (seen: T) => boolean,
): Promise<T> {
  const end = performance.now() + WAIT_MAX_MS;
  for (;;) {
    if (signal.aborted) throw new Cancelled('cancelled');
    const seen = await look();
    if (is(seen)) return seen;
    if (performance.now() > end) throw new Error(`waited in vain: ${JSON.stringify(seen).slice(0, 2000)}`);
    await sleep(LOOK_MS);
  }
}
