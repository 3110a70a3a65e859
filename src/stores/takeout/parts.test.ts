import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingParts } from './parts.ts';

test('a part that is not there though a later one is, is named; of each export', () => {
  const one = (n: string): string => `marie/takeout-20240311T101112Z-${n}.zip`;
  const two = (n: string): string => `takeout-20251102T080000Z-7-${n}.zip`;
  assert.deepEqual(missingParts([one('001'), one('002'), two('001')]), []);
  assert.deepEqual(missingParts([one('004'), one('001'), two('002')]), [one('002'), one('003'), two('001')]);
  assert.deepEqual(missingParts(['Takeout/Mail/All.mbox', 'takeout-003.zip', 'marie.zip']), []);
});
