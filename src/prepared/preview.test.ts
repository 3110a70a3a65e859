import assert from 'node:assert/strict';
import { test } from 'node:test';
import { correct, shownTable } from './headings.ts';
import { codes, NOTHING, person, previewOf, READ, STRICT, said, tableOf } from './prepared.fixture.ts';
import type { Present } from './present.ts';
import { plan, preview } from './preview.ts';
import { questionKey, type ReasonCode } from './reason.ts';
import { ALIASES_MAX } from './row.ts';
import { GOOGLE_USERS, MICROSOFT_IMAP } from './vendor.ts';
import { readWanted } from './wanted.ts';

const HEADINGS = [
  'Prénom',
  'Nom',
  'Adresse',
  'Alias',
  'Site',
  'Étape',
  'Type',
  'Membres',
  'Compte 1',
  'Mot de passe 1',
];

test('a new person, what is created of it', () => {
  const seen = previewOf([
    HEADINGS,
    [
      'Zoé',
      'Martin',
      'Zoe@Example.org',
      'z@example.org',
      'lyon',
      'Pilote',
      '',
      '',
      'imaps://zoe@old.example/',
      's3cret',
    ],
  ]);
  const [verdict] = seen.verdicts;
  assert.equal(verdict!.is, 'create');
  assert.deepEqual(verdict!.reasons, []);
  assert.deepEqual(
    verdict!.changes.map(({ field, to }) => `${field}=${to}`),
    [
      'kind=person',
      'givenName=Zoé',
      'familyName=Martin',
      'displayName=Zoé Martin',
      'address=Zoe@example.org',
      'aliases=z@example.org',
      'site=Lyon',
      'wave=Pilote',
      'account=imaps://zoe@old.example/',
    ],
  );
  assert.equal(seen.ready, true);
  assert.deepEqual(seen.counts, { create: 1, change: 0, same: 0, refuse: 0 });
});

test('the plan has what is written, and the secret; the preview has it nowhere', () => {
  const rows = [
    HEADINGS,
    ['Zoé', 'Martin', 'zoe@example.org', '', 'Paris', '', '', '', 'imaps://zoe@old.example/', 's3cret'],
  ];
  const wanted = readWanted(tableOf(rows), READ);
  const options = { ...STRICT, createSites: true };
  assert.equal(plan(wanted, NOTHING, STRICT), null);
  const made = plan(wanted, NOTHING, options)!;
  assert.deepEqual(made.sites, ['Paris']);
  assert.deepEqual(made.people[0]!.site, { create: 'Paris' });
  assert.equal(made.people[0]!.accounts[0]!.secret!.reveal(), 's3cret');
  assert.ok(!JSON.stringify([preview(wanted, NOTHING, options), made, wanted]).includes('s3cret'));
});

test('each reason, with its line and severity', () => {
  const present: Present = {
    ...NOTHING,
    people: [
      person('zoe@example.org', {
        aliases: ['z@example.org'],
        accounts: [{ id: 'a1', role: 'source', address: 'imaps://zoe@old.example/', hasSecret: true }],
      }),
    ],
    groups: [{ id: 'g1', name: 'Tous', address: 'tous@example.org', aliases: [], site: null, members: [] }],
  };
  const row = (cells: Partial<Record<string, string>>) =>
    HEADINGS.map((heading) => cells[heading] ?? (heading === 'Nom' ? cells.Adresse! : ''));
  const cases: [string[], Partial<Record<string, string>>][] = [
    [['2 bad-address refuse'], { Adresse: 'zoe' }],
    [['2 address-missing refuse'], { Prénom: 'x' }],
    [['2 bad-domain refuse'], { Adresse: 'a@elsewhere.example' }],
    [['2 duplicate-address refuse'], { Adresse: 'Z@Example.org' }],
    [['2 duplicate-address refuse'], { Adresse: 'tous@example.org' }],
    [['2 alias-taken refuse'], { Adresse: 'a@example.org', Alias: 'z@example.org' }],
    [['2 alias-taken refuse'], { Adresse: 'a@example.org', Alias: 'ZOE@example.org' }],
    [['2 bad-domain refuse'], { Adresse: 'a@example.org', Alias: 'a@elsewhere.example' }],
    [['2 bad-address refuse'], { Adresse: 'a@example.org', Alias: 'a@b@c, b@example.org' }],
    [['2 unknown-site refuse'], { Adresse: 'a@example.org', Site: 'Paris' }],
    [['2 unknown-wave refuse'], { Adresse: 'a@example.org', Étape: '7' }],
    [['2 bad-kind refuse'], { Adresse: 'a@example.org', Type: 'robot' }],
    [['2 homonym ask'], { Adresse: 'a@example.org', Prénom: 'ZOE', Nom: ' martin ' }],
    [['2 name-missing refuse'], { Adresse: 'a@example.org', Nom: '' }],
    [['2 garbled warn'], { Adresse: 'a@example.org', Nom: 'RenÃ©e' }],
    [['2 hidden-characters warn'], { Adresse: 'a@example.org', Nom: 'Re\u202enee' }],
    [['2 hidden-characters refuse'], { Adresse: 'a\u200b@example.org', Nom: 'x' }],
    [['2 look-alike refuse'], { Adresse: '\u0430@example.org' }],
    [['2 bad-account refuse'], { Adresse: 'a@example.org', 'Compte 1': 'old.example' }],
    [
      ['2 secret-parameter refuse'],
      { Adresse: 'a@example.org', 'Compte 1': 'imaps://a@old.example/?secret=file:/etc/passwd' },
    ],
    [['2 missing-password warn'], { Adresse: 'a@example.org', 'Compte 1': 'imaps://a@old.example/' }],
    [['2 password-in-address warn'], { Adresse: 'a@example.org', 'Compte 1': 'imaps://a:pw@old.example/' }],
    [
      ['2 two-passwords refuse'],
      { Adresse: 'a@example.org', 'Compte 1': 'imaps://a:pw@old.example/', 'Mot de passe 1': 'other' },
    ],
    [['2 password-without-account warn'], { Adresse: 'a@example.org', 'Mot de passe 1': 'pw' }],
    [
      ['2 account-taken ask'],
      { Adresse: 'a@example.org', 'Compte 1': 'imaps://ZOE@old.example:993/', 'Mot de passe 1': 'pw' },
    ],
    [
      ['2 unknown-member ask'],
      {
        Adresse: 'g@example.org',
        Type: 'groupe',
        Membres: 'zoe@example.org, nobody@example.org, a@elsewhere.example',
      },
    ],
    [['2 members-ignored warn'], { Adresse: 'a@example.org', Membres: 'zoe@example.org' }],
    [['2 accounts-ignored warn'], { Adresse: 'g@example.org', Type: 'liste', 'Compte 1': 'pst:/a' }],
    [[], { Adresse: 'zoe@example.org', 'Compte 1': 'imaps://zoe@old.example/' }],
  ];
  for (const [wanted, cells] of cases) {
    const seen = previewOf([HEADINGS, row(cells)], present);
    assert.deepEqual(said(seen), wanted, JSON.stringify(cells));
    assert.equal(
      seen.verdicts[0]!.is === 'refuse',
      wanted.some((one) => one.endsWith('refuse')),
      JSON.stringify(cells),
    );
  }
});

test('of the whole file', () => {
  assert.deepEqual(
    said(
      previewOf([
        ['Couleur', 'Nom'],
        ['x', 'y'],
      ]),
    ),
    ['0 no-address-column refuse'],
  );
  const unknown = previewOf([
    ['Couleur', 'Adresse', 'Nom'],
    ['x', 'a@example.org', 'y'],
  ]);
  assert.deepEqual(said(unknown), ['0 unknown-column warn']);
  const headless = [
    ['zoe@example.org', 'zoe', 's3cret'],
    ['tom@example.org', 'tom', 's3cret'],
  ];
  assert.ok(!JSON.stringify([previewOf(headless), shownTable(tableOf(headless))]).includes('s3cret'));
  assert.deepEqual(said(previewOf([['Adresse', 'Nom']])), ['0 no-rows refuse']);
  const twice = previewOf([
    ['Adresse', 'Nom', 'Nom'],
    ['a@example.org', 'x', 'y'],
  ]);
  assert.deepEqual(said(twice), ['0 duplicate-heading refuse']);
  assert.equal(twice.ready, false);
  assert.equal(previewOf([]).ready, false);
});

test('rows of one address are one person with several accounts, case aside', () => {
  const seen = previewOf([
    ['Nom', 'Adresse', 'Compte', 'Site'],
    ['Martin', 'zoe@example.org', 'pst:/a.pst', 'Lyon'],
    ['Petit', 'tom@example.org', '', ''],
    ['', 'ZOE@example.org', 'pst:/b.pst', ''],
    ['', 'zoe@example.org', 'pst:/a.pst', ''],
  ]);
  assert.deepEqual(
    seen.verdicts.map(({ line, is, joins }) => [line, is, joins]),
    [
      [2, 'create', null],
      [3, 'create', null],
      [4, 'create', 2],
      [5, 'create', 2],
    ],
  );
  assert.deepEqual(
    seen.verdicts[0]!.changes.filter(({ field }) => field === 'account').map(({ to }) => to),
    ['pst:/a.pst', 'pst:/b.pst'],
  );
  assert.deepEqual(said(seen), ['5 account-twice warn']);
  assert.equal(seen.counts.create, 2);
});

test('rows that disagree are refused, all of that person', () => {
  const seen = previewOf([
    ['Nom', 'Adresse', 'Cible'],
    ['Martin', 'zoe@example.org', 'imaps://z@a.example/?token=consent'],
    ['Petit', 'zoe@example.org', 'imaps://z@b.example/?token=consent'],
  ]);
  assert.deepEqual(said(seen), ['3 rows-disagree refuse', '3 rows-disagree refuse']);
  assert.deepEqual(
    seen.verdicts.map(({ is }) => is),
    ['refuse', 'refuse'],
  );
});

test('within the file: the same address as alias, the same alias twice, the same name', () => {
  const seen = previewOf([
    ['Prénom', 'Nom', 'Adresse', 'Alias'],
    ['Zoé', 'Martin', 'zoe@example.org', 'a@example.org'],
    ['Tom', 'Petit', 'tom@example.org', 'A@example.org; zoe@example.org tom@example.org'],
    ['zoe', 'MARTIN', 'z2@example.org', ''],
  ]);
  assert.deepEqual(said(seen), ['3 alias-taken refuse', '3 duplicate-address refuse', '4 homonym ask']);
});

test('an alias moves from one to another in one file', () => {
  const present = {
    ...NOTHING,
    people: [person('zoe@example.org', { aliases: ['a@example.org'] }), person('tom@example.org')],
  };
  const rows = [
    ['Adresse', 'Alias'],
    ['zoe@example.org', ''],
    ['tom@example.org', 'a@example.org'],
  ];
  assert.deepEqual(said(previewOf(rows, present)), []);
  assert.deepEqual(said(previewOf([rows[0]!, rows[2]!], present)), ['2 alias-taken refuse']);
});

test('a question once answered is not asked again', () => {
  const rows = [
    ['Prénom', 'Nom', 'Adresse'],
    ['Zoé', 'Martin', 'z2@example.org'],
  ];
  const present = { ...NOTHING, people: [person('zoe@example.org')] };
  const first = previewOf(rows, present);
  assert.deepEqual([first.questions, first.ready], [1, false]);
  const answered = new Set(first.verdicts.flatMap(({ reasons }) => reasons.map(questionKey)));
  const second = previewOf(rows, present, { answered });
  assert.deepEqual([second.questions, second.ready], [0, true]);
});

test('changes, field by field; an empty cell empties, a missing column does not', () => {
  const zoe = person('zoe@example.org', {
    title: 'Chef',
    mobile: '+33 6',
    site: 's1',
    aliases: ['a@example.org'],
    accounts: [
      { id: 'a1', role: 'source', address: 'pst:/a.pst', hasSecret: false },
      { id: 'a2', role: 'source', address: 'imaps://zoe@old.example/', hasSecret: true },
      { id: 'a3', role: 'target', address: 'imaps://zoe@new.example/', hasSecret: true },
    ],
  });
  const present = { ...NOTHING, people: [zoe] };
  const changes = (rows: string[][], options = {}) =>
    previewOf(rows, present, options).verdicts[0]!.changes.map(
      ({ field, from, to }) => `${field}: ${from} → ${to}`,
    );
  assert.deepEqual(
    changes([
      ['Adresse', 'Fonction', 'Alias'],
      ['zoe@example.org', '', 'b@example.org'],
    ]),
    ['aliases: a@example.org → b@example.org', 'title: Chef → '],
  );
  assert.deepEqual(
    changes([
      ['Adresse', 'Site', 'Type'],
      ['zoe@example.org', '', 'partagée'],
    ]),
    ['kind: person → shared', 'site: Lyon → '],
  );
  assert.deepEqual(
    changes([
      ['Adresse', 'Compte 1'],
      ['zoe@example.org', ''],
    ]),
    [],
  );
  assert.deepEqual(
    changes([
      ['Adresse', 'Compte 1'],
      ['zoe@example.org', 'imaps://ZOE@old.example:993'],
    ]),
    ['account: pst:/a.pst, imaps://zoe@old.example/ → imaps://zoe@old.example/, pst:/a.pst'],
  );
  assert.deepEqual(
    changes([
      ['Adresse', 'Compte 1'],
      ['zoe@example.org', 'pst:/c.pst'],
    ]),
    ['account:  → pst:/c.pst'],
  );
  assert.deepEqual(
    changes([
      ['Adresse', 'Cible'],
      ['zoe@example.org', 'imaps://zoe@newer.example/'],
    ]),
    ['target: imaps://zoe@new.example/ → imaps://zoe@newer.example/'],
  );
  const renewed = [
    ['Adresse', 'Compte 1', 'Mot de passe 1'],
    ['zoe@example.org', 'pst:/a.pst', ''],
    ['zoe@example.org', 'imaps://zoe@old.example/', 'new'],
  ];
  assert.deepEqual(changes(renewed), []);
  assert.deepEqual(changes(renewed, { sameSecret: () => true }), []);
  assert.deepEqual(changes(renewed, { sameSecret: () => false }), ['password:  → ']);
});

test('a correction in place is judged again', () => {
  const table = tableOf([
    ['Nom', 'Adresse'],
    ['Martin', 'zoe@exmaple.org'],
  ]);
  const judged = (one: typeof table) => preview(readWanted(one, READ), NOTHING, STRICT);
  assert.deepEqual(codes(judged(table)), ['bad-domain']);
  assert.equal(judged(correct(table, 2, 1, 'zoe@example.org')).ready, true);
});

test('Google’s and Microsoft’s files', () => {
  const google = GOOGLE_USERS.map(([heading]) => heading);
  const row = (cells: Partial<Record<string, string>>) => google.map((heading) => cells[heading] ?? '');
  const zoe = {
    'First Name [Required]': 'Zoé',
    'Last Name [Required]': 'Martin',
    'Email Address [Required]': 'zoe@example.org',
  };
  const seen = (cells: object, options = {}) =>
    said(previewOf([google, row({ ...zoe, ...cells })], NOTHING, options));
  const targetAddress = (address: string) => `imaps://${encodeURIComponent(address)}@new.example/`;
  assert.deepEqual(seen({ 'Password [Required]': '****' }), []);
  assert.deepEqual(seen({ 'Password [Required]': 's3cret' }), ['2 password-without-account warn']);
  assert.deepEqual(seen({ 'Password [Required]': 's3cret' }, { targetAddress }), []);
  assert.deepEqual(seen({ 'Password [Required]': 'abc', 'Password Hash Function [UPLOAD ONLY]': 'MD5' }), [
    '2 password-hashed warn',
  ]);
  const imap = [
    MICROSOFT_IMAP.map(([heading]) => heading),
    ['zoe@example.org', 'Domain/Admin/zoe', 's3cret', ''],
  ];
  assert.deepEqual(said(previewOf(imap)), ['2 no-server refuse', '2 name-missing warn']);
  const there = previewOf(imap, NOTHING, { imapServer: 'old.example' });
  assert.deepEqual(said(there), ['2 name-missing warn']);
  assert.ok(there.verdicts[0]!.changes.some(({ to }) => to === 'imaps://Domain%2FAdmin%2Fzoe@old.example/'));
});

test('hostile cells end in a verdict', () => {
  const many = Array.from({ length: ALIASES_MAX + 1 }, (_, n) => `a${n}@example.org`).join(' ');
  const cases: [string, string, ReasonCode[]][] = [
    ['<script>alert(1)</script>', '', []],
    ['=HYPERLINK("x")', '', []],
    ['__proto__', 'constructor@example.org', []],
    ['Martin', many, ['too-many-aliases']],
  ];
  for (const [name, alias, wanted] of cases)
    assert.deepEqual(
      codes(
        previewOf([
          ['Nom', 'Adresse', 'Alias'],
          [name, '__proto__@example.org', alias],
        ]),
      ),
      wanted,
    );
  assert.deepEqual(
    codes(previewOf([['Nom', 'Adresse', 'Alias'], ['a'], ['b', 'b@example.org', '', 'too', 'many']])),
    ['address-missing'],
  );
});

test('ten thousand rows, and ten thousand aliases', () => {
  const rows = Array.from({ length: 10_000 }, (_, n) => [
    `P${n}`,
    `N${n}`,
    `p${n}@example.org`,
    `q${n}@example.org`,
    'Lyon',
    'Pilote',
    '',
    '',
    `imaps://p${n}@old.example/`,
    'pw',
  ]);
  const seen = previewOf([HEADINGS, ...rows]);
  assert.deepEqual(seen.counts, { create: 10_000, change: 0, same: 0, refuse: 0 });
  const aliases = Array.from({ length: 10_000 }, (_, n) => `a${n}@example.org`).join(',');
  assert.ok(codes(previewOf([HEADINGS, ['x', 'y', 'z@example.org', aliases]])).includes('too-many-aliases'));
});
