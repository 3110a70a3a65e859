/** windows-1252 for what French needs beyond ISO 8859-1. */
const beyondLatin: Record<string, number> = { '€': 0x80, '’': 0x92, '–': 0x96, œ: 0x9c, Œ: 0x8c, '…': 0x85 };

/** The text in windows-1252; characters that it lacks become `?`. */
export function cp1252(text: string): Buffer {
  return Buffer.from(
    Array.from(text, (c) => beyondLatin[c] ?? (c.codePointAt(0)! < 256 ? c.charCodeAt(0) : 0x3f)),
  );
}

const hex = (byte: number) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** Encoded words of at most 75 characters (RFC 2047 §2), folded; plain ASCII stays as it is. */
export function encodedWord(text: string, charset: 'utf-8' | 'windows-1252', encoding: 'B' | 'Q'): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const bytesOf = (part: string) => (charset === 'utf-8' ? Buffer.from(part) : cp1252(part));
  const word = (part: string) => {
    const bytes = bytesOf(part);
    const coded = encoding === 'B' ? bytes.toString('base64') : Array.from(bytes, queued).join('');
    return `=?${charset}?${encoding}?${coded}?=`;
  };
  const words: string[] = [];
  let part = '';
  for (const c of text) {
    if (word(part + c).length > 72) {
      words.push(word(part));
      part = '';
    }
    part += c;
  }
  words.push(word(part));
  return words.join('\r\n ');
}

/** One byte of a Q-encoded word (RFC 2047 §4.2, the narrow set that may stand in a phrase). */
function queued(byte: number): string {
  if (byte === 0x20) return '_';
  const c = String.fromCharCode(byte);
  return /[A-Za-z0-9!*+/-]/.test(c) ? c : hex(byte);
}

/** A parameter's value as RFC 2231 §4 writes it. */
export function extended(text: string): string {
  return `UTF-8''${encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`;
}

/** UTF-8 text in quoted-printable (RFC 2045 §6.7): hard line ends stay, lines of at most 76 characters. */
export function quotedPrintable(text: string): string {
  return text
    .split('\r\n')
    .map((hard) => {
      const lines: string[] = [];
      let line = '';
      const bytes = Buffer.from(hard);
      for (const [i, byte] of bytes.entries()) {
        const last = i === bytes.length - 1;
        const safe = (byte > 32 && byte < 127 && byte !== 61) || (byte === 32 && !last);
        const token = safe ? String.fromCharCode(byte) : hex(byte);
        if (line.length + token.length > 75) {
          lines.push(`${line}=`);
          line = '';
        }
        line += token;
      }
      lines.push(line);
      return lines.join('\r\n');
    })
    .join('\r\n');
}
