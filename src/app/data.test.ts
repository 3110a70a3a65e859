import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { isTrouble } from '../trouble.ts';
import { dataFolder, ledgerPath, makeFolder, openScratch, slugOf } from './data.ts';
import { ownFingerprint, signingKey } from './signing-key.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-data-'));
after(() => rmSync(folder, { recursive: true }));

test('slugs are readable, safe as file names, and differ for every mailbox', () => {
  assert.match(
    slugOf('imaps://marie@example.org@new.example:993/'),
    /^marie-example-org-new-example-993-[0-9a-f]{8}$/,
  );
  assert.match(slugOf('maildir:/../../etc/é\u0000'), /^etc-e-[0-9a-f]{8}$/);
  assert.match(slugOf('memory:'), /^mailbox-[0-9a-f]{8}$/);
  assert.notEqual(slugOf('imap://a@h:143/'), slugOf('imap://a@h:144/'));
  assert.ok(slugOf(`maildir:/${'x'.repeat(5000)}`).length < 80);
});

test('the data folder: asked, from the environment, or here', () => {
  assert.equal(dataFolder('/x/y').root, path.resolve('/x/y'));
  process.env.MALLEPOSTE_DATA = '/from/env';
  assert.equal(dataFolder(undefined).root, path.resolve('/from/env'));
  process.env.MALLEPOSTE_DATA = '';
  assert.equal(dataFolder(undefined).root, path.resolve('malleposte-data'));
  assert.equal(path.dirname(ledgerPath(dataFolder('/x'), 'memory:a')), path.resolve('/x/ledgers'));
});

test('scratch: a folder of its own, removed at the end; what dead runs left is removed at the start', async () => {
  const data = dataFolder(path.join(folder, 'a'));
  mkdirSync(path.join(data.scratch, '999999999-dead'), { recursive: true });
  mkdirSync(path.join(data.scratch, `${process.ppid}-alive`));
  mkdirSync(path.join(data.scratch, 'not-a-run'));
  const scratch = await openScratch(data);
  writeFileSync(path.join(scratch.path, 'message'), 'x');
  assert.deepEqual(
    readdirSync(data.scratch)
      .filter((name) => !name.startsWith(`${process.pid}-`))
      .sort(),
    [`${process.ppid}-alive`, 'not-a-run'].sort(),
  );
  await scratch.remove();
  assert.ok(!existsSync(scratch.path));
});

test('folders are for their owner only; one that cannot be made is a Trouble', async () => {
  await makeFolder(path.join(folder, 'b', 'c'));
  if (process.platform !== 'win32') assert.equal(statSync(path.join(folder, 'b', 'c')).mode & 0o077, 0);
  writeFileSync(path.join(folder, 'file'), '');
  await assert.rejects(
    makeFolder(path.join(folder, 'file', 'x')),
    (error) => isTrouble(error) && error.tried === 'write-file',
  );
});

test('the signing key is made once, for its owner only, and stays the same', async () => {
  const data = dataFolder(path.join(folder, 'keys'));
  assert.equal(await ownFingerprint(data), null);
  const [one, two] = await Promise.all([signingKey(data), signingKey(data)]);
  assert.ok(one.equals(two));
  assert.match((await ownFingerprint(data))!, /^[0-9a-f]{64}$/);
  if (process.platform !== 'win32') assert.equal(statSync(data.signingKey).mode & 0o777, 0o600);
  writeFileSync(data.signingKey, 'no key');
  await assert.rejects(signingKey(data), (error) => isTrouble(error, 'malformed'));
});
