/** Contacts as vCard 4.0 (RFC 6350; properties by MS-OXOCNTC). The same text for the same item. */

import { isSmtp } from './addresses.ts';
import { contentLine, textValue } from './content-line.ts';
import { entryAddress } from './entry-id.ts';
import type { Item } from './item.ts';
import { kindOfClass, messageClass } from './kind.ts';
import { PidLid, PidTag, PropertySet } from './properties.ts';
import type { RenderContext } from './render.ts';
import { codePageOf, Notes, Values } from './values.ts';

/** A contact or a distribution list as a vCard of its own. */
export function renderContact(
  item: Item,
  context: RenderContext,
): { text: string; notes: readonly string[] } {
  const notes = new Notes();
  const text = vcardOf(item, new Values(item, codePageOf(item, context.codePage, notes), notes));
  return { text, notes: notes.list };
}

type Line = readonly [name: string, value: string | null];

export function vcardOf(item: Item, of: Values): string {
  const values = new Values(item, codePageOf(item, of.codePage, of.notes), of.notes);
  const isGroup = kindOfClass(messageClass(item)) === 'distribution-list';
  const lines: Line[] = [
    ['BEGIN', 'VCARD'],
    ['VERSION', '4.0'],
    ...(isGroup ? [['KIND', 'group'] as const] : []),
    ...names(values),
    ...(isGroup ? members(values) : emails(values)),
    ...phones(values),
    ...addresses(values),
    ...others(values),
    ['END', 'VCARD'],
  ];
  return lines
    .flatMap(([name, value]) => (value === null || value === '' ? [] : [contentLine(name, value)]))
    .join('');
}

function escaped(text: string | null): string {
  return text === null ? '' : textValue(text.trim());
}

function names(values: Values): Line[] {
  const parts = [
    PidTag.Surname,
    PidTag.GivenName,
    PidTag.MiddleName,
    PidTag.DisplayNamePrefix,
    PidTag.Generation,
  ].map((id) => escaped(values.text(id)));
  const shown =
    values.text(PidTag.DisplayName) ??
    values.text(PidTag.Subject) ??
    values.namedText(PropertySet.Address, PidLid.FileUnder) ??
    values.text(PidTag.CompanyName) ??
    'Unnamed';
  return [
    ['FN', escaped(shown)],
    ['N', parts.some((part) => part !== '') ? parts.join(';') : null],
    ['NICKNAME', escaped(values.text(PidTag.Nickname))],
  ];
}

const EMAILS = [
  [PidLid.Email1EmailAddress, PidLid.Email1OriginalDisplayName],
  [PidLid.Email2EmailAddress, PidLid.Email2OriginalDisplayName],
  [PidLid.Email3EmailAddress, PidLid.Email3OriginalDisplayName],
] as const;

/** The address, or for one that only Exchange knows what was shown, when that is an address. */
function emails(values: Values): Line[] {
  const found: string[] = [];
  for (const [address, shown] of EMAILS) {
    const texts = [address, shown].map((id) => values.namedText(PropertySet.Address, id)?.trim() ?? '');
    const usable = texts.find((text) => isSmtp(text));
    if (usable !== undefined && !found.includes(usable)) found.push(usable);
    else if (usable === undefined && texts[0] !== '') {
      values.notes.add('detail-lost', `${texts[0]!.slice(0, 100)} is no internet address: left out`);
    }
  }
  return found.map((email, index) => [`EMAIL;PREF=${index + 1}`, textValue(email)]);
}

const ONE_OFF_MEMBERS = 0x8054;
const MEMBERS_MAX = 10_000;

function members(values: Values): Line[] {
  const property = values.named(PropertySet.Address, ONE_OFF_MEMBERS);
  const ids = Array.isArray(property?.value) ? property.value.slice(0, MEMBERS_MAX) : [];
  return ids.flatMap((id): Line[] => {
    const email = id instanceof Uint8Array ? (entryAddress(id)?.email.trim() ?? '') : '';
    return isSmtp(email) ? [['MEMBER', `mailto:${email}`]] : [];
  });
}

const PHONES: readonly (readonly [number, string])[] = [
  [PidTag.BusinessTelephoneNumber, 'work,voice'],
  [PidTag.Business2TelephoneNumber, 'work,voice'],
  [PidTag.HomeTelephoneNumber, 'home,voice'],
  [PidTag.Home2TelephoneNumber, 'home,voice'],
  [PidTag.MobileTelephoneNumber, 'cell'],
  [PidTag.PrimaryTelephoneNumber, 'voice'],
  [PidTag.OtherTelephoneNumber, 'voice'],
  [PidTag.BusinessFaxNumber, 'work,fax'],
  [PidTag.HomeFaxNumber, 'home,fax'],
];

function phones(values: Values): Line[] {
  return PHONES.map(([id, type]) => [`TEL;TYPE="${type}"`, escaped(values.text(id))]);
}

type AddressIds = readonly [
  type: string,
  street: number,
  city: number,
  state: number,
  code: number,
  country: number,
];

const TAGGED: readonly AddressIds[] = [
  [
    'home',
    PidTag.HomeAddressStreet,
    PidTag.HomeAddressCity,
    PidTag.HomeAddressStateOrProvince,
    PidTag.HomeAddressPostalCode,
    PidTag.HomeAddressCountry,
  ],
  [
    '',
    PidTag.OtherAddressStreet,
    PidTag.OtherAddressCity,
    PidTag.OtherAddressStateOrProvince,
    PidTag.OtherAddressPostalCode,
    PidTag.OtherAddressCountry,
  ],
  [
    'work',
    PidTag.BusinessAddressStreet,
    PidTag.BusinessAddressLocality,
    PidTag.BusinessAddressStateOrProvince,
    PidTag.BusinessAddressPostalCode,
    PidTag.BusinessAddressCountry,
  ],
];

const WORK: readonly number[] = [
  PidLid.WorkAddressStreet,
  PidLid.WorkAddressCity,
  PidLid.WorkAddressState,
  PidLid.WorkAddressPostalCode,
  PidLid.WorkAddressCountry,
];

function addresses(values: Values): Line[] {
  const work = WORK.map((id) => escaped(values.namedText(PropertySet.Address, id)));
  const isNamed = work.some((part) => part !== '');
  const lines = TAGGED.filter(([type]) => type !== 'work' || !isNamed).map(([type, ...ids]) =>
    addressLine(
      type,
      ids.map((id) => escaped(values.text(id))),
    ),
  );
  return isNamed ? [...lines, addressLine('work', work)] : lines;
}

/** Post office box and extension stay empty (RFC 6350 §6.3.1). */
function addressLine(type: string, parts: readonly string[]): Line {
  const isEmpty = parts.every((part) => part === '');
  return [`ADR${type === '' ? '' : `;TYPE=${type}`}`, isEmpty ? null : `;;${parts.join(';')}`];
}

function others(values: Values): Line[] {
  const organisation = [PidTag.CompanyName, PidTag.DepartmentName].map((id) => escaped(values.text(id)));
  const categories = values.namedTexts(PropertySet.PublicStrings, 'Keywords').map(textValue);
  return [
    ['ORG', organisation.join(';').replace(/;$/, '')],
    ['TITLE', escaped(values.text(PidTag.Title))],
    ['BDAY', day(values.time(PidTag.Birthday))],
    ['ANNIVERSARY', day(values.time(PidTag.WeddingAnniversary))],
    ['URL;TYPE=work', url(values.text(PidTag.BusinessHomePage))],
    ['URL;TYPE=home', url(values.text(PidTag.PersonalHomePage))],
    ['NOTE', escaped(values.text(PidTag.Body))],
    ['CATEGORIES', categories.join(',')],
    ['REV', stamp(values.time(PidTag.LastModificationTime))],
  ];
}

const HALF_DAY_MS = 12 * 3600 * 1000;

/** Outlook keeps the midnight of some time zone: the nearest one in UTC is the day meant. */
function day(ms: number | null): string | null {
  return ms === null ? null : new Date(ms + HALF_DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
}

function stamp(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '').concat('Z');
}

function url(text: string | null): string | null {
  return text === null ? null : text.replace(/[\x00-\x20\x7f]/g, '');
}
