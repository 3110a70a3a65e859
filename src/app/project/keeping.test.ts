import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Id } from '../../records/facts.ts';
import { keeping } from './keeping.ts';
import type { Changed } from './live.ts';
import { openProject, type Project } from './project.ts';

/** A twentieth of the time may be spent: what takes so long rests twenty times as long. */
const WORK_MS = 250;

describe('what is kept of a large organisation', () => {
  let root: string;
  let project: Project;
  let organisation: Id;
  let worked: number;
  let large: boolean;
  const ask = keeping(async () => {
    worked++;
    await wait(WORK_MS);
    return { value: worked, large };
  });

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'malleposte-keeping-'));
    project = await openProject({ data: root, reach: async () => {}, movesAtOnce: 1, language: 'fr' });
    organisation = await project.records.write('Ada', async (change) => {
      const { id } = await change.addOrganisation({
        ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
        ...{ targetTemplate: null, movesAtOnce: 1 },
      });
      return id;
    });
    [worked, large] = [0, true];
  });
  afterEach(async () => {
    await project.close();
    rmSync(root, { recursive: true });
  });

  const change = (name: string) =>
    project.records.write('Ada', (one) => one.addWave(organisation, { name, pilot: false, startsOn: null }));

  it('is worked out once while nothing changes', async () => {
    assert.deepEqual([await ask(project, organisation), await ask(project, organisation)], [1, 1]);
  });

  it('is what it was for a while when something changes, then anew, and who looks is told', async () => {
    const told: Changed[] = [];
    project.live.listen(organisation, {
      ...{ moves: () => {}, speed: () => {} },
      changed: (what) => void told.push(...what),
    });
    await ask(project, organisation);
    await change('Un');
    assert.equal(await ask(project, organisation), 1);
    while (!told.includes('waves')) await wait(20);
    assert.equal(worked, 2);
    assert.equal(await ask(project, organisation), 2);
  });

  it('is worked out once for all who ask when its rest is over', async () => {
    await ask(project, organisation);
    await change('Un');
    await wait(WORK_MS * 22);
    const all = await Promise.all(Array.from({ length: 5 }, () => ask(project, organisation)));
    assert.ok(all.every((one) => one === 2));
    assert.equal(worked, 2);
  });

  it('is never kept of a small one', async () => {
    large = false;
    assert.deepEqual([await ask(project, organisation), await ask(project, organisation)], [1, 2]);
  });
});
