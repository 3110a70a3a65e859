import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WaveState } from '../../records/facts.ts';
import type { LimitCode } from '../../waves/estimate.ts';
import type { RemedyCode, Verdict } from '../../waves/fits.ts';
import type { Gate, GateCode, Lack, TickRefusal } from '../../waves/gates.ts';
import type { HoursProblem } from '../../waves/hours.ts';
import type { RefusalCode } from '../../waves/may.ts';
import type { MoveRefusal, MoveState, WaveEvent } from '../../waves/state.ts';
import { wavesEn } from './waves-en.ts';
import { wavesFr } from './waves-fr.ts';

/** `…_one` and `…_other` are one key. */
type Stem<K> = K extends `${infer S}_one` | `${infer S}_other` ? S : K;
/** Every closed list of the code has all its words, and no word for what is not in the list. */
type Covers<Part, Names extends string> = [Names, Stem<keyof Part>] extends [Stem<keyof Part>, Names]
  ? true
  : never;
type Words = typeof wavesEn;
const covered: [
  Covers<Words['gate'], GateCode>,
  Covers<Words['gate-asks'], GateCode>,
  Covers<Words['when'], Gate['when']>,
  Covers<Words['how'], Gate['how']>,
  Covers<Words['tick-refused'], TickRefusal>,
  Covers<Words['lack'], Lack>,
  Covers<Words['state'], WaveState>,
  Covers<Words['act'], WaveEvent>,
  Covers<Words['move'], MoveState>,
  Covers<Words['refused'], RefusalCode>,
  Covers<Words['move-refused'], MoveRefusal>,
  Covers<Words['hours-wrong'], HoursProblem>,
  Covers<Words['limit'], LimitCode>,
  Covers<Words['verdict'], Verdict>,
  Covers<Words['remedy'], RemedyCode | 'no-line'>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true, true, true];

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, before = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[before + key, value]] : leaves(value, `${before}${key}.`),
  );
}

const french = new Map(leaves(wavesFr));
const english = new Map(leaves(wavesEn));
const gaps = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

test('every closed list of the waves has its words (checked by the compiler)', () => {
  assert.ok(covered.every(Boolean));
});

test('both languages have the same keys, set the same values in, and count in both forms', () => {
  assert.deepEqual([...french.keys()], [...english.keys()]);
  for (const [key, text] of english) {
    assert.notEqual(text.trim(), '', key);
    assert.deepEqual(gaps(french.get(key)!), gaps(text), key);
    if (key.endsWith('_one')) assert.ok(english.has(key.replace(/_one$/, '_other')), key);
  }
});

test('typography of both languages', () => {
  for (const [key, text] of french) {
    const plain = text.replace(/\b\d\d:\d\d\b/g, '');
    assert.doesNotMatch(plain, /['"]|[^\u202f][:;!?»]|«[^\u202f]|\.\.\.|\d \d/, key);
  }
  for (const [key, text] of english) assert.doesNotMatch(text, /['"]|[\s\u202f][:;!?](\s|$)|\.\.\./, key);
});
