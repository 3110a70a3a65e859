/** Texts as people write them, made comparable. */

/** For headings, kinds and languages: without accents, case, spaces and punctuation. `Prénom :` → `prenom`. */
export function folded(text: string): string {
  return bare(text).replace(/[^\p{L}\p{N}]/gu, '');
}

/** For names of people and places: without accents, case and doubled spaces. */
export function foldedName(text: string): string {
  return bare(cleaned(text));
}

function bare(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll('ß', 'ss');
}

export function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

/** Mail addresses are compared without case. */
export function foldedAddress(address: string): string {
  return address.toLowerCase();
}

/** What shows as nothing, or turns the direction of what follows: in a name it hides something, in an address it forges it. */
const HIDDEN =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;
const HIDDEN_ALL = new RegExp(HIDDEN.source, 'g');
/** Joiners belong to the writing of some names, and to no address. */
const JOINERS = /[\u200c\u200d]/;

export function hasHidden(text: string): boolean {
  return HIDDEN.test(text);
}

export function hasHiddenOrJoiner(text: string): boolean {
  return HIDDEN.test(text) || JOINERS.test(text);
}

/** As it is kept: one line, single spaces, nothing hidden, accents composed. */
export function cleaned(text: string): string {
  // Most cells.
  if (/^[!-~]+(?: [!-~]+)*$/.test(text)) return text;
  return text.replace(HIDDEN_ALL, '').normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** UTF-8 that was once read as Windows-1252, or what could not be read at all: `RenÃ©e`. */
export function isGarbled(text: string): boolean {
  return /\ufffd|[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]/.test(
    text,
  );
}
