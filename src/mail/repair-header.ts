/** Makes a header that strict servers take, changing only the lines that are not valid. */
import { decodeUnlabelled } from './charset.ts';
import { asBuffer, type Field, fields, headerEnd } from './header.ts';

const EIGHT_BIT = /[\x80-\xff]/;
const FOLD_MAX_BYTES = 998;

/** The message with its header made valid; null when it is so already. */
export function fixHeader(bytes: Uint8Array): Buffer | null {
  const buffer = asBuffer(bytes);
  const { end } = headerEnd(bytes);
  const pieces: Buffer[] = [];
  let at = 0;
  let changed = false;
  for (const field of fields(bytes, end)) {
    if (field.start > at) {
      // The mbox line in front, which `fields` leaves out.
      pieces.push(asField(buffer.toString('latin1', at, field.start)));
      changed = true;
    }
    at = field.next;
    const fixed = fixField(buffer, field);
    changed ||= fixed !== null;
    pieces.push(fixed ?? buffer.subarray(field.start, field.next));
  }
  if (!changed) return null;
  return Buffer.concat([...pieces, buffer.subarray(at)]);
}

function fixField(buffer: Buffer, field: Field): Buffer | null {
  const line = buffer.toString('latin1', field.start, field.end);
  if (field.name === '') return asField(line);
  const tight = field.start + field.name.length + 1 === field.value;
  if (tight && !EIGHT_BIT.test(line) && !isLong(line)) return null;
  const name = field.name.toLowerCase();
  const value = buffer.toString('latin1', field.value, field.end);
  let fixed = folded(encoded(name, value));
  if (isLong(fixed) && FREE_TEXT.test(name)) fixed = ` ${encodedWords(value.trim())}`;
  return tight && fixed === value ? null : Buffer.from(`${field.name}:${fixed}\r\n`, 'latin1');
}

function isLong(text: string): boolean {
  return text.split('\r\n').some((line) => line.length > FOLD_MAX_BYTES);
}

/** Fields whose text may be encoded where it cannot be folded. */
const FREE_TEXT = /^(subject|comments|x-.*)$/;

/** A line that is no field, kept inside one. */
function asField(line: string): Buffer {
  const text = line.replace(/[\r\n]+/g, ' ').trim();
  const value = folded(encoded('', text));
  return Buffer.from(`X-Malleposte-Line: ${isLong(value) ? encodedWords(text) : value}\r\n`, 'latin1');
}

const ADDRESSES =
  /^((resent-)?(from|sender|reply-to|to|cc|bcc)|return-path|(disposition-notification|errors)-to)$/;
const PARAMETERS = /^content-(type|disposition)$/;

/** White space, quoted strings and words; in addresses and parameters, words end at specials too (RFC 5322 §3.2.3). */
const FREE_TOKENS = /(?:\r\n)?[ \t]+|[^ \t\r\n]+|./gs;
const ADDRESS_TOKENS = /(?:\r\n)?[ \t]+|"[^"]*"|[^\s()<>@,;:"]+|./gs;
const PARAMETER_TOKENS = /(?:\r\n)?[ \t]+|"[^"]*"|[^\s;="]+|./gs;

function encoded(name: string, value: string): string {
  if (!EIGHT_BIT.test(value)) return value;
  if (ADDRESSES.test(name)) return encodeTokens(value.match(ADDRESS_TOKENS)!, (words) => encodedWords(words));
  if (!PARAMETERS.test(name)) return encodeTokens(value.match(FREE_TOKENS)!, (words) => encodedWords(words));
  return encodeTokens(value.match(PARAMETER_TOKENS)!, (words) => `"${encodedWords(words)}"`);
}

/** Neighbouring words with 8-bit characters are encoded as one, since white space between encoded words is lost. */
function encodeTokens(tokens: readonly string[], encode: (words: string) => string): string {
  let out = '';
  let words = '';
  let blank = '';
  for (const token of tokens) {
    if (EIGHT_BIT.test(token)) {
      if (words === '') out += blank;
      else words += blank.replace(/[\r\n]+/, '');
      words += unquoted(token);
      blank = '';
    } else if (/^(\r\n)?[ \t]/.test(token)) {
      blank += token;
    } else {
      out += (words === '' ? '' : encode(words)) + blank + token;
      words = '';
      blank = '';
    }
  }
  return out + (words === '' ? '' : encode(words)) + blank;
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

/** 45 bytes make 60 characters of base64, so that a word stays under 75 (RFC 2047 §2). */
const WORD_MAX_BYTES = 45;

/** `text` is a binary string; what it says is guessed as everywhere (UTF-8, else windows-1252). */
export function encodedWords(text: string): string {
  return encodeUnicode(decodeUnlabelled(Buffer.from(text, 'latin1')));
}

/** Unicode as encoded words, folded between them; no character is split. */
export function encodeUnicode(text: string): string {
  const words: string[] = [];
  let chunk = '';
  let size = 0;
  for (const character of text.replace(/[\r\n\0]+/g, ' ')) {
    const bytes = Buffer.byteLength(character);
    if (size + bytes > WORD_MAX_BYTES) {
      words.push(chunk);
      chunk = '';
      size = 0;
    }
    chunk += character;
    size += bytes;
  }
  words.push(chunk);
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}

/** Long lines folded at white space where there is some (RFC 5322 §2.2.3). */
function folded(value: string): string {
  return value.split('\r\n').map(foldedLine).join('\r\n');
}

const FOLD_AT = 900;

function foldedLine(line: string): string {
  if (line.length <= FOLD_MAX_BYTES) return line;
  const text = line.trimEnd();
  let out = '';
  let at = 0;
  while (text.length - at > FOLD_AT) {
    const cut = foldPlace(text, at);
    if (cut < 0) break;
    out += `${text.slice(at, cut)}\r\n`;
    at = cut;
  }
  return out + text.slice(at);
}

/** A blank that follows a character, as far along as fits; else the next one. */
function foldPlace(text: string, from: number): number {
  for (let at = from + FOLD_AT; at > from; at--) if (isFold(text, at)) return at;
  for (let at = from + FOLD_AT + 1; at < text.length; at++) if (isFold(text, at)) return at;
  return -1;
}

function isFold(text: string, at: number): boolean {
  return /[ \t]/.test(text[at]!) && !/[ \t]/.test(text[at - 1]!);
}
