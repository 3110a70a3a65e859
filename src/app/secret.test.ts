import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { isTrouble } from '../trouble.ts';
import { parseAddress, type ServerAddress } from './address.ts';
import { type Person, type PlainRef, readSecret, rereadToken, type Warning, warnOf } from './secret.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-secret-'));
after(() => rmSync(folder, { recursive: true }));

type Address = ServerAddress & { secret: PlainRef };
const imap = (text: string): Address => parseAddress(text) as Address;

function person(answer?: string): { person: Person; warnings: string[]; asked: string[] } {
  const warnings: string[] = [];
  const asked: string[] = [];
  const ask = async (what: string, on: string) => {
    asked.push(`${what} ${on}`);
    return answer!;
  };
  const warn = ({ code }: Warning) => void warnings.push(code);
  return { person: { warn, ask: answer === undefined ? null : ask }, warnings, asked };
}

async function refusal(address: Address): Promise<string | undefined> {
  const error = await readSecret(address, person().person).then(
    () => assert.fail('a secret was found'),
    (reason: unknown) => reason,
  );
  assert.ok(isTrouble(error) && error.tried === 'read-secret', String(error));
  return error.answer;
}

test('from the environment', async () => {
  process.env.MALLEPOSTE_TEST_SECRET = 'hunter2';
  const address = imap('imaps://a@h.example/?secret=env:MALLEPOSTE_TEST_SECRET');
  assert.equal(await readSecret(address, person().person), 'hunter2');
  assert.equal(
    await refusal(imap('imaps://a@h.example/?secret=env:MALLEPOSTE_TEST_ABSENT')),
    'secret-missing',
  );
  process.env.MALLEPOSTE_TEST_SECRET = '';
  assert.equal(await refusal(address), 'secret-empty');
});

test('from a file: one line end is no part of it; readable by all is warned of', {
  skip: process.platform === 'win32' && 'no modes',
}, async () => {
  const file = path.join(folder, 'password');
  writeFileSync(file, ' hunter 2 \r\n', { mode: 0o600 });
  const { person: quiet, warnings } = person();
  assert.equal(await readSecret(imap(`imaps://a@h.example/?secret=file:${file}`), quiet), ' hunter 2 ');
  assert.deepEqual(warnings, []);
  chmodSync(file, 0o644);
  await readSecret(imap(`imaps://a@h.example/?secret=file:${file}`), quiet);
  assert.deepEqual(warnings, ['secret-file-open']);
});

test('a file that is absent, empty or far too large is refused', async () => {
  assert.equal(await refusal(imap(`imaps://a@h.example/?secret=file:${folder}/absent`)), 'secret-missing');
  assert.equal(await refusal(imap(`imaps://a@h.example/?secret=file:${folder}`)), 'secret-missing');
  const file = path.join(folder, 'odd');
  writeFileSync(file, '\n');
  assert.equal(await refusal(imap(`imaps://a@h.example/?secret=file:${file}`)), 'secret-empty');
  writeFileSync(file, 'x'.repeat(70_000));
  assert.equal(await refusal(imap(`imaps://a@h.example/?secret=file:${file}`)), 'secret-too-large');
});

test('asked for on a terminal; refused without one', async () => {
  const { person: there, asked } = person('typed');
  assert.equal(await readSecret(imap('imaps://a@h.example/'), there), 'typed');
  assert.deepEqual(asked, ['password imaps://a@h.example:993/']);
  assert.equal(await refusal(imap('imaps://a@h.example/')), 'no-secret');
});

test('what is unwise is warned of', () => {
  const said = (text: string) => {
    const { person: here, warnings } = person();
    warnOf(imap(text), here);
    return warnings;
  };
  assert.deepEqual(said('imaps://a:pw@h.example/'), ['secret-in-url']);
  assert.deepEqual(said('imap://a@h.example/?starttls=never'), ['clear-text']);
  assert.deepEqual(said('imap://a@127.0.0.1/'), []);
  assert.deepEqual(said('imap://a@h.example/'), []);
});

test('a token file is read anew', () => {
  const file = path.join(folder, 'token');
  writeFileSync(file, 'one\n');
  assert.equal(rereadToken(file), 'one');
  writeFileSync(file, 'two');
  assert.equal(rereadToken(file), 'two');
  writeFileSync(file, '');
  assert.equal(rereadToken(file), null);
  assert.equal(rereadToken(path.join(folder, 'none')), null);
});
