import { hash } from 'node:crypto';

/**
 * The first lines of a message as it lies in an mbox: the separator line and the header, read once for all that is
 * kept of them. Works on bytes; a line is made a string only when its field matters.
 */
export interface Head {
  /** Index of the first byte after the separator line. */
  start: number;
  /** Index of the first byte of the body; where there is none, the end of what was looked at. */
  body: number;
  /** Whether the header was seen to end (an empty line). */
  ended: boolean;
  /** 12 hex digits over separator line and header without the fields that mail programs rewrite in place. */
  digest: string;
  /** As IMAP spells them, sorted. */
  marks: string[];
  /** Thunderbird has fetched only the beginning of it (POP3). */
  partial: boolean;
  /** Of `Content-Length`, when there is exactly one sound one. */
  contentLength: number | null;
}

/** A header beyond this is read on as text: no field after it is looked at. */
export const HEAD_MAX_BYTES = 128 * 1024;
/** How much of the head the digest covers. */
const DIGEST_MAX_BYTES = 8 * 1024;

const LF = 10;
const CR = 13;
const COLON = 58;

/** Rewritten in place or added by programs that keep mbox files; a message stays the same message when they change. */
const VOLATILE = new Set([
  'status',
  'x-status',
  'x-keywords',
  'x-uid',
  'x-imap',
  'x-imapbase',
  'content-length',
  'lines',
  'x-mozilla-status',
  'x-mozilla-status2',
  'x-mozilla-keys',
]);
const VOLATILE_MAX_CHARS = 18;

/**
 * Reads the head of the message whose separator line begins at `at`. Nothing at or after `end` is looked at.
 * `stopsAt(index)` is asked at every line that begins with `F` whether the next separator is there.
 */
export function readHead(bytes: Buffer, at: number, end: number, stopsAt: (index: number) => boolean): Head {
  const start = lineAfter(bytes, at, end);
  const limit = Math.min(end, at + HEAD_MAX_BYTES);
  const fields: Fields = { status: '', mozilla: null, keywords: [], contentLength: [], inKeywords: false };
  const steady: [number, number][] = [[at, start]];
  let line = start;
  let ended = false;
  let skipping = false;
  while (line < limit) {
    const next = lineAfter(bytes, line, limit);
    const first = bytes[line]!;
    if (first === LF || (first === CR && bytes[line + 1] === LF)) {
      ended = true;
      line = next;
      break;
    }
    if (first === 70 && stopsAt(line)) break;
    // A folded line (RFC 5322 §2.2.3) belongs to the field before it.
    if (first !== 32 && first !== 9) skipping = note(bytes, line, next, fields);
    else if (fields.inKeywords) fields.keywords.push(...wordsOf(bytes, line, next));
    if (!skipping) extend(steady, line, next);
    line = next;
  }
  const [contentLength = null, ...others] = fields.contentLength;
  return {
    start,
    body: line,
    ended,
    digest: digestOf(bytes, steady),
    marks: marksOf(fields),
    partial: ((fields.mozilla ?? 0) & PARTIAL) !== 0,
    contentLength: others.length === 0 ? contentLength : null,
  };
}

interface Fields {
  status: string;
  /** The low half from `X-Mozilla-Status`, the high half from `X-Mozilla-Status2`. */
  mozilla: number | null;
  keywords: string[];
  /** The line before was, or went on, a field of keywords: Thunderbird folds it. */
  inKeywords: boolean;
  contentLength: number[];
}

/** Index after the line end of the line at `at`; `end` when the line does not end. */
export function lineAfter(bytes: Buffer, at: number, end: number): number {
  const lf = bytes.indexOf(LF, at);
  return lf === -1 || lf >= end ? end : lf + 1;
}

/** Keeps what the field tells; true when the field is a volatile one. */
function note(bytes: Buffer, line: number, next: number, fields: Fields): boolean {
  const first = bytes[line]! | 32;
  fields.inKeywords = false;
  // s, x, c, l: no other letter begins a field of ours.
  if (first !== 115 && first !== 120 && first !== 99 && first !== 108) return false;
  const colon = bytes.subarray(line, Math.min(next, line + VOLATILE_MAX_CHARS)).indexOf(COLON);
  if (colon === -1) return false;
  const name = bytes
    .toString('latin1', line, line + colon)
    .toLowerCase()
    .trimEnd();
  if (!VOLATILE.has(name)) return false;
  const value = bytes.toString('latin1', line + colon + 1, Math.min(next, line + 1000)).trim();
  if (name === 'status' || name === 'x-status')
    fields.status += name === 'status' ? value.toLowerCase() : value;
  else if (name === 'x-mozilla-status' && /^[0-9a-f]{4}$/i.test(value))
    fields.mozilla = ((fields.mozilla ?? 0) & HIGH_HALF) | Number.parseInt(value, 16);
  else if (name === 'x-mozilla-status2' && /^[0-9a-f]{8}$/i.test(value))
    fields.mozilla = ((fields.mozilla ?? 0) & LOW_HALF) | (Number.parseInt(value, 16) & HIGH_HALF);
  else if (name === 'x-keywords' || name === 'x-mozilla-keys') {
    fields.keywords.push(...value.split(BLANKS));
    fields.inKeywords = true;
  } else if (name === 'content-length' && /^\d{1,15}$/.test(value)) fields.contentLength.push(+value);
  return true;
}

/** Not `\s`: in Latin-1 that takes UTF-8 apart (`à` ends in a no-break space). */
const BLANKS = /[ \t\r\n]+/;

/** At most as much of a line as of any other field. */
function wordsOf(bytes: Buffer, line: number, next: number): string[] {
  return bytes.toString('latin1', line, Math.min(next, line + 1000)).split(BLANKS);
}

function extend(ranges: [number, number][], from: number, to: number): void {
  const last = ranges[ranges.length - 1]!;
  if (last[1] === from) last[1] = to;
  else ranges.push([from, to]);
}

function digestOf(bytes: Buffer, ranges: readonly [number, number][]): string {
  let left = DIGEST_MAX_BYTES;
  const pieces: Buffer[] = [];
  for (const [from, to] of ranges) {
    if (left === 0) break;
    const piece = bytes.subarray(from, Math.min(to, from + left));
    left -= piece.length;
    pieces.push(piece);
  }
  return hash('sha256', pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), 'hex').slice(0, 12);
}

/** Letters of `Status` (lower case here) and `X-Status`. */
const LETTERS: Record<string, string> = {
  r: '\\Seen',
  A: '\\Answered',
  F: '\\Flagged',
  T: '\\Draft',
  D: '\\Deleted',
};
/** Bits of `X-Mozilla-Status` (below) and `X-Mozilla-Status2` (from 0x10000): Thunderbird's nsMsgMessageFlags. */
const BITS: [number, string][] = [
  [0x0001, '\\Seen'],
  [0x0002, '\\Answered'],
  [0x0004, '\\Flagged'],
  [0x0008, '\\Deleted'],
  [0x1000, '$Forwarded'],
  [0x200000, '\\Deleted'],
  [0x800000, '$MDNSent'],
];
const PARTIAL = 0x0400;
const LOW_HALF = 0xffff;
const HIGH_HALF = 0x7fff0000;
/** One of five labels as a number, before there were tags. */
const LABEL_SHIFT = 25;
const LABELS = 5;
/** A keyword that IMAP can carry: an atom (RFC 9051 §9). */
const KEYWORD = /^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|~[]{1,100}$/;

function marksOf(fields: Fields): string[] {
  if (fields.status === '' && fields.mozilla === null && fields.keywords.length === 0) return [];
  const marks = new Set(fields.keywords.filter((keyword) => KEYWORD.test(keyword)));
  for (const letter of fields.status) if (LETTERS[letter]) marks.add(LETTERS[letter]);
  const bits = fields.mozilla ?? 0;
  for (const [bit, mark] of BITS) if (bits & bit) marks.add(mark);
  const label = (bits >> LABEL_SHIFT) & 7;
  if (label > 0 && label <= LABELS) marks.add(`$Label${label}`);
  return [...marks].sort();
}
