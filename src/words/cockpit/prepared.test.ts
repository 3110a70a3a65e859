import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TableFault } from '../../formats/table/index.ts';
import type { ColumnIs, Field, ReasonCode, Severity, Template, VerdictIs } from '../../prepared/index.ts';
import { preparedEn } from './prepared-en.ts';
import { preparedFr } from './prepared-fr.ts';

/** Every closed list of the code has all its words, and no word for what is not in the list. */
type Covers<Part, Names extends string> = [Names, keyof Part] extends [keyof Part, Names] ? true : never;
type Words = typeof preparedEn;
const covered: [
  Covers<Words['fault'], TableFault>,
  Covers<Words['reason'], ReasonCode>,
  Covers<Words['verdict'], VerdictIs>,
  Covers<Words['severity'], Severity>,
  Covers<Words['template'], Template>,
  Covers<Words['columnIs'], ColumnIs>,
  Covers<Words['column'], Field>,
] = [true, true, true, true, true, true, true];

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, before = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[before + key, value]] : leaves(value, `${before}${key}.`),
  );
}

const gaps = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

test('every closed list of the prepared file has its words (checked by the compiler)', () => {
  assert.ok(covered.every(Boolean));
});

test('both languages have the same keys and set the same values in', () => {
  const french = new Map(leaves(preparedFr));
  for (const [key, text] of leaves(preparedEn)) {
    assert.notEqual(text.trim(), '', key);
    assert.deepEqual(gaps(french.get(key) ?? ''), gaps(text), key);
  }
  assert.equal(french.size, leaves(preparedEn).length);
});

test('French typography', () => {
  for (const [key, text] of leaves(preparedFr)) {
    const plain = text.replace(/\b(imaps?|pst):/g, '');
    assert.doesNotMatch(plain, /[^\u202f]([;!?»]|:(?= |$))|«[^\u202f]|'|\d \d/, key);
  }
});
