import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Event, Finding, ReasonCode } from '../engine/event.ts';
import type { RebuildNote } from '../mail/rebuild-note.ts';
import type { RepairClass, StoredClass } from '../mail/repair.ts';
import type { Role } from '../mail/role.ts';
import type { AsideBecause } from '../stores/source.ts';
import type { Attempt, TroubleKind } from '../trouble.ts';
import type { Catalogue } from './catalogue.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { languageOf, languages, words } from './words.ts';

/** Every closed list of the code has all its words, and no word for what is not in the list. */
type Covers<Part, Names extends string> = [Names, keyof Part] extends [keyof Part, Names] ? true : never;
const covered: [
  Covers<Catalogue['trouble']['attempt'], Attempt>,
  Covers<Catalogue['trouble']['came'], TroubleKind>,
  Covers<Catalogue['trouble']['advice'], TroubleKind>,
  Covers<Catalogue['reason'], ReasonCode>,
  Covers<Catalogue['stage'], (Event & { event: 'stage' })['stage']>,
  Covers<Catalogue['finding'], Finding['is'] | 'incomplete' | 'rebuilt'>,
  Covers<Catalogue['rebuilt'], RebuildNote>,
  Covers<Catalogue['same'], NonNullable<Finding['by']>>,
  Covers<Catalogue['role'], Role>,
  Covers<Catalogue['aside']['because'], AsideBecause>,
  Covers<
    Catalogue['altered'],
    StoredClass | RepairClass | 'rendered' | 'wrapped' | 'date' | 'mark' | 'keyword'
  >,
] = [true, true, true, true, true, true, true, true, true, true, true];

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, before = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(before + key, value);
    else for (const [path, text] of leaves(value, `${before}${key}.`)) found.set(path, text);
  }
  return found;
}

const french = leaves(fr);
const english = leaves(en);
const gaps = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

test('every closed list of the code has its words (checked by the compiler)', () => {
  assert.ok(covered.every(Boolean));
});

test('every stage and reason is one that the engine tells', () => {
  const engine = path.join(import.meta.dirname, '../engine');
  const files = globSync('**/*.ts', { cwd: engine }).filter((name) => !/^event|\.test\.ts$/.test(name));
  const code = files.map((name) => readFileSync(path.join(engine, name), 'utf8')).join('\n');
  for (const word of [...Object.keys(en.stage), ...Object.keys(en.reason)])
    assert.ok(code.includes(`'${word}'`), word);
});

test('both languages have the same keys, none empty', () => {
  assert.deepEqual([...french.keys()].sort(), [...english.keys()].sort());
  for (const text of [...french.values(), ...english.values()]) assert.notEqual(text.trim(), '');
});

test('both languages set the same values into each text', () => {
  for (const [key, text] of english) assert.deepEqual(gaps(french.get(key)!), gaps(text), key);
});

test('each counted text has both forms', () => {
  for (const key of english.keys()) {
    if (key.endsWith('_one')) assert.ok(english.has(key.replace(/_one$/, '_other')), key);
  }
});

test('a number before a word that bends is counted', () => {
  // The numbers of the demo are its own, and many.
  const bends =
    /\{\{\w+\}\} (?:new |nouveaux )?(?:messages?|findings?|constats?|folders?|dossiers?|files?|entries|(?:copi|fusionn|laiss|justifi)és|manquants)(?![\w/])/;
  for (const [key, text] of [...english, ...french])
    if (!/^demo\.|_(?:one|other)$/.test(key)) assert.doesNotMatch(text, bends, key);
});

test('French typography: thin non-breaking spaces, real apostrophes', () => {
  for (const [key, text] of french) {
    assert.doesNotMatch(text, /[ \u00a0]([;:!»]|\?(?!\w))/, key);
    assert.doesNotMatch(text, /«[ \u00a0]/, key);
    assert.doesNotMatch(text, /'/, key);
    assert.doesNotMatch(text, /[^\u202f]([!»]|\?(?!\w))/, key);
    assert.doesNotMatch(text, /[^\u202f];|«[^\u202f]|\d [a-zA-Z]?o\b/, key);
    const plain = text.replace(/\b(imaps?|mbox|maildir|eml|memory|env|file):/g, '');
    assert.doesNotMatch(plain, /[^\u202f]:( |$)/, key);
  }
});

test('values are set in as they are, never read as templates', () => {
  const { say } = words('en');
  const on = '<b>$t(warn.line) {{text}} & co';
  assert.equal(say('ask.password', { on }), `Password for ${on}: `);
});

test('one and many, up to a million', () => {
  const { say } = words('fr');
  assert.equal(say('summary.missing', { count: 0, n: '0' }), '0 message manquant');
  assert.equal(say('summary.missing', { count: 1, n: '1' }), '1 message manquant');
  assert.equal(say('summary.missing', { count: 1_000_000, n: '1' }), '1 messages manquants');
  assert.equal(words('en').say('summary.missing', { count: 0, n: '0' }), '0 messages missing');
});

test('a class without words is shown as it is', () => {
  for (const language of languages) {
    assert.equal(words(language).sayIfKnown('altered.strange', 'strange'), 'strange');
    assert.notEqual(words(language).sayIfKnown('altered.nul', 'x'), 'x');
  }
});

test('numbers, sizes and times in both languages', () => {
  const here = words('fr').figures;
  assert.equal(here.number(1_204_377), '1\u202f204\u202f377');
  assert.equal(here.bytes(96_240_000_000), '96\u202fGo');
  assert.equal(here.bytes(999_900), '1\u202fMo');
  assert.equal(here.bytes(0), '0\u202fo');
  assert.equal(here.rate(38_000_000), '38\u202fMo/s');
  assert.equal(here.span(200), '3\u202fmin');
  assert.equal(here.percent(0.64), '64\u202f%');
  const there = words('en').figures;
  assert.equal(there.number(1_204_377), '1,204,377');
  assert.equal(there.bytes(4_100_000_000), '4.1 GB');
  assert.deepEqual([0, 1, 555].map(there.bytes), ['0 bytes', '1 byte', '555 bytes']);
  assert.deepEqual([40, 555, 1500].map(there.rate), ['0 kB/s', '0.6 kB/s', '1.5 kB/s']);
  assert.equal(here.bytes(555), '555\u202fo');
  assert.equal(there.span(4.25), '4.3 sec');
  assert.equal(there.span(7260), '2 hr 1 min');
});

test('the language comes from the option, then from the environment', () => {
  assert.equal(languageOf('en', { LANG: 'fr_FR.UTF-8' }), 'en');
  assert.equal(languageOf(undefined, { LANG: 'fr_FR.UTF-8' }), 'fr');
  assert.equal(languageOf(undefined, { LC_ALL: 'C', LANG: 'fr_FR.UTF-8' }), 'en');
  assert.equal(languageOf(undefined, {}), 'en');
});
