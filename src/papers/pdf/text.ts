/** Longest text set into a paper: a subject may have a megabyte. */
const TEXT_MAX_CHARS = 400;
/** Letters without a place to break; beyond, a line would leave the page. */
const RUN_MAX_CHARS = 18;

/**
 * A text of the mail as it can be printed: no control characters, none that turn the direction of the text around them, no
 * half characters; cut to a length, and with places to break inside what has none.
 */
export function printed(text: string, maxChars = TEXT_MAX_CHARS): string {
  const plain = visible(text.length > maxChars * 4 ? text.slice(0, maxChars * 4) : text);
  const signs = [...plain];
  const cut = signs.length > maxChars ? `${signs.slice(0, maxChars - 1).join('')}…` : plain;
  return breakable(cut);
}

/** The same without places to break: for titles and for what is copied out of the paper. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufff9-\uffff]/g,
      '\ufffd',
    )
    .replace(/\p{Mn}{4,}/gu, (marks) => [...marks].slice(0, 3).join(''));
}

/** Scripts whose letters join, or that stand upon each other, are left whole. */
const RUN = new RegExp(
  `[\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}\\p{N}]{${RUN_MAX_CHARS},}`,
  'gu',
);

function breakable(text: string): string {
  return text
    .replace(/[@/._:=&?-](?=[^\s\u202f\u00a0])/g, '$&\u200b')
    .replace(RUN, (run) => run.replace(new RegExp(`.{${RUN_MAX_CHARS}}`, 'gu'), '$&\u200b'));
}

/** A hash in groups of four, for two people on the telephone. */
export function inGroups(hex: string): string {
  return hex.replace(/.{4}(?=.)/g, '$& ');
}
