import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageFigures } from '../../src/cockpit/web/words/figures.ts';

const today = (hours: number, minutes: number): number => new Date().setHours(hours, minutes, 0, 0);
const fr = pageFigures('fr');
const en = pageFigures('en');

test('the time of the day, as each language writes it', () => {
  assert.equal(fr.clock(today(17, 40)), '17\u202fh\u202f40');
  assert.equal(fr.clock(today(9, 0)), '9\u202fh');
  assert.equal(fr.clock(today(9, 5)), '9\u202fh\u202f05');
  assert.match(en.clock(today(17, 40)), /^5:40\s?PM$/);
});

test('a day; with its year when it is another', () => {
  const year = new Date().getFullYear();
  assert.equal(fr.day(`${year}-12-02`), '2\u00a0déc.');
  assert.match(en.day(`${year}-12-02`), /^Dec\s2$/);
  assert.match(fr.day('2031-12-02'), /2031$/);
});

test('a guess within a quarter of an hour is a moment, else a range', () => {
  const near = fr.between(today(12, 36), today(12, 44));
  assert.deepEqual([near.about, near.from], [true, '12\u202fh\u202f40']);
  const far = fr.between(today(12, 0), today(14, 20));
  assert.deepEqual(far, { about: false, from: '12\u202fh', to: '14\u202fh\u202f20' });
});

test('how long ago, and lists', () => {
  assert.match(fr.ago(Date.now() - 5 * 60_000), /^il y a 5|^il\u202fy\u202fa\u202f5/);
  assert.match(en.ago(Date.now() - 5 * 60_000), /5 min/);
  assert.equal(fr.list(['a', 'b', 'c']), 'a, b et c');
});
