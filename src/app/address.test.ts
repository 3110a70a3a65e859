import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../trouble.ts';
import { parseAddress, publicName, type ServerAddress } from './address.ts';

function imap(text: string): ServerAddress {
  const address = parseAddress(text);
  assert.equal(address.kind, 'imap');
  return address as ServerAddress;
}

function refusal(text: string): string {
  try {
    parseAddress(text);
  } catch (error) {
    assert.ok(isTrouble(error, 'malformed'), String(error));
    assert.equal(error.tried, 'read-address');
    return error.answer!;
  }
  return assert.fail(`${text} was taken`);
}

test('the user may be an e-mail address, encoded or not', () => {
  for (const text of [
    'imaps://marie%40example.org@mail.example.org/',
    'imaps://marie@example.org@mail.example.org',
  ]) {
    const address = imap(text);
    assert.equal(address.user, 'marie@example.org');
    assert.equal(address.host, 'mail.example.org');
    assert.equal(publicName(address), 'imaps://marie@example.org@mail.example.org:993/');
  }
});

test('ports by scheme, hosts of all kinds', () => {
  assert.equal(imap('imap://a@h.example/').port, 143);
  assert.equal(imap('imaps://a@h.example:1993/').port, 1993);
  assert.equal(imap('imap://a@[::1]:10143/').host, '::1');
  assert.equal(publicName(imap('imap://a@[::1]:10143/')), 'imap://a@[::1]:10143/');
  assert.equal(
    imap('imaps://a@courriel.été.example/').host,
    'courriel.xn--t-9eab.example'.replace('t-9eab', 't-9fab'),
  );
});

test('POP3: ports of its own, and one connection', () => {
  const inClear = parseAddress('pop3://marie@127.0.0.1/') as ServerAddress;
  assert.deepEqual([inClear.kind, inClear.port, inClear.security], ['pop3', 110, 'none']);
  const tls = parseAddress('pop3s://marie@h.example/?secret=env:PW') as ServerAddress;
  assert.deepEqual([tls.port, tls.security, tls.lanes], [995, 'tls', null]);
  assert.equal(publicName(tls), 'pop3s://marie@h.example:995/');
  assert.equal((parseAddress('pop3://marie@h.example/') as ServerAddress).security, 'starttls');
});

test('tokens: by a consent, or as an application; a password is neither', () => {
  assert.deepEqual(imap('imaps://a@h.example/?token=consent').secret, { by: 'consent', of: null });
  const shared = imap('imaps://info%40b.c@h.example/?token=consent:marie%40b.c');
  assert.deepEqual(shared.secret, { by: 'consent', of: 'marie@b.c' });
  const app = imap('imaps://a@h.example/?token=app:/safe/robot.json');
  assert.deepEqual(
    [app.secretIs, app.secret],
    ['token', { by: 'app', path: path.resolve('/safe/robot.json') }],
  );
  for (const wrong of ['secret=consent', 'secret=app:/x', 'token=app:', 'token=consent:', 'token='])
    assert.equal(refusal(`imaps://a@h.example/?${wrong}`), 'bad-secret', wrong);
  assert.equal(refusal('imaps://a:pw@h.example/?token=consent'), 'two-secrets');
});

test('STARTTLS is required unless the host is this machine or the person says never', () => {
  assert.equal(imap('imap://a@h.example/').security, 'starttls');
  assert.equal(imap('imap://a@h.example/?starttls=required').security, 'starttls');
  assert.equal(imap('imap://a@h.example/?starttls=never').security, 'none');
  assert.equal(imap('imap://a@127.0.0.1:10143/').security, 'none');
  assert.equal(imap('imap://a@localhost/?starttls=required').security, 'starttls');
  assert.equal(imap('imaps://a@localhost/').security, 'tls');
  assert.equal(imap('imap://a@127.0.0.1.example.org/').security, 'starttls');
});

test('secrets: environment, file, address, or to be asked', () => {
  assert.deepEqual(imap('imaps://a@h.example/?secret=env:PW').secret, { by: 'env', name: 'PW' });
  assert.deepEqual(imap('imaps://a@h.example/?secret=file:/a/b').secret, {
    by: 'file',
    path: path.resolve('/a/b'),
  });
  assert.deepEqual(imap('imaps://a:p%40ss%2F@h.example/').secret, { by: 'url', secret: 'p@ss/' });
  assert.deepEqual(imap('imaps://a@h.example/').secret, { by: 'ask' });
  const token = imap('imaps://a@h.example/?token=file:/run/token');
  assert.equal(token.secretIs, 'token');
  assert.deepEqual(token.secret, { by: 'file', path: path.resolve('/run/token') });
});

test('fingerprint and lanes', () => {
  const colons = Array.from({ length: 32 }, () => 'AB').join(':');
  assert.equal(imap(`imaps://a@h.example/?fingerprint=${colons}&lanes=4`).fingerprint, 'ab'.repeat(32));
  assert.equal(imap(`imaps://a@h.example/?fingerprint=${colons}&lanes=4`).lanes, 4);
});

test('a Gmail account is named by its address; the server is Google’s', () => {
  const account = imap('gmail://Marie@Example.org/?secret=env:PW&trash=yes&daily=300');
  const { host, port, user, security, gmail, daily, kind } = account;
  assert.deepEqual(
    { host, port, user, security, gmail, daily, kind },
    {
      ...{ host: 'imap.gmail.com', port: 993, user: 'Marie@example.org', security: 'tls', kind: 'imap' },
      ...{ gmail: { spam: false, trash: true }, daily: 300_000_000 },
    },
  );
  assert.equal(publicName(account), 'gmail://Marie@example.org/');
  assert.equal(publicName('gmail://Marie@example.org/?secret=env:PW'), 'gmail://Marie@example.org/');
  const near = imap('gmail://a@gmail.com/?server=127.0.0.1:10993&starttls=never');
  assert.deepEqual([near.host, near.port, near.security], ['127.0.0.1', 10993, 'none']);
  assert.equal(publicName(near), 'gmail://a@gmail.com/');
});

test('file stores take the path as it stands', () => {
  assert.deepEqual(parseAddress('mbox:/a/b?c=%41'), { kind: 'mbox', path: path.resolve('/a/b?c=%41') });
  assert.deepEqual(parseAddress('maildir:rel'), { kind: 'maildir', path: path.resolve('rel') });
  assert.deepEqual(parseAddress('pst:/a.pst'), { kind: 'pst', path: path.resolve('/a.pst') });
  assert.deepEqual(parseAddress('eml:///a'), { kind: 'eml', path: path.resolve('/a') });
  assert.deepEqual(parseAddress('mbox:~/x'), { kind: 'mbox', path: path.join(homedir(), 'x') });
});

test('what is wrong is named', () => {
  const wrong: [string, string][] = [
    ['marie', 'unknown-scheme'],
    ['http://h.example/', 'unknown-scheme'],
    ['pop3s://a@h.example/?lanes=2', 'unknown-parameter'],
    ['pop3s://a@h.example/?starttls=required', 'bad-starttls'],
    ['pst:', 'no-path'],
    ['gmail://h.example', 'no-user'],
    ['gmail://a@h.example:993/', 'bad-port'],
    ['gmail://a@h.example/?spam=perhaps', 'bad-yes-no'],
    ['gmail://a@h.example/?server=:1', 'bad-server'],
    ['gmail://a@h.example/?starttls=never', 'bad-starttls'],
    ['gmail://a@h.example/?starttls=never&server=mail.example', 'bad-starttls'],
    ['imaps://a@h.example/?spam=no', 'unknown-parameter'],
    ['imaps://a@h.example/?daily=0', 'bad-daily'],
    ['imaps://a@h.example/?daily=1.5', 'bad-daily'],
    ['mbox:', 'no-path'],
    ['imaps://', 'no-host'],
    ['imaps:a@h', 'no-host'],
    ['imaps://h.example/', 'no-user'],
    ['imaps://a@h.example:0/', 'bad-port'],
    ['imaps://a@h.example:99999/', 'bad-port'],
    ['imaps://a@h.example:12x/', 'bad-port'],
    ['imaps://a@h.example/INBOX', 'has-path'],
    ['imaps://a@h.example/?colour=red', 'unknown-parameter'],
    ['imaps://a@h.example/?starttls=required', 'bad-starttls'],
    ['imap://a@h.example/?starttls=maybe', 'bad-starttls'],
    ['imap://a@h.example/?lanes=0', 'bad-lanes'],
    ['imap://a@h.example/?lanes=1e9', 'bad-lanes'],
    ['imaps://a@h.example/?fingerprint=abc', 'bad-fingerprint'],
    [`imap://a@127.0.0.1/?fingerprint=${'ab'.repeat(32)}`, 'fingerprint-in-clear'],
    ['imaps://a@h.example/?secret=hunter2', 'bad-secret'],
    ['imaps://a:x@h.example/?secret=env:X', 'two-secrets'],
    ['imaps://a@h.example/?secret=env:X&token=env:Y', 'two-secrets'],
    ['imaps://a%0d%0aX@h.example/', 'unreadable'],
    ['imaps://a%zz@h.example/', 'unreadable'],
  ];
  for (const [text, code] of wrong) assert.equal(refusal(text), code, text);
});

test('no secret is ever part of the public name or of an error', () => {
  const secrets = fc.string({ minLength: 6, maxLength: 20, unit: fc.constantFrom(...'hunter2:/?#@%&= ') });
  const shapes = [
    (s: string) => `imaps://marie:${s}@mail.example.org/`,
    (s: string) => `imaps://marie:${encodeURIComponent(s)}@mail.example.org:99999/`,
    (s: string) => `pop3://marie:${s}@mail.example.org/`,
    (s: string) => `gmail://marie:${s}@gmail.com/`,
    (s: string) => `imap:marie:${s}@mail.example.org`,
    (s: string) => `marie:${s}`,
    (s: string) => `imaps://marie@mail.example.org/?secret=${encodeURIComponent(s)}`,
    (s: string) => `imaps://marie@mail.example.org/?token=${encodeURIComponent(s)}`,
  ];
  fc.assert(
    fc.property(secrets, fc.constantFrom(...shapes), (noise, shape) => {
      const secret = `zq${noise}qz`;
      const text = shape(secret);
      const shown = [publicName(text)];
      try {
        shown.push(publicName(parseAddress(text)));
      } catch (error) {
        assert.ok(isTrouble(error));
        shown.push(error.message, error.on, error.answer ?? '');
      }
      for (const one of shown) assert.doesNotMatch(one, /zq|qz/, text);
    }),
  );
});

test('any text is an address or is refused in words', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((s) => `imap://${s}`),
        fc.webUrl(),
      ),
      (text) => {
        try {
          parseAddress(text);
        } catch (error) {
          assert.ok(isTrouble(error, 'malformed'), `${text}: ${error}`);
        }
        publicName(text);
      },
    ),
    { numRuns: 500 },
  );
});
