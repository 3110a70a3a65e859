import { Random } from '../generate/random.ts';
import { letter } from '../journeys/letters.ts';
import { imapPost } from '../journeys/post.ts';
import { OPERATOR, Operator, until } from './client.ts';
import type { Cockpit } from './server.ts';
import type { Town } from './town.ts';

/** A project in the middle of its road: one wave has ended, one is running on a slow line, one waits for what is missing. */
export interface Seeded {
  operator: Operator;
  organisation: string;
  ended: string;
  running: string;
  waiting: string;
  /** Who has arrived. */
  person: string;
  /** A prepared file that is looked at and not confirmed. */
  file: string;
  site: string;
  /** Paths of links: of somebody who is invited, and of a person's own page. */
  invited: string;
  own: string;
}

/** As somebody hostile would be called. */
export const HOSTILE_NAME = 'Zoé <script>alert(1)</script> & Fils';
/** The least that can be set. */
const SLOW_BYTES_PER_SECOND = 40_000;
/** About ten megabytes: some minutes at that speed. */
const LARGE_LETTERS = 18;
const ALWAYS = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }];

export async function seed(cockpit: Cockpit, town: Town): Promise<Seeded> {
  await moreLetters(town);
  const operator = new Operator(cockpit.origin);
  const token = cockpit.firstLink!.split('/').at(-1)!;
  await operator.ask('POST /first/{token}', { token, body: { ...OPERATOR, language: 'fr' } });
  await operator.signIn();
  const { id: organisation } = await operator.ask('POST /organisations', {
    body: {
      ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
      ...{ targetTemplate: town.targetTemplate, movesAtOnce: 4 },
    },
  });
  const { id } = await read(operator, organisation, town.csv);
  await operator.ask('POST /organisations/{organisation}/import/{import}/confirm', {
    ...{ organisation, import: id, body: { createSites: true, createWaves: true } },
  });
  const site = await setHours(operator, organisation);
  const [first, second] = await operator.ask('GET /organisations/{organisation}/waves', { organisation });
  const [ended, running] = [first!.id, second!.id];
  const waiting = await addWaiting(operator, organisation, site, town);
  await operator.ask('POST /organisations/{organisation}/inventory/survey', { organisation, body: {} });
  await end(operator, { organisation, wave: ended });
  await start(operator, { organisation, wave: running });
  const people = await operator.ask('GET /organisations/{organisation}/people', {
    ...{ organisation, query: { wave: ended } },
  });
  const person = people.rows[0]!.id;
  // Somebody unknown, a wrong domain: rows of every kind.
  const { id: file } = await read(
    operator,
    organisation,
    `${town.csv}Paul;Petit;paul@ailleurs.example;Brest;;;;\r\nInès;Roux;ines@mistral.example;Lyon;;;;\r\n`,
  );
  return {
    ...{ operator, organisation, ended, running, waiting, person, file, site },
    ...(await links(operator, organisation, person)),
  };
}

async function moreLetters({ people }: Town): Promise<void> {
  const random = new Random(31);
  const post = await imapPost(people.find(({ site }) => site === 'Lyon')!.old);
  for (let n = 0; n < LARGE_LETTERS; n++) await post.put(letter(random, `large-${n}`, { largeOneIn: 1 }));
  await post.close();
}

async function read(operator: Operator, organisation: string, csv: string): Promise<{ id: string }> {
  const url = `/api/v1/organisations/${organisation}/import?name=personnes.csv`;
  return JSON.parse((await operator.file(url, Buffer.from(csv))).toString());
}

/** Answers a site. */
async function setHours(operator: Operator, organisation: string): Promise<string> {
  const sites = await operator.ask('GET /organisations/{organisation}/sites', { organisation });
  for (const { id, version, name } of sites)
    await operator.ask('PATCH /organisations/{organisation}/sites/{site}', {
      ...{ organisation, site: id },
      body: {
        ...{ version, hours: ALWAYS, closed: ['2026-12-25'] },
        lineBytesPerSecond: name === 'Lyon' ? SLOW_BYTES_PER_SECOND : null,
      },
    });
  return sites[0]!.id;
}

/** Somebody without a password, and an account that cannot be reached. */
async function addWaiting(
  operator: Operator,
  organisation: string,
  site: string,
  town: Town,
): Promise<string> {
  const { id: wave } = await operator.ask('POST /organisations/{organisation}/waves', {
    ...{ organisation, body: { name: 'Marseille', pilot: false, startsOn: '2026-12-02' } },
  });
  const { id: person } = await operator.ask('POST /organisations/{organisation}/people', {
    organisation,
    body: { displayName: HOSTILE_NAME, address: 'zoe@mistral.example', site, wave },
  });
  const { host, port } = town.people[0]!.old;
  for (const login of ['zoe', 'compta'])
    await operator.ask('POST /organisations/{organisation}/people/{person}/accounts', {
      ...{ organisation, person },
      body: { role: 'source', address: `imap://${login}@${host}:${port}/` },
    });
  return wave;
}

interface OfWave {
  organisation: string;
  wave: string;
}

async function start(operator: Operator, of: OfWave): Promise<void> {
  const seen = () => operator.ask('GET /organisations/{organisation}/waves/{wave}', of);
  await operator.ask('POST /organisations/{organisation}/waves/{wave}/check', of);
  await until(seen, ({ gates }) =>
    gates.every(({ how, when, state }) => how === 'ticked' || when === 'exit' || state === 'met'),
  );
  await tick(operator, of, 'entry');
  const { version } = await seen();
  await operator.ask('POST /organisations/{organisation}/waves/{wave}/decision', {
    ...{ ...of, body: { version, go: true, note: 'tout est prêt' } },
  });
  await operator.ask('POST /organisations/{organisation}/waves/{wave}/start', {
    ...{ ...of, body: { version: (await seen()).version } },
  });
}

async function end(operator: Operator, of: OfWave): Promise<void> {
  await start(operator, of);
  const seen = () => operator.ask('GET /organisations/{organisation}/waves/{wave}', of);
  await until(seen, ({ state }) => state === 'moved');
  await tick(operator, of, 'exit');
  await operator.ask('POST /organisations/{organisation}/waves/{wave}/end', {
    ...{ ...of, body: { version: (await seen()).version } },
  });
}

async function tick(operator: Operator, of: OfWave, at: 'entry' | 'exit'): Promise<void> {
  const { gates } = await operator.ask('GET /organisations/{organisation}/waves/{wave}', of);
  for (const { code } of gates.filter(({ how, when }) => how === 'ticked' && when === at))
    await operator.ask('PUT /organisations/{organisation}/waves/{wave}/gates/{gate}', {
      ...{ ...of, gate: code, body: { is: 'ticked', note: 'vu' } },
    });
}

async function links(operator: Operator, organisation: string, person: string) {
  const invitation = await operator.ask('POST /organisations/{organisation}/invitations', {
    organisation,
    body: { email: 'paul.martin@mistral.example', language: 'fr', role: 'it-manager', site: null },
  });
  const page = await operator.ask('POST /organisations/{organisation}/people/{person}/link', {
    ...{ organisation, person, body: { days: 30 } },
  });
  return { invited: new URL(invitation.link).pathname, own: new URL(page.link).pathname };
}
