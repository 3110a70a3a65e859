import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCsv } from '../formats/table/csv.ts';
import { readTable, writeCsv, writeXlsx } from '../formats/table/index.ts';
import { accountKey } from './account.ts';
import { exportRows } from './export.ts';
import { cleaned, foldedName } from './fold.ts';
import { understand } from './headings.ts';
import { codes, NOTHING, person, READ, STRICT, tableOf } from './prepared.fixture.ts';
import type { Present, PresentAccount, PresentGroup, PresentPerson } from './present.ts';
import { plan, preview } from './preview.ts';
import { exampleRows, googleUsersCsv, microsoftImapCsv, microsoftUsersCsv } from './templates.ts';
import { readWanted } from './wanted.ts';

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(
    '',
    '=1+1',
    "'=x",
    '"Zoé"; , ',
    '-Martin',
    '<script>',
    'Ö\u0308',
    'a\nb',
    'sep=;',
    'Nom',
    '@x',
    '\u202ename',
    '_x0041_',
  ),
);
const name = oddText.filter((text) => cleaned(text) !== '');

/** Records as they may be: odd in every text, sound in what others depend on. */
const presentOf = fc
  .record({
    names: fc.array(
      fc.record({
        givenName: oddText,
        familyName: oddText,
        displayName: name,
        title: oddText,
        mobile: oddText,
      }),
      { maxLength: 5 },
    ),
    groups: fc.array(name, { maxLength: 2 }),
    sites: fc.uniqueArray(name, { selector: foldedName, minLength: 1, maxLength: 3 }),
    accounts: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 5, maxLength: 5 }),
    kinds: fc.array(fc.constantFrom('person' as const, 'shared' as const), { minLength: 5, maxLength: 5 }),
    language: fc.constantFrom('fr' as const, 'en' as const, null),
  })
  .map(
    ({ names, groups, sites, accounts, kinds, language }): Present => ({
      people: names.map(
        (texts, n): PresentPerson => ({
          ...person(`P${n}@example.org`, texts),
          kind: kinds[n]!,
          language,
          aliases: n % 2 === 0 ? [`alias${n}@example.org`, `B${n}@example.org`] : [],
          site: `s${n % sites.length}`,
          wave: n === 0 ? 'w1' : null,
          accounts: accountsOf(n, accounts[n]!),
        }),
      ),
      groups: groups.map(
        (one, n): PresentGroup => ({
          ...{ id: `g${n}`, name: one, address: `G${n}@example.org`, aliases: [], site: null },
          members: names.map((_, at) => `p${at}@example.org`),
        }),
      ),
      sites: sites.map((one, n) => ({ id: `s${n}`, name: one })),
      waves: NOTHING.waves,
      domains: ['example.org'],
    }),
  );

function accountsOf(n: number, count: number): PresentAccount[] {
  const sources = Array.from(
    { length: count },
    (_, at): PresentAccount => ({
      ...{ id: `a${n}.${at}`, role: 'source', hasSecret: at % 3 !== 0 },
      address: at % 2 === 0 ? `pst:/archives/é  ${n};"${at}".pst` : `imaps://p${n}.${at}@old.example/`,
    }),
  );
  return n % 2 === 0
    ? [...sources, { id: `t${n}`, role: 'target', address: `imaps://p${n}@new.example/`, hasSecret: true }]
    : sources;
}

function assertSame(present: Present, table: ReturnType<typeof tableOf>): void {
  const wanted = readWanted(table, READ);
  const seen = preview(wanted, present, STRICT);
  assert.deepEqual(
    seen.verdicts.filter(({ is }) => is !== 'same').map(({ changes, reasons }) => ({ changes, reasons })),
    [],
  );
  assert.equal(
    seen.verdicts.filter(({ joins }) => joins === null).length,
    present.people.length + present.groups.length,
  );
  if (seen.ready)
    assert.deepEqual(plan(wanted, present, STRICT), { sites: [], waves: [], people: [], groups: [] });
}

test('what was exported and is imported again changes nothing: CSV of every kind, French and English', () => {
  const style = fc.record({
    delimiter: fc.constantFrom(';' as const, ',' as const, '\t' as const),
    bom: fc.boolean(),
    guard: fc.constant(true),
  });
  fc.assert(
    fc.property(presentOf, fc.constantFrom('fr' as const, 'en' as const), style, (present, language, how) => {
      const file = readCsv(writeCsv(exportRows(present, language), how), 'x');
      assertSame(present, understand(file.sheets));
    }),
    { numRuns: 300 },
  );
});

test('the same as a workbook', async () => {
  for (const present of fc.sample(presentOf, { numRuns: 8, seed: 7 }))
    assertSame(
      present,
      understand((await readTable(await writeXlsx(exportRows(present, 'fr'), 'Import'), 'x')).sheets),
    );
});

test('an export holds nothing but addresses of accounts', () => {
  const rows = exportRows(
    { ...NOTHING, people: [person('zoe@example.org', { accounts: accountsOf(0, 2) })] },
    'en',
  );
  assert.ok(!rows[0]!.some((heading) => /password/i.test(heading)));
  assert.deepEqual(
    rows[1]!.slice(-3).map(accountKey),
    accountsOf(0, 2).map(({ address }) => accountKey(address)),
  );
});

test('the example is understood, without anything to complain of but what it leaves open', () => {
  for (const language of ['fr', 'en'] as const) {
    const rows = exampleRows(language);
    assert.ok(rows.every((row) => row.length === rows[0]!.length));
    const table = tableOf(rows);
    assert.ok(table.columns.every(({ is }) => is === 'field'));
    const seen = preview(
      readWanted(table, READ),
      { ...NOTHING, waves: [] },
      { ...STRICT, createWaves: true },
    );
    assert.deepEqual(new Set(codes(seen)), new Set(['missing-password']));
    assert.deepEqual(seen.counts, { create: 4, change: 0, same: 0, refuse: 0 });
  }
});

test('the files for Google and Microsoft: exact headings, passwords as they are, nothing run', () => {
  const people = [
    person('zoe@example.org', { givenName: '=1+1', mobile: '+33 6 00', title: '@x' }),
    person('tom@example.org', { familyName: '' }),
  ];
  const google = googleUsersCsv(people, ({ address }) => (address.startsWith('zoe') ? '=p"w,1' : null))
    .toString()
    .split('\r\n');
  assert.equal(
    google[0],
    'First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],Recovery Email,Home Secondary Email,Work Secondary Email,Recovery Phone [MUST BE IN THE E.164 FORMAT],Work Phone,Home Phone,Mobile Phone,Work Address,Home Address,Employee ID,Employee Type,Employee Title,Manager Email,Department,Cost Center,Building ID,Floor Name,Floor Section,Change Password at Next Sign-In,New Status [UPLOAD ONLY],New Licenses [UPLOAD ONLY],Advanced Protection Program enrollment',
  );
  assert.equal(
    google[1],
    '\'=1+1,Martin,zoe@example.org,"=p""w,1",,/,,,,,,,,+33 6 00,,,,,\'@x,,,,,,,True,,,',
  );
  assert.match(google[2]!, /^Zoé,Zoé Martin,tom@example\.org,\*\*\*\*,,\//);
  const microsoft = microsoftUsersCsv(people).toString().split('\r\n');
  assert.equal(
    microsoft[0],
    'User Name,First Name,Last Name,Display Name,Job Title,Department,Office Number,Office Phone,Mobile Phone,Fax,Alternate email address,Address,City,State or Province,ZIP or Postal Code,Country or Region',
  );
  assert.equal(microsoft[1], "zoe@example.org,'=1+1,Martin,Zoé Martin,'@x,,,,+33 6 00,,,,,,,");
  const imap = microsoftImapCsv([{ person: people[0]!, userName: 'zoe*admin', password: '-pw' }]).toString();
  assert.equal(imap, 'EmailAddress,UserName,Password\r\nzoe@example.org,zoe*admin,-pw\r\n');
});

test('what Google’s and Microsoft’s generators write is understood as theirs', async () => {
  const people = [person('zoe@example.org', { mobile: '+33600000000', title: 'Chef' })];
  for (const [bytes, template] of [
    [googleUsersCsv(people, () => null), 'google-users'],
    [microsoftUsersCsv(people), 'microsoft-users'],
  ] as const) {
    const table = understand((await readTable(bytes, 'x')).sheets);
    assert.equal(table.template, template);
    const seen = preview(readWanted(table, READ), { ...NOTHING, people }, STRICT);
    assert.deepEqual(seen.counts, { create: 0, change: 0, same: 1, refuse: 0 });
  }
});
