/** Content lines of vCard and iCalendar (RFC 6350 §3.2, RFC 5545 §3.1). */

const LINE_MAX_BYTES = 75;

/** Folded, with its line end; no character is split. */
export function contentLine(name: string, value: string): string {
  let out = '';
  let size = 0;
  for (const character of `${name}:${value}`) {
    const bytes = Buffer.byteLength(character);
    if (size + bytes > LINE_MAX_BYTES) {
      out += '\r\n ';
      size = 1;
    }
    out += character;
    size += bytes;
  }
  return `${out}\r\n`;
}

/** Escaped as a TEXT value. */
export function textValue(text: string): string {
  return text
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
}

/** For a parameter value: quotes and controls cannot be said. */
export function quoted(text: string): string {
  return `"${text.replace(/["\x00-\x1f\x7f]/g, "'")}"`;
}
