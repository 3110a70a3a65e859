import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { judged, readImport } from './prepare-session.ts';
import { openImports } from './prepare-store.ts';
import { rowsOf, summaryOf } from './prepare-view.ts';
import { openProject, type Project } from './project.ts';

async function withProject(work: (project: Project, organisation: string, root: string) => Promise<void>) {
  const root = mkdtempSync(join(tmpdir(), 'malleposte-prepare-'));
  const project = await openProject({ data: root, reach: async () => {}, movesAtOnce: 1, language: 'fr' });
  try {
    const { id } = await project.records.write('Claire', (change) =>
      change.addOrganisation({
        ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
        ...{ targetTemplate: null, movesAtOnce: 1 },
      }),
    );
    await work(project, id, root);
  } finally {
    await project.close();
    rmSync(root, { recursive: true });
  }
}

test('killed in the middle of writing a file, nothing of it is there; then it is written whole', () =>
  withProject(async (project, organisation, root) => {
    await project.close();
    const run = (after: number) =>
      spawnSync(
        process.execPath,
        [join(import.meta.dirname, 'prepare-kill.fixture.ts'), root, organisation, String(after)],
        { encoding: 'utf8', timeout: 120_000 },
      );
    const count = async () => {
      const again = await openProject({ data: root, reach: async () => {}, movesAtOnce: 1, language: 'fr' });
      const { records } = again;
      const found = [
        (await records.everybody(organisation)).length,
        (await records.sites(organisation)).length,
        (await records.audit(organisation, { offset: 0, limit: 1, text: 'people.imported' })).total,
      ];
      await again.close();
      return found;
    };
    for (const after of [1, 39]) {
      assert.equal(run(after).signal, 'SIGKILL');
      assert.deepEqual(await count(), [0, 0, 0]);
    }
    assert.equal(run(1_000).stdout, JSON.stringify({ created: 40, changed: 0, same: 0 }));
    assert.deepEqual(await count(), [40, 3, 1]);
  }));

test('what is said of a row names its cell and whom it clashes with', () =>
  withProject(async (project, organisation) => {
    const file = Buffer.from(
      'Adresse;Nom;Remarque\nzoe@mistral.example;Roux;x\nZOE@mistral.example;Blanc;y\na@b.example;C;z',
    );
    const one = await readImport(project, organisation, 'people.csv', file);
    const { rows } = rowsOf(one, { offset: 0, limit: 10 });
    assert.deepEqual(
      rows.map(({ line, joins, reasons }) => [
        line,
        joins,
        ...reasons.map((one) => `${one.code} ${one.cell} ${one.other}`),
      ]),
      [
        [2, null],
        [3, 2, 'rows-disagree 1 Roux'],
        [4, null, 'bad-domain 0 b.example'],
      ],
    );
    const { headings, headingLine, file: said } = summaryOf(one);
    assert.deepEqual(
      [headingLine, headings.map(({ column }) => column), said.map(({ code, value }) => [code, value])],
      [1, ['address', 'familyName', null], [['unknown-column', 'Remarque']]],
    );
    // Nothing has changed: judged again it is the same.
    assert.deepEqual(summaryOf(await judged(project, one)), summaryOf(one));
  }));

test('files on their way are forgotten in time, the oldest of an organisation first', async () => {
  const one = (id: string, organisation: string) =>
    ({ id, organisation }) as unknown as Parameters<ReturnType<typeof openImports>['keep']>[0];
  const imports = openImports();
  for (const id of ['a', 'b', 'c', 'd', 'e']) imports.keep(one(id, 'x'));
  imports.keep(one('other', 'y'));
  imports.keep(one('a', 'x'));
  imports.keep(one('f', 'x'));
  assert.throws(() => imports.find('x', 'b'), { kind: 'missing' });
  assert.throws(() => imports.find('y', 'a'), { kind: 'missing' });
  for (const id of ['a', 'c', 'd', 'e', 'f']) assert.equal(imports.find('x', id).id, id);
  assert.equal(imports.find('y', 'other').id, 'other');
  const short = openImports(1);
  short.keep(one('f', 'x'));
  const gone = () => {
    try {
      short.find('x', 'f');
      return false;
    } catch {
      return true;
    }
  };
  for (let tries = 0; !gone(); tries += 1) {
    assert.ok(tries < 200, 'it is kept for ever');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
