/** Windows code pages and the names mail has for them. */
import { decode } from '../../mail/charset.ts';

/** MIME names (IANA) by code page; a page that is not here is read as what `decode` makes of `cpN`. */
const NAMES: Readonly<Record<number, string>> = {
  708: 'iso-8859-6',
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'ks_c_5601-1987',
  950: 'big5',
  1200: 'utf-16le',
  1201: 'utf-16be',
  1361: 'johab',
  10000: 'macintosh',
  10006: 'macgreek',
  10007: 'x-mac-cyrillic',
  10029: 'maccenteuro',
  10081: 'macturkish',
  20127: 'us-ascii',
  20866: 'koi8-r',
  20932: 'euc-jp',
  20936: 'gb2312',
  21866: 'koi8-u',
  28603: 'iso-8859-13',
  28605: 'iso-8859-15',
  38598: 'iso-8859-8-i',
  50220: 'iso-2022-jp',
  50221: 'iso-2022-jp',
  50222: 'iso-2022-jp',
  50225: 'iso-2022-kr',
  51932: 'euc-jp',
  51936: 'gb2312',
  51949: 'euc-kr',
  52936: 'hz-gb-2312',
  54936: 'gb18030',
  65000: 'utf-7',
  65001: 'utf-8',
};

/** Null for 0 (CP_ACP), which names no page, and for what is none. */
export function charsetOf(codePage: number): string | null {
  const name = NAMES[codePage];
  if (name !== undefined) return name;
  if (codePage >= 1250 && codePage <= 1258) return `windows-${codePage}`;
  if (codePage >= 28591 && codePage <= 28599) return `iso-8859-${codePage - 28590}`;
  return codePage >= 37 && codePage < 65000 && Number.isInteger(codePage) ? `cp${codePage}` : null;
}

/** Never throws; an unknown page is read as UTF-8 where that is valid, else windows-1252. */
export function decodePage(bytes: Uint8Array, codePage: number): string {
  return decode(bytes, charsetOf(codePage));
}

/** The Windows page of the same languages: what a program keeps a text in that came in `codePage`. */
export function windowsPage(codePage: number): number | null {
  if (codePage === 874 || (codePage >= 1250 && codePage <= 1258)) return codePage;
  return FAMILY[codePage] ?? (codePage >= 28591 && codePage <= 28599 ? LATIN[codePage - 28591]! : null);
}

const LATIN: readonly number[] = [1252, 1250, 1254, 1257, 1251, 1256, 1253, 1255, 1254];
const FAMILY: Readonly<Record<number, number>> = {
  932: 932,
  936: 936,
  949: 949,
  950: 950,
  20127: 1252,
  20866: 1251,
  20932: 932,
  20936: 936,
  21866: 1251,
  28603: 1257,
  28605: 1252,
  38598: 1255,
  50220: 932,
  50221: 932,
  50222: 932,
  50225: 949,
  51932: 932,
  51936: 936,
  51949: 949,
  52936: 936,
  54936: 936,
};

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
