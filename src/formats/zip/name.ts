import { crc32 } from 'node:zlib';

/** The upper half of code page 437, in which old zip programs wrote names (APPNOTE appendix D). */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/**
 * A name as people wrote it: UTF-8 where the entry says so (bit 11), or by Info-ZIP's extra field where its checksum fits
 * this name (APPNOTE §4.6.9), or where it is sound UTF-8 that only lacks the bit (macOS); else code page 437.
 */
export function nameOf(raw: Buffer, saysUtf8: boolean, unicodePath: Buffer | null): string {
  const better = unicodePath === null ? null : unicodeName(raw, unicodePath);
  if (better !== null) return better;
  const text = raw.toString();
  if (saysUtf8 || !text.includes('\ufffd')) return text;
  return raw.toString('latin1').replace(/[\x80-\xff]/g, (character) => CP437[character.charCodeAt(0) - 128]!);
}

function unicodeName(raw: Buffer, field: Buffer): string | null {
  if (field.length < 6 || field[0] !== 1 || field.readUInt32LE(1) !== crc32(raw)) return null;
  const text = field.toString('utf8', 5);
  return text.includes('\ufffd') ? null : text;
}

const DEPTH_MAX = 64;
const NAME_MAX_CHARS = 4096;

/**
 * The name as plain segments, root first; null when it is no such thing: it leads up (`..`), begins at a root or a drive,
 * holds NUL, or is deeper or longer than any program writes. Backslashes separate, as on the system they come from.
 */
export function segmentsOf(name: string): string[] | null {
  if (name.length > NAME_MAX_CHARS || /\0|^[/\\]|^[A-Za-z]:/.test(name)) return null;
  const segments = name.split(/[/\\]/).filter((segment) => segment !== '' && segment !== '.');
  const sound = segments.length > 0 && segments.length <= DEPTH_MAX && !segments.includes('..');
  return sound ? segments : null;
}
