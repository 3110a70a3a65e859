import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isTrouble } from '../../trouble.ts';
import { copyLedgerFile } from './copy.ts';
import { openSqliteLedger } from './ledger.ts';

const folder = mkdtempSync(join(tmpdir(), 'malleposte-copy-'));
after(() => rmSync(folder, { recursive: true }));

test('a copy holds what the ledger holds, and the ledger is as it was', async () => {
  const path = join(folder, 'a.sqlite');
  const ledger = await openSqliteLedger(path);
  await ledger.enrol('imap://marie@old/', 0);
  await ledger.close();
  const before = readFileSync(path);
  assert.equal(await copyLedgerFile(path, join(folder, 'b.sqlite')), true);
  const copy = await openSqliteLedger(join(folder, 'b.sqlite'));
  assert.deepEqual(
    (await copy.accounts()).map(({ name }) => name),
    ['imap://marie@old/'],
  );
  await copy.enrol('another', 1);
  await copy.close();
  assert.deepEqual(readFileSync(path), before);
  assert.deepEqual(readdirSync(folder).sort(), ['a.sqlite', 'b.sqlite']);
});

test('what a run that was cut off left in the log is copied too', async () => {
  const path = join(folder, 'c.sqlite');
  const ledger = await openSqliteLedger(path);
  await ledger.enrol('imap://marie@old/', 0);
  await ledger.flush();
  const cut = join(folder, 'd.sqlite');
  copyFileSync(path, cut);
  copyFileSync(`${path}-wal`, `${cut}-wal`);
  await ledger.close();
  assert.equal(await copyLedgerFile(cut, join(folder, 'e.sqlite')), true);
  const copy = await openSqliteLedger(join(folder, 'e.sqlite'));
  assert.equal((await copy.accounts()).length, 1);
  await copy.close();
});

test('a ledger that is open elsewhere is not copied', async () => {
  const path = join(folder, 'f.sqlite');
  const ledger = await openSqliteLedger(path);
  assert.equal(await copyLedgerFile(path, join(folder, 'g.sqlite')), false);
  assert.ok(!existsSync(join(folder, 'g.sqlite')));
  await ledger.close();
});

test('what is no ledger is said, under its own name', async () => {
  const path = join(folder, 'h.sqlite');
  writeFileSync(path, 'this is no database at all, and longer than a header would have to be\n'.repeat(20));
  await assert.rejects(
    copyLedgerFile(path, join(folder, 'i.sqlite')),
    (error) => isTrouble(error, 'malformed') && error.on === path,
  );
});
