import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Filter,
  type Group,
  keyOfGroup,
  ofFilter,
  queryOf,
  shownGroups,
  shownOf,
} from '../../src/cockpit/web/pages/findings/groups.ts';

const group = (facts: Partial<Group>): Group => ({
  ...{ is: 'left', code: 'too-large', cause: 'NO …', count: 5, accepted: 0, people: 2, sentence: '' },
  ...facts,
});
const filter = (facts: Partial<Filter> = {}): Filter => ({
  ...{ show: 'open', wave: undefined, person: undefined, is: undefined, text: undefined },
  ...facts,
});

test('what is missing stands before what was left, whatever their number; what is accepted is not to be read', () => {
  const groups = [
    group({ count: 900 }),
    group({ is: 'missing', code: null, cause: '', count: 1 }),
    group({ is: 'incomplete', code: null, count: 3, accepted: 3 }),
    group({ code: 'refused-by-target', count: 950, accepted: 900 }),
  ];
  const shown = (show: Filter['show'], is?: string) =>
    shownGroups(groups, filter({ show, is })).map((one) => `${one.is} ${shownOf(one, show)}`);
  assert.deepEqual(shown('open'), ['missing 1', 'left 900', 'left 50']);
  assert.deepEqual(shown('accepted'), ['left 900', 'incomplete 3']);
  assert.deepEqual(shown('all'), ['missing 1', 'left 950', 'left 900', 'incomplete 3']);
  assert.deepEqual(shown('all', 'missing,incomplete'), ['missing 1', 'incomplete 3']);
});

test('a kind that this version does not know is shown, and first', () => {
  const groups = [group({}), group({ is: 'made-up' })];
  assert.deepEqual(
    shownGroups(groups, filter()).map(({ is }) => is),
    ['made-up', 'left'],
  );
});

test('the messages of a group are asked for by its cause, also an empty one', () => {
  const asked = queryOf(filter({ wave: 'w', is: 'left' }), group({ is: 'missing', code: null, cause: '' }));
  assert.deepEqual(asked, { wave: 'w', accepted: 'false', is: 'missing', cause: '' });
  assert.deepEqual(queryOf(filter({ show: 'all', text: 'plan', is: 'left' })), { text: 'plan', is: 'left' });
  assert.deepEqual(ofFilter(filter({ person: 'p' })), { person: 'p' });
});

test('two causes never have one key', () => {
  const keys = [group({}), group({ code: null }), group({ cause: '' }), group({ is: 'asked' })].map(
    keyOfGroup,
  );
  assert.equal(new Set(keys).size, 4);
});
