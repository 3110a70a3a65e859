import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyInTable } from '../../src/cockpit/web/components/table-keys.ts';

const press = (
  key: string,
  held: Partial<Record<'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {},
) => ({
  ...{ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false },
  ...held,
});
const at = { here: 5, total: 100, page: 10 };

test('arrows, pages and ends move', () => {
  const to = (key: string) => {
    const act = keyInTable(press(key), at);
    return act?.is === 'move' ? act.to : act;
  };
  assert.deepEqual(
    ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'].map(to),
    [6, 4, 15, 0, 0, 99],
  );
});

test('space chooses, Enter opens, Escape lets go, Ctrl or ⌘ and A takes all; with Shift a move chooses', () => {
  assert.deepEqual(keyInTable(press(' '), at), { is: 'choose' });
  assert.deepEqual(keyInTable(press('Enter'), at), { is: 'open' });
  assert.deepEqual(keyInTable(press('Escape'), at), { is: 'none' });
  assert.deepEqual(keyInTable(press('a', { ctrlKey: true }), at), { is: 'all' });
  assert.deepEqual(keyInTable(press('a', { metaKey: true }), at), { is: 'all' });
  assert.deepEqual(keyInTable(press('ArrowDown', { shiftKey: true }), at), {
    is: 'move',
    to: 6,
    choose: true,
  });
});

test('keys of the browser and of the page stay theirs', () => {
  for (const key of ['a', 'k', '/', '?', 'Tab', 'F5', 'x'])
    assert.equal(keyInTable(press(key), at), null, key);
  assert.equal(keyInTable(press('ArrowLeft', { altKey: true }), at), null);
  assert.equal(keyInTable(press('End', { ctrlKey: true }), at), null);
});

test('no key leads out of the table', () => {
  const key = fc.constantFrom('ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', ' ', 'Enter');
  fc.assert(
    fc.property(key, fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 30 }), (one, here, total, page) => {
      const act = keyInTable(press(one), { here: Math.min(here, Math.max(0, total - 1)), total, page });
      if (total === 0) assert.equal(act, null);
      else if (act?.is === 'move') assert.ok(act.to >= 0 && act.to < total);
    }),
  );
});
