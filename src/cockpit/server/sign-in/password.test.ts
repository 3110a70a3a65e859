import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import { test } from 'node:test';
import { isTrouble } from '../../../trouble.ts';
import { doorOf } from '../shell/doors.ts';
import { hashPassword, verifyPassword } from './argon.ts';
import { checkPassword } from './password.ts';

const of = { email: 'marie.durand@bordes.example', name: 'Marie Durand' };

function faultOf(password: string): string | null {
  try {
    checkPassword(password, of);
    return null;
  } catch (error) {
    assert.ok(isTrouble(error, 'malformed'));
    return doorOf(error)!.code;
  }
}

test('what is too short, too long or tried first is not taken', () => {
  assert.equal(faultOf('kurz-Kurz-1'), 'password-short');
  // Eleven characters, though more bytes.
  assert.equal(faultOf('éàüößñçœæøå'), 'password-short');
  assert.equal(faultOf('x1'.repeat(200)), 'password-long');
  for (const simple of [
    'aaaaaaaaaaaaaaa',
    'abababababababab',
    'abcdefghijklm',
    '0123456789012',
    'marie.durand@bordes.example',
    'MarieDurand12',
    'durandmarie2026',
  ])
    assert.equal(faultOf(simple), 'password-simple', simple);
  for (const good of [
    'correct horse battery',
    'Xq7-vraiment long',
    '木曜日の朝に長い道を歩いた人',
    'marie mange des pommes vertes',
  ])
    assert.equal(faultOf(good), null, good);
});

test('a password is known again, another one is not, and no two hashes are alike', async () => {
  const [one, two] = await Promise.all([
    hashPassword('le pont de la rivière'),
    hashPassword('le pont de la rivière'),
  ]);
  assert.notEqual(one, two);
  assert.match(one, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  // Composed and decomposed accents are one password.
  assert.ok(await verifyPassword({ hash: one, password: 'le pont de la rivie\u0300re' }));
  assert.equal(await verifyPassword({ hash: one, password: 'le pont de la riviere' }), false);
});

test('the string says how it was made: an older cost is read too', async () => {
  const nonce = Buffer.alloc(16, 7);
  const cost = { memory: 64, passes: 1, parallelism: 1, tagLength: 32 };
  const tag = argon2Sync('argon2id', { message: 'ancien mot de passe', nonce, ...cost });
  const plain = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  const hash = `$argon2id$v=19$m=64,t=1,p=1$${plain(nonce)}$${plain(tag)}`;
  assert.ok(await verifyPassword({ hash, password: 'ancien mot de passe' }));
});

test('what is no such string is no password', async () => {
  for (const hash of [
    '',
    'x',
    '$argon2id$v=19$m=64,t=1,p=1$$',
    '$argon2d$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  ])
    assert.equal(await verifyPassword({ hash, password: '' }), false);
});
