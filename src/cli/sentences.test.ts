import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usage } from '../app/usage.ts';
import { Trouble, type TroubleKind } from '../trouble.ts';
import { en } from '../words/en.ts';
import { languages, words } from '../words/words.ts';
import { troubleSentence, warningSentence } from './sentences.ts';

test('what was tried, on what, what came back, what to do', () => {
  const trouble = new Trouble('denied', {
    tried: 'sign-in',
    on: 'imap://a@h/',
    answer: 'NO [AUTHENTICATIONFAILED] bad.',
  });
  assert.equal(
    troubleSentence(trouble, words('en')),
    'Could not sign in at imap://a@h/: entry was denied (“NO [AUTHENTICATIONFAILED] bad”). Check the user name, the password or token and the rights of the account, then run the same command again.',
  );
  assert.match(
    troubleSentence(trouble, words('fr')),
    /^Impossible de s’identifier auprès de imap:\/\/a@h\/\u202f: accès refusé/,
  );
});

test('every attempt and kind makes a whole sentence in both languages', () => {
  for (const language of languages) {
    for (const tried of Object.keys(en.trouble.attempt)) {
      for (const kind of Object.keys(en.trouble.came)) {
        const trouble = new Trouble(kind as TroubleKind, { tried: tried as Trouble['tried'], on: 'X' });
        const sentence = troubleSentence(trouble, words(language));
        assert.match(sentence, /X/);
        assert.doesNotMatch(sentence, /trouble\.|usage\.|\{\{/, `${tried} ${kind}`);
      }
    }
  }
});

test('a disk or a data folder of ours is never taken for the mailbox', () => {
  const mailbox = {
    en: /quota|mailbox|target|password|account/,
    fr: /quota|boîte|destination|mot de passe|compte/,
  };
  const ours = { en: /--data/, fr: /--data/ };
  for (const language of languages) {
    for (const tried of ['write-file', 'open-ledger', 'write-ledger'] as const) {
      for (const kind of ['full', 'denied', 'missing'] as const) {
        const said = troubleSentence(
          new Trouble(kind, { tried, on: '/X', answer: 'ENOSPC' }),
          words(language),
        );
        assert.doesNotMatch(said, mailbox[language], `${tried} ${kind}`);
        assert.match(said, ours[language], `${tried} ${kind}`);
      }
    }
    const full = new Trouble('full', { tried: 'store-message', on: 'X', answer: 'NO [OVERQUOTA]' });
    assert.match(troubleSentence(full, words(language)), mailbox[language]);
    assert.doesNotMatch(troubleSentence(full, words(language)), ours[language]);
  }
});

test('files of an account that lie on this machine are no mailbox at a server', () => {
  const answer = "EACCES: permission denied, lstat '/mail/cur'";
  const denied = new Trouble('denied', { tried: 'list-folders', on: '/mail', answer });
  assert.match(troubleSentence(denied, words('en')), /right to read it/);
  assert.doesNotMatch(troubleSentence(denied, words('en')), /IMAP|password/);
});

test('every usage code and warning has its sentence', () => {
  for (const language of languages) {
    const voice = words(language);
    assert.match(troubleSentence(usage('no-path', 'mbox:'), voice), /^mbox:\u202f?: ? ?\S/);
    const said = warningSentence({ code: 'secret-in-url', on: 'imap://a@h/' }, voice);
    assert.match(said, /imap:\/\/a@h\//);
  }
});
