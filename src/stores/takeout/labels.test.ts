import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unfolded } from '../../mail/header.ts';
import { languageOf } from '../google-language.ts';
import { labelsIn } from './labels.ts';
import { labelsField } from './takeout.fixture.ts';

test('lists as Takeout and others write them', () => {
  const cases: [string, string[]][] = [
    ['Inbox,Important,Unread', ['Inbox', 'Important', 'Unread']],
    ['', []],
    [' , Inbox ,, Inbox', ['Inbox']],
    ["=?UTF-8?Q?Archived,=E2=98=AF,\\'single-quote,takeout?=", ['Archived', '☯', "'single-quote", 'takeout']],
    [
      '=?UTF-8?Q?1.Organiza=C4=8Dn=C3=AD,"3._Cul?= =?UTF-8?Q?ture,_Hle",Sent?=',
      ['1.Organizační', '3. Culture, Hle', 'Sent'],
    ],
    ['=?UTF-8?B?w5xiZXIgdW5z?=,Sent', ['Über uns', 'Sent']],
    ['"a ""b"" c","d \\"e\\" f","g\\",h', ['a "b" c', 'd "e" f', 'g\\', 'h']],
    ['"never closed, at all', ['never closed, at all']],
  ];
  for (const [value, labels] of cases) assert.deepEqual(labelsIn(value), labels, value);
});

test('every list comes back', () => {
  const label = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .map((text) =>
      text
        .replace(/[\x00-\x1f\\'=?]/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((text) => text !== '' && text.isWellFormed());
  fc.assert(
    fc.property(fc.uniqueArray(label, { maxLength: 8 }), (labels) => {
      const field = Buffer.from(labelsField(labels), 'latin1');
      assert.deepEqual(labelsIn(unfolded(field, 0, field.length)), labels);
    }),
  );
});

test('the language is that of most labels; those of others were made by people', () => {
  const english = languageOf(
    new Map([
      ['Inbox', 9],
      ['Opened', 9],
      ['Ouvert', 2],
      ['Spam', 1],
    ]),
  );
  assert.deepEqual(
    ['inbox', 'Opened', 'Ouvert', 'Spam', 'Category Updates', 'Category management', 'Travel'].map((each) =>
      english.kindOf(each),
    ),
    ['inbox', 'opened', null, 'junk', 'category', null, null],
  );
  const french = languageOf(
    new Map([
      ['Boîte de réception', 3],
      ['Ouvert', 9],
      ['Sent', 5],
    ]),
  );
  assert.deepEqual(
    ['Boi\u0302te de re\u0301ception', 'Non lus', 'Sent', 'INBOX', 'Archives', 'Archivés'].map((each) =>
      french.kindOf(each),
    ),
    ['inbox', 'unread', null, 'inbox', null, 'archived'],
  );
  assert.deepEqual(
    ['Catégorie\u00a0: Réseaux sociaux', 'Catégorie: Achats', 'Catégorie A'].map((each) =>
      french.kindOf(each),
    ),
    ['category', 'category', null],
  );
  const german = languageOf(
    new Map([
      ['Posteingang', 3],
      ['Geöffnet', 3],
      ['Kategorie Werbung', 1],
    ]),
  );
  assert.equal(german.kindOf('Kategorie Soziale Netzwerke'), 'category');
  assert.equal(languageOf(new Map([['Projets', 100]])).kindOf('Unread'), 'unread');
});
