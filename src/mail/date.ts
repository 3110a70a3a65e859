/** Dates of messages: RFC 5322 §3.3, its obsolete forms (§4.3), and what real mail writes instead. */
import { FieldNames, scanHeader } from './header.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** In minutes. Military letters were used the wrong way round, so they count as unknown: UTC (RFC 5322 §4.3). */
const ZONES: Readonly<Record<string, number>> = {
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  cet: 60,
  cest: 120,
  met: 60,
  mest: 120,
  bst: 60,
  west: 60,
  eet: 120,
  eest: 180,
  msk: 180,
  jst: 540,
};

/** Longer values are no dates. */
const DATE_MAX_CHARS = 200;
const YEAR_MIN = 1601;
const YEAR_MAX = 9999;

const TIME = '(\\d{1,2})[:.](\\d{1,2})(?:[:.](\\d{1,2})(?:[.,]\\d+)?)?';
const USUAL = new RegExp(
  `^(?:[a-z]{2,9}\\.?,?\\s*)?(\\d{1,2})[\\s-]+([a-z]{3})[a-z]*\\.?[\\s,-]+(\\d{2,4})[\\s,]+${TIME}\\s*(.*)$`,
  'i',
);
/** `Mon Jan  2 15:04:05 2006`, with a zone before or after the year. */
const ASCTIME = new RegExp(
  `^(?:[a-z]{3,9},?\\s+)?([a-z]{3})[a-z]*\\s+(\\d{1,2}),?\\s+${TIME}\\s+(?:([a-z+][\\w:+]*)\\s+)?(\\d{4})\\s*(.*)$`,
  'i',
);
const ISO = new RegExp(`^(\\d{4})-(\\d{1,2})-(\\d{1,2})[\\sT]+${TIME}\\s*(.*)$`, 'i');

/** Milliseconds since 1970; null for what is no date (31 February too). A missing zone is UTC. */
export function parseDate(value: string): number | null {
  const text = withoutComments(value.slice(0, 2 * DATE_MAX_CHARS)).trim();
  if (text.length > DATE_MAX_CHARS) return null;
  let m = USUAL.exec(text);
  if (m !== null) return compose(fullYear(m[3]!), month(m[2]!), m[1]!, m[4]!, m[5]!, m[6], m[7]!);
  m = ASCTIME.exec(text);
  if (m !== null) return compose(Number(m[7]), month(m[1]!), m[2]!, m[3]!, m[4]!, m[5], m[6] ?? m[8]!);
  m = ISO.exec(text);
  if (m !== null) return compose(Number(m[1]), Number(m[2]) - 1, m[3]!, m[4]!, m[5]!, m[6], m[7]!);
  return null;
}

const RECEIVED = new FieldNames(['received']);

/** When the last server took it: from the topmost Received field (RFC 5321 §4.4). Null where there is none. */
export function receivedDate(header: Uint8Array): number | null {
  const value = scanHeader(header, RECEIVED).values[0];
  if (value === undefined) return null;
  const plain = withoutComments(value);
  const semicolon = plain.lastIndexOf(';');
  return semicolon < 0 ? null : parseDate(plain.slice(semicolon + 1));
}

/** Comments are nested and may hold quoted pairs (RFC 5322 §3.2.2). */
function withoutComments(text: string): string {
  if (text.indexOf('(') < 0) return text;
  let out = '';
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\' && depth > 0) i++;
    else if (c === '(') depth++;
    else if (c === ')' && depth > 0) {
      depth--;
      out += ' ';
    } else if (depth === 0) out += c;
  }
  return out;
}

function month(name: string): number {
  return MONTHS.indexOf(name.toLowerCase());
}

/** RFC 5322 §4.3: two digits up to 49 are 20xx, three digits count from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits.length === 3 ? 1900 + year : year;
}

function compose(
  year: number,
  monthIndex: number,
  dayText: string,
  hourText: string,
  minuteText: string,
  secondText: string | undefined,
  zoneText: string,
): number | null {
  const day = Number(dayText);
  const hour = Number(hourText);
  const minute = Number(minuteText);
  const second = Number(secondText ?? 0);
  const zone = zoneMinutes(zoneText);
  if (year < YEAR_MIN || year > YEAR_MAX || monthIndex < 0 || monthIndex > 11 || zone === null) return null;
  if (day < 1 || day > daysIn(year, monthIndex) || hour > 23 || minute > 59 || second > 60) return null;
  return Date.UTC(year, monthIndex, day, hour, minute, second) - zone * 60_000;
}

function daysIn(year: number, monthIndex: number): number {
  return new Date(Date.UTC(year, monthIndex + 1, 0)).getUTCDate();
}

/** East of Greenwich; null for an offset that no place on earth has. Unknown names count as UTC. */
function zoneMinutes(text: string): number | null {
  const offset = /^(?:(?:gmt|utc?)\s*)?([+-])(\d{1,2}):?(\d{2})?(?!\d)/i.exec(text);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    if (Number(offset[3] ?? 0) > 59 || minutes > 24 * 60) return null;
    return offset[1] === '-' ? -minutes : minutes;
  }
  const name = /^[a-z]+/i.exec(text)?.[0].toLowerCase();
  return name === undefined ? 0 : (ZONES[name] ?? 0);
}
