import type { Part, Quoting } from '../../formats/mbox/index.ts';

/**
 * Names a message in a file by where it lies and what it begins with, and says how its lines were quoted, so that the
 * same key always gives the same bytes: `OFFSET.LENGTH.DIGEST.QUOTING`. A preamble has `preamble` as its digest.
 */
export interface MboxKey {
  offset: number;
  /** From the separator line to the end of the message. */
  length: number;
  digest: string;
  quoting: Quoting;
}

export const PREAMBLE = 'preamble';
const LETTERS: Record<Quoting, string> = { none: 'n', mboxrd: 'r', mboxo: 'o' };
const QUOTINGS: Record<string, Quoting> = { n: 'none', r: 'mboxrd', o: 'mboxo' };

/** A message without quoted lines has the same key however the rest of the file is quoted. */
export function keyOf(part: Part, quoting: Quoting): string {
  const { quoted, deeper } = part.lines;
  const letter = part.is === 'message' && quoted + deeper > 0 ? LETTERS[quoting] : 'n';
  const digest = part.is === 'message' ? part.digest : PREAMBLE;
  return `${part.offset}.${part.end - part.offset}.${digest}.${letter}`;
}

export function readKey(key: string): MboxKey | null {
  const match = /^(\d{1,15})\.(\d{1,15})\.([0-9a-f]{12}|preamble)\.([nro])$/.exec(key);
  if (match === null) return null;
  const [, offset, length, digest, letter] = match;
  return { offset: +offset!, length: +length!, digest: digest!, quoting: QUOTINGS[letter!]! };
}
