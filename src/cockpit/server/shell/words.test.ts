import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Trouble, type TroubleKind } from '../../../trouble.ts';
import { signInEn } from '../../../words/cockpit/sign-in-en.ts';
import { signInFr } from '../../../words/cockpit/sign-in-fr.ts';
import { en } from '../../../words/en.ts';
import { languages } from '../../../words/words.ts';
import { type DoorCode, door, doorOf, statusOf } from './doors.ts';
import { cockpitSentence } from './sentences.ts';
import { languageAsked } from './words.ts';

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, before = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(before + key, value);
    else for (const [path, text] of leaves(value, `${before}${key}.`)) found.set(path, text);
  }
  return found;
}

const [english, french] = [leaves(signInEn), leaves(signInFr)];
const gaps = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

test('both languages have the same keys and set in the same values', () => {
  assert.deepEqual([...french.keys()], [...english.keys()]);
  for (const [key, text] of english) assert.deepEqual(gaps(french.get(key)!), gaps(text), key);
});

test('French is set as French is', () => {
  for (const [key, text] of french) {
    assert.doesNotMatch(text, /'/, key);
    assert.doesNotMatch(text, /[^\u202f][;:!?»]|«[^\u202f]|\d [a-z]/, key);
  }
  for (const [key, text] of english) assert.doesNotMatch(text, /['"]/, key);
});

test('every door has a sentence, whole, in both languages, and a status that says no', () => {
  for (const code of Object.keys(signInEn.door) as DoorCode[]) {
    const one = door(code, { detail: 'DETAIL', retryAfterMs: 61_000 });
    assert.deepEqual(doorOf(one), { code, detail: 'DETAIL' });
    assert.ok(statusOf(one) >= 400 && statusOf(one) < 600);
    for (const language of languages) {
      const sentence = cockpitSentence(one, language);
      assert.doesNotMatch(sentence, /\{\{|undefined/, code);
      assert.match(sentence, /\.$/, code);
    }
  }
});

test('every trouble has one too, and none speaks of commands', () => {
  for (const language of languages)
    for (const tried of Object.keys(en.trouble.attempt))
      for (const kind of Object.keys(en.trouble.came)) {
        if (tried === 'read-address' || tried === 'read-secret') continue;
        const facts = { tried: tried as Trouble['tried'], on: 'X', answer: 'NO IMAP access is disabled' };
        const sentence = cockpitSentence(new Trouble(kind as TroubleKind, facts), language);
        assert.doesNotMatch(sentence, /\{\{|undefined|command|commande|malleposte /, `${tried} ${kind}`);
      }
});

test('a wait is rounded up and bends its word', () => {
  const said = (retryAfterMs: number) => cockpitSentence(door('too-many', { retryAfterMs }), 'en');
  assert.match(said(1), / in 1 second\.$/);
  assert.match(said(59_001), / in 1 minute\.$/);
  assert.match(said(58_001), / in 59 seconds\.$/);
  assert.match(said(60_001), / in 2 minutes\.$/);
});

test('the language is what the browser prefers of ours', () => {
  assert.equal(languageAsked(undefined), 'en');
  assert.equal(languageAsked('fr'), 'fr');
  assert.equal(languageAsked('de-DE, en;q=0.5, fr-CA;q=0.7'), 'fr');
  assert.equal(languageAsked('en-GB,fr;q=0.9'), 'en');
  assert.equal(languageAsked('fr;q=0, *;q=0.5'), 'en');
  assert.equal(languageAsked(`${'x,'.repeat(100_000)}fr`), 'en');
});

test('what a person sees of a name with markup is that name', () => {
  const on = '<script>alert(1)</script> {{came}} $t(door.too-many)';
  const sentence = cockpitSentence(new Trouble('missing', { tried: 'read-record', on }), 'en');
  assert.ok(sentence.includes(on));
});
