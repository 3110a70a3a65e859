import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Trouble } from '../trouble.ts';
import { languages, words } from '../words/words.ts';
import { deniedBecause } from './denied.ts';
import { troubleSentence } from './sentences.ts';

const said = (answer: string, language: 'en' | 'fr' = 'en') =>
  troubleSentence(new Trouble('denied', { tried: 'sign-in', on: 'imaps://a@h/', answer }), words(language));

test('a refusal that says why gets the advice for that, in both languages', () => {
  for (const language of languages) {
    const general = said('NO [AUTHENTICATIONFAILED] bad', language).replace(/^.*”\)\. |^.*»\)\. /, '');
    for (const answer of [
      'NO account does not have IMAP access enabled',
      'NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)',
      'NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754',
      '-ERR Invalid user name or password. Please use full email address as user name.',
    ]) {
      assert.notEqual(deniedBecause(answer), null, answer);
      assert.ok(!said(answer, language).includes(general), answer);
    }
  }
});

test('a refusal that says no more than no, or something else, keeps the general advice', () => {
  for (const answer of [
    '',
    'NO LOGIN failed',
    'NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)',
    'BYE IMAP access disabled via insecure connection.',
    '-ERR [AUTH] Authentication failed.',
    'the server offers no AUTH=PLAIN, which acting for another needs',
  ])
    assert.equal(deniedBecause(answer), null, answer);
});
