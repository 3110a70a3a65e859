import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTrouble } from '../../trouble.ts';
import { keyOf } from '../../wire/sealed.ts';
import { type DataFolder, dataFolder } from '../data.ts';
import { openFileVault } from './file-vault.ts';
import { KEY_VARIABLE, sealingKeys } from './key.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-vault-'));
after(() => rmSync(folder, { recursive: true }));
const posix = { skip: process.platform === 'win32' && 'no modes' };
const one = keyOf(randomBytes(32));
const two = keyOf(randomBytes(32));
const secret = 'refresh-token-of-marie é';
let data: DataFolder;
let made = 0;
beforeEach(() => {
  delete process.env[KEY_VARIABLE];
  data = dataFolder(path.join(folder, `${++made}`));
});

async function refused(promise: Promise<unknown>, answer: string): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(isTrouble(error, 'malformed') && error.answer === answer, String(error));
    return true;
  });
}

const files = (): string[] =>
  readdirSync(data.vault)
    .filter((name) => name.endsWith('.sealed'))
    .map((name) => path.join(data.vault, name));

test(
  'what is sealed opens again; nothing of it can be read on the disk, and nobody else may open it',
  posix,
  async () => {
    const vault = openFileVault(data, [one]);
    assert.equal(await vault.open('a'), null);
    await vault.seal('a', 'first');
    await vault.seal('a', secret);
    await vault.seal('b', secret);
    assert.equal(await vault.open('a'), secret);
    assert.deepEqual(await vault.names(), ['a', 'b']);
    await vault.forget('b');
    await vault.forget('b');
    assert.deepEqual(await vault.names(), ['a']);
    assert.equal(files().length, 1);
    assert.equal(readdirSync(data.vault).length, 1);
    assert.equal(statSync(files()[0]!).mode & 0o777, 0o600);
    assert.equal(statSync(data.vault).mode & 0o777, 0o700);
    const bytes = readFileSync(files()[0]!);
    for (const form of [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')])
      assert.ok(!bytes.includes(form));
  },
);

test('every flipped bit, every cut and an empty file are told, never opened', async () => {
  const vault = openFileVault(data, [one]);
  await vault.seal('a', 'x');
  const [file] = files();
  const whole = readFileSync(file!);
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 1;
    writeFileSync(file!, flipped);
    const opened = await vault.open('a').catch((error: unknown) => error);
    // White space and the order of bits beyond a base64 text are nothing of the secret.
    if (opened !== 'x') assert.ok(isTrouble(opened, 'malformed'), `${at}: ${opened}`);
    writeFileSync(file!, whole.subarray(0, at));
    const cut = await vault.open('a').catch((error: unknown) => error);
    if (cut !== 'x') assert.ok(isTrouble(cut, 'malformed'), `${at}: ${cut}`);
  }
  writeFileSync(file!, Buffer.alloc(2_000_000));
  await refused(vault.open('a'), 'secret-damaged');
});

test('another key, a swapped file, a renamed secret: each refused in its own words', async () => {
  const vault = openFileVault(data, [one]);
  await vault.seal('marie', 'of marie');
  const [marie] = files();
  await vault.seal('luc', 'of luc');
  const luc = files().find((file) => file !== marie)!;
  await refused(openFileVault(data, [two]).open('marie'), 'secret-other-key');
  copyFileSync(luc, marie!);
  await refused(vault.open('marie'), 'secret-damaged');
  writeFileSync(marie!, readFileSync(luc, 'utf8').replace('"luc"', '"marie"'));
  await refused(vault.open('marie'), 'secret-damaged');
});

test('rotated: sealed anew under the other key; interrupted at any file, both keys open everything', async () => {
  const vault = openFileVault(data, [one]);
  const names = ['a', 'b', 'c'];
  for (const name of names) await vault.seal(name, `of ${name}`);
  const before = files().map((file) => [file, readFileSync(file)] as const);
  await vault.rotate(two);
  for (const name of names) assert.equal(await openFileVault(data, [two]).open(name), `of ${name}`);
  await refused(openFileVault(data, [one]).open('a'), 'secret-other-key');
  for (let left = 1; left < before.length; left++) {
    for (const [file, bytes] of before.slice(0, left)) writeFileSync(file, bytes);
    const both = openFileVault(data, [two, one]);
    for (const name of names) assert.equal(await both.open(name), `of ${name}`);
    await both.rotate(two);
    for (const name of names) assert.equal(await openFileVault(data, [two]).open(name), `of ${name}`);
  }
});

test('the key: made once, for its owner only; one that others may read is refused', posix, async () => {
  assert.equal(await sealingKeys(data, false), null);
  const [first, second] = await Promise.all([sealingKeys(data, true), sealingKeys(data, true)]);
  assert.equal(first![0].id, second![0].id);
  assert.equal((await sealingKeys(data, false))![0].id, first![0].id);
  assert.equal(statSync(data.key).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(data.root), ['key']);
  for (const mode of [0o640, 0o604, 0o660]) {
    chmodSync(data.key, mode);
    await refused(sealingKeys(data, true), 'secret-key-open');
  }
  chmodSync(data.key, 0o600);
  for (const text of ['', 'short', `${randomBytes(31).toString('base64')}`, 'x'.repeat(300)]) {
    writeFileSync(data.key, text);
    await refused(sealingKeys(data, true), 'secret-key-bad');
  }
});

const ids = async () => (await sealingKeys(data, true))!.map(({ id }) => id);

test('the key of the environment comes first; the one that was there before still opens', async () => {
  const [before] = await ids();
  process.env[KEY_VARIABLE] = randomBytes(32).toString('base64');
  assert.equal((await ids())[1], before);
  rmSync(data.key);

  const bytes = randomBytes(32);
  process.env[KEY_VARIABLE] = bytes.toString('base64');
  assert.deepEqual(await ids(), [keyOf(bytes).id]);
  process.env[KEY_VARIABLE] = 'no key';
  await refused(sealingKeys(data, true), 'secret-key-bad');
});

test('a folder that is none, and a disk that takes nothing: told as such', async () => {
  const vault = openFileVault(data, [one]);
  await vault.seal('a', 'x');
  rmSync(data.vault, { recursive: true });
  writeFileSync(data.vault, 'a file');
  for (const act of [
    () => vault.seal('a', 'x'),
    () => vault.open('a'),
    () => vault.names(),
    () => vault.forget('a'),
    () => vault.alone('a', async () => 1),
    () => vault.rotate(two),
    () => sealingKeys(data, false),
  ])
    await assert.rejects(act(), (error) => isTrouble(error, 'denied'));
});

test('a key that is gone is not made anew while something lies sealed under it', async () => {
  const keys = await sealingKeys(data, true);
  await openFileVault(data, keys!).seal('a', 'x');
  rmSync(data.key);
  await refused(sealingKeys(data, true), 'secret-other-key');
  await refused(sealingKeys(data, false), 'secret-other-key');
});

test('alone: one after the other, also when one of them throws', async () => {
  const vaults = [openFileVault(data, [one]), openFileVault(data, [one])];
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await sleep(10);
    inside--;
    throw new Error('no');
  };
  await Promise.allSettled(vaults.flatMap((vault) => [vault.alone('a', work), vault.alone('a', work)]));
  assert.equal(most, 1);
  assert.equal(await vaults[0]!.alone('a', async () => 5), 5);
});
