import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Names, stemOf } from './names.ts';

test('names of folders', () => {
  for (const [folder, stem] of [
    [['Contacts'], 'Contacts'],
    [['Calendrier', 'Été'], 'Calendrier - Été'],
    [['..', '..', 'etc', 'passwd'], '__ - __ - etc - passwd'],
    [['a/b\\c:d'], 'a_b_c_d'],
    [['CON'], '_CON'],
    [['con.x'], '_con.x'],
    [['LPT¹'], '_LPT¹'],
    [['.hidden'], '_hidden'],
    [['dot.', 'x. '], 'dot - x'],
    [[' ', ''], 'Folder'],
    [['\u202egpj.exe\u0000\n'], 'gpj.exe'],
    [['e\u0301'], 'é'],
  ] as const)
    assert.equal(stemOf(folder), stem, JSON.stringify(folder));
});

test('any folder gets a plain name of bounded length', () => {
  const level = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(fc.array(level, { maxLength: 5 }), (folder) => {
      const stem = stemOf(folder);
      assert.equal(path.basename(`${stem}.vcf`), `${stem}.vcf`);
      assert.ok(Buffer.byteLength(stem) <= 121 && stem !== '' && stem.isWellFormed());
      assert.doesNotMatch(stem, /[<>:"/\\|?*\u0000-\u001f\u007f]|^\.|[. ]$/);
      assert.equal(stemOf(folder), stem);
    }),
  );
});

test('no two are one, whatever the case and the form', () => {
  const names = new Names();
  names.take('Contacts.vcf');
  assert.equal(names.give('CONTACTS', 'vcf'), 'CONTACTS (2).vcf');
  assert.equal(names.give('contacts', 'vcf'), 'contacts (3).vcf');
  assert.equal(names.give('contacts', 'ics'), 'contacts.ics');
  assert.equal(names.give('Été', 'ics'), 'Été.ics');
  assert.equal(names.give('E\u0301te\u0301', 'ics'), 'E\u0301te\u0301 (2).ics');
  assert.equal(names.give('STRASSE', 'ics'), 'STRASSE.ics');
  assert.equal(names.give('straße', 'ics'), 'straße (2).ics');
});
