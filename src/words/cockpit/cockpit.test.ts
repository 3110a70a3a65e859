import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cockpitEn } from './en.ts';
import { cockpitFr } from './fr.ts';

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, before = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(before + key, value);
    else for (const [path, text] of leaves(value, `${before}${key}.`)) found.set(path, text);
  }
  return found;
}

const french = leaves(cockpitFr);
const english = leaves(cockpitEn);
const gaps = (text: string): string[] => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();

test('both languages of the cockpit have the same keys, none empty', () => {
  assert.deepEqual([...french.keys()].sort(), [...english.keys()].sort());
  for (const text of [...french.values(), ...english.values()]) assert.notEqual(text.trim(), '');
});

test('both languages set the same values into each text', () => {
  for (const [key, text] of english) assert.deepEqual(gaps(french.get(key)!), gaps(text), key);
});

test('each counted text has both forms', () => {
  for (const key of english.keys()) {
    if (key.endsWith('_one')) assert.ok(english.has(key.replace(/_one$/, '_other')), key);
    if (key.endsWith('_other')) assert.ok(english.has(key.replace(/_other$/, '_one')), key);
  }
});

test('French typography: narrow no-break spaces, real apostrophes and quotes', () => {
  for (const [key, text] of french) {
    assert.doesNotMatch(text, /['"]/, key);
    assert.doesNotMatch(text, /[^\u202f][;!»]|[^\u202f]\?(?!\w)|«[^\u202f]/, key);
    // Not those of an address, of a time as computers write it, or of a kind of store.
    assert.doesNotMatch(text.replace(/\b\w+:\/\/|\b\d\d:\d\d\b|\b[a-z0-9-]+:(?=\S)/g, ''), /[^\u202f]:/, key);
    assert.doesNotMatch(text, /\.\.\.|\d [a-zA-Z]?o\b/, key);
  }
});

test('English typography: curly quotes and apostrophes, no space before a colon', () => {
  for (const [key, text] of english) {
    assert.doesNotMatch(text, /['"]/, key);
    assert.doesNotMatch(text, /[\s\u00a0\u202f][;:!?](?=\s|$)|\.\.\./, key);
  }
});
