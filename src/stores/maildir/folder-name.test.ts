import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { directoryOf, isCut, pathOfDirectory } from './folder-name.ts';

test('names as Dovecot and Courier write them', () => {
  const names: [string[], string][] = [
    [['Sent'], '.Sent'],
    [['Éléments envoyés'], '.&AMk-l&AOk-ments envoy&AOk-s'],
    [['A & B', '日本語'], '.A &- B.&ZeVnLIqe-'],
    [['emoji 📬'], '.emoji &2D3c7A-'],
  ];
  for (const [path, directory] of names) {
    assert.equal(directoryOf(path).name, directory);
    assert.deepEqual(pathOfDirectory(directory), path);
  }
});

test('names of others that are no modified UTF-7 are shown as they are', () => {
  assert.deepEqual(pathOfDirectory('.Envoy\xc3\xa9s'), ['Envoyés']);
  assert.deepEqual(pathOfDirectory('.Envoy\xe9s'), ['Envoyés']);
  assert.deepEqual(pathOfDirectory('.a & b'), ['a & b']);
  assert.deepEqual(pathOfDirectory('.back\\slash'), ['back\\slash']);
});

const hostile = fc.constantFrom(
  '..', '.', '../..', '/', '/etc/passwd', '\0', 'a\0b', '\r\n', '.hidden', '~root', 'cur', 'new', 'tmp', '\\2e', '\\5c2e',
  '\\', '\\\\2f', '\\00', '', ' ', 'C:', 'CON', '\u202eltr', 'e\u0301', '\u00e9', '\ud800', '&', '&-', '&AC4-', 'INBOX',
  'x'.repeat(255), '/'.repeat(90), 'é'.repeat(128), 'dot.dot.', '日本語'.repeat(30),
); // biome-ignore format: a list
const segment = fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 12 }));
const paths = fc.array(segment, { minLength: 1, maxLength: 6 });

test('every path has a directory name that leads nowhere else, and comes back from it', () => {
  fc.assert(
    fc.property(paths, (path) => {
      const { name, cut } = directoryOf(path);
      assert.match(name, /^\.[\x20-\x7e]+$/);
      assert.ok(name.length <= 250 && !name.includes('/') && !name.includes('..') && name !== '.');
      assert.equal(isCut(name) || !cut, true);
      if (!cut) assert.deepEqual(pathOfDirectory(name), path);
    }),
    { numRuns: 2000 },
  );
});

test('two paths never share a directory', () => {
  fc.assert(
    fc.property(paths, paths, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b);
      assert.equal(directoryOf(a).name === directoryOf(b).name, same);
    }),
    { numRuns: 2000 },
  );
});
