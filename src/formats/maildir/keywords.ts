/**
 * `dovecot-keywords`: which letter (a–z, by number) stands for which keyword in one folder. A line is
 * `NUMBER KEYWORD`. https://doc.dovecot.org/2.3/admin_manual/mailbox_formats/maildir/
 */
export const KEYWORDS_FILE = 'dovecot-keywords';
export const KEYWORDS_MAX = 26;
/** A file beyond this is not what it says it is. */
export const KEYWORDS_FILE_MAX_BYTES = 64 * 1024;

/** By number; holes where a number has no keyword. */
export type Keywords = (string | undefined)[];

/** What is no keyword line is passed over. */
export function readKeywords(text: string): Keywords {
  const keywords: Keywords = [];
  for (const line of text.split('\n')) {
    const [, number, keyword] = /^(\d{1,2}) (\S+)$/.exec(line.trimEnd()) ?? [];
    if (keyword !== undefined && +number! < KEYWORDS_MAX) keywords[+number!] = keyword;
  }
  return keywords;
}

export function writeKeywords(keywords: Keywords): string {
  return keywords.map((keyword, number) => (keyword === undefined ? '' : `${number} ${keyword}\n`)).join('');
}

/** Gives each new keyword the lowest free number; answers whether anything was added. What has no room is left out. */
export function addKeywords(keywords: Keywords, wanted: Iterable<string>): boolean {
  let added = false;
  for (const keyword of wanted) {
    if (keywords.includes(keyword) || /\s/.test(keyword) || keyword === '') continue;
    let number = 0;
    while (keywords[number] !== undefined) number += 1;
    if (number >= KEYWORDS_MAX) continue;
    keywords[number] = keyword;
    added = true;
  }
  return added;
}
