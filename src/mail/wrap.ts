/** The last rung: a small valid message that carries the refused one untouched, as a file. */
import { firstMailbox } from './address.ts';
import { parseDate } from './date.ts';
import { FieldNames, scanHeader } from './header.ts';
import { subjectText } from './kin.ts';
import { encodeUnicode } from './repair-header.ts';
import { base64Lines } from './repair-parts.ts';

export interface WrapFacts {
  /** `Identity.exact` of the message to be wrapped. */
  exact: string;
  /** Decoded; left out: the message's own. */
  subject?: string | null;
  /** As in a From field; left out: the message's own. */
  from?: string | null;
  /** Milliseconds since 1970; left out: the message's own. */
  date?: number | null;
}

const NAMES = new FieldNames(['date', 'from', 'subject']);
const MARK = new FieldNames(['x-malleposte-original']);
const SUBJECT_MAX_CHARS = 200;
const NOBODY = 'unknown@malleposte.invalid';

const TEXT = `The mailbox did not accept this message as it was. The original is attached, unchanged.
La boite aux lettres n'a pas accepte ce message tel quel. L'original est joint, inchange.
`.replaceAll('\n', '\r\n');

/** The same bytes for the same input. */
export function wrap(bytes: Uint8Array, facts: WrapFacts): Buffer {
  const [date, from, subject] = scanHeader(bytes, NAMES).values;
  const boundary = `malleposte-${facts.exact.slice(0, 32)}`;
  const ownDate = date === undefined ? null : parseDate(date);
  const ownSubject = subject === undefined ? '' : subjectText(subject);
  const head = [
    `Date: ${dateText(facts.date ?? ownDate ?? 0)}`,
    `From: ${sender(facts.from ?? from ?? '')}`,
    `Subject: ${text((facts.subject ?? ownSubject).slice(0, SUBJECT_MAX_CHARS))}`,
    `Message-ID: <${facts.exact.slice(0, 40)}@malleposte.invalid>`,
    `X-Malleposte-Original: sha256=${facts.exact}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    TEXT,
    `--${boundary}`,
    'Content-Type: application/octet-stream; name="original.eml"',
    'Content-Disposition: attachment; filename="original.eml"',
    'Content-Transfer-Encoding: base64',
    '',
    '',
  ].join('\r\n');
  return Buffer.concat([
    Buffer.from(head, 'latin1'),
    ...base64Lines(bytes),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** Whether a message is one that `wrap` made, and around what. */
export function unwrap(bytes: Uint8Array): { exact: string } | null {
  const value = scanHeader(bytes, MARK).values[0];
  const exact = value === undefined ? undefined : /^sha256=([0-9a-f]{64})$/.exec(value)?.[1];
  return exact === undefined ? null : { exact };
}

function text(value: string): string {
  const plain = value
    .replace(/[\s\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .toWellFormed();
  return /^[\x20-\x7e]*$/.test(plain) && !plain.includes('=?') ? plain : encodeUnicode(plain);
}

/** A From field that any server takes; an address that is none is left out. */
function sender(value: string): string {
  const mailbox = firstMailbox(value);
  const usable = mailbox !== null && /^[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+$/.test(mailbox.address);
  const address = usable ? mailbox.address : NOBODY;
  const name = (usable || mailbox === null ? mailbox?.name : mailbox.name || mailbox.address) ?? '';
  if (name === '') return address;
  const plain = /^[\w ]+$/.test(name) ? name : text(name);
  return `${/^[\w ]+$/.test(plain) || plain.startsWith('=?') ? plain : encodeUnicode(plain)} <${address}>`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 5322 §3.3, in UTC. */
export function dateText(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day} ${String(date.getUTCFullYear()).padStart(4, '0')} ${time} +0000`;
}
