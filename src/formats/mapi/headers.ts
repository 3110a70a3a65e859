/** The header of a message: as it came where the file kept that, else built from properties (MS-OXCMAIL §2.1). */
import { dateText } from '../../mail/wrap.ts';
import {
  type Address,
  type AddressBook,
  addressBook,
  fromOf,
  isSamePerson,
  listText,
  mailboxText,
  type Recipient,
  recipientsOf,
  senderOf,
} from './addresses.ts';
import { CRLF, headerText, oneLine } from './encode.ts';
import { entryAddress, entryList } from './entry-id.ts';
import type { Item } from './item.ts';
import { MessageFlag, PidTag } from './properties.ts';
import type { Transport } from './transport.ts';
import type { Values } from './values.ts';

/** A list of addresses longer than this is cut, and noted: headers of megabytes are refused everywhere. */
const LIST_MAX_CHARS = 200_000;

/** Each field with its line end; a binary string. Without the fields that tell of the body. */
export function headerOf(item: Item, values: Values, transport: Transport): string {
  const present = new Set(transport.fields.map(({ name }) => name));
  const book = addressBook(
    transport.fields.filter(({ name }) => ADDRESSED.test(name)).map(({ value }) => value),
  );
  const built = [
    ...(present.has('from') ? [] : originators(values, book, present)),
    ...recipients(item, values, book, present),
    ...(transport.fields.length > 0 ? [] : replyTo(values, book)),
    ...(transport.fields.length > 0 ? essentials(values, present) : facts(values, present)),
  ].filter(([name]) => !present.has(name.toLowerCase()));
  const lines = transport.fields.map(({ text }) => text);
  for (const [name, value] of built) {
    lines.push(`${name}: ${Buffer.from(value, 'utf8').toString('latin1')}`);
  }
  return lines.map((line) => line + CRLF).join('');
}

const ADDRESSED = /^(from|sender|to|cc|bcc|reply-to)$/;

type BuiltField = readonly [name: string, value: string];

function originators(values: Values, book: AddressBook, present: ReadonlySet<string>): BuiltField[] {
  const represented = fromOf(values, book);
  const sender = senderOf(values, book);
  const from = represented ?? sender;
  if (from === null) {
    // None is made up: with one the message would not be known for the same as its original.
    if (!isDraft(values)) values.notes.add('sender-unknown', 'no sender is known: none was written');
    return [];
  }
  const fields: BuiltField[] = [['From', mailboxText(from)]];
  if (sender !== null && !isSamePerson(sender, from) && !present.has('sender'))
    fields.push(['Sender', mailboxText(sender)]);
  return fields;
}

export function isDraft(values: Values): boolean {
  return ((values.number(PidTag.MessageFlags) ?? 0) & MessageFlag.Unsent) !== 0;
}

/** Transport headers name everybody but the blind copies. */
function recipients(
  item: Item,
  values: Values,
  book: AddressBook,
  present: ReadonlySet<string>,
): BuiltField[] {
  const named = present.has('to') || present.has('cc') || present.has('bcc');
  const all = recipientsOf(item, book, values, named ? ['bcc'] : undefined);
  const fields: BuiltField[] = [];
  for (const [name, role] of [
    ['To', 'to'],
    ['Cc', 'cc'],
    ['Bcc', 'bcc'],
  ] as const) {
    if (named && role !== 'bcc') continue;
    const list = all.filter((recipient) => recipient.role === role);
    if (list.length > 0) fields.push([name, shortened(list, values)]);
    else if (!named) fields.push(...shownOnly(name, role, all, values));
  }
  return fields;
}

/** Drafts may name people that were never looked up; then only the text that was shown is there. */
function shownOnly(
  name: string,
  role: Recipient['role'],
  all: readonly Recipient[],
  values: Values,
): BuiltField[] {
  const shown = values.text({ to: PidTag.DisplayTo, cc: PidTag.DisplayCc, bcc: PidTag.DisplayBcc }[role]);
  const names = all.length > 0 || shown === null ? [] : oneLine(shown).split(/\s*;\s*/);
  const addresses = names.filter((one) => /^[^\s@<>]+@[^\s@<>]+$/.test(one));
  return addresses.length === 0
    ? []
    : [
        [
          name,
          shortened(
            addresses.map((address) => ({ name: '', address })),
            values,
          ),
        ],
      ];
}

function shortened(list: readonly Address[], values: Values): string {
  let text = listText(list);
  for (let count = list.length; text.length > LIST_MAX_CHARS; ) {
    count = Math.min(count - 1, Math.floor((count * LIST_MAX_CHARS) / text.length));
    text = listText(list.slice(0, count));
    values.notes.add('recipients-lost', 'the list of recipients was too long and was cut');
  }
  return text;
}

function replyTo(values: Values, book: AddressBook): BuiltField[] {
  const entries = values.bytes(PidTag.ReplyRecipientEntries);
  if (entries === null) return [];
  const names = (values.text(PidTag.ReplyRecipientNames) ?? '').split(';');
  const addresses: Address[] = [];
  for (const [index, id] of entryList(entries).entries()) {
    const entry = entryAddress(id);
    const name = names[index]?.trim() || entry?.name || '';
    const address = /@/.test(entry?.email ?? '') ? entry!.email.trim() : book.get(name.toLowerCase());
    if (address !== undefined && !/[\s<>,;"]/.test(address)) {
      addresses.push({ name: name === address ? '' : name, address });
    }
  }
  return addresses.length === 0 ? [] : [['Reply-To', shortened(addresses, values)]];
}

const IMPORTANCE: readonly (string | undefined)[] = ['low', undefined, 'high'];
const SENSITIVITY: readonly (string | undefined)[] = [
  undefined,
  'Personal',
  'Private',
  'Company-Confidential',
];

/** What any message has; the rest a header that came with it would have, if the message had it. */
function essentials(values: Values, present: ReadonlySet<string>): BuiltField[] {
  return written([
    ['Subject', textField(subjectOf(values))],
    ['Date', present.has('date') ? null : dateField(values)],
    // None is made up: one that the original lacks would set the two apart.
    ['Message-ID', ids(values.text(PidTag.InternetMessageId), 1)],
  ]);
}

function facts(values: Values, present: ReadonlySet<string>): BuiltField[] {
  const more = written([
    ['In-Reply-To', ids(values.text(PidTag.InReplyToId), 100)],
    ['References', ids(values.text(PidTag.InternetReferences), 1000)],
    ['Thread-Topic', textField(values.text(PidTag.ConversationTopic))],
    ['Thread-Index', threadIndex(values.bytes(PidTag.ConversationIndex))],
    ['Importance', IMPORTANCE[values.number(PidTag.Importance) ?? 1]],
    ['Sensitivity', SENSITIVITY[values.number(PidTag.Sensitivity) ?? 0]],
  ]);
  return [...essentials(values, present), ...more];
}

function written(fields: readonly (readonly [string, string | null | undefined])[]): BuiltField[] {
  return fields.flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, value] as const],
  );
}

function textField(text: string | null): string | null {
  const value = text === null ? '' : headerText(text);
  return value === '' ? null : value;
}

/** The prefix of the subject is told apart by a control character and its length (MS-PST §2.5.3.1.1.1). */
export function subjectOf(values: Values): string | null {
  const subject = values.text(PidTag.Subject);
  if (subject !== null) return subject.charCodeAt(0) === 1 ? subject.slice(2) : subject;
  const normalized = values.text(PidTag.NormalizedSubject);
  return normalized === null ? null : (values.text(PidTag.SubjectPrefix) ?? '') + normalized;
}

function dateField(values: Values): string | null {
  const told =
    values.time(PidTag.ClientSubmitTime) ??
    values.time(PidTag.MessageDeliveryTime) ??
    // A draft has only when it was written.
    (isDraft(values) ? values.time(PidTag.LastModificationTime) : null);
  const ms = told ?? values.time(PidTag.CreationTime) ?? values.time(PidTag.LastModificationTime);
  if (ms === null) values.notes.add('date-unknown', 'no date is known: none was written');
  else if (told === null) values.notes.add('date-made', 'when it was sent is not known');
  return ms === null ? null : dateText(ms);
}

/** `<a@b> <c@d>`, one on each line. */
function ids(text: string | null, max: number): string | null {
  if (text === null) return null;
  const plain = text.replace(/[^\x20-\x7e]+/g, ' ');
  const bracketed = plain.match(/<[^<>\s]{1,900}>/g);
  if (bracketed !== null) return bracketed.slice(0, max).join(`${CRLF} `);
  const bare = plain.split(/[\s<>,]+/).filter((id) => id !== '' && id.length <= 900);
  return bare.length === 0
    ? null
    : bare
        .slice(0, max)
        .map((id) => `<${id}>`)
        .join(`${CRLF} `);
}

const THREAD_INDEX_MAX_BYTES = 660;

function threadIndex(bytes: Uint8Array | null): string | null {
  if (bytes === null || bytes.length < 22 || bytes.length > THREAD_INDEX_MAX_BYTES) return null;
  return Buffer.from(bytes)
    .toString('base64')
    .replace(/.{70}(?=.)/g, `$&${CRLF} `);
}
