import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isTrouble, type TroubleKind } from '../../trouble.ts';
import { keyOf } from '../../wire/sealed.ts';
import type { Records } from '../records.ts';
import { recordsOn } from '../sql/records.ts';
import { BY, change, organisation, personNamed, source } from '../suite/trial.ts';
import { APPLICATION_ID, MIGRATIONS } from './migrations.ts';
import { openRecordsFile } from './open.ts';
import { openSqliteRecords } from './records.ts';

const keys = [keyOf(randomBytes(32))] as const;

describe('records: sqlite file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'malleposte-records-'));
    path = join(folder, 'records.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = (busyMs?: number): Promise<Records> =>
    openSqliteRecords({ path, keys, ...(busyMs !== undefined && { busyMs }) });

  async function refused(kind: TroubleKind, busyMs?: number): Promise<void> {
    await assert.rejects(open(busyMs), (error: unknown) => {
      assert.ok(isTrouble(error, kind), String(error));
      assert.equal(error.tried, 'open-records');
      assert.equal(error.on, path);
      return true;
    });
  }

  it('is for its owner alone, with what lies beside it, and carries our mark', {
    skip: process.platform === 'win32' && 'no modes',
  }, async () => {
    writeFileSync(path, '', { mode: 0o644 });
    const records = await open();
    await change(records, (change) => change.addOrganisation(organisation('Nord')));
    const names = readdirSync(folder);
    assert.ok(names.length > 1, 'the log lies beside it');
    for (const name of names) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    await records.close();
    assert.deepEqual(readdirSync(folder), ['records.sqlite']);
    const header = readFileSync(path);
    assert.equal(header.readUInt32BE(68), APPLICATION_ID);
    assert.equal(header.readUInt32BE(60), MIGRATIONS.length);
    chmodSync(path, 0o666);
    await (await open()).close();
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('keeps what its laws ask of SQLite', async () => {
    const { db, reading, close } = await openRecordsFile(path, 1_000);
    const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() as object)[0];
    assert.deepEqual(['journal_mode', 'synchronous', 'foreign_keys', 'secure_delete'].map(pragma), [
      'wal',
      2,
      1,
      1,
    ]);
    await assert.rejects(reading.deleteFrom('people').execute(), (error) => isTrouble(error, 'denied'));
    close();
  });

  it('what is no file of records, or of a newer program, is refused and stays as it was', async () => {
    for (const content of ['From marie@example.org\n'.repeat(400), 'x', 'SQLite format 3\0']) {
      writeFileSync(path, content);
      await refused('malformed');
      assert.equal(readFileSync(path, 'utf8'), content);
    }
    rmSync(path);
    const foreign = new DatabaseSync(path);
    foreign.exec('CREATE TABLE mail (id INTEGER PRIMARY KEY)');
    foreign.close();
    const before = readFileSync(path);
    await refused('malformed');
    assert.deepEqual(readFileSync(path), before);
    rmSync(path);
    await (await open()).close();
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    newer.close();
    await assert.rejects(open(), /of a newer program; known are versions up to/);
    await refused('malformed');
    path = folder;
    await refused('malformed');
    path = join(folder, 'none', 'records.sqlite');
    await refused('missing');
  });

  it('a making that was cut off at any step is taken up again', async () => {
    const cut = new DatabaseSync(path);
    cut.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    cut.close();
    const records = await open();
    assert.deepEqual(await records.organisations(), []);
    await records.close();
  });

  it('a migration that fails leaves the version before it, whole', async () => {
    await (await open()).close();
    const back = new DatabaseSync(path);
    back.exec('PRAGMA user_version = 0');
    back.close();
    await assert.rejects(open(), /already exists/);
    const after = new DatabaseSync(path);
    assert.equal(after.prepare('PRAGMA user_version').get()!.user_version, 0);
    assert.equal(after.prepare('PRAGMA integrity_check').get()!.integrity_check, 'ok');
    after.close();
  });

  it('many that open, make and write at once: every one gets its turn', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => open()));
    await Promise.all(
      all.map((records, at) => change(records, (change) => change.addOrganisation(organisation(`N${at}`)))),
    );
    for (const records of all) assert.equal((await records.organisations()).length, 6);
    await Promise.all(all.map((records) => records.close()));
  });

  it('another process that does not end its writing: busy, and nothing is lost or half done', async () => {
    const records = await open(200);
    const hold = `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(${JSON.stringify(path)});
      db.exec('BEGIN IMMEDIATE'); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['-e', hold]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const adding = (from: Records) => change(from, (change) => change.addOrganisation(organisation('Nord')));
    await assert.rejects(
      adding(records),
      (error) => isTrouble(error, 'busy') && error.tried === 'write-record',
    );
    assert.deepEqual(await records.organisations(), [], 'reading goes on');
    const later = await open(60_000);
    const patient = adding(later);
    child.kill('SIGKILL');
    await patient;
    assert.equal((await records.organisations()).length, 1);
    await records.close();
    await later.close();
  });

  it('a full disk: told as full, nothing half, and all goes on when there is room', async () => {
    const { reading, writing, db, close } = await openRecordsFile(path, 1_000);
    const records = recordsOn({ reading, writing, close: async () => close() }, keys);
    const here = await change(records, (change) => change.addOrganisation(organisation('Nord')));
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
    for (let more = 1; more < 12; more += 2) {
      db.exec(`PRAGMA max_page_count = ${pages + more}`);
      const before = await records.everybody(here.id);
      const work = change(records, async (change) => {
        for (let at = 0; at < 400; at++) {
          const person = await change.addPerson(here.id, personNamed(`P${more}x${at}`));
          const account = await change.addAccount(here.id, source(person.id, 'imaps://x@old.example/'));
          await change.sealSecret(here.id, account.id, 'x'.repeat(100));
        }
      });
      await assert.rejects(work, (error) => isTrouble(error, 'full') && error.tried === 'write-record');
      assert.deepEqual(await records.everybody(here.id), before);
      assert.equal((await records.audit(here.id, { offset: 0, limit: 0 })).total, 1 + before.length);
      await change(records, (change) =>
        change.noteAudit({ organisation: null, action: 'a', on: 'b', details: {} }),
      ).catch((error: unknown) => assert.ok(isTrouble(error, 'full')));
    }
    db.exec('PRAGMA max_page_count = 1000000');
    await change(records, (change) => change.addPerson(here.id, personNamed('Marie')));
    assert.equal((await records.everybody(here.id)).length, 1);
    assert.equal(db.prepare('PRAGMA integrity_check').get()!.integrity_check, 'ok');
    await records.close();
  });

  it('a full disk that a caller does not want to know of is known all the same', async () => {
    const { reading, writing, db, close } = await openRecordsFile(path, 1_000);
    const records = recordsOn({ reading, writing, close: async () => close() }, keys);
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
    db.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const work = records.write(BY, async (change) => {
      await change.addOrganisation(organisation('Nord'));
      await change.setSetting(null, 'large', 'x'.repeat(200_000)).catch(() => {});
      await assert.rejects(change.addOrganisation(organisation('Sud')), (error) => isTrouble(error, 'full'));
    });
    await assert.rejects(work, (error) => isTrouble(error, 'full'));
    assert.deepEqual(await records.organisations(), []);
    await records.close();
  });

  it('what was taken away is not on the disk any more', async () => {
    const records = await open();
    const ids = await change(records, async (change) => {
      const { id } = await change.addOrganisation(organisation('Nord'));
      const person = await change.addPerson(id, personNamed('Marie'));
      const account = await change.addAccount(id, source(person.id, 'imaps://x@old.example/'));
      await change.sealSecret(id, account.id, 'first');
      return { organisation: id, account: account.id };
    });
    await records.close();
    const sealedText = () => /"text":"([^"]+)"/.exec(readFileSync(path, 'latin1'))?.[1];
    const first = sealedText()!;
    const again = await open();
    await change(again, (change) => change.sealSecret(ids.organisation, ids.account, null));
    await again.close();
    assert.ok(first.length > 4 && !readFileSync(path, 'latin1').includes(first));
  });
});
