/** Distribution lists as vCards of kind `group` (RFC 6350 §6.1.4; properties by MS-OXOCNTC §2.2.2). */
import { isSmtp } from '../addresses.ts';
import { type Line, textValue } from '../content-line.ts';
import { type EntryAddress, entryAddress } from '../entry-id.ts';
import { PidTag, PropertySet } from '../properties.ts';
import { filesOf } from './attached.ts';
import { Lid } from './ids.ts';
import { bodyText, categories, changedAt, ownUid, type Said, subjectText, text, utc } from './said.ts';

const MEMBERS_MAX = 20_000;

/**
 * Version 3.0 knows no groups. The members stand in the note, too: whoever reads this as a plain contact still has them
 * by name.
 */
export function listLines(said: Said): Line[] {
  const { values } = said;
  const members = membersOf(said);
  // A vCard has no place for them.
  for (const { name } of filesOf(said).files) said.problems.add('attachment-elsewhere', name);
  const shown = [values.text(PidTag.DisplayName), subjectText(values)].find((name) => name?.trim()) ?? '?';
  const written = members.map(({ name, email }) => (name === '' ? email : `${name} <${email}>`));
  const note = [bodyText(said) ?? '', written.join('\n')].filter((part) => part !== '').join('\n\n');
  return [
    ['BEGIN', 'VCARD'],
    ['VERSION', '4.0'],
    ['KIND', 'group'],
    ['UID', ownUid(said)],
    ['FN', text(shown)],
    ...members.filter(({ email }) => isSmtp(email)).map(({ email }): Line => ['MEMBER', `mailto:${email}`]),
    ['NOTE', textValue(note)],
    ['CATEGORIES', categories(values)],
    ['REV', utc(changedAt(values))],
    ['END', 'VCARD'],
  ];
}

interface Member {
  name: string;
  email: string;
}

/** Each stands in two lists: as an entry of some address book, and as a one-off copy with name and address. */
function membersOf({ values, problems }: Said): Member[] {
  const [copies, entries] = [Lid.OneOffMembers, Lid.Members].map((lid) => {
    const value: unknown = values.named(PropertySet.Address, lid)?.value;
    return Array.isArray(value) ? (value as readonly unknown[]) : [];
  }) as unknown as [readonly unknown[], readonly unknown[]];
  const count = Math.max(copies.length, entries.length);
  if (count > MEMBERS_MAX) problems.add('too-many');
  const found: Member[] = [];
  for (let n = 0; n < Math.min(count, MEMBERS_MAX); n++) {
    const told = [copies[n], entries[n]].flatMap((id) => {
      const address = id instanceof Uint8Array ? entryAddress(id) : null;
      return address === null ? [] : [address];
    });
    const member = bestOf(told);
    if (!isSmtp(member.email)) problems.add('member-unknown', member.name || member.email);
    found.push(member);
  }
  return found;
}

function bestOf(told: readonly EntryAddress[]): Member {
  const name = told.map((each) => each.name.trim()).find((each) => each !== '') ?? '';
  const emails = told.map((each) => each.email.trim()).filter((each) => each !== '');
  const email = emails.find((each) => isSmtp(each)) ?? (isSmtp(name) ? name : (emails[0] ?? ''));
  return { name: name === email ? '' : name, email };
}
