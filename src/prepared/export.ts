import type { Field } from './column.ts';
import { placeIndex } from './compare.ts';
import type { Present, PresentAccount, PresentGroup, PresentPerson } from './present.ts';
import { HEADINGS, KINDS, type Language, type VendorField } from './synonyms.ts';

type OwnField = Exclude<Field, VendorField>;

/** More accounts of one person go into further rows of the same address. */
const ACCOUNTS_IN_ROW_MAX = 20;

const BEFORE_ACCOUNTS: readonly OwnField[] = [
  ...([
    'givenName',
    'familyName',
    'displayName',
    'address',
    'aliases',
    'site',
    'wave',
    'kind',
    'members',
  ] as const),
  ...(['language', 'title', 'mobile'] as const),
];

/** The heading of a column in our own file; `number` of an account or its password. */
export function headingOf(field: OwnField, language: Language, number = 0): string {
  const word = HEADINGS[field][language];
  return number === 0 ? word : `${word} ${number}`;
}

/** What an organisation has, as rows of our own file, headings first, without any secret. Importing it again changes nothing. */
export function exportRows(present: Present, language: Language): string[][] {
  const columns = accountColumns(present.people);
  const headings = [
    ...BEFORE_ACCOUNTS.map((field) => headingOf(field, language)),
    ...Array.from({ length: columns }, (_, n) => headingOf('account', language, n + 1)),
    headingOf('target', language),
  ];
  const names = { site: placeIndex(present.sites).name, wave: placeIndex(present.waves).name };
  const people = present.people.flatMap((person) => personRows(person, names, columns, language));
  const groups = present.groups.map((group) => [
    ...groupRow(group, names.site, language),
    ...blanks(columns + 1),
  ]);
  return [headings, ...people, ...groups];
}

function accountColumns(people: readonly PresentPerson[]): number {
  const most = people.reduce((max, { accounts }) => Math.max(max, sourcesOf(accounts).length), 1);
  return Math.min(most, ACCOUNTS_IN_ROW_MAX);
}

function sourcesOf(accounts: readonly PresentAccount[]): string[] {
  return accounts.filter(({ role }) => role === 'source').map(({ address }) => address);
}

function blanks(count: number): string[] {
  return Array<string>(count).fill('');
}

interface Names {
  site(id: string | null): string;
  wave(id: string | null): string;
}

function personRows(person: PresentPerson, names: Names, columns: number, language: Language): string[][] {
  const sources = sourcesOf(person.accounts);
  const target = person.accounts.find(({ role }) => role === 'target')?.address ?? '';
  const first = BEFORE_ACCOUNTS.map((field) => personCell(person, field, names, language));
  const rows: string[][] = [];
  for (let from = 0; from === 0 || from < sources.length; from += columns) {
    const some = sources.slice(from, from + columns);
    const before =
      from === 0 ? first : BEFORE_ACCOUNTS.map((field) => (field === 'address' ? person.address : ''));
    rows.push([...before, ...some, ...blanks(columns - some.length), from === 0 ? target : '']);
  }
  return rows;
}

function personCell(person: PresentPerson, field: OwnField, names: Names, language: Language): string {
  switch (field) {
    case 'aliases':
      return person.aliases.join(', ');
    case 'site':
      return names.site(person.site);
    case 'wave':
      return names.wave(person.wave);
    case 'kind':
      return KINDS[person.kind][language];
    case 'language':
      return person.language ?? '';
    case 'givenName':
    case 'familyName':
    case 'displayName':
    case 'address':
    case 'title':
    case 'mobile':
      return person[field];
    default:
      return '';
  }
}

function groupRow(group: PresentGroup, site: Names['site'], language: Language): string[] {
  const cells: Partial<Record<OwnField, string>> = {
    displayName: group.name,
    address: group.address,
    aliases: group.aliases.join(', '),
    site: site(group.site),
    kind: KINDS.group[language],
    members: group.members.join(', '),
  };
  return BEFORE_ACCOUNTS.map((field) => cells[field] ?? '');
}
