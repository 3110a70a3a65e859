import assert from 'node:assert/strict';
import { test } from 'node:test';
import { againAfter } from './again.ts';

test('what waiting can mend is tried again, ever later, and at last told to a person', () => {
  const waits = [1, 2, 3, 8, 29].map((attempts) => againAfter('lost', attempts, null));
  assert.deepEqual(
    waits.map((again) => (again.is === 'later' ? again.afterMs / 1000 : null)),
    [30, 60, 120, 3600, 3600],
  );
  assert.deepEqual(againAfter('lost', 30, null), { is: 'never' });
});

test('a server that asks for time gets it', () => {
  assert.deepEqual(againAfter('busy', 1, 7_200_000), { is: 'later', afterMs: 7_200_000 });
  assert.deepEqual(againAfter('busy', 1, 5), { is: 'later', afterMs: 30_000 });
  assert.deepEqual(againAfter('full', 1, null), { is: 'later', afterMs: 900_000 });
});

test('what only a person can mend is not tried again', () => {
  for (const kind of ['denied', 'malformed', 'missing', 'refused'] as const)
    assert.deepEqual(againAfter(kind, 1, null), { is: 'never' });
});
