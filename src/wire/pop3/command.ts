import { type Attempt, Trouble } from '../../trouble.ts';

/** Takes the bytes of a multi-line answer (RFC 1939 §3): dots undone, the closing line left out. */
export interface MultiLine {
  /** The first line was `+OK text`. */
  begin(text: string): void;
  /** The piece is used again afterwards. */
  write(piece: Buffer): void;
}

/**
 * One command. Each method runs inside the reading of the socket: it must be quick and must not throw anything but a
 * Trouble.
 */
export interface Command<T> {
  tried: Attempt;
  /** On what, for people; empty for the server itself. */
  on: string;
  /** Without CRLF, one character per byte. */
  line: string;
  /** The server may be silent for longer: it locks or reads the maildrop. */
  slow?: boolean;
  /** Where the lines behind the `+OK` go; left out: there are none. */
  lines?: MultiLine;
  /** `+ text` (AUTH): what to answer, without CRLF. */
  challenge?(text: string): string;
  /** `+OK text`, and the last of its lines has come. */
  done(text: string): T;
  /** It will never end well: called once, instead of `done`. */
  failed?(error: unknown): void;
}

/** A word or text of ours in a command line. Throws `denied`: what cannot be sent here are names and passwords. */
export function sendable(text: string): string {
  if (/[\r\n\0]/.test(text)) {
    const answer = 'not sent: a line break or NUL in a name or password';
    throw new Trouble('denied', { tried: 'sign-in', on: '', answer });
  }
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** A message number is digits only (RFC 1939 §5). A number that is none is a bug of ours. */
export function messageNumber(number: number): string {
  if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`no message number: ${number}`);
  return String(number);
}
