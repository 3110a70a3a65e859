import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secrets } from './secrets.ts';

test('a secret is not told in any form in which a server may repeat it', () => {
  const secret = 'can"ary pass%wörd';
  const base64 = Buffer.from(secret).toString('base64');
  const secrets = new Secrets();
  secrets.keep(secret, '', '===', '\ud800x');
  for (const form of [secret, base64, base64.replace(/=+$/, ''), encodeURIComponent(secret)])
    assert.equal(secrets.without(`NO ${form} here`), 'NO *** here');
  assert.equal(secrets.without('NO bad password'), 'NO bad password');
  assert.ok(!secrets.without(encodeURIComponent(base64)).includes(base64.slice(0, -2)));
});
