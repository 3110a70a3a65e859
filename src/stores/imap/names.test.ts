import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apart, fold, handleFor, isForeign, type Naming, namingOf, pathOf } from './names.ts';

const slash: Naming = { prefix: '', delimiter: '/', foreign: ['Other Users/'] };
const dotted: Naming = { prefix: 'INBOX.', delimiter: '.', foreign: ['#shared.'] };
const seed = Number(process.env.SEED ?? 20_261_124);

test('the prefix of the personal namespace is no part of a path', () => {
  assert.deepEqual(pathOf('INBOX.Clients.&AMk-t&AOk-', dotted), ['Clients', 'Été']);
  assert.deepEqual(pathOf('inbox.Clients', dotted), ['Clients']);
  assert.deepEqual(pathOf('INBOX', dotted), ['INBOX']);
  assert.deepEqual(pathOf('INBOX/Clients', slash), ['INBOX', 'Clients']);
  assert.equal(handleFor(['Clients', 'Été'], dotted), 'INBOX.Clients.&AMk-t&AOk-');
  assert.equal(handleFor(['INBOX', 'Clients'], dotted), 'INBOX.Clients');
  assert.equal(handleFor(['INBOX', 'Clients'], slash), 'INBOX/Clients');
  assert.equal(handleFor(['inbox'], dotted), 'INBOX');
});

test('what a server cannot have in a name is written otherwise, and can be told from what looks so by nature', () => {
  const names = [
    'a.b',
    'a\u2024b',
    'a=2Eb',
    'a/b',
    'a\u2215b',
    '.',
    '..',
    '',
    ' x',
    'x ',
    '~x',
    '%',
    '*',
    '=',
    '=25',
    '{10}',
    'a\0b',
    '"',
    '\\',
  ];
  for (const naming of [slash, dotted])
    for (const caution of ['usual', 'strict'] as const) {
      const handles = names.map((name) => handleFor([name], naming, caution));
      assert.equal(new Set(handles).size, names.length, handles.join('\n'));
    }
  assert.equal(handleFor(['M. Dupont'], dotted), 'INBOX.M&ICQ- Dupont');
  assert.equal(handleFor(['M. Dupont'], slash), 'M. Dupont');
});

test('any path has a handle of its own that fits and reads back as one path', () => {
  const segment = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
    fc.constantFrom('.', '..', '~', '%', 'INBOX'),
  );
  const path = fc.array(segment, { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(path, path, fc.constantFrom(slash, dotted), (one, other, naming) => {
      const [a, b] = [handleFor(one, naming), handleFor(other, naming)];
      assert.match(a, /^[ -~]+$/);
      assert.ok(a.length <= 620, `${a.length}`);
      const same = (path: readonly string[]): string =>
        (naming === dotted && path[0] === 'INBOX' ? path.slice(1) : path).join('\0').normalize('NFC');
      if (same(one) !== same(other) && one.length > 1 && other.length > 1) assert.notEqual(a, b);
      assert.ok(pathOf(a, naming).every((each) => each.length > 0));
    }),
    { seed, numRuns: 500 },
  );
});

test('names that differ in case or accents alone can be kept apart', () => {
  assert.equal(fold('Clients'), fold('CLIENTS'));
  assert.equal(fold('&AMk-t&AOk-'), fold('E&AwE-te&AwE-'));
  assert.notEqual(apart('clients', ['clients']), apart('clients', ['Clients']));
});

test('folders of others are known by their namespace', () => {
  const spaces = {
    personal: [{ prefix: '', delimiter: '/' }],
    others: [{ prefix: 'Other Users/', delimiter: '/' }],
    shared: [{ prefix: 'Shared Folders/', delimiter: '/' }],
  };
  const naming = namingOf(spaces, null);
  assert.ok(isForeign('Other Users/paul/Sent', naming) && isForeign('Shared Folders', naming));
  assert.ok(!isForeign('Others', naming));
  assert.deepEqual(namingOf(null, '.'), { prefix: '', delimiter: '.', foreign: [] });
});
