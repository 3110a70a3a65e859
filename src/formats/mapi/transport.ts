/** The header a message came with, as Outlook kept it (PidTagTransportMessageHeaders, MS-OXOMSG §2.2.1.61). */
import { asBuffer, binary, fields, unfolded } from '../../mail/header.ts';
import { isUtf8 } from './charset.ts';
import { CRLF } from './encode.ts';
import type { Property } from './item.ts';

export interface TransportField {
  /** In lower case. */
  name: string;
  /** As it stands, name included, as a binary string; lines end in CRLF and are at most 998 bytes long. */
  text: string;
  /** Unfolded; a binary string. */
  value: string;
}

export interface Transport {
  /** All but those that told of the body. */
  fields: readonly TransportField[];
  /** What the body was, unfolded; empty when not told. */
  contentType: string;
}

export const NO_TRANSPORT: Transport = { fields: [], contentType: '' };

const OF_BODY = /^(content-|mime-version$)/;

export function readTransport(property: Property): Transport {
  const bytes = bytesOf(property);
  if (bytes === null) return NO_TRANSPORT;
  const kept: TransportField[] = [];
  let contentType = '';
  const header = withoutPreface(bytes);
  for (const { name: written, start, value: valueStart, end } of fields(header)) {
    const name = written.toLowerCase();
    if (name === '') continue;
    const value = unfolded(header, valueStart, end);
    if (name === 'content-type' && contentType === '') contentType = value;
    if (!OF_BODY.test(name)) kept.push({ name, text: lines(binary(header, start, end)), value });
  }
  return { fields: kept, contentType };
}

function bytesOf({ value }: Property): Buffer | null {
  if (value instanceof Uint8Array) return asBuffer(value);
  return typeof value === 'string' ? originalBytes(value) : null;
}

/**
 * The bytes a Unicode string was made from. Mail whose header is raw UTF-8 is often read as windows-1252 on its way into
 * the store: where that can be undone it is, so that the bytes are those of the original again.
 */
function originalBytes(text: string): Buffer {
  if (/^[\x00-\x7f]*$/.test(text)) return Buffer.from(text, 'latin1');
  const narrow = asWindows1252(text);
  if (narrow !== null && isUtf8(narrow)) return narrow;
  return Buffer.from(text.toWellFormed(), 'utf8');
}

const WINDOWS_1252 = new Map<string, number>();
for (let c = 128; c < 256; c++) WINDOWS_1252.set(new TextDecoder('windows-1252').decode(Uint8Array.of(c)), c);

function asWindows1252(text: string): Buffer | null {
  const bytes = Buffer.allocUnsafe(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const byte = code < 128 ? code : WINDOWS_1252.get(text[i]!);
    if (byte === undefined) return null;
    bytes[i] = byte;
  }
  return bytes;
}

/** Exchange writes a line of its own in front, and some writers empty lines. */
function withoutPreface(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replaceAll('\0', '');
  const plain = text
    .replace(/^[\r\n]+/, '')
    .replace(/^Microsoft Mail Internet Headers Version[^\r\n]*[\r\n]+/i, '');
  return Buffer.from(plain, 'latin1');
}

const LINE_MAX_BYTES = 998;
const FOLD_AT = 900;

function lines(text: string): string {
  return text
    .split(/\r+\n|\r|\n/)
    .map((line) => (line.length <= LINE_MAX_BYTES ? line : folded(line)))
    .join(CRLF);
}

/** At a blank where there is one, else where it must be. */
function folded(line: string): string {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > LINE_MAX_BYTES) {
    const blank = rest.lastIndexOf(' ', FOLD_AT);
    const colon = pieces.length === 0 ? rest.indexOf(':') : 0;
    const cut = blank > colon + 1 && rest.slice(0, blank).trim() !== '' ? blank : FOLD_AT;
    pieces.push(rest.slice(0, cut));
    rest = blank === cut ? rest.slice(cut) : ` ${rest.slice(cut)}`;
  }
  pieces.push(rest);
  return pieces.join(CRLF);
}
