import { hash } from 'node:crypto';
import type { Head } from '../../formats/mbox/index.ts';
import { unfolded } from '../../mail/header.ts';

/** What Takeout wrote around a message. */
export interface TakeoutHead {
  /** Bytes of its own fields, in front of the first field of the message: to be left out. */
  strip: number;
  /** Value of `X-Gmail-Labels`, unfolded, a binary string; null when there is none in front. */
  labels: string | null;
  /** Google's number of the message (X-GM-MSGID), from the separator line; empty when the line is of another form. */
  id: string;
  /** Of the header of the message, Takeout's fields left out: labels change, the message does not. */
  digest: string;
}

const LF = 10;
const CR = 13;
const OWN_FIELD = /^x-(gm-thrid|gmail-labels)[ \t]*:/i;
const OWN_FIELD_MAX_CHARS = 40;
const DIGEST_MAX_BYTES = 8 * 1024;

const SEPARATOR = /^From (\d{1,20})@xxx[ \t]/;
const SEPARATOR_MAX_CHARS = 40;

/** Whether a separator line is of the form that only Takeout writes. */
export function isTakeoutLine(line: string): boolean {
  return SEPARATOR.test(line);
}

/**
 * Reads the head of the message whose separator line is at `at`. Takeout puts `X-GM-THRID` and `X-Gmail-Labels`, each
 * once, in front of the header that the message came with.
 */
export function readTakeoutHead(
  bytes: Buffer,
  at: number,
  { start, body, ended }: Pick<Head, 'start' | 'body' | 'ended'>,
): TakeoutHead {
  // Without the empty line, which after a message that is all header belongs to the mbox and not to the message.
  const end = ended ? body - (bytes[body - 2] === CR ? 2 : 1) : body;
  let labels: string | null = null;
  let line = start;
  const met = new Set<string>();
  while (line < end) {
    const name = OWN_FIELD.exec(bytes.toString('latin1', line, Math.min(end, line + OWN_FIELD_MAX_CHARS)));
    const field = (name?.[1] ?? '').toLowerCase();
    if (name === null || met.has(field)) break;
    met.add(field);
    const next = fieldEnd(bytes, line, end);
    if (field === 'gmail-labels') labels = unfolded(bytes, line + name[0].length, next);
    line = next;
  }
  const separator = SEPARATOR.exec(bytes.toString('latin1', at, Math.min(start, at + SEPARATOR_MAX_CHARS)));
  const digest = hash('sha256', bytes.subarray(line, Math.min(end, line + DIGEST_MAX_BYTES)), 'hex');
  return { strip: line - start, labels, id: separator?.[1] ?? '', digest: digest.slice(0, 24) };
}

/** After the line end of the field at `line`, its folded lines included (RFC 5322 §2.2.3). */
function fieldEnd(bytes: Buffer, line: number, end: number): number {
  let at = line;
  do {
    const lf = bytes.indexOf(LF, at);
    if (lf === -1 || lf >= end) return end;
    at = lf + 1;
  } while (at < end && (bytes[at] === 32 || bytes[at] === 9));
  return at;
}
