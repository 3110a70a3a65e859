/**
 * Measures the records with a large organisation in them: `node bench/records.ts [PEOPLE]` (10,000 unless told), three accounts and
 * three passes each, ten findings a person. Prints a table of milliseconds; nothing is asserted. On a machine that others use too,
 * the last column tells more: what the process itself took, on the average.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Change, Records } from '../src/records/records.ts';
import { openSqliteRecords } from '../src/records/sqlite/records.ts';
import { counts, finding, organisation, personNamed, siteNamed } from '../src/records/suite/trial.ts';
import { keyOf } from '../src/wire/sealed.ts';

const PEOPLE = Number(process.argv[2] ?? 10_000);
const WAVES = 20;
const SITES = 40;
const PASSES = 3;
const FINDINGS_EACH = 10;
const ROUNDS = 15;

const GIVEN = ['Hélène', 'Jérôme', 'Marie', 'Luc', 'Zoé', 'Amélie', 'François', 'Noël', 'Inès', 'Paul'];
const FAMILY = [
  'Lefèvre',
  'Durand',
  'Cœur',
  'Petit',
  'Bernard',
  'Müller',
  'García',
  'Nguyễn',
  'Martin',
  'Roux',
];
const ANSWERS = [
  'NO [LIMIT] message 12345 of 34567890 octets is larger than 25000000',
  'NO [CANNOT] invalid character in folder name',
  'NO [SERVERBUG] internal error, reference 8f3a99c01b',
  null,
];

interface Made {
  here: string;
  waves: string[];
  sites: string[];
  people: string[];
}

async function fill(records: Records): Promise<Made> {
  const made: Made = { here: '', waves: [], sites: [], people: [] };
  await records.write('bench', async (change) => {
    made.here = (await change.addOrganisation(organisation('Bench'))).id;
    for (let at = 0; at < SITES; at++)
      made.sites.push((await change.addSite(made.here, siteNamed(`Site ${at}`))).id);
    for (let at = 0; at < WAVES; at++)
      made.waves.push(
        (await change.addWave(made.here, { name: `Wave ${at}`, pilot: at === 0, startsOn: null })).id,
      );
  });
  await timed('import of all people, accounts and secrets, one write', 1, () =>
    records.write('bench', async (change) => {
      for (let at = 0; at < PEOPLE; at++) made.people.push(await addPerson(change, made, at));
    }),
  );
  await timed('passes and findings of all, a hundred people a write', 1, async () => {
    for (let from = 0; from < PEOPLE; from += 100)
      await records.write('bench', async (change) => {
        for (const [at, person] of made.people.slice(from, from + 100).entries())
          await passesOf(change, made, person, from + at);
      });
  });
  return made;
}

async function addPerson(change: Change, { here, waves, sites }: Made, at: number): Promise<string> {
  const [given, family] = [GIVEN[at % 10]!, FAMILY[Math.floor(at / 10) % 10]!];
  const places = { site: sites[at % SITES]!, wave: waves[at % WAVES]! };
  const address = `p${at}@nord.example`;
  const fields = {
    address,
    aliases: [`alias${at}@nord.example`],
    title: `Chargé d’études ${at % 100}`,
    ...places,
  };
  const { id } = await change.addPerson(here, personNamed(given, `${family} ${at}`, fields));
  for (const [position, [role, host]] of [
    ['source', 'old.example'],
    ['source', 'older.example'],
    ['target', 'new.example'],
  ].entries()) {
    const account = {
      person: id,
      role: role as 'source',
      address: `imaps://p${at}@${host}/`,
      position,
      needsSecret: true,
    };
    const made = await change.addAccount(here, account);
    if (at % 10) await change.sealSecret(here, made.id, `secret of ${at}`);
  }
  return id;
}

async function passesOf(change: Change, { here }: Made, person: string, at: number): Promise<void> {
  for (let number = 0; number < PASSES; number++) {
    const { id } = await change.addPass(here, {
      person,
      kind: number === 0 ? 'first' : 'delta',
      askedMs: at,
    });
    const going = number === PASSES - 1 && at % 50 === 0;
    const entries = (at * 7919) % 40_000;
    const told = counts({ entries, copied: entries, left: at % 10, bytes: entries * 70_000, seconds: 60 });
    await change.notePass(id, {
      state: going ? 'running' : 'findings',
      counts: told,
      endedMs: going ? null : at,
    });
    if (number === PASSES - 1) await change.noteFindings(id, findingsOf(at));
  }
}

function findingsOf(at: number) {
  return Array.from({ length: FINDINGS_EACH }, (_, one) => {
    const answer = ANSWERS[(at + one) % ANSWERS.length]!;
    const subject = `Compte rendu de la réunion ${at}-${one}`;
    const is = answer === null ? 'altered' : 'left';
    return finding(`${at}-${one}`, {
      is,
      answer,
      subject,
      folder: 'INBOX/Archives',
      messageId: `m${at}.${one}@old.example`,
    });
  });
}

const rows: { verb: string; median: number; worst: number; cpu: number }[] = [];

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function timed(verb: string, rounds: number, work: () => Promise<unknown>): Promise<void> {
  const took: number[] = [];
  const before = cpuMs();
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    await work();
    took.push(performance.now() - from);
  }
  took.sort((one, other) => one - other);
  rows.push({
    verb,
    median: took[Math.floor(took.length / 2)]!,
    worst: took.at(-1)!,
    cpu: (cpuMs() - before) / rounds,
  });
}

async function measureReading(records: Records, { here, waves, sites, people }: Made): Promise<void> {
  const page = { offset: 0, limit: 100 };
  const deep = { offset: PEOPLE - 100, limit: 100 };
  const wave = waves[3]!;
  const [one] = (await records.person(here, people[50]!)).accounts;
  const measure = (verb: string, work: () => Promise<unknown>) => timed(verb, ROUNDS, work);
  await measure('people: first page by name', () => records.people(here, page));
  await measure('people: last page by name', () => records.people(here, deep));
  for (const sort of ['address', 'site', 'wave', 'state', 'entries', 'left'] as const)
    await measure(`people: by ${sort}, descending`, () =>
      records.people(here, { ...page, sort, descending: true }),
    );
  await measure('people: text of one', () => records.people(here, { ...page, text: 'helene 4710' }));
  await measure('people: text of a tenth', () => records.people(here, { ...page, text: 'lefevre' }));
  await measure('people: of a wave and site', () => records.people(here, { ...page, wave, site: sites[3]! }));
  await measure('people: by state', () => records.people(here, { ...page, state: ['running', 'none'] }));
  await measure('people: state, text, sorted', () =>
    records.people(here, { ...page, state: ['findings'], text: 'cœur', sort: 'entries' }),
  );
  await measure('person', () => records.person(here, people[50]!));
  await measure('everybody', () => records.everybody(here));
  await measure('sites', () => records.sites(here));
  await measure('waves', () => records.waves(here));
  await measure('passes of a wave', () => records.passes(here, { wave }));
  await measure('passes of a person', () => records.passes(here, { person: people[50]! }));
  await measure('unfinished', () => records.unfinished());
  await measure('sums', () => records.sums(here));
  await measure('findings: first page', () => records.findings(here, page));
  await measure('findings: last page', () =>
    records.findings(here, { offset: PEOPLE * FINDINGS_EACH - 100, limit: 100 }),
  );
  await measure('findings: of a wave', () => records.findings(here, { ...page, wave }));
  await measure('findings: of a person', () => records.findings(here, { ...page, person: people[50]! }));
  const [group] = await records.findingGroups(here, {});
  const cause = { is: [group!.is], cause: group!.cause };
  await measure('findings: of a cause', () => records.findings(here, { ...page, ...cause }));
  await measure('findings: open', () => records.findings(here, { ...page, accepted: false }));
  await measure('findings: text', () => records.findings(here, { ...page, text: 'reunion 4710' }));
  await measure('finding groups', () => records.findingGroups(here, {}));
  await measure('finding groups of a wave', () => records.findingGroups(here, { wave }));
  await measure('audit: first page', () => records.audit(here, page));
  await measure('audit: text', () => records.audit(here, { ...page, text: 'p4710@' }));
  await measure('secret of an account', () => records.secretOf(one!.id));
}

async function measureWriting(records: Records, { here, waves, people }: Made): Promise<void> {
  let round = 0;
  const pass = (await records.passes(here, { person: people[0]! })).at(-1)!;
  await timed('write: a pass noted', 100, () =>
    records.write('bench', (change) => change.notePass(pass.id, { counts: counts({ entries: ++round }) })),
  );
  const some = people.slice(0, 500);
  await timed('write: 500 people assigned', 4, () =>
    records.write('bench', (change) => change.assign(here, some, waves[++round % WAVES]!)),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'malleposte-records-bench-'));
try {
  const path = join(folder, 'records.sqlite');
  const records = await openSqliteRecords({ path, keys: [keyOf(randomBytes(32))] });
  const made = await fill(records);
  await measureReading(records, made);
  await measureWriting(records, made);
  await records.close();
  console.log(`${PEOPLE} people, ${(statSync(path).size / 2 ** 20).toFixed(0)} MiB\n`);
  console.log('| verb | median ms | worst ms | CPU ms |\n|---|---:|---:|---:|');
  for (const { verb, ...took } of rows)
    console.log(
      `| ${[verb, ...[took.median, took.worst, took.cpu].map((ms) => ms.toFixed(1))].join(' | ')} |`,
    );
} finally {
  rmSync(folder, { recursive: true });
}
