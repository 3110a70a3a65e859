/** Whom a message is from and to: Exchange's addresses turned into those of the internet (RFC 5322 §3.4). */
import { mailboxes } from '../../mail/address.ts';
import { CRLF, oneLine, phrase } from './encode.ts';
import { entryAddress } from './entry-id.ts';
import type { Item } from './item.ts';
import { PidTag } from './properties.ts';
import { Values } from './values.ts';

export interface Address {
  /** Empty when there is none. */
  name: string;
  /** `local@domain`; of an Exchange address without an SMTP one: a stand-in below `.invalid` (RFC 2606). */
  address: string;
}

export type RecipientRole = 'to' | 'cc' | 'bcc';

export interface Recipient extends Address {
  role: RecipientRole;
}

/** What a file tells of one address. */
export interface AddressFacts {
  name: string | null;
  /** `SMTP`, `EX`, `FAX`, `MAPIPDL` … */
  type: string | null;
  email: string | null;
  smtp: string | null;
  /** `TYPE:ADDRESS` in upper case. */
  searchKey: Uint8Array | null;
  entryId: Uint8Array | null;
}

/** Addresses by display name, from the transport headers: the last resort for one that only Exchange knows. */
export type AddressBook = ReadonlyMap<string, string>;

export function addressBook(headerValues: readonly string[]): AddressBook {
  const book = new Map<string, string>();
  for (const value of headerValues) {
    for (const { name, address } of mailboxes(value)) {
      const key = bookKey(name);
      if (key !== '' && isSmtp(address) && !book.has(key)) book.set(key, address);
    }
  }
  return book;
}

function bookKey(name: string): string {
  return oneLine(name).normalize('NFC').toLowerCase();
}

/** Null when nothing is known, neither name nor address. */
export function addressOf(facts: AddressFacts, book: AddressBook, values: Values): Address | null {
  const address = smtpOf(facts) ?? book.get(bookKey(facts.name ?? '')) ?? localName(facts);
  const name = displayName(facts, address);
  if (address !== undefined) return { name, address };
  const shown = name || oneLine(facts.email ?? '');
  if (shown === '') return null;
  values.notes.add(
    'address-without-smtp',
    `no internet address is known of ${shown.slice(0, 100)}: a stand-in was written`,
  );
  return { name: shown, address: standIn(facts) };
}

function displayName({ name }: AddressFacts, address: string | undefined): string {
  // Outlook puts quotes around an address that it shows as a name.
  const plain = oneLine(name ?? '').replace(/^'(.*)'$/, '$1');
  return plain.toLowerCase() === address?.toLowerCase() ? '' : plain;
}

function smtpOf(facts: AddressFacts): string | undefined {
  const searchKey = facts.searchKey === null ? '' : Buffer.from(facts.searchKey).toString('latin1');
  const entry = facts.entryId === null ? null : entryAddress(facts.entryId);
  const candidates = [
    facts.smtp,
    facts.email,
    imceaAddress(facts.email),
    /^smtp$/i.test(entry?.type ?? '') ? entry!.email : null,
    imceaAddress(entry?.email ?? null),
    /^SMTP:([^\0]+)/.exec(searchKey)?.[1]?.toLowerCase() ?? null,
    facts.name?.replace(/^'(.*)'$/, '$1') ?? null,
    /[<([]([^\s<>()[\]]+@[^\s<>()[\]]+)[>)\]]$/.exec(facts.name ?? '')?.[1] ?? null,
  ];
  for (const candidate of candidates) {
    const plain =
      candidate
        ?.trim()
        .replace(/^<(.*)>$/, '$1')
        .replace(/^smtp[:=]/i, '') ?? '';
    if (isSmtp(plain)) return plain;
  }
  return undefined;
}

/** A name of the machine's own, as `root` writes; the original had no more. */
function localName({ type, email }: AddressFacts): string | undefined {
  const isLocal = /^smtp$/i.test(type ?? '') && /^[\w.!#$%&'*+=^{|}~-]{1,64}$/.test(email ?? '');
  return isLocal ? email! : undefined;
}

/** Written so that no quoting is needed; international ones too (RFC 6532). Not one that hides another (`IMCEAEX-…`). */
export function isSmtp(text: string): boolean {
  if (text.length > 320 || /^imcea/i.test(text)) return false;
  return /^(?:[\w.!#$%&'*+/=?^`{|}~\x80-\u{10ffff}-]+|"[^"\\\x00-\x1f\x7f]+")@(?:[\p{L}\p{N}\p{M}_.-]+|\[[\w.:]+\])$/u.test(
    text,
  );
}

/**
 * The address inside `IMCEASMTP-user+40domain+2Ecom@host`, and inside an X.500 name that ends in
 * `…=SMTP:user@domain` or `cn=user@domain`.
 */
function imceaAddress(email: string | null): string | null {
  if (email === null) return null;
  const imcea = /^imceasmtp-([^@]+)@/i.exec(email)?.[1];
  if (imcea !== undefined) return unescaped(imcea);
  return /[=:;]smtp:([^;/]+@[^;/]+)/i.exec(email)?.[1] ?? /\/cn=([^/=@]+@[^/=@]+)$/i.exec(email)?.[1] ?? null;
}

function unescaped(text: string): string {
  return text
    .replace(/_/g, '/')
    .replace(/\+([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The same address always gets the same stand-in. */
function standIn({ email, name, type }: AddressFacts): string {
  const text = email ?? name ?? '';
  // Exchange puts a number in front of the name.
  const last = (/(?:^|[/=;])cn=([^/=;]+)$/i.exec(text)?.[1] ?? text).replace(/^[0-9a-f]{32}-/i, '');
  const local = last
    .normalize('NFKD')
    .replace(/[^\w.+-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[.-]+|[.-]+$/g, '')
    .toLowerCase()
    .slice(0, 60)
    .replace(/[.-]+$/, '');
  const kind = (type ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '');
  return `${local === '' ? 'unknown' : local}@${kind === 'ex' || kind === '' ? 'exchange' : kind.slice(0, 20)}.invalid`;
}

/** PidTagSentRepresenting…: whose message it is. */
export function fromOf(values: Values, book: AddressBook): Address | null {
  const facts = {
    name: values.text(PidTag.SentRepresentingName),
    type: values.text(PidTag.SentRepresentingAddressType),
    email: values.text(PidTag.SentRepresentingEmailAddress),
    smtp: values.text(PidTag.SentRepresentingSmtpAddress) ?? writerOf(values, PidTag.SentRepresentingName),
    searchKey: values.bytes(PidTag.SentRepresentingSearchKey),
    entryId: values.bytes(PidTag.SentRepresentingEntryId),
  };
  return facts.name === null && facts.email === null && facts.smtp === null
    ? null
    : addressOf(facts, book, values);
}

/** PidTagSender…: who sent it. */
export function senderOf(values: Values, book: AddressBook): Address | null {
  const facts = {
    name: values.text(PidTag.SenderName),
    type: values.text(PidTag.SenderAddressType),
    email: values.text(PidTag.SenderEmailAddress),
    smtp: values.text(PidTag.SenderSmtpAddress) ?? writerOf(values, PidTag.SenderName),
    searchKey: values.bytes(PidTag.SenderSearchKey),
    entryId: values.bytes(PidTag.SenderEntryId),
  };
  return facts.name === null && facts.email === null && facts.smtp === null
    ? null
    : addressOf(facts, book, values);
}

/** Exchange keeps who made and who changed an item: the address of somebody of the same name. */
function writerOf(values: Values, nameId: number): string | null {
  const name = values.text(nameId);
  if (name === null) return null;
  if (values.text(PidTag.CreatorName) === name) return values.text(PidTag.CreatorSmtpAddress);
  return values.text(PidTag.LastModifierName) === name ? values.text(PidTag.LastModifierSmtpAddress) : null;
}

/** More are noted and left out. */
const RECIPIENTS_MAX = 20_000;
/** MS-OXOMSG §2.2.3.1: the low bits; the others say how sending went. */
const ROLES: readonly (RecipientRole | undefined)[] = [undefined, 'to', 'cc', 'bcc'];

const EVERY_ROLE: readonly RecipientRole[] = ['to', 'cc', 'bcc'];

export function recipientsOf(
  item: Item,
  book: AddressBook,
  of: Values,
  wanted: readonly RecipientRole[] = EVERY_ROLE,
): Recipient[] {
  const recipients: Recipient[] = [];
  of.notes.unlessDamaged('recipients-lost', 'the list of recipients', () => {
    for (const bag of item.recipients()) {
      if (recipients.length >= RECIPIENTS_MAX) {
        of.notes.add('recipients-lost', `more than ${RECIPIENTS_MAX} recipients: the rest was left out`);
        return;
      }
      const values = new Values(bag, of.codePage, of.notes, 'recipients-lost');
      const role = ROLES[(values.number(PidTag.RecipientType) ?? 1) & 0xf];
      // 0 is the originator.
      if (role === undefined || !wanted.includes(role)) continue;
      const address = addressOf(recipientFacts(values), book, values);
      if (address !== null) recipients.push({ ...address, role });
    }
  });
  return recipients;
}

export function recipientFacts(values: Values): AddressFacts {
  return {
    name: values.text(PidTag.DisplayName) ?? values.text(PidTag.RecipientDisplayName),
    type: values.text(PidTag.AddressType),
    email: values.text(PidTag.EmailAddress),
    smtp: values.text(PidTag.SmtpAddress),
    searchKey: values.bytes(PidTag.SearchKey),
    entryId: values.bytes(PidTag.EntryId),
  };
}

/** The same person, as far as can be told: one may be known by two stand-ins. */
export function isSamePerson(one: Address, other: Address): boolean {
  if (one.address.toLowerCase() === other.address.toLowerCase()) return true;
  return /\.invalid$/.test(one.address) && /\.invalid$/.test(other.address) && one.name === other.name;
}

/** `Name <address>`; an address in other letters than ASCII as it is, in UTF-8 (RFC 6532). */
export function mailboxText({ name, address }: Address): string {
  return name === '' ? address : `${phrase(name)} <${address}>`;
}

/** One on each line: long lists stay within the length of lines. */
export function listText(addresses: readonly Address[]): string {
  return addresses.map(mailboxText).join(`,${CRLF} `);
}
