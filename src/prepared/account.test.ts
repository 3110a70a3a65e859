import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAddress } from '../app/address.ts';
import { isTrouble } from '../trouble.ts';
import {
  accountFault,
  accountKey,
  needsPassword,
  readAccountCell,
  secretOf,
  shownAccount,
} from './account.ts';
import { readMailAddress } from './address.ts';

/** The rules of the command line. */
function checkAccount(text: string): string | null {
  try {
    parseAddress(text);
    return null;
  } catch (error) {
    if (isTrouble(error)) return error.answer ?? '';
    throw error;
  }
}

test('a password in an address is taken out of it, whatever it holds', () => {
  const cases: [string, string, string | null][] = [
    ['imaps://zoe@old.example/', 'imaps://zoe@old.example/', null],
    ['imaps://zoe:pw@old.example/', 'imaps://zoe@old.example/', 'pw'],
    ['imaps://zoe@mail.org@old.example:993/', 'imaps://zoe@mail.org@old.example:993/', null],
    ['imaps://zoe@mail.org:12345@old.example/', 'imaps://zoe@mail.org@old.example/', '12345'],
    ['imaps://zoe:a/b?c#d@e:f@old.example/', 'imaps://zoe@old.example/', 'a/b?c#d@e:f'],
    ['imaps://zoe:p%40w@old.example/', 'imaps://zoe@old.example/', 'p@w'],
    ['imaps://zoe:100%@old.example/', 'imaps://zoe@old.example/', '100%'],
    ['imap://zoe@[::1]:143/', 'imap://zoe@[::1]:143/', null],
    [
      'imaps://zoe@old.example:993/?token=consent:boss@old.example',
      'imaps://zoe@old.example:993/?token=consent:boss@old.example',
      null,
    ],
    ['gmail://zoe:pw@gmail.com/', 'gmail://zoe@gmail.com/', 'pw'],
    ['pst:/archives/zoe:1@2.pst', 'pst:/archives/zoe:1@2.pst', null],
  ];
  for (const [cell, address, password] of cases)
    assert.deepEqual(readAccountCell(cell), { address, password }, cell);
});

test('no password is ever shown', () => {
  const secret = fc
    .string({ unit: 'grapheme-ascii', minLength: 3, maxLength: 12 })
    .filter((text) => /\w{3}/.test(text))
    .map((text) => `Q${text}Z`);
  const shape = fc.constantFrom(
    'imaps://zoe:%@old.example/',
    'imaps://zoe:%@old.example:993/?lanes=2',
    'http://zoe:%@old.example',
    'zoe:%',
    'zoe %',
    'imaps://zoe:%',
  );
  fc.assert(
    fc.property(secret, shape, (password, text) => {
      const cell = text.replace('%', () => password);
      assert.ok(!shownAccount(cell).includes(password), shownAccount(cell));
      assert.ok(!shownAccount(readAccountCell(cell).address).includes(password));
    }),
    { numRuns: 500 },
  );
});

test('a secret answers only to who asks', () => {
  const secret = secretOf('s3cret');
  assert.equal(secret.reveal(), 's3cret');
  assert.ok(!JSON.stringify({ secret }).includes('s3cret') && !String(secret).includes('s3cret'));
});

test('what a file may name', () => {
  const fault = (text: string) => accountFault(text, checkAccount);
  for (const good of [
    'imaps://zoe@old.example/',
    'pop3s://zoe@old.example/',
    'gmail://zoe@gmail.com/',
    'pst:/a b/é.pst',
    'mbox:x',
    'maildir:x',
    'imaps://zoe@old.example/?token=consent',
  ])
    assert.equal(fault(good), null, good);
  for (const bad of [
    'imaps://zoe@old.example/?secret=file:/etc/shadow',
    'imaps://zoe@old.example/?lanes=2&token=app:key.json',
    'imaps://zoe@old.example/?SECRET=env:X',
  ])
    assert.equal(fault(bad)?.fault, 'secret-parameter', bad);
  for (const bad of [
    'memory:x',
    'file:///etc/passwd',
    'zoe@example.org',
    'imaps://',
    'imaps://old.example/',
    'pst:',
  ])
    assert.equal(fault(bad)?.fault, 'bad-account', bad);
  assert.equal(fault('imaps://z\u200boe@old.example/')?.fault, 'hidden-characters');
});

test('two ways to write one account', () => {
  const same = (a: string, b: string) => assert.equal(accountKey(a), accountKey(b));
  same('imaps://Zoe@OLD.example', 'IMAPS://zoe@old.example:993/');
  same('imaps://zoe%40mail.org@old.example/', 'imaps://zoe@mail.org@old.example/?lanes=2');
  same('pst:///a.pst', 'PST:/a.pst');
  assert.notEqual(accountKey('imaps://zoe@old.example/'), accountKey('imap://zoe@old.example/'));
  assert.notEqual(accountKey('pst:/A.pst'), accountKey('pst:/a.pst'));
});

test('which accounts take a password', () => {
  assert.deepEqual(
    ['imaps://z@h/', 'gmail://z@gmail.com/', 'pst:/a', 'imaps://z@h/?token=consent'].map(needsPassword),
    [true, false, false, false],
  );
});

test('mail addresses', () => {
  const cases: [string, string][] = [
    [' Zoe.Martin+x@Example.ORG ', 'Zoe.Martin+x@example.org'],
    ['mailto:zoe@example.org', 'zoe@example.org'],
    ['<zoe@example.org>', 'zoe@example.org'],
    ['zoe@bücher.example', 'zoe@xn--bcher-kva.example'],
    ['zo\u200be@example.org', 'hidden-characters'],
    ['zoe@exam\u00adple.org', 'hidden-characters'],
    ['zoe\u202e@example.org', 'hidden-characters'],
    ['zо\u0435@example.org', 'look-alike'],
    ['zoé@example.org', 'look-alike'],
    ['zoe@ex\u0430mple.org', 'look-alike'],
    ['zoe', 'bad-address'],
    ['zoe@', 'bad-address'],
    ['@example.org', 'bad-address'],
    ['zoe@localhost', 'bad-address'],
    ['zoe..m@example.org', 'bad-address'],
    ['.zoe@example.org', 'bad-address'],
    ['zoe martin@example.org', 'bad-address'],
    ['zoe@exa mple.org', 'bad-address'],
    ['zoe@example.org/x', 'bad-address'],
    ['<script>@example.org', 'bad-address'],
    ['"zoe"@example.org', 'bad-address'],
    [`${'x'.repeat(65)}@example.org`, 'bad-address'],
    ['=1+1', 'bad-address'],
  ];
  for (const [text, wanted] of cases) {
    const read = readMailAddress(text);
    assert.equal('address' in read ? read.address : read.fault, wanted, text);
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readMailAddress(text)));
});
