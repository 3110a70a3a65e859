import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isTrouble, type TroubleKind } from '../../trouble.ts';
import { asked, handClock, leasedKeys, troubled } from '../work.suite.ts';
import { openWorkFile } from './open.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';
import { openSqliteWork, sqliteWork } from './work.ts';

describe('work: sqlite file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'malleposte-work-'));
    path = join(folder, 'work.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function refused(kind: TroubleKind, file = path): Promise<void> {
    await assert.rejects(openSqliteWork(file), (error) => {
      assert(isTrouble(error, kind), String(error));
      assert.deepEqual([error.tried, error.on], ['open-records', file]);
      return true;
    });
  }

  it('carries our mark and its version, and leaves nothing beside it', async () => {
    await (await openSqliteWork(path)).close();
    const header = readFileSync(path);
    assert.equal(header.readUInt32BE(68), APPLICATION_ID);
    assert.equal(header.readUInt32BE(60), MIGRATIONS.length);
    assert.deepEqual(readdirSync(folder), ['work.sqlite']);
  });

  it('what was asked is there after it was closed and opened again', async () => {
    const work = await openSqliteWork(path);
    await work.ask([asked('a', { earliestMs: 0 })]);
    await work.close();
    await work.close();
    const again = await openSqliteWork(path);
    assert.deepEqual(await leasedKeys(again, 'w'), ['a']);
    await again.close();
  });

  it('what is no work is refused, untouched', async () => {
    for (const content of ['key;of;site', 'x', 'SQLite format 3\0', '\0'.repeat(8192)]) {
      writeFileSync(path, content);
      await refused('malformed');
      assert.equal(readFileSync(path, 'utf8'), content);
      assert.deepEqual(readdirSync(folder), ['work.sqlite']);
    }
  });

  it('the database of another program is refused, untouched', async () => {
    for (const making of ['CREATE TABLE mail (id)', 'PRAGMA application_id = 7', 'PRAGMA user_version = 1']) {
      const foreign = new DatabaseSync(path);
      foreign.exec(`PRAGMA journal_mode = WAL; ${making}`);
      foreign.close();
      const before = readFileSync(path);
      await refused('malformed');
      assert.deepEqual(readFileSync(path), before);
      rmSync(path);
    }
  });

  it('work of a newer version is refused, untouched', async () => {
    await (await openSqliteWork(path)).close();
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    newer.close();
    const before = readFileSync(path);
    await refused('malformed');
    assert.deepEqual(readFileSync(path), before);
  });

  it('an empty file becomes work; a missing folder is missing; a folder is no work', async () => {
    writeFileSync(path, '');
    await (await openSqliteWork(path)).close();
    await refused('missing', join(folder, 'none', 'work.sqlite'));
    await refused('denied', join(path, 'work.sqlite'));
    await refused('denied', join(folder, 'x'.repeat(300)));
    mkdirSync(join(folder, 'folder'));
    await refused('malformed', join(folder, 'folder'));
  });

  it('a damaged file says so', async () => {
    const work = await openSqliteWork(path);
    await work.ask(Array.from({ length: 500 }, (_, at) => asked(`${at}`)));
    await work.close();
    writeFileSync(path, readFileSync(path).fill(0x5a, 4096));
    const damaged = async () => {
      const opened = await openSqliteWork(path);
      await opened.jobs({ limit: 1000 }).finally(() => opened.close());
    };
    await troubled('malformed', damaged());
  });

  it('several processes may make it at once', async () => {
    const said = await Promise.all(Array.from({ length: 4 }, (_, at) => askedElsewhere(path, `${at}`)));
    assert.deepEqual(said, ['1', '1', '1', '1']);
    const work = await openSqliteWork(path);
    assert.equal((await work.jobs({ limit: 10 })).jobs.length, 4);
    await work.close();
  });

  it('a verb waits until another lets go of the file, but not for ever', async () => {
    const work = await sqliteWork(await openWorkFile(path), handClock());
    const hasty = await sqliteWork(await openWorkFile(path, 60), handClock());
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN IMMEDIATE');
    const asking = work.ask([asked('a')]);
    await troubled('busy', hasty.ask([asked('b')]), path);
    assert.deepEqual((await hasty.jobs({ limit: 10 })).jobs, [], 'reading does not wait');
    holder.exec('COMMIT');
    assert.equal(await asking, 1);
    holder.close();
    assert.equal(await hasty.job('b'), null);
    assert.equal(await hasty.ask([asked('b')]), 1);
    await Promise.all([work.close(), hasty.close()]);
  });

  it('a verb after the closing is a fault of ours', async () => {
    const work = await openSqliteWork(path);
    await work.close();
    await assert.rejects(work.expired(), (error) => !isTrouble(error));
  });
});

/** Asks for a job in another process; answers what that process says. */
async function askedElsewhere(path: string, key: string): Promise<string> {
  const code = `import { openSqliteWork } from ${JSON.stringify(import.meta.resolve('./work.ts'))};
    const work = await openSqliteWork(${JSON.stringify(path)});
    console.log(await work.ask([${JSON.stringify(asked(key))}]));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { timeout: 60_000 });
  const [said, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return said.trim() || errors;
}
