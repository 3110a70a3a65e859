import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../trouble.ts';
import { causeOf } from './cause.ts';
import { fold, sameAs, searched } from './fold.ts';
import { checkAccountAddress, checkEntered, kept } from './texts.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 300 });

test('folded: without case and accents, and the same when folded again', () => {
  for (const [text, folded] of [
    ['Hélène LEFÈVRE', 'helene lefevre'],
    ['Œuvre Cœur', 'oeuvre coeur'],
    ['Straße', 'strasse'],
    ['Øystein Łukasz', 'oystein lukasz'],
    ['ﬁn', 'fin'],
    ['e\u0301', 'e'],
  ] as const)
    assert.equal(fold(text), folded);
  fc.assert(fc.property(anyText, (text) => assert.equal(fold(fold(text)), fold(text))));
  fc.assert(fc.property(anyText, (text) => searched(text).every((word) => fold(text).includes(word))));
});

test('the same address, however its accents are written', () => {
  assert.equal(sameAs('Hélène@NORD.example'), sameAs('he\u0301le\u0300ne@nord.example'));
  assert.notEqual(sameAs('helene@nord.example'), sameAs('hélène@nord.example'));
});

test('causes: equal ones meet, others do not', () => {
  const same = [
    ['NO [LIMIT] 12 of 30', 'NO [LIMIT] 4711 of 25,000,000'],
    ['554 5.7.1 <marie@old.example>: refused', '554 5.7.1 <luc@x.example>: refused'],
    ['error, reference 8f3a99c01b', 'error, reference 00ab99ff12'],
    ['user marie@old.example is over quota', 'user a.b@c.example is over quota'],
  ] as const;
  for (const [one, other] of same) assert.equal(causeOf(one), causeOf(other));
  const causes = new Set(same.map(([one]) => causeOf(one)));
  assert.equal(causes.size, same.length);
  assert.equal(causeOf(null), '');
  fc.assert(fc.property(anyText, (text) => causeOf(text).length <= 200 && causeOf(text).isWellFormed()));
});

test('what is kept of foreign texts is clean, short and stays as it is', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const once = kept(text, 50);
      assert.ok(once.length <= 50 && once.isWellFormed() && !/[\0-\x1f\x7f]/.test(once));
      assert.equal(kept(once, 50), once);
    }),
  );
});

test('an account’s address: ports and users pass, passwords do not', () => {
  for (const good of [
    'imaps://marie@old.example:993/',
    'imaps://marie%40old.example@imap.example/?as=admin@x',
    'imaps://[2001:db8::1]:993/',
    'imaps://marie@[2001:db8::1]/',
    'mbox:/archives/a:b@c',
    'C:\\mail\\a.pst',
  ])
    checkAccountAddress(good);
  for (const bad of [
    'imaps://marie:pw@old.example/',
    'imaps://m@x:pw@old.example/',
    'imaps://marie:p/w@old.example/',
  ])
    assert.throws(
      () => checkAccountAddress(bad),
      (error) => isTrouble(error, 'malformed') && !String(error).includes('pw'),
    );
});

test('whatever is entered passes or is refused by a code', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('name', 'note', 'title'), anyText), (fields) => {
      try {
        checkEntered(fields);
      } catch (error) {
        assert.ok(isTrouble(error, 'malformed') && /^text-/.test(error.answer!));
        return;
      }
      assert.ok(Object.values(fields).every((text) => text.isWellFormed() && !text.includes('\0')));
    }),
  );
});
