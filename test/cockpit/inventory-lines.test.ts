import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  foundLines,
  groupedBy,
  importantOf,
  isArchive,
  kindOf,
  type Line,
  shortAddress,
  sumsOf,
} from '../../src/cockpit/web/pages/inventory/lines.ts';

function line(facts: Partial<Line>): Line {
  return {
    ...{
      account: 'a',
      person: 'p',
      personName: 'Inès Roux',
      address: 'imaps://ines@old.example/',
      site: null,
    },
    ...{ surveyedMs: null, messages: null, bytes: null, folders: null, oldestMs: null, newestMs: null },
    ...{ risks: [], trouble: null, ...facts },
  };
}
const risk = (severity: 'important' | 'note') => ({ severity, sentence: severity });

test('an address tells its kind, and whether it is a file that easily gets lost', () => {
  const told = (address: string) => [kindOf({ address }), isArchive({ address }), shortAddress({ address })];
  assert.deepEqual(told('imaps://ines@old.example:993/?lanes=2'), ['IMAP', false, 'ines@old.example:993']);
  assert.deepEqual(told('gmail://ines@gmail.example/'), ['Gmail', false, 'ines@gmail.example']);
  assert.deepEqual(told('pst:/srv/uploads/boîte 2009.pst'), ['PST', true, 'boîte 2009.pst']);
  assert.deepEqual(told('maildir:/srv/uploads/ines/'), ['Maildir', true, 'ines']);
  assert.deepEqual(told('pst:C:\\Users\\ines\\a.pst'), ['PST', true, 'a.pst']);
  assert.deepEqual(told('no address'), ['', true, 'no address']);
  assert.deepEqual(told('constructor:x'), ['constructor', true, 'x']);
});

test('what is not known counts nothing, and is not taken for zero', () => {
  const sums = sumsOf([
    line({ messages: 10, bytes: 100, oldestMs: 5, newestMs: 9, risks: [risk('note'), risk('important')] }),
    line({ account: 'b', messages: 1, bytes: 7, oldestMs: 2, newestMs: 3, address: 'pst:/a.pst' }),
    line({ account: 'c', person: 'q' }),
  ]);
  assert.deepEqual(sums, {
    ...{ accounts: 3, people: 2, known: 2, messages: 11, bytes: 107, oldestMs: 2, newestMs: 9 },
    ...{ archives: 1, archiveBytes: 7, important: 1, notes: 1 },
  });
  assert.deepEqual([sumsOf([]).oldestMs, sumsOf([line({})]).newestMs], [null, null]);
});

test('sums of very many accounts do not exhaust the stack', () => {
  const many = Array.from({ length: 150_000 }, (_, at) => line({ messages: 1, oldestMs: at, newestMs: at }));
  const { oldestMs, newestMs } = sumsOf(many);
  assert.deepEqual([oldestMs, newestMs], [0, 149_999]);
});

test('lines are found by person or address whatever accents and case, by kind and by what is to be done', () => {
  const all = [
    line({ account: 'a', risks: [risk('note')], surveyedMs: 1, messages: 3 }),
    line({ account: 'b', personName: 'Hugo', address: 'pst:/Archive.pst' }),
    line({ account: 'c', personName: 'Léa', surveyedMs: 1, trouble: 'denied' }),
  ];
  const found = (facts: Partial<Parameters<typeof foundLines>[1]>) =>
    foundLines(all, { text: undefined, kind: undefined, show: 'all', sort: null, ...facts }).map(
      ({ account }) => account,
    );
  assert.deepEqual(found({ text: ' INES roux ' }), ['a']);
  assert.deepEqual(found({ text: 'archive' }), ['b']);
  assert.deepEqual(found({ kind: 'PST' }), ['b']);
  assert.deepEqual(found({ show: 'todo' }), ['b', 'c']);
  assert.deepEqual(found({ show: 'risks' }), ['a']);
  assert.deepEqual(found({ sort: { by: 'account', descending: false } }), ['b', 'a', 'c']);
  assert.deepEqual(found({ sort: { by: 'messages', descending: true } }), ['a', 'b', 'c']);
  assert.deepEqual(found({ sort: { by: '__proto__', descending: true } }), ['a', 'b', 'c']);
});

test('lines are grouped in the order in which they are met', () => {
  const groups = groupedBy(
    [line({ site: 'b' }), line({ site: null }), line({ site: 'b' })],
    ({ site }) => site,
  );
  assert.deepEqual(
    [...groups].map(([site, lines]) => [site, lines.length]),
    [
      ['b', 2],
      [null, 1],
    ],
  );
  assert.equal(importantOf(line({ risks: [risk('note')] })).length, 0);
});
