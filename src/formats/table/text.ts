import { tableTrouble } from './fault.ts';
import type { Encoding } from './table.ts';

const SAMPLE_BYTES = 64 * 1024;
/** Files of other kinds, by how they begin. */
const BINARY_STARTS = [
  '%PDF',
  '\x89PNG',
  '\xff\xd8\xff',
  'GIF8',
  'Rar!',
  '7z\xbc\xaf',
  '\x1f\x8b',
  'MZ',
  '\x7fELF',
  '!BDN',
];
const OTHER_TEXT = /^\s*<(\?xml|!doctype|html|table|workbook)\b/i;

/**
 * The text of a CSV file, whatever its encoding; its line ends are `\n`. Throws `malformed`: `empty`, `binary`, `nul`,
 * `encoding`, `other-format`.
 */
export function decodeText(bytes: Buffer, name: string): { text: string; encoding: Encoding } {
  const { text, encoding } = decode(bytes, name);
  if (text.includes('\0')) throw tableTrouble('nul', name);
  if (text.trim() === '') throw tableTrouble('empty', name);
  if (OTHER_TEXT.test(text)) throw tableTrouble('other-format', name);
  return { text: text.replace(/\r\n?/g, '\n'), encoding };
}

function decode(bytes: Buffer, name: string): { text: string; encoding: Encoding } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return strict(bytes, 'utf-16le', 'utf-16', name);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return strict(bytes, 'utf-16be', 'utf-16', name);
  refuseBinary(bytes, name);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return strict(bytes, 'utf-8', 'utf-8', name);
  if (isUtf8(bytes)) return strict(bytes, 'utf-8', 'utf-8', name);
  const text = new TextDecoder('windows-1252').decode(bytes);
  // Bytes that Windows-1252 has no character for: an older code page, where every accent would come out wrong.
  if (/[\u0080-\u009f]/.test(text)) throw tableTrouble('encoding', name);
  return { text, encoding: 'windows-1252' };
}

function strict(bytes: Buffer, label: string, encoding: Encoding, name: string) {
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes), encoding };
  } catch (cause) {
    throw tableTrouble('encoding', name, undefined, cause);
  }
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    // The answer itself: not every byte fits.
    return false;
  }
}

function refuseBinary(bytes: Buffer, name: string): void {
  const start = bytes.toString('latin1', 0, 8);
  if (BINARY_STARTS.some((known) => start.startsWith(known))) throw tableTrouble('binary', name);
  if (!bytes.includes(0)) return;
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  let odd = 0;
  for (const byte of sample) if (byte !== 0 && (byte < 9 || (byte > 13 && byte < 32))) odd += 1;
  throw tableTrouble(odd * 100 > sample.length ? 'binary' : 'nul', name);
}
