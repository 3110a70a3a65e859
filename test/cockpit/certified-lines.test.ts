import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certifiedPeople, type Line, leftOf } from '../../src/cockpit/web/pages/certificates/lines.ts';

const counts = {
  ...{ entries: 10, copied: 10, merged: 0, left: 0, asked: 0, missing: 0, extra: 0, doubled: 0 },
  ...{ altered: 0, bytes: 1, carried: 0, seconds: 1 },
};
function person(name: string, facts: Partial<Line> = {}): Line {
  return { of: 'person', id: name, name, site: 'Avignon', verdict: 'passed', counts, atMs: 1, ...facts };
}
const found = (lines: Line[], facts: Partial<Parameters<typeof certifiedPeople>[1]> = {}) =>
  certifiedPeople(lines, { text: undefined, site: undefined, sort: null, ...facts }).map(({ name }) => name);

test('those who need a look stand first, and nobody without a certificate', () => {
  const lines = [
    person('Zoé'),
    person('Anne'),
    person('Léa', { verdict: 'exceptions', counts: { ...counts, left: 2 } }),
    person('Paul', { verdict: null, counts: null, atMs: null }),
    person('Hugo', { verdict: 'failed', counts: { ...counts, missing: 1 } }),
    person('Avignon', { of: 'site' }),
  ];
  assert.deepEqual(found(lines), ['Hugo', 'Léa', 'Anne', 'Zoé']);
  assert.deepEqual(found(lines, { sort: { by: 'name', descending: true } }), ['Zoé', 'Léa', 'Hugo', 'Anne']);
  assert.deepEqual(found(lines, { sort: { by: 'missing', descending: true } }), [
    'Hugo',
    'Anne',
    'Léa',
    'Zoé',
  ]);
});

test('found by name whatever accents and case, and by site', () => {
  const lines = [person('Éloïse', { site: 'Lyon' }), person('Hugo')];
  assert.deepEqual(found(lines, { text: 'ELOI' }), ['Éloïse']);
  assert.deepEqual(found(lines, { site: 'Avignon' }), ['Hugo']);
});

test('what waits for a decision is left, too', () => {
  const [line] = certifiedPeople([person('Anne', { counts: { ...counts, left: 2, asked: 3 } })], {
    ...{ text: undefined, site: undefined, sort: null },
  });
  assert.equal(leftOf(line!), 5);
});
