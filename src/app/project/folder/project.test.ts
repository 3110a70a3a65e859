import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Id } from '../../../records/facts.ts';
import { isTrouble } from '../../../trouble.ts';
import { openProject, type Project } from '../project.ts';
import { scheduleOf, setSchedule } from '../schedule.ts';
import { PEOPLE_FILE, PROJECT_FILE, readProjectFolder, writeProjectFolder } from './files.ts';
import { importProjectFolder, projectFolder } from './project.ts';

const SECRET = 'sésame-ouvre-toi-42';

describe('a project as a folder', () => {
  let root: string;
  let project: Project;
  let organisation: Id;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'malleposte-folder-'));
    project = await open('first');
    organisation = await fill(project);
  });
  afterEach(async () => {
    await project.close();
    rmSync(root, { recursive: true });
  });

  function open(name: string): Promise<Project> {
    const data = join(root, name);
    return openProject({ data, reach: async () => {}, movesAtOnce: 1, language: 'fr' });
  }

  async function bytesOf(one: Project, id: Id, name: string): Promise<[string, string]> {
    const folder = join(root, name);
    await writeProjectFolder(folder, await projectFolder(one, id));
    const read = (file: string) => readFileSync(join(folder, file), 'utf8');
    return [read(PROJECT_FILE), read(PEOPLE_FILE)];
  }

  it('brought into an empty data folder gives the same project, and the same bytes', async () => {
    const before = await bytesOf(project, organisation, 'out');
    const second = await open('second');
    try {
      const id = await importProjectFolder(second, 'Ada', (await readProjectFolder(join(root, 'out')))!);
      assert.deepEqual(await bytesOf(second, id, 'again'), before);
      const waves = await second.records.waves(id);
      assert.deepEqual(
        waves.map(({ name, state, pilot, decision }) => [name, state, pilot, decision?.by]),
        [
          ['Pilote', 'ready', true, 'Ada'],
          ['Lyon', 'draft', false, undefined],
        ],
      );
      assert.deepEqual(
        (await second.records.ticks(waves[0]!.id)).map(({ gate, by, note }) => [gate, by, note]),
        [['licences', 'Ada', 'vu : <script>']],
      );
      const { rows } = await second.records.people(id, { offset: 0, limit: 10 });
      assert.equal(rows.length, 3);
      const ines = rows.find(({ address }) => address === 'ines@mistral.example')!;
      assert.deepEqual(
        ines.accounts.map(({ role, address, secret, position }) => [role, address, secret, position]).sort(),
        [
          ['source', 'imaps://ines@old.example/', 'none', 1],
          ['source', 'pst:/archives/ines.pst', 'not-needed', 0],
          ['target', 'imaps://ines@new.example/', 'none', 0],
        ],
      );
      assert.deepEqual(await scheduleOf(second, id), { deltaEveryHours: 6 });
    } finally {
      await second.close();
    }
  });

  it('holds no secret', async () => {
    const text = (await bytesOf(project, organisation, 'out')).join('');
    assert.ok(text.includes('ines@mistral.example'));
    assert.ok(!text.includes(SECRET));
    assert.ok(!text.includes('hooks.example'), 'addresses of webhooks are keys');
  });

  it('is not brought where a project of its name is, and then changes nothing', async () => {
    const folder = await projectFolder(project, organisation);
    const audit = await project.records.audit(null, { offset: 0, limit: 1 });
    await assert.rejects(
      importProjectFolder(project, 'Ada', folder),
      (error) => isTrouble(error, 'malformed') && error.answer === 'is-there',
    );
    assert.deepEqual(await project.records.audit(null, { offset: 0, limit: 1 }), audit);
    assert.equal((await project.records.organisations()).length, 1);
  });

  it('a row that cannot be takes all of it back', async () => {
    const folder = await projectFolder(project, organisation);
    const text = Buffer.from(folder.people).toString('utf8').replace('hugo@mistral.example', 'hugo');
    const second = await open('second');
    try {
      await assert.rejects(
        importProjectFolder(second, 'Ada', { ...folder, people: Buffer.from(text) }),
        (error) => isTrouble(error, 'refused') && error.answer === 'bad-address',
      );
      assert.deepEqual(await second.records.organisations(), []);
    } finally {
      await second.close();
    }
  });

  it('other files are told from a project', async () => {
    await bytesOf(project, organisation, 'out');
    const file = join(root, 'out', PROJECT_FILE);
    const good = readFileSync(file, 'utf8');
    const bad = [
      good.replace('malleposte: 1', 'malleposte: 2'),
      good.replace('movesAtOnce: 2', 'movesAtOnce: many'),
      `${good}\nmore: yes\n`,
      'a: &a [1]\nb: *a\n',
      '{',
      '',
    ];
    for (const text of bad) {
      writeFileSync(file, text);
      await assert.rejects(
        readProjectFolder(join(root, 'out')),
        (error) => isTrouble(error, 'malformed') && error.answer === 'not-a-project',
        text.slice(-40),
      );
    }
    await assert.rejects(readProjectFolder(join(root, 'none')), (error) => isTrouble(error, 'missing'));
    assert.equal(await readProjectFolder(file), null);
    rmSync(file);
    await assert.rejects(readProjectFolder(join(root, 'out')), (error) => isTrouble(error, 'malformed'));
  });

  it('is not written among other things', async () => {
    const folder = await projectFolder(project, organisation);
    await writeProjectFolder(join(root, 'out'), folder);
    await writeProjectFolder(join(root, 'out'), folder);
    writeFileSync(join(root, 'out', 'mine.txt'), 'mine');
    await assert.rejects(
      writeProjectFolder(join(root, 'out'), folder),
      (error) => isTrouble(error, 'malformed') && error.answer === 'not-empty',
    );
  });
});

async function fill(project: Project): Promise<Id> {
  const id = await project.records.write('Ada', async (change) => {
    const { id: organisation } = await change.addOrganisation({
      ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
      ...{ targetTemplate: 'imaps://{local}@new.example/', movesAtOnce: 2 },
    });
    const hours = [{ days: [1, 2], from: '20:00', to: '06:00' }];
    const place = { zone: 'Europe/Paris', closed: ['2026-12-25'] };
    await change.addSite(organisation, { name: 'Lyon', hours, lineBytesPerSecond: 500_000, ...place });
    const site = await change.addSite(organisation, {
      ...{ name: 'Avignon', hours: [], lineBytesPerSecond: null, ...place },
    });
    const pilot = await change.addWave(organisation, { name: 'Pilote', pilot: true, startsOn: '2026-11-30' });
    await change.addWave(organisation, { name: 'Lyon', pilot: false, startsOn: null });
    const tick = { gate: 'licences', is: 'ticked' as const, by: 'Ada', atMs: 1_790_000_000_123 };
    await change.tick(organisation, pilot.id, { ...tick, note: 'vu : <script>' });
    const decided = await change.decide(organisation, pilot.id, pilot.version, {
      ...{ go: true, by: 'Ada', atMs: 1_790_000_100_000, note: 'prêt\nà partir' },
    });
    await change.changeWave(organisation, pilot.id, decided.version, {
      ...{ state: 'ready', deadlineMs: 1_800_000_000_000, rollBackNote: '=rendre les anciens comptes' },
    });
    const names = [
      ['ines', 'Inès', 'Roux', 'mistral.example'],
      ['hugo', 'Hugo', 'Lemaire', 'mistral.example'],
      // A namesake, of a domain that the organisation has no more.
      ['i.roux', 'Inès', 'Roux', 'autrefois.example'],
    ] as const;
    for (const [login, givenName, familyName, domain] of names) {
      const person = await change.addPerson(organisation, {
        ...{ kind: 'person', givenName, familyName, displayName: `${givenName} ${familyName}` },
        ...{ address: `${login}@${domain}`, aliases: login === 'ines' ? ['i@mistral.example'] : [] },
        ...{ site: site.id, wave: pilot.id, language: 'fr', title: '=Cheffe "d’atelier"; nuit', mobile: '' },
      });
      if (login !== 'ines') continue;
      const own = { person: person.id };
      await change.addAccount(organisation, {
        ...{ ...own, role: 'source', address: 'pst:/archives/ines.pst', position: 0, needsSecret: false },
      });
      const old = { ...own, address: 'imaps://ines@old.example/', position: 1, needsSecret: true };
      const { id: account } = await change.addAccount(organisation, { role: 'source', ...old });
      await change.sealSecret(organisation, account, SECRET);
      const fresh = { ...own, address: 'imaps://ines@new.example/', position: 0, needsSecret: true };
      await change.addAccount(organisation, { role: 'target', ...fresh });
    }
    await change.addGroup(organisation, {
      ...{ name: 'Atelier', address: 'atelier@mistral.example', aliases: [], site: site.id },
      members: ['ines@mistral.example', 'hugo@mistral.example'],
    });
    const notices = [{ url: `https://hooks.example/${SECRET}`, events: [] }];
    await change.setSetting(organisation, 'notices', notices);
    return organisation;
  });
  await setSchedule(project, 'Ada', id, { deltaEveryHours: 6 });
  return id;
}
