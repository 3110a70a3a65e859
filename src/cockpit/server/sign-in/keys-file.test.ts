import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../../../trouble.ts';
import { doorOf } from '../shell/doors.ts';
import { newCode, plainCode } from './codes.ts';
import { type KeysFile, openKeysFile } from './keys-file.ts';
import { openLinks, VALID_MS } from './links.ts';
import { openPeopleLinks } from './people-links.ts';
import { openTokens } from './tokens.ts';

let folder: string;
let file: KeysFile;
let now: number;
const clock = (): number => now;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'malleposte-keys-'));
  file = openKeysFile(path.join(folder, 'keys.sqlite'));
  now = 1_800_000_000_000;
});
afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

const refuses = (work: () => unknown, code: string): void => {
  assert.throws(work, (error: unknown) => isTrouble(error) && doorOf(error)?.code === code);
};

const origin = 'https://malleposte.example';
const invitation = {
  email: 'luc@bordes.example',
  language: 'fr',
  role: { role: 'auditor', organisation: 'bordes', site: null },
  by: 'u1',
} as const;

test('a link is used once, in its time, for its kind; what is kept does not open anything', () => {
  const links = openLinks(file, clock);
  const { link, untilMs } = links.make('invited', origin, invitation);
  const token = link.slice(`${origin}/invited/`.length);
  assert.match(token, /^[\w-]{43}$/);
  assert.equal(untilMs, now + VALID_MS.invited);
  assert.deepEqual(links.look('invited', token).facts, invitation);
  assert.deepEqual(links.look('invited', token).facts, invitation);
  refuses(() => links.look('first', token), 'link-unknown');
  refuses(() => links.look('invited', `${token}x`), 'link-unknown');
  refuses(() => links.look('invited', ''), 'link-unknown');
  for (const name of readdirSync(folder))
    assert.equal(readFileSync(path.join(folder, name)).includes(token), false, name);

  assert.deepEqual(links.use('invited', token), invitation);
  refuses(() => links.use('invited', token), 'link-used');
  refuses(() => links.look('invited', token), 'link-used');
  links.giveBack(token);
  now = untilMs;
  refuses(() => links.use('invited', token), 'link-expired');
  // Long after, nobody knows that there was one.
  now += 31 * 24 * 3_600_000;
  links.make('invited', origin, invitation);
  refuses(() => links.look('invited', token), 'link-unknown');
});

test('links are voided by kind and by what they are for', () => {
  const links = openLinks(file, clock);
  const token = (one: { link: string }): string => one.link.split('/').at(-1)!;
  const [first, reset, other] = [
    links.make('first', origin, {}),
    links.make('reset', origin, { userId: 'u1' }),
    links.make('reset', origin, { userId: 'u2' }),
  ];
  assert.equal(
    links.void('reset', ({ userId }) => userId === 'u1'),
    1,
  );
  refuses(() => links.look('reset', token(reset)), 'link-unknown');
  assert.ok(links.look('reset', token(other)) && links.look('first', token(first)));
  assert.equal(links.void('first'), 1);
  refuses(() => links.use('first', token(first)), 'link-unknown');
});

test('two that use one link at once: one of them has it', () => {
  const second = openKeysFile(path.join(folder, 'keys.sqlite'));
  const [here, there] = [openLinks(file, clock), openLinks(second, clock)];
  const token = here.make('first', origin, {}).link.split('/').at(-1)!;
  here.use('first', token);
  refuses(() => there.use('first', token), 'link-used');
  second.close();
});

test('a token of the API: kept by digest, with a time, withdrawn at once', () => {
  const tokens = openTokens(file, clock);
  const roles = [{ role: 'it-manager' as const, organisation: 'bordes', site: null }];
  const { text, token } = tokens.make({ name: 'nightly', owner: 'u1', roles, expiresMs: now + 1000 });
  assert.match(text, /^mp_[\w-]{43}$/);
  assert.deepEqual(tokens.check(text), { ...token, usedMs: null });
  for (const name of readdirSync(folder))
    assert.equal(readFileSync(path.join(folder, name)).includes(text.slice(3)), false, name);
  for (const wrong of ['', 'mp_', text.slice(3), `${text}x`, `mp_${'x'.repeat(43)}`, 'x'.repeat(1_000_000)])
    assert.equal(tokens.check(wrong), null);
  assert.deepEqual(
    tokens.list('bordes').map(({ usedMs }) => usedMs),
    [now],
  );
  assert.deepEqual(tokens.list('autre'), []);
  now += 1000;
  assert.equal(tokens.check(text), null);

  const lasting = tokens.make({ name: 'lasting', owner: 'u1', roles, expiresMs: null });
  now += 10 * 365 * 24 * 3_600_000;
  assert.equal(tokens.check(lasting.text)?.name, 'lasting');
  assert.ok(tokens.revoke(lasting.token.id));
  assert.equal(tokens.check(lasting.text), null);
  assert.equal(tokens.revoke(lasting.token.id), false);
  assert.deepEqual(
    tokens.list().map(({ name }) => name),
    ['nightly'],
  );
  assert.equal(tokens.revokeOf('u1'), 1);
  assert.deepEqual(tokens.list(), []);
});

test('the use of a token is noted once a minute, also when the clock was set back', () => {
  const tokens = openTokens(file, clock);
  const { text } = tokens.make({ name: 'often', owner: 'u1', roles: [], expiresMs: null });
  const used = (): number | null => tokens.list()[0]!.usedMs;
  tokens.check(text);
  const first = now;
  now += 59_000;
  tokens.check(text);
  assert.equal(used(), first);
  now += 1000;
  tokens.check(text);
  assert.equal(used(), first + 60_000);
  now = first - 3_600_000;
  tokens.check(text);
  assert.equal(used(), now);
});

test('a link of a person opens that person, as typed from paper, until it ends or is taken back', () => {
  const links = openPeopleLinks(file, clock);
  const { link, untilMs } = links.make(origin, { organisation: 'bordes', person: 'p1', validMs: 1000 });
  const code = link.slice(`${origin}/p/`.length);
  assert.match(code, /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$/);
  const found = { organisation: 'bordes', person: 'p1', untilMs, usedMs: null };
  assert.deepEqual(links.check(code), found);
  assert.deepEqual(links.check(` ${code.toLowerCase().replaceAll('-', ' ')} `), { ...found, usedMs: now });
  assert.deepEqual(links.of('bordes', 'p1'), [{ ...found, usedMs: now }]);
  assert.deepEqual(links.of('autre', 'p1'), []);
  refuses(() => links.check(newCode()), 'link-unknown');
  refuses(() => links.check('x'.repeat(1_000_000)), 'link-unknown');
  assert.equal(links.revoke('bordes', 'p1'), 1);
  refuses(() => links.check(code), 'link-unknown');
  const late = links.make(origin, { organisation: 'bordes', person: 'p1', validMs: 1000 });
  now = late.untilMs;
  refuses(() => links.check(late.link.split('/').at(-1)!), 'link-expired');
  assert.deepEqual(links.of('bordes', 'p1'), []);
});

test('a code is read as it was meant, or not at all', () => {
  assert.equal(plainCode('olI00-00000-00000-00000'), '01100-00000-00000-00000');
  assert.equal(plainCode('0110000000–0000000000'), '01100-00000-00000-00000');
  assert.equal(plainCode('U1100-00000-00000-00000'), null);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const code = plainCode(text);
      if (code !== null) assert.equal(plainCode(code), code);
    }),
  );
  const code = newCode();
  assert.equal(plainCode(code), code);
});

test('the file is for its owner alone, whoever made it', { skip: process.platform === 'win32' }, () => {
  file.run('DELETE FROM links');
  for (const name of readdirSync(folder))
    assert.equal(statSync(path.join(folder, name)).mode & 0o077, 0, name);
  const open = path.join(folder, 'open.sqlite');
  writeFileSync(open, '');
  chmodSync(open, 0o666);
  openKeysFile(open).close();
  assert.equal(statSync(open).mode & 0o777, 0o600);
});

test('what is no file of ours is refused', () => {
  const strange = path.join(folder, 'strange.sqlite');
  writeFileSync(strange, 'From marie@bordes.example\n'.repeat(100));
  const kindOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      if (isTrouble(error) && error.tried === 'open-records') return error.kind;
      throw error;
    }
    return 'none';
  };
  assert.equal(
    kindOf(() => openKeysFile(strange)),
    'malformed',
  );
  const newer = new DatabaseSync(path.join(folder, 'newer.sqlite'));
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  assert.equal(
    kindOf(() => openKeysFile(path.join(folder, 'newer.sqlite'))),
    'malformed',
  );
  assert.equal(
    kindOf(() => openKeysFile(path.join(folder, 'nowhere', 'keys.sqlite'))),
    'missing',
  );
});
