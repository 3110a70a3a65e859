/**
 * Measures what the cockpit's server answers with a large organisation in it: `node bench/cockpit.ts [PEOPLE]` (10,000 unless told),
 * three accounts, two passes and five findings each, forty sites, twenty waves. Asked over HTTP on the loopback, by a client in the
 * same process, one after the other. Prints a table of milliseconds; nothing is asserted. On a machine that others use too, the
 * last column tells more: what the process itself took, client and server together, on the average.
 */
import type { Change } from '../src/records/records.ts';
import { counts, finding, personNamed, siteNamed } from '../src/records/suite/trial.ts';
import { openHere } from '../test/cockpit/here.ts';

const PEOPLE = Number(process.argv[2] ?? 10_000);
const ROUNDS = Number(process.argv[3] ?? 11);
const [SITES, WAVES, FINDINGS_EACH, A_WRITE] = [40, 20, 5, 500];
const ANSWERS = [
  'NO [LIMIT] message of 34567890 octets is larger than 25000000',
  'NO [CANNOT] folder name',
  null,
];
const DAY_MS = 86_400_000;

const here = await openHere({ strict: false });
const { records } = here.serving.project;
const places: { sites: string[]; waves: string[] } = { sites: [], waves: [] };
const people: string[] = [];
const organisation = await records.write('bench', async (change) => {
  const { id } = await change.addOrganisation({
    ...{ name: 'Bench', language: 'fr', suite: 'open', domains: ['nord.example'] },
    ...{ targetTemplate: null, movesAtOnce: 8 },
  });
  for (let n = 0; n < SITES; n++) places.sites.push((await change.addSite(id, siteNamed(`Site ${n}`))).id);
  for (let n = 0; n < WAVES; n++)
    places.waves.push((await change.addWave(id, { name: `Étape ${n}`, pilot: n === 0, startsOn: null })).id);
  return id;
});
for (let from = 0; from < PEOPLE; from += A_WRITE)
  await records.write('bench', async (change) => {
    for (let n = from; n < Math.min(PEOPLE, from + A_WRITE); n++) people.push(await addPerson(change, n));
  });
console.log(
  `${PEOPLE.toLocaleString('en')} people, ${(await records.audit(organisation, { offset: 0, limit: 1 })).total.toLocaleString('en')} lines of audit`,
);

async function addPerson(change: Change, n: number): Promise<string> {
  const address = `p${n}@nord.example`;
  const at = { site: places.sites[n % SITES]!, wave: places.waves[n % WAVES]! };
  const { id } = await change.addPerson(
    organisation,
    personNamed('Hélène', `Lefèvre ${n}`, { address, ...at }),
  );
  for (const [position, [role, host]] of [
    ['source', 'old.example'],
    ['source', 'older.example'],
    ['target', 'new.example'],
  ].entries()) {
    const account = await change.addAccount(organisation, {
      ...{ person: id, role: role as 'source', position, needsSecret: true },
      address: `imaps://p${n}@${host}/`,
    });
    await change.noteAmount(account.id, { messages: 8_000, bytes: 900_000_000, atMs: n });
  }
  // The later half of the waves is still to come.
  if (n % WAVES < WAVES / 2) await addPasses(change, id, n);
  return id;
}

async function addPasses(change: Change, person: string, n: number): Promise<void> {
  for (const kind of ['first', 'delta'] as const) {
    const { id } = await change.addPass(organisation, { person, kind, askedMs: n });
    const told = counts({
      entries: 8_000,
      copied: 8_000,
      carried: kind === 'first' ? 8_000 : 20,
      bytes: 900_000_000,
      seconds: 900,
    });
    await change.notePass(id, {
      state: 'findings',
      counts: told,
      endedMs: Date.now() - DAY_MS + n,
      certificate: `c${n}.json`,
    });
    if (kind === 'delta')
      await change.noteFindings(
        id,
        Array.from({ length: FINDINGS_EACH }, (_, one) =>
          finding(`${n}-${one}`, {
            is: 'left',
            answer: ANSWERS[(n + one) % 3]!,
            subject: `Compte rendu ${n}-${one}`,
            folder: 'INBOX',
          }),
        ),
      );
  }
}

const boss = await here.operator('boss', { role: 'consultant', organisation: null, site: null });
const local = await here.operator('local', {
  role: 'site-correspondent',
  organisation,
  site: places.sites[3]!,
});
const of = `/api/v1/organisations/${organisation}`;
const rows: string[] = [];

async function measure(what: string, path: string, token = boss): Promise<void> {
  const took: number[] = [];
  const cpu = process.cpuUsage();
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    const { status, text } = await here.ask(token, 'GET', path);
    took.push(performance.now() - from);
    bytes = text.length;
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  }
  const { user, system } = process.cpuUsage(cpu);
  took.sort((a, b) => a - b);
  const ms = (value: number): string => value.toFixed(1).padStart(8);
  rows.push(
    `${what.padEnd(36)}${ms(took[took.length >> 1]!)}${ms(took.at(-1)!)}${ms((user + system) / 1000 / ROUNDS)}${String(Math.round(bytes / 1000)).padStart(8)}`,
  );
}

await measure('me', '/api/v1/me');
await measure('people: first page', `${of}/people?limit=100`);
await measure('people: last page', `${of}/people?limit=100&offset=${PEOPLE - 100}`);
await measure('people: text of one', `${of}/people?limit=100&text=lefevre%20${PEOPLE - 5}`);
await measure('people: text of all', `${of}/people?limit=100&text=lefevre`);
await measure('people: by what is left', `${of}/people?limit=100&sort=left&descending=true`);
await measure('people: of a wave', `${of}/people?limit=100&wave=${places.waves[3]}`);
await measure('people: of a state', `${of}/people?limit=100&state=findings`);
await measure('people: whose secret is missing', `${of}/people?limit=100&state=secret-missing`);
await measure('people: of one site, its own', `${of}/people?limit=100`, local);
await measure('person', `${of}/people/${people[50]}`);
await measure('waves', `${of}/waves`);
await measure('wave: to come', `${of}/waves/${places.waves[WAVES - 1]}`);
await measure('wave: moved', `${of}/waves/${places.waves[3]}`);
await measure('findings: first page', `${of}/findings?limit=100`);
await measure('findings: text', `${of}/findings?limit=100&text=rendu%204-2`);
await measure('finding groups', `${of}/finding-groups`);
await measure('audit: first page', `${of}/audit?limit=100`);
await measure('audit: text', `${of}/audit?limit=100&text=p77%40nord`);
await measure('road', `${of}/road`);
await measure('road: of one site', `${of}/road`, local);
await measure('sites', `${of}/sites`);
await measure('inventory', `${of}/inventory`);
await measure('inventory: of a site', `${of}/inventory?site=${places.sites[3]}`);
await measure('certificates', `${of}/certificates`);
await measure('operators', `${of}/operators`);
console.log(`${''.padEnd(36)}  median   worst     cpu      kB\n${rows.join('\n')}`);
await here.close();
