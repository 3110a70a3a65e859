/**
 * What remains of a text whatever a store does to its form: no white space, no invisible characters, lower case, one
 * form of each accented letter. For comparing only; nobody reads it.
 */
import { isAscii } from 'node:buffer';
import { asciiCompatible, decode } from './charset.ts';

/** White space, soft hyphen, zero-width characters, directional marks, byte order mark. */
const INVISIBLE = /(?:[\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|\u034f)+/g;

/** Canonical bytes (UTF-8) of plain text in `charset`. */
export function canonicalText(bytes: Uint8Array, charset: string | null): Uint8Array {
  if (isAscii(bytes) && asciiCompatible(charset)) return canonicalAscii(bytes);
  return Buffer.from(canonicalString(decode(bytes, charset)), 'utf8');
}

/** Canonical bytes (UTF-8) of what an HTML text says. */
export function canonicalHtml(bytes: Uint8Array, charset: string | null): Uint8Array {
  return Buffer.from(canonicalString(htmlText(decode(bytes, charset))), 'utf8');
}

function canonicalString(text: string): string {
  return text.replace(INVISIBLE, '').toLowerCase().normalize('NFC');
}

/** For each ASCII byte its canonical one, and whether there is one: tables, since branches on text are slow. */
const LOWER = new Uint8Array(128);
const KEPT = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  LOWER[c] = c >= 65 && c <= 90 ? c + 32 : c;
  KEPT[c] = c === 32 || (c >= 9 && c <= 13) ? 0 : 1;
}

/** Most mail: no need to make strings of it. */
function canonicalAscii(bytes: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(bytes.length + 1);
  const n = bytes.length;
  let size = 0;
  for (let i = 0; i < n; i++) {
    const c = bytes[i]!;
    out[size] = LOWER[c]!;
    size += KEPT[c]!;
  }
  return out.subarray(0, size);
}

/** Elements whose content is not shown. */
const HIDDEN = /^(style|script|title)$/i;

/** The text of an HTML document, tags out, entities resolved. Linear in its length whatever it holds. */
export function htmlText(html: string): string {
  let text = '';
  let at = 0;
  let comments = true;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    text += html.slice(at, open);
    if (comments && html.startsWith('<!--', open)) {
      const close = html.indexOf('-->', open + 4);
      comments = close >= 0;
      if (comments) {
        at = close + 3;
        continue;
      }
    }
    if (!/[a-z!/?]/i.test(html[open + 1] ?? '')) {
      text += '<';
      at = open + 1;
      continue;
    }
    const close = html.indexOf('>', open);
    if (close < 0) {
      at = open;
      break;
    }
    at = afterHidden(html, open, close) ?? close + 1;
  }
  return entities(text + html.slice(at));
}

/** After `</style>` and its like when this tag opens one; a missing end tag hides the rest, as browsers do. */
function afterHidden(html: string, open: number, close: number): number | null {
  const name = /^[a-z]+/i.exec(html.slice(open + 1, Math.min(close, open + 10)))?.[0];
  if (name === undefined || !HIDDEN.test(name)) return null;
  const endTag = new RegExp(`</${name}`, 'gi');
  endTag.lastIndex = close;
  const found = endTag.exec(html);
  if (found === null) return html.length;
  const end = html.indexOf('>', found.index);
  return end < 0 ? html.length : end + 1;
}

/** The named ones that mail programs write; others stay as they are, which is the same on both sides. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  euro: '€',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  deg: '°',
  sect: '§',
  para: '¶',
  pound: '£',
  yen: '¥',
  cent: '¢',
  iexcl: '¡',
  iquest: '¿',
  szlig: 'ß',
  oelig: 'œ',
  OElig: 'Œ',
  aelig: 'æ',
  AElig: 'Æ',
  oslash: 'ø',
  Oslash: 'Ø',
  eth: 'ð',
  thorn: 'þ',
  times: '×',
  divide: '÷',
  plusmn: '±',
  frac12: '½',
  frac14: '¼',
  frac34: '¾',
  sup2: '²',
  sup3: '³',
  micro: 'µ',
  ordm: 'º',
  ordf: 'ª',
  not: '¬',
  zwnj: '',
  zwj: '',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
};

/** `eacute` and its like: a letter and a combining mark. */
const ACCENTS: Readonly<Record<string, string>> = {
  grave: '\u0300',
  acute: '\u0301',
  circ: '\u0302',
  tilde: '\u0303',
  uml: '\u0308',
  ring: '\u030a',
  cedil: '\u0327',
  caron: '\u030c',
};

function entities(text: string): string {
  if (text.indexOf('&') < 0) return text;
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,8}\d{0,2});?/gi, (whole, name: string) => {
    if (name[0] === '#') return fromCode(name) ?? whole;
    const named = NAMED[name] ?? NAMED[name.toLowerCase()];
    if (named !== undefined) return named;
    const accent = ACCENTS[name.slice(1)];
    return accent === undefined ? whole : (name[0]! + accent).normalize('NFC');
  });
}

/** Codes 128 to 159 mean windows-1252, as browsers read them. */
function fromCode(name: string): string | null {
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  if (code >= 128 && code < 160) return decode(Uint8Array.of(code), 'windows-1252');
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}
