import { guarded, writeCsv } from '../formats/table/index.ts';
import { headingOf } from './export.ts';
import type { PresentPerson } from './present.ts';
import { KINDS, type Language } from './synonyms.ts';
import { GOOGLE_KEEPS_PASSWORD, GOOGLE_USERS, MICROSOFT_IMAP, MICROSOFT_USERS } from './vendor.ts';

/** An example to download and fill in: two people, a shared mailbox and a group, all invented. */
export function exampleRows(language: Language): string[][] {
  const heading = (field: Parameters<typeof headingOf>[0], number = 0) => headingOf(field, language, number);
  const fr = language === 'fr';
  const names = [
    'givenName',
    'familyName',
    'displayName',
    'address',
    'aliases',
    'site',
    'wave',
    'kind',
    'members',
  ] as const;
  const rest = ['target', 'targetPassword', 'mobile', 'title'] as const;
  const accounts = [
    heading('account', 1),
    heading('password', 1),
    heading('account', 2),
    heading('password', 2),
  ];
  const [lyon, pilot] = ['Lyon', fr ? 'Pilote' : 'Pilot'];
  const { person, shared, group } = KINDS;
  return [
    [
      ...names.map((field) => heading(field)),
      heading('language'),
      ...accounts,
      ...rest.map((field) => heading(field)),
    ],
    [
      ...['Zoé', 'Exemple', 'Zoé Exemple', 'zoe@example.org', 'z.exemple@example.org, compta@example.org'],
      ...[
        lyon,
        pilot,
        person[language],
        '',
        'fr',
        'imaps://zoe@mail.example.net/',
        '',
        'pst:/archives/zoe.pst',
        '',
      ],
      ...['', '', '+33 6 00 00 00 00', fr ? 'Comptable' : 'Accountant'],
    ],
    [
      ...['Tom', 'Sample', 'Tom Sample', 'tom@example.org', '', lyon, pilot, person[language], '', 'en'],
      ...['pop3s://tom@pop.example.net/', '', 'gmail://tom.sample@gmail.com/', '', '', '', '', ''],
    ],
    [
      ...[
        '',
        '',
        fr ? 'Accueil' : 'Front desk',
        'accueil@example.org',
        '',
        lyon,
        '',
        shared[language],
        '',
        '',
      ],
      ...['imaps://accueil@mail.example.net/', '', '', '', '', '', '', ''],
    ],
    [
      ...[
        '',
        '',
        fr ? 'Toute l’équipe' : 'The whole team',
        'equipe@example.org',
        '',
        '',
        '',
        group[language],
      ],
      ...['zoe@example.org, tom@example.org', '', '', '', '', '', '', '', '', ''],
    ],
  ];
}

/** First password of a new person; null: `****`, which keeps what is there and creates nobody. */
export type FirstPassword = (person: PresentPerson) => string | null;

/**
 * Google's "Bulk update users", its headings to the letter. SECRET: holds the passwords asked for. Passwords and telephone
 * numbers are written as they are, everything else so that a spreadsheet runs nothing.
 */
export function googleUsersCsv(people: readonly PresentPerson[], passwordOf: FirstPassword): Buffer {
  const rows = people.map((person) => {
    const password = passwordOf(person);
    const cells: Record<string, string> = {
      'First Name [Required]': guarded(person.givenName || person.displayName),
      'Last Name [Required]': guarded(person.familyName || person.displayName),
      'Email Address [Required]': person.address,
      'Password [Required]': password ?? GOOGLE_KEEPS_PASSWORD,
      'Org Unit Path [Required]': '/',
      'Mobile Phone': phone(person.mobile),
      'Employee Title': guarded(person.title),
      'Change Password at Next Sign-In': password === null ? '' : 'True',
    };
    return GOOGLE_USERS.map(([heading]) => cells[heading] ?? '');
  });
  return vendorCsv(GOOGLE_USERS, rows);
}

/** Microsoft 365, "Add multiple users", in English: only the order of the columns counts. It takes no passwords. */
export function microsoftUsersCsv(people: readonly PresentPerson[]): Buffer {
  const rows = people.map((person) => {
    const cells: Record<string, string> = {
      'User Name': person.address,
      'First Name': guarded(person.givenName),
      'Last Name': guarded(person.familyName),
      'Display Name': guarded(person.displayName || person.address),
      'Job Title': guarded(person.title),
      'Mobile Phone': phone(person.mobile),
    };
    return MICROSOFT_USERS.map(([heading]) => cells[heading] ?? '');
  });
  return vendorCsv(MICROSOFT_USERS, rows);
}

/** One line of Microsoft's IMAP batch: a user of the old server. */
export interface ImapLogin {
  person: PresentPerson;
  userName: string;
  password: string;
}

/** Exchange Online, IMAP migration batch. SECRET: holds the passwords of the old boxes, written as they are. */
export function microsoftImapCsv(logins: readonly ImapLogin[]): Buffer {
  const headings = MICROSOFT_IMAP.filter(([heading]) => heading !== 'UserRoot');
  const rows = logins.map(({ person, userName, password }) => [person.address, userName, password]);
  return vendorCsv(headings, rows);
}

/** A number a telephone takes begins with + and holds nothing that a spreadsheet runs; the suites want it as it is. */
function phone(number: string): string {
  return /^\+[\d ().-]+$/.test(number) ? number : guarded(number);
}

function vendorCsv(columns: readonly (readonly [string, unknown])[], rows: string[][]): Buffer {
  const headings = columns.map(([heading]) => heading);
  return writeCsv([headings, ...rows], { delimiter: ',', bom: false, guard: false });
}
