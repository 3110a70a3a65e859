/** A project in this process, of people whose mail lies in Maildirs: for what goes wrong around moves. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProject, type Project } from '../../src/app/project/project.ts';
import type { Id, Pass } from '../../src/records/facts.ts';
import { accountMessages } from '../generate/account.ts';
import { writeMaildir } from '../generate/account-files.ts';

const WAIT_MS = 120_000;
const BY = 'Claire Vidal';

export interface Stand {
  root: string;
  project: Project;
  organisation: Id;
  site: Id;
  /** Another life of the server, on the same folder. */
  again(): Promise<void>;
  /** Somebody with so many messages, and an empty mailbox to go to. */
  somebody(login: string, messages: number, at?: { site?: Id; wave?: Id }): Promise<Id>;
  pass(person: Id): Promise<Pass | null>;
  until(person: Id, is: (pass: Pass | null) => boolean): Promise<Pass>;
  close(): Promise<void>;
}

export const isOver = (pass: Pass | null): boolean =>
  ['proven', 'findings', 'failed'].includes(pass?.state ?? '');

export async function openStand(movesAtOnce = 2): Promise<Stand> {
  const root = mkdtempSync(join(tmpdir(), 'malleposte-break-'));
  const open = (): Promise<Project> =>
    openProject({ data: root, reach: async () => {}, movesAtOnce, language: 'fr' });
  const project = await open();
  const [organisation, site] = await project.records.write(BY, async (change) => {
    const { id } = await change.addOrganisation({
      ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
      ...{ targetTemplate: null, movesAtOnce },
    });
    return [id, (await change.addSite(id, siteNamed('Avignon'))).id];
  });
  const stand: Stand = {
    ...{ root, project, organisation, site },
    async again() {
      await stand.project.close();
      stand.project = await open();
    },
    somebody: (login, messages, at = {}) => somebody(stand, login, messages, { site, ...at }),
    pass: async (person) => (await stand.project.records.person(organisation, person)).lastPass,
    until: (person, is) => waited(() => stand.pass(person), is) as Promise<Pass>,
    async close() {
      await stand.project.close();
      rmSync(root, { recursive: true });
    },
  };
  return stand;
}

export function siteNamed(name: string) {
  return { name, zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
}

async function somebody(
  { root, project, organisation }: Stand,
  login: string,
  messages: number,
  { site, wave = null }: { site: Id; wave?: Id | null },
): Promise<Id> {
  const [old, fresh] = ['old', 'new'].map((name) => join(root, 'uploads', login, name));
  mkdirSync(old!, { recursive: true });
  const owner = { name: login, address: `${login}@mistral.example` };
  writeMaildir(old!, [...accountMessages({ messages, folders: 3, seed: 5, sizes: 'small', owner })]);
  return project.records.write(BY, async (change) => {
    const { id } = await change.addPerson(organisation, {
      ...{ kind: 'person', givenName: login, familyName: 'Roux', displayName: `${login} Roux`, site, wave },
      ...{ address: owner.address, aliases: [], language: null, title: '', mobile: '' },
    });
    const account = { person: id, position: 0, needsSecret: false };
    await change.addAccount(organisation, { ...account, role: 'source', address: `maildir:${old}` });
    await change.addAccount(organisation, { ...account, role: 'target', address: `maildir:${fresh}` });
    return id;
  });
}

export async function waited<T>(look: () => Promise<T>, is: (seen: T) => boolean): Promise<T> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const seen = await look();
    if (is(seen)) return seen;
    assert.ok(Date.now() < end, `waited in vain: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
