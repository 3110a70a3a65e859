/**
 * Bytes to text. Never throws: a charset nobody knows, or one that does not fit, is read as UTF-8 where that works
 * and as windows-1252 where it does not, which is what people then mostly meant.
 */
import { createRequire } from 'node:module';

/** Names that neither the WHATWG labels nor iconv-lite know, as real mail spells them. */
const ALIASES: Readonly<Record<string, string>> = {
  'ansi_x3.4-1968': 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  '7bit': 'utf-8',
  '8bit': 'utf-8',
  default: 'utf-8',
  unknown: 'utf-8',
  'unknown-8bit': 'utf-8',
  'x-unknown': 'utf-8',
  utf8mb4: 'utf-8',
  'utf-8-mac': 'utf-8',
  'unicode-1-1-utf-7': 'utf-7',
  utf7: 'utf-7',
  'x-unicode-2-0-utf-7': 'utf-7',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-3': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  cp949: 'euc-kr',
  cp936: 'gbk',
  cp950: 'big5',
  'iso-8859-8-e': 'iso-8859-8',
  iso88591: 'windows-1252',
  windows1252: 'windows-1252',
  'x-mac-roman': 'macintosh',
};

type Decode = (bytes: Uint8Array) => string;

/** Remembered by label; bounded, since labels come from strangers. */
const known = new Map<string, Decode>();
const KNOWN_MAX = 256;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');

/** `label` as it stands in the message; null or empty where there is none. */
export function decode(bytes: Uint8Array, label: string | null): string {
  const name = charsetName(label);
  let decoder = known.get(name);
  if (decoder === undefined) {
    decoder = makeDecoder(name);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(name, decoder);
  }
  try {
    return decoder(bytes);
  } catch {
    return decodeUnlabelled(bytes);
  }
}

/** UTF-8 where it is valid, else windows-1252. */
export function decodeUnlabelled(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes);
  }
}

/** The label cleaned (quotes, case, RFC 2231 §5 language) and with aliases resolved. */
export function charsetName(label: string | null): string {
  if (label === null || label === '') return 'utf-8';
  const plain = label
    .slice(0, 60)
    .replace(/["'\s]/g, '')
    .replace(/\*.*$/, '')
    .toLowerCase();
  return ALIASES[plain] ?? (plain === '' ? 'utf-8' : plain);
}

/** Whether bytes below 0x80 mean ASCII in it, whatever came before. */
export function asciiCompatible(label: string | null): boolean {
  return !/^(utf-?(7|16|32)|ucs|unicode|iso-2022|hz|ebcdic|cp037|ibm037)/.test(charsetName(label));
}

function makeDecoder(name: string): Decode {
  if (name === 'utf-8' || name === 'utf8') return decodeUnlabelled;
  if (name === 'utf-7') return decodeUtf7;
  const standard = standardDecoder(name);
  if (standard !== null) return (bytes) => standard.decode(bytes);
  const iconv = loadIconv();
  if (iconv.encodingExists(name)) return (bytes) => iconv.decode(Buffer.from(bytes), name);
  return decodeUnlabelled;
}

/** Loaded by the first charset that is in no standard: few messages have one, and every start would pay for it. */
function loadIconv(): typeof import('iconv-lite') {
  iconvLite ??= createRequire(import.meta.url)('iconv-lite') as typeof import('iconv-lite');
  return iconvLite;
}

let iconvLite: typeof import('iconv-lite') | undefined;

function standardDecoder(name: string): TextDecoder | null {
  try {
    return new TextDecoder(name);
  } catch {
    return null;
  }
}

/** RFC 2152. What is no valid shift sequence stays as it is. */
function decodeUtf7(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (_whole, base64: string) => {
    if (base64 === '') return '+';
    const raw = Buffer.from(base64, 'base64');
    return raw
      .subarray(0, raw.length & ~1)
      .swap16()
      .toString('utf16le');
  });
}
