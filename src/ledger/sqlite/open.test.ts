import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isTrouble, type TroubleKind } from '../../trouble.ts';
import { openSqliteLedger } from './ledger.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

async function refused(path: string, kind: TroubleKind): Promise<void> {
  await assert.rejects(openSqliteLedger(path), (error: unknown) => {
    assert(isTrouble(error, kind), String(error));
    assert.equal(error.tried, 'open-ledger');
    assert.equal(error.on, path);
    return true;
  });
}

describe('ledger: sqlite file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'malleposte-ledger-'));
    path = join(folder, 'target.ledger');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('carries our mark and its version', async () => {
    await (await openSqliteLedger(path)).close();
    const header = readFileSync(path);
    assert.equal(header.readUInt32BE(68), APPLICATION_ID);
    assert.equal(header.readUInt32BE(60), MIGRATIONS.length);
    assert.deepEqual(readdirSync(folder), ['target.ledger']);
  });

  it('carries our mark from the moment it is there, before anything was told', async () => {
    const ledger = await openSqliteLedger(path);
    assert.equal(readFileSync(path).readUInt32BE(68), APPLICATION_ID);
    await ledger.close();
  });

  it('a second ledger on it in this process is refused, by any name, and again after that', async () => {
    const ledger = await openSqliteLedger(path);
    await ledger.remember('x', '1');
    await refused(path, 'busy');
    const alias = join(folder, 'alias.ledger');
    linkSync(path, alias);
    await refused(alias, 'busy');
    assert.equal(openElsewhere(path), `busy open-ledger ${path}`);
    await ledger.close();
    const next = await openSqliteLedger(path);
    assert.equal(await next.recall('x'), '1');
    await next.close();
  });

  it('a second process is refused at once', async () => {
    const ledger = await openSqliteLedger(path);
    assert.equal(openElsewhere(path), `busy open-ledger ${path}`);
    await ledger.flush();
    await ledger.enrol('mbox:archive', 0);
    await ledger.close();
    assert.equal(openElsewhere(path), 'opened');
  });

  it('what is no ledger is refused, untouched', async () => {
    for (const content of ['From marie@example.org', 'x', 'SQLite format 3\0', '\0'.repeat(8192)]) {
      writeFileSync(path, content);
      await refused(path, 'malformed');
      assert.equal(readFileSync(path, 'utf8'), content);
      assert.deepEqual(readdirSync(folder), ['target.ledger']);
    }
  });

  it('the database of another program is refused, untouched', async () => {
    const foreign = new DatabaseSync(path);
    foreign.exec('PRAGMA journal_mode = WAL; CREATE TABLE mail (id INTEGER PRIMARY KEY)');
    foreign.close();
    const before = readFileSync(path);
    await refused(path, 'malformed');
    assert.deepEqual(readFileSync(path), before);
    assert.deepEqual(readdirSync(folder), ['target.ledger']);
  });

  it('a ledger of a newer version is refused, untouched', async () => {
    await (await openSqliteLedger(path)).close();
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    newer.close();
    const before = readFileSync(path);
    await refused(path, 'malformed');
    assert.deepEqual(readFileSync(path), before);
  });

  it('a newer version that still lies in the log is refused too', async () => {
    await (await openSqliteLedger(path)).close();
    const newer = `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(${JSON.stringify(path)});
      db.exec('PRAGMA user_version = ${MIGRATIONS.length + 1}'); process.kill(process.pid, 'SIGKILL');`;
    spawnSync(process.execPath, ['-e', newer]);
    assert.equal(readFileSync(path).readUInt32BE(60), MIGRATIONS.length);
    await refused(path, 'malformed');
    await refused(path, 'malformed');
  });

  it('a ledger that was cut short or damaged is refused or says so when read', async () => {
    const ledger = await openSqliteLedger(path);
    const account = await ledger.enrol('mbox:archive', 0);
    const { id } = await ledger.folder(account, ['x']);
    const entries = Array.from({ length: 900 }, (_, at) => ({
      key: `${at}`,
      marks: [],
      receivedAt: 0,
      size: 1,
    }));
    await ledger.note(id, entries);
    await ledger.close();
    const whole = readFileSync(path);
    writeFileSync(path, whole.fill(0x5a, 4096));
    await assert.rejects(readAll(path, id), (error) => isTrouble(error, 'malformed'));
    writeFileSync(path, whole.subarray(0, 5000));
    await assert.rejects(readAll(path, id), (error) => isTrouble(error, 'malformed'));
  });

  it('an empty file becomes a ledger', async () => {
    writeFileSync(path, '');
    await (await openSqliteLedger(path)).close();
    assert.equal(readFileSync(path).readUInt32BE(68), APPLICATION_ID);
  });

  it('a missing folder is missing; a folder is no ledger', async () => {
    await refused(join(folder, 'none', 'target.ledger'), 'missing');
    mkdirSync(path);
    await refused(path, 'malformed');
  });
});

async function readAll(path: string, folder: number): Promise<void> {
  const ledger = await openSqliteLedger(path);
  try {
    await ledger.counts();
    await ledger.items(folder, 0, 1000);
  } finally {
    await ledger.close();
  }
}

/** Opens the ledger in another process; answers what that process says. */
function openElsewhere(path: string): string {
  const code = `import { openSqliteLedger } from ${JSON.stringify(import.meta.resolve('./ledger.ts'))};
    const opened = openSqliteLedger(${JSON.stringify(path)}).then((ledger) => ledger.close());
    console.log(await opened.then(() => 'opened', (error) => [error.kind, error.tried, error.on].join(' ')));`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return child.stdout.trim() || child.stderr;
}
