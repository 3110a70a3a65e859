import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { safeBack } from '../../src/cockpit/web/pages/sign-in/back.ts';

test('an address of the cockpit is gone back to', () => {
  for (const back of ['/', '/o/a1/people?text=n%C3%A9', '/o/a1#b']) assert.equal(safeBack(back), back);
});

test('nothing leads elsewhere', () => {
  const bad = [
    '//evil.example',
    '/\\evil.example',
    '\\\\evil',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    7,
    null,
  ];
  for (const back of [...bad, '/\t/evil.example', '/\n/evil', '/a\\b', '/sign-in', '/sign-in?back=/sign-in'])
    assert.equal(safeBack(back), '/', String(back));
});

test('whatever is typed, the browser stays on the same origin', () => {
  const piece = fc.constantFrom('/', '\\', ':', '@', 'x', '.', '\t', '\n', '?', '#', ' ', 'http', '%2f');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      assert.equal(new URL(safeBack(pieces.join('')), 'http://cockpit.test').origin, 'http://cockpit.test');
    }),
  );
});
