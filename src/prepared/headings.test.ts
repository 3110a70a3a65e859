import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FIELDS, type Field } from './column.ts';
import { assign, correct, HIDDEN_PASSWORD, shownTable, understand, without } from './headings.ts';
import { sheetOf, tableOf } from './prepared.fixture.ts';
import { HEADINGS } from './synonyms.ts';
import { GOOGLE_USERS, MICROSOFT_IMAP, MICROSOFT_USERS, MICROSOFT_USERS_OLDER } from './vendor.ts';

const fieldsOf = (headings: string[]) =>
  tableOf([headings, ['x']]).columns.map(({ is, field, number }) =>
    is === 'field' ? `${field}${number || ''}` : is,
  );

test('our own columns in French and English, whatever accents, case, blanks and punctuation', () => {
  const fields = Object.entries(HEADINGS) as [Field, (typeof HEADINGS)['site']][];
  for (const language of ['fr', 'en'] as const) {
    const written = fields.map(([, heading]) => heading[language]);
    const wanted = fields.map(([field]) =>
      field === 'account' || field === 'password' ? `${field}1` : field,
    );
    assert.deepEqual(fieldsOf(written), wanted);
    assert.deepEqual(fieldsOf(written.map((word) => ` ${word.toUpperCase().normalize('NFD')} : `)), wanted);
  }
  for (const [field, { also }] of fields)
    for (const word of also)
      assert.equal(fieldsOf(['Adresse', word])[field === 'address' ? 0 : 1]?.replace(/\d/, ''), field, word);
});

test('every synonym means one thing', () => {
  const words = Object.values(HEADINGS).flatMap(({ also }) => also);
  assert.equal(new Set(words).size, words.length);
  for (const word of words) assert.match(word, /^[a-z]+$/);
});

test('accounts and passwords are told apart by their number', () => {
  assert.deepEqual(
    fieldsOf([
      'Adresse',
      'Compte 1',
      'Mot de passe 1',
      'Account 2',
      'Compte 2 : mot de passe',
      'Compte 12',
      'Compte 0',
    ]),
    ['address', 'account1', 'password1', 'account2', 'password2', 'account12', 'unknown'],
  );
});

test('the same twice, and what is not understood', () => {
  assert.deepEqual(fieldsOf(['Adresse', 'E-mail', 'Nom', 'Couleur', '', 'Compte', 'Compte 1']), [
    'address',
    'twice',
    'familyName',
    'unknown',
    'unused',
    'account1',
    'twice',
  ]);
});

test('the templates of others, to the letter', () => {
  const cases: [readonly (readonly [string, Field | null])[], string, string][] = [
    [GOOGLE_USERS, 'google-users', 'zoe@example.org'],
    [MICROSOFT_USERS, 'microsoft-users', 'zoe@example.org'],
    [MICROSOFT_USERS_OLDER, 'microsoft-users', 'zoe@example.org'],
    [MICROSOFT_IMAP, 'microsoft-imap', 'zoe@example.org'],
    [MICROSOFT_IMAP.slice(0, 3), 'microsoft-imap', 'zoe@example.org'],
  ];
  for (const [template, name, value] of cases) {
    const table = tableOf([template.map(([heading]) => heading), template.map(() => value)]);
    assert.equal(table.template, name);
    assert.equal(table.byOrder, false);
    assert.deepEqual(
      table.columns.map(({ field }) => field),
      template.map(([, field]) => field),
    );
    assert.ok(table.columns.every(({ is }) => is === 'field' || is === 'unused'));
  }
  const more = tableOf([[...GOOGLE_USERS.map(([heading]) => heading), 'Last Sign In [READ ONLY]']]);
  assert.equal(more.columns.at(-1)!.is, 'unused');
});

const FRENCH = [
  'Nom d’utilisateur',
  'Prénom',
  'Nom',
  'Nom d’affichage',
  'Poste',
  'Service',
  'Numéro de bureau',
  'Tél. bureau',
  'Téléphone mobile',
  'Télécopie',
  'Autre adresse de messagerie',
  'Adresse',
  'Ville',
  'Département',
  'Code postal',
  'Pays',
];
const CZECH = [
  'Uživatelské jméno',
  'Jméno',
  'Příjmení',
  'Zobrazované jméno',
  'Funkce',
  'Oddělení',
  'Číslo kanceláře',
  'Telefon',
  'Mobil',
  'Faxu',
  'Alternativní e-mail',
  'Ulice',
  'Město',
  'Kraj',
  'PSČ',
  'Země',
];

test('Microsoft’s template in another language is taken by its order', () => {
  for (const headings of [FRENCH, CZECH, CZECH.filter((_, n) => n !== 10)]) {
    const row = headings.map((_, n) => (n === 0 ? 'zoe@example.org' : `v${n}`));
    const table = tableOf([headings, row]);
    assert.equal(table.template, 'microsoft-users');
    assert.equal(table.byOrder, true);
    const wanted = (headings.length === 16 ? MICROSOFT_USERS : MICROSOFT_USERS_OLDER).map(
      ([, field]) => field,
    );
    assert.deepEqual(
      table.columns.map(({ field }) => field),
      wanted,
    );
  }
  const own = ['Adresse', 'Nom', 'Prénom', ...CZECH.slice(3)];
  assert.equal(tableOf([own, own.map(() => 'zoe@example.org')]).template, 'own');
});

test('the headings are found below a title, and in the sheet that has them', () => {
  const table = understand([
    sheetOf([['Notes'], ['contact']]),
    sheetOf([['Liste du personnel'], ['2026-11-24'], ['Nom', 'E-mail'], ['Martin', 'zoe@example.org']]),
  ]);
  assert.equal(table.headingLine, 3);
  assert.deepEqual(
    table.rows.map(({ line }) => line),
    [4],
  );
  assert.deepEqual(
    tableOf([['mail'], ['zoe@example.org']]).columns.map(({ field }) => field),
    ['address'],
  );
  assert.equal(understand([]).columns.length, 0);
});

test('a correction gives a new table and leaves the old one', () => {
  const table = tableOf([['Adresse', 'Nom'], ['zoe@example'], ['tom@example.org', 'Petit']]);
  const next = correct(table, 2, 1, "'=Martin");
  assert.deepEqual(next.rows[0]!.cells, ['zoe@example', '=Martin']);
  assert.deepEqual(table.rows[0]!.cells, ['zoe@example']);
  assert.equal(next.rows[1], table.rows[1]);
  assert.deepEqual(
    without(table, 2).rows.map(({ line }) => line),
    [3],
  );
  assert.deepEqual(correct(table, 2, 9, 'x'), table);
});

test('a person says what a column is', () => {
  const table = tableOf([
    ['Adresse', 'Nom', 'Couleur'],
    ['a', 'b', 'c'],
  ]);
  assert.deepEqual(
    assign(table, 2, 'familyName').columns.map(({ is }) => is),
    ['field', 'twice', 'field'],
  );
  assert.deepEqual(
    assign(table, 1, null).columns.map(({ is }) => is),
    ['field', 'unused', 'unknown'],
  );
});

test('what is shown holds no password', () => {
  const rows = [
    ['Adresse', 'Compte 1', 'Mot de passe 1', 'Cible', 'Mot de passe cible', 'Compte 2', 'Remarque'],
    [
      'a@b.c',
      'imaps://zoe:s3cret@old.example/',
      's3cret',
      'imaps://zoe:s3/c@ret@s3cret-free.example/?secret=s3cret',
      's3cret',
      'zoe:s3cret',
      's3cret',
    ],
  ];
  const shown = shownTable(tableOf(rows)).rows[0]!.cells;
  assert.ok(!shown.slice(1).join(' ').includes('s3cret '), shown.join(' '));
  assert.equal(shown[1], 'imaps://zoe@old.example/');
  assert.deepEqual([shown[2], shown[4], shown[6]], [HIDDEN_PASSWORD, HIDDEN_PASSWORD, HIDDEN_PASSWORD]);
});

test('any headings give a column each', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 20 }), (headings) => {
      const { columns } = tableOf([headings, []]);
      assert.equal(columns.length, headings.length);
      for (const { is, field } of columns)
        assert.equal(is === 'field' || is === 'twice', field !== null && FIELDS.includes(field));
    }),
  );
});
