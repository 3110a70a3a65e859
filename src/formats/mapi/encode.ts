/** Text and bytes as mail carries them: header text, parameters, quoted-printable, base64. All in bounded pieces. */
import { asBuffer } from '../../mail/header.ts';
import { encodeUnicode } from '../../mail/repair-header.ts';

export const CRLF = '\r\n';

const TEXT_MAX_CHARS = 30_000;
const NAME_MAX_CHARS = 1000;

/** Unstructured text for a header field (RFC 5322 §3.2.5, RFC 2047), folded; what is beyond any subject is cut. */
export function headerText(text: string): string {
  const plain = oneLine(text.slice(0, TEXT_MAX_CHARS));
  if (!/^[\x20-\x7e]*$/.test(plain) || plain.includes('=?') || /\S{400}/.test(plain)) {
    return encodeUnicode(plain);
  }
  return folded(plain);
}

/** No control characters, white space collapsed where there is a line end. */
export function oneLine(text: string): string {
  return text
    .replace(/[\t\r\n]+/g, ' ')
    .replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, '')
    .trim()
    .toWellFormed();
}

const FOLD_AT = 76;

/** Folded at blanks that follow a character, so that no line is blank. */
function folded(text: string): string {
  if (text.length <= FOLD_AT) return text;
  let out = '';
  let line = '';
  for (const word of text.split(/(?<=\S)(?= )/)) {
    if (line !== '' && line.length + word.length > FOLD_AT && word.trim() !== '') {
      out += `${line}${CRLF}`;
      line = word;
    } else line += word;
  }
  return out + line;
}

/** A display name (RFC 5322 §3.2.5: a phrase). */
export function phrase(name: string): string {
  const plain = oneLine(name.slice(0, NAME_MAX_CHARS));
  if (
    /^[\w!#$%&'*+/=?^`{|}~-]+( [\w!#$%&'*+/=?^`{|}~-]+)*$/.test(plain) &&
    !plain.includes('=?') &&
    plain.length < 200
  ) {
    return plain;
  }
  if (/^[\x20-\x7e]{0,200}$/.test(plain) && !plain.includes('=?'))
    return `"${plain.replace(/["\\]/g, '\\$&')}"`;
  return encodeUnicode(plain);
}

const PARAMETER_PIECE_CHARS = 60;

/** `; name=value` on lines of its own, by RFC 2231 where it is not plain or is long. */
export function parameter(name: string, value: string): string {
  const plain = oneLine(value);
  if (/^[\x20-\x7e]{0,60}$/.test(plain)) return `;${CRLF} ${name}="${plain.replace(/["\\]/g, '\\$&')}"`;
  const pieces: string[] = [];
  let piece = `utf-8''`;
  for (const character of plain) {
    const code = percentEncoded(character);
    if (piece.length + code.length > PARAMETER_PIECE_CHARS) {
      pieces.push(piece);
      piece = '';
    }
    piece += code;
  }
  pieces.push(piece);
  if (pieces.length === 1) return `;${CRLF} ${name}*=${piece}`;
  return pieces.map((text, index) => `;${CRLF} ${name}*${index}*=${text}`).join('');
}

function percentEncoded(character: string): string {
  if (/^[A-Za-z0-9._-]$/.test(character)) return character;
  return [...Buffer.from(character)].map((byte) => `%${hex(byte)}`).join('');
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

/** 57 bytes make a line of 76 letters (RFC 2045 §6.8). */
const LINE_BYTES = 57;
const BLOCK_BYTES = LINE_BYTES * 512;

/** Lines of base64, each with its line end; pieces of any size come in, blocks of some 40 kB go out. */
export function* base64(pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const held = Buffer.allocUnsafe(BLOCK_BYTES);
  let size = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(BLOCK_BYTES - size, piece.length - at);
      held.set(piece.subarray(at, at + taken), size);
      size += taken;
      at += taken;
      if (size < BLOCK_BYTES) continue;
      yield base64Block(held);
      size = 0;
    }
  }
  if (size > 0) yield base64Block(held.subarray(0, size));
}

const LINE_CHARS = 76;
const letters = Buffer.allocUnsafe(LINE_CHARS * 512);

/** Lines copied out of one run of letters: 800 MB/s, against 160 with a replacement in the string. */
function base64Block(bytes: Buffer): Buffer {
  const length = letters.write(bytes.toString('base64'), 'latin1');
  const out = Buffer.allocUnsafe(length + 2 * Math.ceil(length / LINE_CHARS));
  let size = 0;
  for (let at = 0; at < length; at += LINE_CHARS) {
    size += letters.copy(out, size, at, Math.min(length, at + LINE_CHARS));
    out[size++] = CR;
    out[size++] = LF;
  }
  return out;
}

const CR = 13;
const LF = 10;
const QP_LINE_CHARS = 75;

/** What quoted-printable keeps as it is (RFC 2045 §6.7): printable ASCII but `=`; blanks inside of lines. */
const PLAIN = new Uint8Array(256);
for (let c = 32; c < 127; c++) PLAIN[c] = c === 61 ? 0 : 1;
PLAIN[9] = 1;
const HEX = Buffer.from('0123456789ABCDEF');

/** Quoted-printable of a text whose line ends are CRLF; ends with a line end. In blocks. */
export function* quotedPrintable(text: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < text.length; ) {
    const found = asBuffer(text).indexOf('\r\n', Math.min(text.length, at + BLOCK_BYTES), 'latin1');
    const end = found < 0 ? text.length : found + 2;
    yield quotedBlock(text.subarray(at, end));
    at = end;
  }
}

/** Whole lines; the last may lack its line end. */
function quotedBlock(text: Uint8Array): Buffer {
  // Worst case: three characters for a byte, and a soft line break for each 24 bytes.
  const out = Buffer.allocUnsafe(text.length * 3 + Math.ceil(text.length / 24) * 3 + 8);
  let size = 0;
  let column = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === CR && text[i + 1] === LF) {
      out[size++] = CR;
      out[size++] = LF;
      column = 0;
      i++;
      continue;
    }
    const next = text[i + 1];
    const lineEnds = next === undefined || (next === CR && text[i + 2] === LF);
    const isPlain = PLAIN[c] === 1 && !(lineEnds && (c === 32 || c === 9));
    const width = isPlain ? 1 : 3;
    if (column + width > QP_LINE_CHARS) {
      size += out.write('=\r\n', size, 'latin1');
      column = 0;
    }
    if (isPlain) out[size++] = c;
    else {
      out[size++] = 61;
      out[size++] = HEX[c >> 4]!;
      out[size++] = HEX[c & 15]!;
    }
    column += width;
  }
  if (column > 0) size += out.write(CRLF, size, 'latin1');
  return out.subarray(0, size);
}
