import { hash } from 'node:crypto';
import { firstMailbox } from './address.ts';
import { parseDate } from './date.ts';
import { decodeWords } from './encoded-word.ts';

/** More of a value than this is not looked at, on either side. */
const VALUE_MAX_CHARS = 10_000;

/**
 * The digest of date, sender and subject, each normalised: UTC seconds, addr-spec in lower case, text in NFC with white
 * space collapsed. What is missing or nonsense is empty. Date and sender are binary strings as they stand in the header;
 * the subject comes from `subjectText`.
 */
export function kinOf(date: string | undefined, from: string | undefined, subject: string): string {
  const ms = date === undefined ? null : parseDate(date);
  const seconds = ms === null ? '' : String(Math.floor(ms / 1000));
  const sender = from === undefined ? null : firstMailbox(from.slice(0, VALUE_MAX_CHARS));
  // A line end cannot occur in any of the three.
  return hash('sha256', `${seconds}\n${sender?.address.toLowerCase() ?? ''}\n${subject}`, 'hex');
}

/** A subject decoded, in NFC, white space collapsed. */
export function subjectText(value: string): string {
  const decoded = decodeWords(value.slice(0, VALUE_MAX_CHARS));
  return decoded
    .normalize('NFC')
    .replace(/[\s\x00]+/g, ' ')
    .trim();
}
