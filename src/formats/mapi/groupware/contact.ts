/**
 * Contacts as vCard 3.0 (RFC 2426; properties by MS-OXOCNTC): what Outlook, Google and Apple read, which they do not all
 * do with 4.0.
 */
import { addressOf, isSmtp } from '../addresses.ts';
import { type Line, textValue } from '../content-line.ts';
import { PidLid, PidTag, PropertySet } from '../properties.ts';
import type { Values } from '../values.ts';
import { filesOf, type OwnFiles } from './attached.ts';
import { Lid, Tag } from './ids.ts';
import {
  bodyText,
  categories,
  changedAt,
  day,
  ownUid,
  privacy,
  type Said,
  subjectText,
  text,
  utc,
} from './said.ts';

export function contactLines(said: Said): Line[] {
  const { values } = said;
  const files = filesOf(said);
  const emails = emailsOf(said);
  return [
    ['BEGIN', 'VCARD'],
    ['VERSION', '3.0'],
    ['UID', ownUid(said)],
    ...nameLines(values, emails),
    ...emails.map(
      (email, index): Line => [`EMAIL;TYPE=INTERNET${index === 0 ? ',PREF' : ''}`, textValue(email)],
    ),
    ...phoneLines(values),
    ...addressLines(values),
    ...workLines(values),
    ...personalLines(values),
    ['NOTE', text(bodyText(said))],
    ['CATEGORIES', categories(values)],
    privacy(values),
    ...photoLines(files, said),
    ['REV', utc(changedAt(values))],
    ['END', 'VCARD'],
  ];
}

function plain(value: string | null): string {
  return text(value) ?? '';
}

/** FN as people say it, given name first; N in its parts, so that lists sort by surname. */
function nameLines(values: Values, emails: readonly string[]): Line[] {
  const part = (id: number): string => values.text(id)?.trim() ?? '';
  const [surname, given, middle, prefix, suffix] = [
    PidTag.Surname,
    PidTag.GivenName,
    PidTag.MiddleName,
    PidTag.DisplayNamePrefix,
    PidTag.Generation,
  ].map(part) as [string, string, string, string, string];
  const spoken = [prefix, given, middle, surname, suffix].filter((each) => each !== '').join(' ');
  const candidates = [
    ...[part(PidTag.DisplayName), spoken, subjectText(values) ?? ''],
    ...[values.namedText(PropertySet.Address, PidLid.FileUnder) ?? '', part(PidTag.CompanyName)],
    ...[emails[0] ?? '', '?'],
  ];
  const shown = candidates.find((each) => each.trim() !== '')!;
  return [
    ['FN', plain(shown)],
    ['N', [surname, given, middle, prefix, suffix].map(textValue).join(';')],
    ['NICKNAME', text(values.text(PidTag.Nickname))],
  ];
}

/** PidLidEmail1DisplayName and those behind it (MS-OXOCNTC §2.2.1.2): three times, 16 apart. */
const EMAILS = [0x8080, 0x8090, 0x80a0] as const;

function emailsOf({ values, problems }: Said): string[] {
  const found: string[] = [];
  for (const first of EMAILS) {
    const told = (more: number): string | null => {
      const value = values.namedText(PropertySet.Address, first + more)?.trim() ?? '';
      return value === '' ? null : value;
    };
    const [type, email, original] = [told(2), told(3), told(4)];
    if (email === null && original === null) continue;
    if (/^fax$/i.test(type ?? '')) continue;
    const entryId = values.namedBytes(PropertySet.Address, first + 5);
    const facts = { name: original ?? told(0), type, email, smtp: null, searchKey: null, entryId };
    const address = addressOf(facts, NOBODY, values)?.address;
    if (address === undefined || !isSmtp(address) || address.endsWith('.invalid'))
      problems.add('address-unknown', email ?? original ?? '');
    else if (!found.includes(address)) found.push(address);
  }
  return found;
}

const NOBODY: ReadonlyMap<string, string> = new Map();

const PHONES: readonly (readonly [id: number, type: string])[] = [
  [PidTag.MobileTelephoneNumber, 'CELL,VOICE'],
  [PidTag.BusinessTelephoneNumber, 'WORK,VOICE'],
  [PidTag.Business2TelephoneNumber, 'WORK,VOICE'],
  [PidTag.HomeTelephoneNumber, 'HOME,VOICE'],
  [PidTag.Home2TelephoneNumber, 'HOME,VOICE'],
  [PidTag.PrimaryTelephoneNumber, 'PREF,VOICE'],
  [Tag.CompanyMainTelephoneNumber, 'WORK,MSG'],
  [Tag.AssistantTelephoneNumber, 'X-ASSISTANT'],
  [Tag.CallbackTelephoneNumber, 'X-CALLBACK'],
  [Tag.CarTelephoneNumber, 'CAR,VOICE'],
  [Tag.RadioTelephoneNumber, 'X-RADIO'],
  [Tag.PagerTelephoneNumber, 'PAGER'],
  [Tag.IsdnNumber, 'ISDN'],
  [Tag.TelexNumber, 'X-TELEX'],
  [Tag.TtyTddPhoneNumber, 'X-TTY-TDD'],
  [PidTag.BusinessFaxNumber, 'WORK,FAX'],
  [PidTag.HomeFaxNumber, 'HOME,FAX'],
  [Tag.PrimaryFaxNumber, 'FAX'],
  [PidTag.OtherTelephoneNumber, 'VOICE'],
];

function phoneLines(values: Values): Line[] {
  return PHONES.map(([id, type]) => [`TEL;TYPE=${type}`, text(values.text(id))]);
}

/** Street, town, county, code, country. */
type AddressIds = readonly [number, number, number, number, number];

const HOME: AddressIds = [
  PidTag.HomeAddressStreet,
  PidTag.HomeAddressCity,
  PidTag.HomeAddressStateOrProvince,
  PidTag.HomeAddressPostalCode,
  PidTag.HomeAddressCountry,
];
const OTHER: AddressIds = [
  PidTag.OtherAddressStreet,
  PidTag.OtherAddressCity,
  PidTag.OtherAddressStateOrProvince,
  PidTag.OtherAddressPostalCode,
  PidTag.OtherAddressCountry,
];
const BUSINESS: AddressIds = [
  PidTag.BusinessAddressStreet,
  PidTag.BusinessAddressLocality,
  PidTag.BusinessAddressStateOrProvince,
  PidTag.BusinessAddressPostalCode,
  PidTag.BusinessAddressCountry,
];
const WORK: AddressIds = [
  PidLid.WorkAddressStreet,
  PidLid.WorkAddressCity,
  PidLid.WorkAddressState,
  PidLid.WorkAddressPostalCode,
  PidLid.WorkAddressCountry,
];

function addressLines(values: Values): Line[] {
  const named = WORK.map((id) => plain(values.namedText(PropertySet.Address, id)));
  const tagged = (ids: AddressIds): string[] => ids.map((id) => plain(values.text(id)));
  const work = named.some((part) => part !== '') ? named : tagged(BUSINESS);
  return [
    addressLine('ADR;TYPE=WORK', work),
    addressLine('ADR;TYPE=HOME', tagged(HOME)),
    addressLine('ADR', tagged(OTHER)),
  ];
}

/** Post office box and extension stay empty (RFC 2426 §3.2.1). */
function addressLine(name: string, parts: readonly string[]): Line {
  return [name, parts.every((part) => part === '') ? null : `;;${parts.join(';')}`];
}

function workLines(values: Values): Line[] {
  const organisation = [PidTag.CompanyName, PidTag.DepartmentName, Tag.OfficeLocation].map((id) =>
    plain(values.text(id)),
  );
  return [
    ['ORG', organisation.slice(0, 2).join(';').replace(/;$/, '')],
    ['TITLE', text(values.text(PidTag.Title))],
    ['ROLE', text(values.text(Tag.Profession))],
    ['X-MS-OFFICE', organisation[2]!],
    ['X-MS-MANAGER', text(values.text(Tag.ManagerName))],
    ['X-MS-ASSISTANT', text(values.text(Tag.Assistant))],
    ['URL;TYPE=WORK', url(values.text(PidTag.BusinessHomePage))],
  ];
}

const USER_FIELDS = [0, 1, 2, 3] as const;

function personalLines(values: Values): Line[] {
  const on = (lid: number, id: number): string | null => {
    const ms = values.namedTime(PropertySet.Address, lid) ?? values.time(id);
    return ms === null ? null : day(ms).replace(/^(....)(..)(..)$/, '$1-$2-$3');
  };
  const children = values.property(Tag.ChildrensNames)?.value;
  const names = Array.isArray(children) ? children.filter((name) => typeof name === 'string') : [];
  const im = text(values.namedText(PropertySet.Address, Lid.InstantMessagingAddress));
  return [
    ['BDAY', on(Lid.BirthdayLocal, PidTag.Birthday)],
    ['X-ANNIVERSARY', on(Lid.AnniversaryLocal, PidTag.WeddingAnniversary)],
    ['URL;TYPE=HOME', url(values.text(PidTag.PersonalHomePage))],
    ['URL', url(values.namedText(PropertySet.Address, Lid.Html))],
    ['X-MS-IMADDRESS', im],
    ['X-MS-SPOUSE', text(values.text(Tag.SpouseName))],
    ['X-MS-CHILD', names.map((name) => textValue(name)).join(',')],
    ['X-MS-HOBBIES', text(values.text(Tag.Hobbies))],
    ['FBURL', url(values.namedText(PropertySet.Address, Lid.FreeBusyLocation))],
    ...USER_FIELDS.map(
      (n): Line => [
        `X-OUTLOOK-USER${n + 1}`,
        text(values.namedText(PropertySet.Address, Lid.UserField1 + n)),
      ],
    ),
  ];
}

function url(value: string | null): string | null {
  return value === null ? null : value.replace(/[\x00-\x20\x7f]/g, '');
}

/** RFC 2426 §3.1.4. Other files have no place in a vCard. */
function photoLines({ photo, files }: OwnFiles, { problems }: Said): Line[] {
  const type = /^image\/(\w+)$/.exec(photo?.type ?? '')?.[1]?.toUpperCase();
  for (const { name } of photo !== null && type === undefined ? [photo, ...files] : files)
    problems.add('attachment-elsewhere', name);
  if (photo === null || type === undefined) return [];
  return [[`PHOTO;ENCODING=b;TYPE=${type}`, photo.bytes.toString('base64')]];
}
