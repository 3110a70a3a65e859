/**
 * The file names of a Maildir: `UNIQUE:2,FLAGS` in `cur/`, `UNIQUE` in `new/` (https://cr.yp.to/proto/maildir.html).
 * The unique part never changes; flags do, and with them the name.
 */
export interface FileName {
  unique: string;
  /** What follows the unique part, separator included; empty in `new/`. */
  suffix: string;
}

/** Letters of the flags that every program knows, in the order in which names carry them. */
const FLAGS: readonly [string, string][] = [
  ['D', '\\Draft'],
  ['F', '\\Flagged'],
  ['P', '$Forwarded'],
  ['R', '\\Answered'],
  ['S', '\\Seen'],
  ['T', '\\Deleted'],
];
const BY_LETTER = new Map(FLAGS);
/** `P` is not among them: Dovecot keeps `$Forwarded` as a keyword and does not show `P`. */
const BY_MARK = new Map(FLAGS.filter(([letter]) => letter !== 'P').map(([letter, mark]) => [mark, letter]));

const FIRST_KEYWORD = 'a'.charCodeAt(0);

export function readFileName(name: string): FileName {
  const colon = name.indexOf(':');
  return colon === -1
    ? { unique: name, suffix: '' }
    : { unique: name.slice(0, colon), suffix: name.slice(colon) };
}

/** Marks as IMAP spells them, sorted. A letter that `keywords` does not name is no mark. */
export function marksOfSuffix(suffix: string, keywords: readonly (string | undefined)[]): string[] {
  if (!suffix.startsWith(':2,')) return [];
  const marks = new Set<string>();
  for (const letter of suffix.slice(3)) {
    const mark = BY_LETTER.get(letter) ?? keywords[letter.charCodeAt(0) - FIRST_KEYWORD];
    if (mark !== undefined) marks.add(mark);
  }
  return [...marks].sort();
}

/**
 * The suffix that carries `marks`; those that have no letter are left out. Letters of `before` that no mark stands for
 * (keywords of other programs) are kept.
 */
export function suffixOf(
  marks: readonly string[],
  keywords: readonly (string | undefined)[],
  before = '',
): string {
  const letters = new Set(before.startsWith(':2,') ? before.slice(3) : '');
  for (const letter of letters) {
    const known = BY_LETTER.has(letter) || keywords[letter.charCodeAt(0) - FIRST_KEYWORD] !== undefined;
    if (known) letters.delete(letter);
  }
  for (const mark of marks) {
    const letter = letterOf(mark, keywords);
    if (letter !== undefined) letters.add(letter);
  }
  return `:2,${[...letters].sort().join('')}`;
}

function letterOf(mark: string, keywords: readonly (string | undefined)[]): string | undefined {
  const keyword = keywords.indexOf(mark);
  if (keyword !== -1) return String.fromCharCode(FIRST_KEYWORD + keyword);
  return BY_MARK.get(mark) ?? (mark === '$Forwarded' ? 'P' : undefined);
}

/** Whether a mark has a letter of its own in every Maildir. */
export function isSystemMark(mark: string): boolean {
  return BY_MARK.has(mark);
}

export const SYSTEM_MARKS: readonly string[] = [...BY_MARK.keys()].sort();
