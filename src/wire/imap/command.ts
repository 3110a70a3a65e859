import { type Attempt, Trouble } from '../../trouble.ts';
import type { BodySink } from '../body.ts';
import type { FetchData } from './fetch-data.ts';
import { LIMITS } from './limits.ts';
import type { Status, Untagged } from './parser.ts';

/** Where the writer stops until the server says `+` (a synchronising literal, RFC 9051 §4.3). */
export const CONTINUE = Symbol('continue');

/** What a command puts on the wire: text that is known to be safe, or one character per byte; or bytes; or a stop. */
export type Piece = string | Uint8Array | typeof CONTINUE;

/** A part of a command line: safe text, or a string that needs a literal. */
export type Part = string | { literal: Uint8Array };

/** How literals may be sent on this connection. */
export interface LiteralRules {
  /** Whether a literal of so many bytes goes without waiting (RFC 7888 LITERAL+, LITERAL-). */
  nonSynchronising(bytes: number): boolean;
}

/**
 * One command. The connection sends it, hands it the data that belongs to it and ends it with the tagged answer.
 * Each method runs inside the reading of the socket: it must be quick and must not throw anything but a Trouble.
 */
export interface Command<T> {
  tried: Attempt;
  /** On what, for people: the mailbox as shown; empty for the server itself. */
  on: string;
  /** Everything between the tag and the last CRLF. */
  pieces(rules: LiteralRules): Iterable<Piece>;
  /** SELECT, EXAMINE: takes data only as the oldest command, and what runs behind it gets none until it has ended. */
  barrier?: boolean;
  /** FETCH, STORE, SEARCH and the like: void when the SELECT it was sent behind fails. */
  inMailbox?: boolean;
  /** An APPEND: the server may be silent for longer. */
  slow?: boolean;
  /** Untagged data other than FETCH; true when it was for this command. */
  data?(data: Untagged): boolean;
  /** `* OK [CODE …]`; true when it was for this command. */
  status?(status: Status): boolean;
  /** A FETCH response; true when it was for this command. Whoever takes it ends its body sink. */
  fetch?(data: FetchData): boolean;
  /** A body begins: where to pour it. */
  body?(length: number): BodySink<unknown> | null;
  /** A FETCH response could not be read; true when the command can do without it. */
  unreadable?(trouble: Trouble): boolean;
  /** `+ text` that no literal waits for (AUTHENTICATE): what to answer, without CRLF. */
  challenge?(text: string): string;
  /** The tagged OK. */
  done(status: Status): T;
  /** It will never end well: called once, instead of `done`. */
  failed?(error: unknown): void;
}

/** A command line of safe words and strings. Text with CR, LF or NUL never leaves (RFC 9051 §9: none of these is an atom). */
export function* spell(parts: readonly Part[], rules: LiteralRules): Generator<Piece> {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const waits = !rules.nonSynchronising(part.literal.length);
    yield `${checked(text)}{${part.literal.length}${waits ? '' : '+'}}\r\n`;
    if (waits) yield CONTINUE;
    yield part.literal;
    text = '';
  }
  if (text !== '') yield checked(text);
}

function checked(text: string): string {
  if (/[\r\n\0]/.test(text)) throw unsendable('a line break or NUL in a command', '');
  return text;
}

/**
 * A string of the other side's or the user's: quoted when that is safe everywhere (printable ASCII, below 200 bytes,
 * no quote or backslash: some servers mishandle the escapes), else a literal. `text` has one character per byte.
 * Throws `refused` for NUL (no IMAP string can hold it) and for more than 64 KiB.
 */
export function astring(text: string, on = ''): Part {
  if (/^[\x20-\x21\x23-\x5b\x5d-\x7e]{0,200}$/.test(text)) return `"${text}"`;
  if (text.includes('\0')) throw unsendable('NUL in a string', on);
  if (text.length > LIMITS.argumentBytes) throw unsendable('a string above 64 KiB', on);
  return { literal: Buffer.from(text, 'latin1') };
}

/** The same for Unicode text: sent as UTF-8. */
export function unicode(text: string, on = ''): Part {
  return astring(Buffer.from(text, 'utf8').toString('latin1'), on);
}

/** A set of UIDs is digits, `,`, `:` and `*` only. Throws `refused`. */
export function checkedSet(set: string): string {
  if (!/^(\d{1,10}|\*)(:(\d{1,10}|\*))?(,(\d{1,10}|\*)(:(\d{1,10}|\*))?)*$/.test(set))
    throw unsendable('no set of UIDs', '');
  return set;
}

export function unsendable(what: string, on: string): Trouble {
  return new Trouble('refused', { tried: 'converse', on, answer: `not sent: ${what}` });
}
