/**
 * Messages whose attachments Apple Mail keeps beside them (`.partial.emlx`): such a part has its header, a field
 * `X-Apple-Content-Length` and no content.
 */
import { parseParameterised } from '../../mail/encoded-word.ts';
import { type Field, fields, headerEnd, unfolded } from '../../mail/header.ts';
import { malformed } from './file.ts';

/** A part whose content lies elsewhere. Offsets into the message. */
export interface Gap {
  /** Counted as IMAP does (RFC 9051 §6.4.5): `2`, `1.2`; the names of Mail's directories. */
  part: string;
  /** Name of the attachment, where the header tells one. */
  filename: string | null;
  /** Lower case: `base64`, `7bit` …; empty where there is none. */
  encoding: string;
  /** The line of Mail's own field. */
  field: { start: number; end: number };
  /** Between the empty line and the delimiter of the next part. */
  body: { start: number; end: number };
  /** A delimiter follows, and the line end before it belongs to it; else the message ends here. */
  delimited: boolean;
}

/** Mail's own attachments lie outside: what is left is text. */
export const PARTIAL_MAX_BYTES = 32 * 1024 * 1024;
const DEPTH_MAX = 50;
const PARTS_MAX = 1000;
const OUTSIDE = 'x-apple-content-length';
/** As in `mail/mime`: longer lines are no boundary. */
const BOUNDARY_MAX_BYTES = 1000;

/** In order. Throws `malformed` where something is missing that lies nowhere else. */
export function gapsOf(message: Buffer): Gap[] {
  const gaps: Gap[] = [];
  const walk = { message, gaps, parts: 0 };
  const { isMultipart, closed } = part(walk, 0, message.length, '', 0);
  if (gaps.length > 0) return gaps;
  const { body } = headerEnd(message);
  if (isBlank(message, body, message.length)) throw malformed('Mail has fetched the header only');
  if (isMultipart && !closed) throw malformed('Mail has fetched only the beginning');
  return gaps;
}

interface Walk {
  message: Buffer;
  gaps: Gap[];
  parts: number;
}

interface Seen {
  isMultipart: boolean;
  /** The last delimiter was there. */
  closed: boolean;
}

function part(walk: Walk, start: number, end: number, number: string, depth: number): Seen {
  walk.parts += 1;
  if (walk.parts > PARTS_MAX || depth > DEPTH_MAX) throw malformed('more parts than a message has');
  const { message } = walk;
  const bytes = message.subarray(start, end);
  const header = headerEnd(bytes);
  const found = new Map<string, Field>();
  for (const field of fields(bytes, header.end)) {
    const name = field.name.toLowerCase();
    if (!found.has(name)) found.set(name, field);
  }
  const value = (name: string): string => {
    const field = found.get(name);
    return field === undefined ? '' : unfolded(bytes, field.value, field.end);
  };
  const type = parseParameterised(value('content-type'));
  const boundary = type.value.startsWith('multipart/') ? (type.parameters.get('boundary') ?? '') : '';
  const body = start + header.body;
  if (boundary !== '' && boundary.length <= BOUNDARY_MAX_BYTES) {
    const closed = multipart(walk, { start: body, end, boundary, number, depth });
    return { isMultipart: true, closed };
  }
  const outside = found.get(OUTSIDE);
  if (outside !== undefined && isBlank(message, body, end)) {
    const disposition = parseParameterised(value('content-disposition'));
    walk.gaps.push({
      part: number === '' ? '1' : number,
      filename: disposition.parameters.get('filename') ?? type.parameters.get('name') ?? null,
      encoding: value('content-transfer-encoding').toLowerCase(),
      field: { start: start + outside.start, end: start + outside.next },
      body: { start: body, end },
      delimited: end < message.length,
    });
  }
  return { isMultipart: false, closed: true };
}

interface Multipart {
  start: number;
  end: number;
  boundary: string;
  number: string;
  depth: number;
}

/** Answers whether the closing delimiter was there. */
function multipart(walk: Walk, { start, end, boundary, number, depth }: Multipart): boolean {
  const message = walk.message.subarray(0, end);
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  let open = -1;
  let count = 0;
  const close = (at: number): void => {
    if (open !== -1) part(walk, open, at, `${number === '' ? '' : `${number}.`}${count}`, depth + 1);
  };
  for (let at = message.indexOf(delimiter, start); at !== -1; ) {
    const after = at + delimiter.length;
    const lineEnd = message.indexOf(10, after);
    const next = lineEnd === -1 ? end : lineEnd + 1;
    const rest = message.toString('latin1', after, Math.min(next, after + 16)).trimEnd();
    if ((at === start || message[at - 1] === 10) && (rest === '' || rest === '--')) {
      close(at);
      open = next;
      count += 1;
      if (rest === '--') return true;
    }
    at = message.indexOf(delimiter, after);
  }
  close(end);
  return false;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at]! > 32) return false;
  return true;
}

/** Characters in a line of base64, as every mail program writes it (RFC 2045 §6.8 allows no more). */
const LINE_CHARS = 76;
const LINE_BYTES = 57;
const LINES_AT_ONCE = 1024;
/** Pieces of a file are asked for by this size, so that each makes whole lines. */
export const PIECE_BYTES = LINE_BYTES * LINES_AT_ONCE;

/**
 * What Mail had decoded, encoded again as the part's header says. Each piece but the last must have `PIECE_BYTES`. Throws
 * `malformed` for an encoding that is not known.
 */
export function* encoded(
  pieces: Iterable<Uint8Array>,
  { encoding, delimited }: Pick<Gap, 'encoding' | 'delimited'>,
  lineEnd: string,
): Generator<Buffer> {
  if (!['', '7bit', '8bit', 'binary', 'base64', 'quoted-printable'].includes(encoding))
    throw malformed(`an attachment lies outside, and its encoding ${encoding} is not known`);
  let carry: Buffer = Buffer.alloc(0);
  for (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    if (encoding === 'base64') yield base64Lines(bytes, lineEnd);
    else if (encoding === 'quoted-printable') {
      const all = Buffer.concat([carry, bytes]);
      const cut = all.lastIndexOf(10) + 1;
      yield Buffer.from(quotedPrintable(all.toString('latin1', 0, cut), lineEnd), 'latin1');
      carry = Buffer.from(all.subarray(cut));
      if (carry.length > QP_LINE_MAX_BYTES)
        throw malformed('an attachment lies outside, with lines too long');
    } else yield bytes;
  }
  if (carry.length > 0) yield Buffer.from(quotedPrintable(carry.toString('latin1'), lineEnd), 'latin1');
  if (encoding !== 'base64' && delimited) yield Buffer.from(lineEnd);
}

/** One line of text is held whole. */
const QP_LINE_MAX_BYTES = 1024 * 1024;

function base64Lines(bytes: Buffer, lineEnd: string): Buffer {
  const text = bytes.toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += LINE_CHARS) lines.push(text.slice(at, at + LINE_CHARS));
  return Buffer.from(lines.length === 0 ? '' : `${lines.join(lineEnd)}${lineEnd}`, 'latin1');
}

/** RFC 2045 §6.7. */
function quotedPrintable(text: string, lineEnd: string): string {
  const lines = text.split(/\r?\n/);
  return lines.map((line) => quotedLine(line).join(`=${lineEnd}`)).join(lineEnd);
}

function quotedLine(line: string): string[] {
  const atoms = line.match(/[\s\S]/g) ?? [];
  const rows: string[] = [];
  let row = '';
  for (const [n, char] of atoms.entries()) {
    const isPlain = /[!-<>-~]/.test(char) || (/[ \t]/.test(char) && n < atoms.length - 1);
    const atom = isPlain ? char : `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
    if (row.length + atom.length > LINE_CHARS - 1) {
      rows.push(row);
      row = '';
    }
    row += atom;
  }
  return [...rows, row];
}
