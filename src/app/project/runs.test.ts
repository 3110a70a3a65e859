import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { accountMessages } from '../../../test/generate/account.ts';
import { writeMaildir } from '../../../test/generate/account-files.ts';
import type { Id, Pass } from '../../records/facts.ts';
import { openProject, type Project } from './project.ts';

const WAIT_MS = 60_000;

describe('runs of a project', () => {
  let root: string;
  let project: Project;
  let organisation: Id;
  let site: Id;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'malleposte-runs-'));
    await open();
    await project.records.write('Ada', async (change) => {
      organisation = (
        await change.addOrganisation({
          ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
          ...{ targetTemplate: null, movesAtOnce: 2 },
        })
      ).id;
      site = (
        await change.addSite(organisation, {
          ...{ name: 'Avignon', zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null },
        })
      ).id;
    });
  });
  afterEach(async () => {
    await project.close();
    rmSync(root, { recursive: true });
  });

  async function open(): Promise<void> {
    project = await openProject({ data: root, reach: async () => {}, movesAtOnce: 2, language: 'fr' });
  }

  /** Somebody with a Maildir of so many messages, and an empty one to go to. */
  async function somebody(login: string, messages: number): Promise<Id> {
    const [old, fresh] = ['old', 'new'].map((name) => join(root, 'uploads', login, name));
    mkdirSync(old!, { recursive: true });
    const owner = { name: login, address: `${login}@mistral.example` };
    const mails = [...accountMessages({ messages, folders: 3, seed: 5, sizes: 'small', owner })];
    writeMaildir(old!, mails);
    return project.records.write('Ada', async (change) => {
      const person = await change.addPerson(organisation, {
        ...{ kind: 'person', givenName: login, familyName: 'Roux', displayName: `${login} Roux` },
        ...{
          address: `${login}@mistral.example`,
          aliases: [],
          site,
          wave: null,
          language: null,
          title: '',
          mobile: '',
        },
      });
      const account = { person: person.id, position: 0, needsSecret: false };
      await change.addAccount(organisation, { ...account, role: 'source', address: `maildir:${old}` });
      await change.addAccount(organisation, { ...account, role: 'target', address: `maildir:${fresh}` });
      return person.id;
    });
  }

  async function until(is: (pass: Pass | null) => boolean, person: Id): Promise<Pass> {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const { lastPass } = await project.records.person(organisation, person);
      if (is(lastPass)) return lastPass!;
      assert.ok(Date.now() < end, `waited in vain: ${JSON.stringify(lastPass)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const isOver = (pass: Pass | null) => ['proven', 'findings', 'failed'].includes(pass?.state ?? '');

  it('moves and proves each person once, and another pass carries what is new', async () => {
    const people = [await somebody('ines', 40), await somebody('hugo', 25)];
    await project.runs.start();
    const asked = await project.runs.ask('Ada', organisation, people, 'first');
    assert.equal(asked.length, 2);
    for (const [at, person] of people.entries()) {
      const pass = await until(isOver, person);
      assert.equal(pass.state, 'proven', JSON.stringify(pass));
      assert.equal(pass.counts.entries, [40, 25][at]);
      assert.equal(pass.counts.missing, 0);
      assert.ok(pass.certificate);
    }
    await project.runs.ask('Ada', organisation, people.slice(0, 1), 'delta');
    const delta = await until((pass) => pass?.number === 2 && isOver(pass), people[0]!);
    assert.deepEqual([delta.state, delta.counts.carried, delta.counts.entries], ['proven', 0, 40]);
  });

  it('asks for no second pass while one is not over', async () => {
    const person = await somebody('ines', 5);
    assert.equal((await project.runs.ask('Ada', organisation, [person], 'first')).length, 1);
    assert.equal((await project.runs.ask('Ada', organisation, [person], 'first')).length, 0);
  });

  it('what was asked for before the server ended is done by the next one', async () => {
    const person = await somebody('ines', 12);
    await project.runs.ask('Ada', organisation, [person], 'first');
    await project.close();
    await open();
    await project.runs.start();
    assert.equal((await until(isOver, person)).state, 'proven');
  });

  it('a paused person waits until resumed', async () => {
    const person = await somebody('ines', 12);
    await project.runs.ask('Ada', organisation, [person], 'first');
    await project.runs.pause('Ada', organisation, [person]);
    await project.runs.start();
    assert.equal((await until((pass) => pass?.state === 'stopped', person)).counts.entries, 0);
    await project.runs.resume('Ada', organisation, [person]);
    assert.equal((await until(isOver, person)).state, 'proven');
  });

  it('an address that lies elsewhere on this machine is refused, and the pass says so', async () => {
    const person = await somebody('ines', 3);
    await project.records.write('Ada', async (change) => {
      const row = await change.person(organisation, person);
      const account = row.accounts.find(({ role }) => role === 'source')!;
      await change.changeAccount(organisation, account.id, account.version, { address: 'mbox:/etc/passwd' });
    });
    await project.runs.start();
    await project.runs.ask('Ada', organisation, [person], 'first');
    const pass = await until(isOver, person);
    assert.deepEqual(
      [pass.state, pass.trouble?.kind, pass.trouble?.answer],
      ['failed', 'denied', 'file-elsewhere'],
    );
  });

  it('checks tell of every account whether it lets us in', async () => {
    const person = await somebody('ines', 3);
    await project.runs.start();
    await project.runs.check(organisation, [person]);
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const { accounts } = await project.records.person(organisation, person);
      if (accounts.every(({ check }) => check !== null)) {
        assert.deepEqual(
          accounts.map(({ check }) => check!.ok),
          [true, true],
        );
        return;
      }
      assert.ok(Date.now() < end, 'waited in vain');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
});
