/** The last rung: a small valid message that carries the refused one untouched, as a file. */
import { firstMailbox } from './address.ts';
import { parseDate } from './date.ts';
import { asBuffer, FieldNames, scanHeader } from './header.ts';
import { identify } from './identity.ts';
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
const NAME_MAX_CHARS = 200;
/** RFC 5321 §4.5.3.1: 64 before the `@`, 255 behind it. */
const ADDRESS_MAX_CHARS = 320;
/** What stands before the wrapped message. */
const ATTACHED = '\r\nContent-Transfer-Encoding: base64\r\n\r\n';
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
  ].join('\r\n');
  return Buffer.concat([
    Buffer.from(`${head}${ATTACHED}`, 'latin1'),
    ...base64Lines(bytes),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** Whether a header says that the message was made by `wrap`. Anybody can write that: only `unwrap` knows. */
export function saysWrapped(head: Uint8Array): boolean {
  return scanHeader(head, MARK).values[0] !== undefined;
}

/**
 * Whether a whole message is one that `wrap` made, and around what. The message inside must have the digest that the
 * header names: otherwise a forged header would make another message count as already there.
 */
export function unwrap(bytes: Uint8Array): { exact: string } | null {
  const exact = /^sha256=([0-9a-f]{64})$/.exec(scanHeader(bytes, MARK).values[0] ?? '')?.[1];
  if (exact === undefined) return null;
  const whole = asBuffer(bytes);
  const start = whole.indexOf(ATTACHED);
  const end = whole.lastIndexOf('\r\n--');
  if (start < 0 || end < start) return null;
  const inside = Buffer.from(whole.toString('latin1', start + ATTACHED.length, end), 'base64');
  return identify(inside, { likely: false }).exact === exact ? { exact } : null;
}

function text(value: string): string {
  const plain = value
    .replace(/[\s\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .toWellFormed();
  return /^[\x20-\x7e]*$/.test(plain) && !plain.includes('=?') ? plain : encodeUnicode(plain);
}

/** A From field that any server takes, never longer than a line; an address that is none is left out. */
function sender(value: string): string {
  const mailbox = firstMailbox(value);
  const short = mailbox !== null && mailbox.address.length <= ADDRESS_MAX_CHARS;
  const usable = short && /^[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+$/.test(mailbox.address);
  const address = usable ? mailbox.address : NOBODY;
  const whole = (usable || mailbox === null ? mailbox?.name : mailbox.name || mailbox.address) ?? '';
  const name = whole.slice(0, NAME_MAX_CHARS);
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
