/** Body text as an entity. */
import { isAscii } from 'node:buffer';
import { asBuffer } from '../../mail/header.ts';
import { toCrlf } from '../../mail/line-ends.ts';
import { base64, CRLF, parameter, quotedPrintable } from './encode.ts';
import { BOUNDARY_START, type Entity } from './entity.ts';

/** A text, its bytes in `charset`. */
export interface BodyText {
  bytes: Uint8Array;
  charset: string;
}

/** A text too large for memory, in pieces. */
export interface LargeText {
  charset: string;
  chunks(): Iterable<Uint8Array>;
}

const LINE_MAX_BYTES = 998;

/** `fields` come after Content-Type, each with its line end. */
export function textEntity(
  type: 'plain' | 'html' | 'calendar',
  text: BodyText,
  parameters = '',
  fields = '',
): Entity {
  const bytes = toCrlf(text.bytes);
  const { charset, encoding } = howToWrite(bytes, text.charset);
  return {
    header:
      `Content-Type: text/${type}${parameter('charset', charset)}${parameters}${CRLF}` +
      `Content-Transfer-Encoding: ${encoding}${CRLF}${fields}`,
    body: () => {
      if (encoding === 'base64') return base64([bytes]);
      if (encoding === 'quoted-printable') return quotedPrintable(bytes);
      return endsInLine(bytes) ? [bytes] : [bytes, Buffer.from(CRLF, 'latin1')];
    },
  };
}

export function largeTextEntity(type: 'plain' | 'html', text: LargeText): Entity {
  return {
    header:
      `Content-Type: text/${type}${parameter('charset', text.charset)}${CRLF}` +
      `Content-Transfer-Encoding: base64${CRLF}`,
    body: () => base64(text.chunks()),
  };
}

type Encoding = '7bit' | 'quoted-printable' | 'base64';

function howToWrite(bytes: Uint8Array, charset: string): { charset: string; encoding: Encoding } {
  if (isAscii(bytes)) {
    // A charset that changes its meaning by escapes is ASCII to the eye.
    const name = /^(iso-2022|hz|utf-7)/.test(charset) ? charset : 'us-ascii';
    return { charset: name, encoding: isPlain(asBuffer(bytes)) ? '7bit' : 'quoted-printable' };
  }
  let eightBit = 0;
  const sample = Math.min(bytes.length, 20_000);
  for (let i = 0; i < sample; i++) if (bytes[i]! > 127) eightBit++;
  return { charset, encoding: eightBit * 4 > sample ? 'base64' : 'quoted-printable' };
}

/** May stand in a message as it is. */
function isPlain(bytes: Buffer): boolean {
  if (bytes.includes(0) || bytes.includes(BOUNDARY_START) || bytes.includes(0x1b)) return false;
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf('\r\n', at, 'latin1');
    const end = found < 0 ? bytes.length : found;
    if (end - at > LINE_MAX_BYTES) return false;
    at = end + 2;
  }
  return true;
}

function endsInLine(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes.at(-2) === 13 && bytes.at(-1) === 10;
}
