import { Trouble } from '../trouble.ts';

/** Why a text is no text for the records; the `answer` of the Trouble. */
export type TextCode =
  | 'text-empty'
  | 'text-too-long'
  /** Control characters, or half of a character. */
  | 'text-not-clean'
  /** More entries than a list may have. */
  | 'too-many'
  /** An address of an account with a password in it. */
  | 'password-in-address';

const LINE_MAX_CHARS = 500;
const NOTE_MAX_CHARS = 10_000;
const ADDRESS_MAX_CHARS = 2_000;
const LIST_MAX = 100_000;
const DEPTH_MAX = 4;

/** Those that people write in several lines. */
const NOTES: ReadonlySet<string> = new Set(['rollBackNote', 'note', 'reason']);
const NEVER_EMPTY: ReadonlySet<string> = new Set(['name', 'address', 'user', 'gate', 'by', 'reason']);
const LONG: ReadonlySet<string> = new Set(['address', 'targetTemplate']);

/**
 * Looks through what somebody entered, every text in it. `on` of the Trouble is the field.
 *
 * @throws Trouble `malformed` (`write-record`), with a `TextCode`
 */
export function checkEntered(fields: object): void {
  for (const [field, value] of Object.entries(fields)) checkValue(field, value, 0);
}

function checkValue(field: string, value: unknown, depth: number): void {
  if (typeof value === 'string') checkText(field, value);
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEPTH_MAX) throw malformed(field, 'too-many');
  if (!Array.isArray(value)) {
    for (const [inner, one] of Object.entries(value)) checkValue(inner, one, depth + 1);
    return;
  }
  if (value.length > LIST_MAX) throw malformed(field, 'too-many');
  for (const one of value) checkValue(field, one, depth + 1);
}

function checkText(field: string, text: string): void {
  const max = NOTES.has(field) ? NOTE_MAX_CHARS : LONG.has(field) ? ADDRESS_MAX_CHARS : LINE_MAX_CHARS;
  if (text.length > max) throw malformed(field, 'text-too-long');
  const control = NOTES.has(field) ? /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/ : /[\0-\x1f\x7f]/;
  if (control.test(text) || !text.isWellFormed()) throw malformed(field, 'text-not-clean');
  if (NEVER_EMPTY.has(field) && text.trim() === '') throw malformed(field, 'text-empty');
}

/**
 * An address as it may be kept and shown. What stands after the first colon of a user, or where a port should be and is none, is taken
 * for a password.
 *
 * @throws Trouble `malformed` (`write-record`)
 */
export function checkAccountAddress(address: string): void {
  const authority = /^[a-z0-9+.-]+:\/\/([^/?#]*)/i.exec(address)?.[1];
  if (authority === undefined) return;
  const at = authority.lastIndexOf('@');
  const port = /:([^:\]]*)$/.exec(authority.slice(at + 1))?.[1] ?? '';
  if (authority.slice(0, Math.max(at, 0)).includes(':') || /\D/.test(port))
    throw malformed('address', 'password-in-address');
}

const KEPT_MAX_CHARS = 2_000;

/** A text that comes from mail or from a server: cleaned and cut, never refused. */
export function kept(text: string, max = KEPT_MAX_CHARS): string {
  return text
    .replace(/[\0-\x1f\x7f]+/g, ' ')
    .slice(0, max)
    .toWellFormed();
}

/** @throws Trouble `malformed` (`write-record`) when the value is larger than the records take */
export function jsonOf(on: string, value: unknown, maxChars: number): string {
  const text = JSON.stringify(value) ?? 'null';
  if (text.length > maxChars) throw malformed(on, 'text-too-long');
  return text;
}

function malformed(on: string, answer: TextCode): Trouble {
  return new Trouble('malformed', { tried: 'write-record', on, answer });
}
