import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { keyOf } from '../../wire/sealed.ts';
import { change, organisation } from '../suite/trial.ts';
import { openSqliteRecords } from './records.ts';

const KILLS = 15;
/** People per import in `kill.child.ts`. */
const IMPORTED = 200;

interface Said {
  imported: Set<string>;
  passes: Set<string>;
}

it('kill -9 at random moments: every acknowledged write is there, and no half one', {
  timeout: 300_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'malleposte-records-'));
  const path = join(folder, 'records.sqlite');
  const key = randomBytes(32);
  const keys = [keyOf(key)] as const;
  try {
    const records = await openSqliteRecords({ path, keys });
    const { id } = await change(records, (change) => change.addOrganisation(organisation('Nord')));
    await records.close();
    const said: Said = { imported: new Set(), passes: new Set() };
    for (let run = 0; run < KILLS; run++) {
      const arguments_ = [path, String(run), key.toString('hex'), id];
      // Some are killed while they open; others in their imports, or later.
      await killed(arguments_, said, run % 5 === 0 ? 0 : 1 + Math.floor(Math.random() * 30));
    }
    assert.ok(
      said.imported.size > KILLS / 3 && said.passes.size > 0,
      `only ${said.imported.size} were imported`,
    );
    await examine(path, keys, id, said);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Kills the child some time after it has said so many lines. */
async function killed(arguments_: string[], said: Said, lines: number): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill.child.ts'), ...arguments_]);
  let [out, errors] = ['', ''];
  const closed = new Promise<string | null>((resolve) =>
    child.once('close', (_code, signal) => resolve(signal)),
  );
  child.stderr.on('data', (data) => {
    errors += data;
  });
  const enough = new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      out += data;
      if (out.split('\n').length > lines + 1) resolve();
    });
  });
  await Promise.race([enough, closed]);
  await pause(Math.random() * 60);
  child.kill('SIGKILL');
  assert.equal(await closed, 'SIGKILL', errors);
  for (const line of out.split('\n').slice(0, -1)) {
    if (!line.startsWith('{')) continue;
    const { imported, pass } = JSON.parse(line) as { imported?: string; pass?: string };
    if (imported) said.imported.add(imported);
    if (pass) said.passes.add(pass);
  }
}

async function examine(
  path: string,
  keys: Parameters<typeof openSqliteRecords>[0]['keys'],
  organisation: string,
  said: Said,
) {
  const records = await openSqliteRecords({ path, keys });
  const everybody = await records.everybody(organisation);
  const batches = Map.groupBy(everybody, ({ familyName }) => familyName);
  for (const batch of said.imported) assert.ok(batches.has(batch), `import ${batch} is lost`);
  for (const [batch, people] of batches) {
    assert.equal(people.length, IMPORTED, `import ${batch} is there in part`);
    for (const { accounts } of people) assert.equal(accounts[0]!.secret, 'sealed');
    assert.equal(await records.secretOf(people[0]!.accounts[0]!.id), batch);
  }
  const passes = await records.passes(organisation, {});
  const known = new Set(passes.map(({ id }) => id));
  for (const pass of said.passes) assert.ok(known.has(pass), `pass ${pass} is lost`);
  assert.ok(
    passes.every(({ state }) => state === 'running'),
    'a pass was asked and not noted',
  );
  const { total } = await records.audit(organisation, { offset: 0, limit: 0 });
  assert.equal(total, 1 + everybody.length * 3 + passes.length, 'each change has its line');
  await records.close();
  const db = new DatabaseSync(path);
  assert.equal(db.prepare('PRAGMA integrity_check').get()!.integrity_check, 'ok');
  assert.deepEqual(db.prepare('PRAGMA foreign_key_check').all(), []);
  db.close();
}
