import assert from 'node:assert/strict';
import { test } from 'node:test';
import { charsetOf, decodePage, windowsPage } from './charset.ts';

/** A few letters in each page that Outlook's strings and HTML come in. */
const SAMPLES: readonly (readonly [page: number, bytes: string, text: string])[] = [
  [437, '82', 'é'],
  [850, '82', 'é'],
  [874, 'a1a2', 'กข'],
  [932, '93fa967b', '日本'],
  [936, 'd6d0b9fa', '中国'],
  [949, 'c7d1b1b9', '한국'],
  [950, 'a4a4b0ea', '中國'],
  [1250, 'b9e6', 'ąć'],
  [1251, 'cff0e8', 'При'],
  [1252, 'e980', 'é€'],
  [1253, 'e1e2', 'αβ'],
  [1254, 'fdfe', 'ış'],
  [1255, 'e0e1', 'אב'],
  [1256, 'c7c8', 'اب'],
  [1257, 'e0e8', 'ąč'],
  [1258, 'd0f0', 'Đđ'],
  [20127, '4142', 'AB'],
  [20866, 'f0d2c9', 'При'],
  [28591, 'e9', 'é'],
  [28592, 'b1e6', 'ąć'],
  [28595, 'bfe0d8', 'При'],
  [28605, 'a4', '€'],
  [50220, '1b2442467c4b5c1b2842', '日本'],
  [51932, 'c6fccbdc', '日本'],
  [54936, 'd6d0b9fa', '中国'],
  [65000, '2b414f6b2d', 'é'],
  [65001, 'c3a9e282ac', 'é€'],
];

test('code pages: each by its name, and what it says', () => {
  for (const [page, hex, text] of SAMPLES) {
    assert.notEqual(charsetOf(page), null, `${page}`);
    assert.equal(decodePage(Buffer.from(hex, 'hex'), page), text, `${page}`);
  }
  assert.equal(charsetOf(0), null);
  assert.equal(decodePage(Buffer.from('e9', 'hex'), 0), 'é');
  assert.equal(decodePage(Buffer.from('e9', 'hex'), 99_999), 'é');
});

test('the Windows page of what came in another', () => {
  assert.deepEqual([28592, 50220, 28605, 1251, 65001].map(windowsPage), [1250, 932, 1252, 1251, null]);
});
