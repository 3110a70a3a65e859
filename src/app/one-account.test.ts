import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTrouble } from '../trouble.ts';
import { checkDifferent } from './accounts.ts';

function taken(...texts: string[]): boolean {
  try {
    checkDifferent(texts);
    return true;
  } catch (error) {
    assert.ok(isTrouble(error, 'malformed') && error.answer === 'same-twice', String(error));
    return false;
  }
}

test('one account under two addresses is one account', () => {
  for (const [one, other] of [
    ['gmail://marie@gmail.com/', 'imaps://marie%40gmail.com@imap.gmail.com/'],
    ['gmail://marie@gmail.com/', 'gmail://Marie@gmail.com/?spam=yes'],
    ['gmail://marie.durand@gmail.com/', 'gmail://mariedurand@googlemail.com/'],
    ['pop3s://marie%40gmail.com@pop.gmail.com/', 'gmail://marie@gmail.com/'],
    ['imap://marie@mail.example/', 'imaps://marie@MAIL.example/'],
    ['maildir:/a/b', 'maildir:/a/../a/b/'],
  ] as const)
    assert.equal(taken(one, other), false, `${one} ${other}`);
});

test('two accounts that look alike are two', () => {
  for (const [one, other] of [
    ['gmail://marie.durand@atelier.example/', 'gmail://mariedurand@atelier.example/'],
    ['gmail://marie+a@gmail.com/', 'gmail://marie@gmail.com/'],
    ['imaps://marie@mail.example/', 'imaps://marie@mail.example:1993/'],
    ['imaps://marie@mail.example/', 'imaps://luc@mail.example/'],
    ['imaps://marie@mail.example/', 'imaps://Marie@mail.example/'],
    ['imap://marie@127.0.0.1:10143/', 'imap://marie@127.0.0.1:10144/'],
    ['pop3://marie@mail.example/', 'imap://marie@mail.example/'],
  ] as const)
    assert.equal(taken(one, other), true, `${one} ${other}`);
});
