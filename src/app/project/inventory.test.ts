import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { accountMessages } from '../../../test/generate/account.ts';
import { writeMaildir } from '../../../test/generate/account-files.ts';
import type { Id } from '../../records/facts.ts';
import type { Change } from '../../records/records.ts';
import { words } from '../../words/words.ts';
import { type InventoryLine, inventoryOf } from './inventory.ts';
import { openProject, type Project } from './project.ts';

const WAIT_MS = 60_000;
const fr = words('fr');

describe('inventory of a project', () => {
  let root: string;
  let project: Project;
  let organisation: Id;
  let site: Id;
  const accounts: Record<string, Id> = {};

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'malleposte-inventory-'));
    project = await openProject({ data: root, reach: async () => {}, movesAtOnce: 2, language: 'fr' });
    await project.records.write('Ada', prepare);
    await project.runs.start();
  });
  after(async () => {
    await project.close();
    rmSync(root, { recursive: true });
  });

  async function prepare(change: Change): Promise<void> {
    const facts = { name: 'Mistral', language: 'fr', suite: 'google', targetTemplate: null } as const;
    const fields = { ...facts, domains: ['mistral.example'], movesAtOnce: 2 };
    organisation = (await change.addOrganisation(fields)).id;
    const hours = { zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
    site = (await change.addSite(organisation, { name: 'Avignon', ...hours })).id;
    for (const name of ['ines', 'hugo', 'lea']) {
      const { id: person } = await change.addPerson(organisation, {
        ...{ kind: 'person', givenName: name, familyName: 'Roux', displayName: `${name} Roux`, title: '' },
        ...{ address: `${name}@mistral.example`, aliases: [], wave: null, language: null, mobile: '' },
        site: name === 'ines' ? site : null,
      });
      const account = { person, position: 0, needsSecret: false, role: 'source' } as const;
      const added = await change.addAccount(organisation, { ...account, address: `eml:${folder(name)}` });
      accounts[name] = added.id;
      await change.addAccount(organisation, {
        ...account,
        role: 'target',
        address: `maildir:${root}/to-${name}`,
      });
    }
  }

  function folder(name: string): string {
    return join(root, 'uploads', name);
  }

  /** Messages in files; beside them an Outlook archive, a hidden folder, and a file that is none of our business. */
  function layOut(name: string, messages: number): void {
    const owner = { name, address: `${name}@mistral.example` };
    mkdirSync(join(folder(name), '.Archives'), { recursive: true });
    let number = 0;
    for (const { bytes } of accountMessages({ messages, folders: 1, seed: 3, sizes: 'small', owner }))
      writeFileSync(join(folder(name), `${++number}.eml`), bytes);
    writeMaildir(join(folder(name), '.Archives'), []);
    writeFileSync(join(folder(name), 'boite 2009.pst'), '!BDN');
    writeFileSync(join(folder(name), 'winmail.fol'), 'x');
  }

  async function until(is: (line: InventoryLine) => boolean, name: string): Promise<InventoryLine> {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const line = await lineOf(name);
      if (is(line)) return line;
      assert.ok(Date.now() < end, `waited in vain: ${JSON.stringify(line)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const lineOf = async (name: string): Promise<InventoryLine> =>
    (await inventoryOf(project, organisation, undefined, fr)).find(
      ({ account }) => account === accounts[name],
    )!;

  it('has a line for each account that mail comes from, of all sites or one', async () => {
    const lines = await inventoryOf(project, organisation, undefined, fr);
    assert.deepEqual(lines.map(({ personName }) => personName).sort(), [
      'hugo Roux',
      'ines Roux',
      'lea Roux',
    ]);
    assert.deepEqual(
      lines.map(({ surveyedMs, messages, risks }) => [surveyedMs, messages, risks.length]),
      [
        [null, null, 0],
        [null, null, 0],
        [null, null, 0],
      ],
    );
    const here = await inventoryOf(project, organisation, site, fr);
    assert.deepEqual(
      here.map((line) => [line.personName, line.site]),
      [['ines Roux', site]],
    );
  });

  it('a survey fills the line, and names the mail that lies beside what was read', async () => {
    layOut('ines', 7);
    const person = (await lineOf('ines')).person;
    assert.equal(await project.runs.survey(organisation, [{ person, account: accounts.ines! }]), 1);
    const line = await until(({ surveyedMs }) => surveyedMs !== null, 'ines');
    assert.deepEqual([line.messages, line.folders, line.trouble], [7, 1, null]);
    assert.ok(line.bytes! > 7_000);
    assert.ok(line.newestMs! >= line.oldestMs!);
    const important = line.risks.filter(({ severity }) => severity === 'important');
    const told = important.map(({ sentence }) => sentence).join('\n');
    assert.match(told, /boite 2009\.pst/);
    assert.match(told, /\.Archives/);
    assert.doesNotMatch(told, /winmail\.fol/);
    assert.ok(line.risks.some(({ severity }) => severity === 'note'));
  });

  it('an account that cannot be read says why', async () => {
    const person = (await lineOf('hugo')).person;
    await project.runs.survey(organisation, [{ person, account: accounts.hugo! }]);
    const line = await until(({ trouble }) => trouble !== null, 'hugo');
    assert.deepEqual([line.surveyedMs, line.messages], [null, null]);
    assert.ok(line.trouble!.on.includes('hugo'));
  });

  const survey = (facts: object) => ({
    ...{ messages: 3, bytes: 5_000, folders: [{ selectable: true }, { selectable: false }] },
    ...{ oldest: 1, newest: 2, quota: null, aside: [], prospects: [], ...facts },
  });
  const note = (atMs: number, facts: object): Promise<void> =>
    project.records.write('malleposte', async (change) => {
      await change.noteSurvey(accounts.lea!, atMs, survey(facts));
      await change.noteAmount(accounts.lea!, { messages: 3, bytes: 5_000, atMs });
    });

  it('tells what stands in the way of the suite that one goes to, the important first', async () => {
    const obstacle = { is: 'date', effect: 'altered', count: 4, bytes: 100 };
    const large = { is: 'too-large', effect: 'refused', count: 2, bytes: 9e7 };
    await note(10, {
      quota: { usedBytes: 95, limitBytes: 100 },
      prospects: [
        { target: 'google', obstacles: [obstacle, large] },
        { target: 'microsoft', obstacles: [{ ...large, count: 777 }] },
      ],
      aside: Array.from({ length: 30 }, (_, at) => ({ path: `vieux ${at}.pst`, because: 'other-store' })),
    });
    const { risks, folders } = await lineOf('lea');
    assert.equal(folders, 1);
    assert.deepEqual([...new Set(risks.map(({ severity }) => severity))], ['important', 'note']);
    const told = risks.map(({ sentence }) => sentence).join('\n');
    assert.match(told, /Presque pleine/);
    assert.match(told, /2 × plus grand que ce que la destination accepte/);
    assert.doesNotMatch(told, /777/);
    assert.match(told, /vieux 0\.pst/);
    assert.match(told, /et 10 autres/);
  });

  it('is read anew when it was surveyed again, and in the language of who asks', async () => {
    await note(20, { messages: 44, quota: { usedBytes: 99, limitBytes: 100 } });
    const [line] = (await inventoryOf(project, organisation, undefined, words('en'))).filter(
      ({ account }) => account === accounts.lea,
    );
    assert.deepEqual([line!.messages, line!.surveyedMs], [44, 20]);
    assert.match(line!.risks[0]!.sentence, /^Nearly full/);
  });

  it('a survey kept by another version tells what the account itself knows', async () => {
    await project.records.write('malleposte', async (change) => {
      await change.noteSurvey(accounts.lea!, 30, { version: 'unknown' });
      await change.noteAmount(accounts.lea!, { messages: 9, bytes: 90, atMs: 30 });
    });
    const line = await lineOf('lea');
    assert.deepEqual([line.surveyedMs, line.messages, line.bytes, line.risks], [null, 9, 90, []]);
  });
});
