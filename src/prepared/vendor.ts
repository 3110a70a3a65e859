/** The templates of others: their exact headings, and what each column is here. */
import type { Field } from './column.ts';

type Meaning = readonly [heading: string, field: Field | null];

/** Google Admin, "Bulk update users"; downloads add columns that can be read only. */
export const GOOGLE_USERS: readonly Meaning[] = [
  ['First Name [Required]', 'givenName'],
  ['Last Name [Required]', 'familyName'],
  ['Email Address [Required]', 'address'],
  ['Password [Required]', 'targetPassword'],
  ['Password Hash Function [UPLOAD ONLY]', 'passwordHash'],
  ['Org Unit Path [Required]', null],
  ['New Primary Email [UPLOAD ONLY]', null],
  ['Recovery Email', null],
  ['Home Secondary Email', null],
  ['Work Secondary Email', null],
  ['Recovery Phone [MUST BE IN THE E.164 FORMAT]', null],
  ['Work Phone', null],
  ['Home Phone', null],
  ['Mobile Phone', 'mobile'],
  ['Work Address', null],
  ['Home Address', null],
  ['Employee ID', null],
  ['Employee Type', null],
  ['Employee Title', 'title'],
  ['Manager Email', null],
  ['Department', null],
  ['Cost Center', null],
  ['Building ID', null],
  ['Floor Name', null],
  ['Floor Section', null],
  ['Change Password at Next Sign-In', null],
  ['New Status [UPLOAD ONLY]', null],
  ['New Licenses [UPLOAD ONLY]', null],
  ['Advanced Protection Program enrollment', null],
];

/** What Google writes, and reads, for a password that stays as it is. */
export const GOOGLE_KEEPS_PASSWORD = '****';

/** Microsoft 365, "Add multiple users". The headings may be in any language: the order counts. */
export const MICROSOFT_USERS: readonly Meaning[] = [
  ['User Name', 'address'],
  ['First Name', 'givenName'],
  ['Last Name', 'familyName'],
  ['Display Name', 'displayName'],
  ['Job Title', 'title'],
  ['Department', null],
  ['Office Number', null],
  ['Office Phone', null],
  ['Mobile Phone', 'mobile'],
  ['Fax', null],
  ['Alternate email address', null],
  ['Address', null],
  ['City', null],
  ['State or Province', null],
  ['ZIP or Postal Code', null],
  ['Country or Region', null],
];

/** An older form has one column less. */
export const MICROSOFT_USERS_OLDER: readonly Meaning[] = MICROSOFT_USERS.filter(
  ([heading]) => heading !== 'Alternate email address',
);

/** Exchange Online, IMAP migration batch. */
export const MICROSOFT_IMAP: readonly Meaning[] = [
  ['EmailAddress', 'address'],
  ['UserName', 'login'],
  ['Password', 'password'],
  ['UserRoot', null],
];
