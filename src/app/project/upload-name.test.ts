import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { UPLOAD_ENDINGS, uploadName } from './upload-name.ts';

test('of a name stays what a person knows it by', () => {
  for (const [given, name] of [
    ['Archives 2019.pst', 'Archives 2019.pst'],
    ['Été_à-la mer (2).PST', 'Été à-la mer 2.pst'],
    ['C:\\Users\\Inès\\Outlook\\inès.ost', 'inès.ost'],
    ['takeout-20261101T101010Z-001.zip', 'takeout-20261101T101010Z-001.zip'],
  ] as const)
    assert.equal(uploadName(given), name);
});

test('names that mean something to a system mean nothing here', () => {
  for (const [given, name] of [
    ['../../x.pst', 'x.pst'],
    ['../../.pst', null],
    ['..\\..\\x.mbox', 'x.mbox'],
    ['con.pst', 'archive.pst'],
    ['LPT1.zip', 'archive.zip'],
    ['a\0b.pst', 'a b.pst'],
    ['.htaccess.pst', 'htaccess.pst'],
    ['x.pst\0.sh', null],
    ['x.pst/', null],
    ['---.eml', 'archive.eml'],
    ['con', null],
    ['', null],
    ['.pst', null],
    ['x.exe', null],
  ] as const)
    assert.equal(uploadName(given), name, JSON.stringify(given));
  assert.equal(uploadName(`${'n'.repeat(4_000)}.pst`), `${'n'.repeat(60)}.pst`);
});

test('whatever the name, it is one level, short, and of a known ending', () => {
  const given = fc.tuple(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom(...UPLOAD_ENDINGS, 'exe'),
  );
  fc.assert(
    fc.property(given, ([stem, ending]) => {
      const name = uploadName(`${stem}.${ending}`);
      if (name === null) return;
      assert.match(name, /^[\p{L}\p{N}](?:[\p{L}\p{N} -]*[\p{L}\p{N}])?\.[a-z]{3,4}$/u);
      assert.equal(path.basename(name), name);
      assert.ok(Buffer.byteLength(name) <= 255 && name.isWellFormed());
      assert.equal(uploadName(name), name);
    }),
  );
});
