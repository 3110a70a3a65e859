/** Content lines of vCard and iCalendar (RFC 2425 §5.8.1, RFC 5545 §3.1). */

const LINE_MAX_BYTES = 75;

/** A line before it is folded; one without a value is none. */
export type Line = readonly [name: string, value: string | null];

export function contentLines(lines: readonly Line[]): string {
  let text = '';
  for (const [name, value] of lines) if (value !== null && value !== '') text += contentLine(name, value);
  return text;
}

/** Folded, with its line end; no character is split. */
export function contentLine(name: string, value: string): string {
  const line = `${name}:${value}`;
  if (/^[\x00-\x7f]*$/.test(line)) return `${foldedAscii(line)}\r\n`;
  let out = '';
  let size = 0;
  for (const character of line) {
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

/** Pictures and files are lines of megabytes: those are cut by the slice. */
function foldedAscii(line: string): string {
  const pieces = [line.slice(0, LINE_MAX_BYTES)];
  for (let at = LINE_MAX_BYTES; at < line.length; at += LINE_MAX_BYTES - 1)
    pieces.push(line.slice(at, at + LINE_MAX_BYTES - 1));
  return pieces.join('\r\n ');
}

/** Escaped as a TEXT value. */
export function textValue(text: string): string {
  return text
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
    .toWellFormed();
}

/** For a parameter value: quotes and controls cannot be said. */
export function quoted(text: string): string {
  return `"${text.replace(/["\x00-\x1f\x7f]/g, "'").toWellFormed()}"`;
}
