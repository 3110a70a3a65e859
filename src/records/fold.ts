/** Letters that a decomposition leaves whole. */
const WHOLE: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** A text as it is searched and sorted: without case, accents and compatibility forms (Unicode NFKD). */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[œæßøłđðþı]/g, (letter) => WHOLE[letter]!);
}

const WORDS_MAX = 8;

/** What somebody typed, as the words that must all be found. */
export function searched(text: string): string[] {
  return fold(text).split(/\s+/).filter(Boolean).slice(0, WORDS_MAX);
}

/** Addresses and names are one when these are equal: case and the way accents are written aside. */
export function sameAs(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
