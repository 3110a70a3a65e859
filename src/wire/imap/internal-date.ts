const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;

/**
 * `dd-Mon-yyyy hh:mm:ss +zzzz` (RFC 9051 §9 date-time) → milliseconds since 1970; null when it cannot be read.
 * Also read, because servers send them: days of one digit, a zone that is missing (taken as UTC), two-digit years are not.
 */
export function parseInternalDate(text: string): number | null {
  const m =
    /^\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{1,2}):(\d{2}):(\d{2})(?: ([+-])(\d{2})(\d{2}))?\s*$/.exec(text);
  if (m === null) return null;
  const month = monthOf(m[2]!);
  if (month < 0) return null;
  const day = Number(m[1]);
  const [hour, minute, second] = [Number(m[4]), Number(m[5]), Number(m[6])];
  if (hour > 23 || minute > 59 || second > 60) return null;
  const days = daysFromCivil(Number(m[3]), month + 1, day);
  if (days === null) return null;
  const zone = (Number(m[8] ?? 0) * 60 + Number(m[9] ?? 0)) * (m[7] === '-' ? -1 : 1);
  return days * DAY_MS + ((hour * 60 + minute - zone) * 60 + second) * 1000;
}

/** The same from bytes in the exact form of the RFC (26 bytes at `at`), without making a string; NaN when it has another form. */
export function readInternalDate(bytes: Buffer, at: number): number {
  const tens = bytes[at]! === 32 ? 0 : bytes[at]! - 48;
  const day = tens * 10 + digit(bytes, at + 1);
  const month = monthAt(bytes, at + 3);
  const year = two(bytes, at + 7) * 100 + two(bytes, at + 9);
  const hour = two(bytes, at + 12);
  const minute = two(bytes, at + 15);
  const second = two(bytes, at + 18);
  const sign = bytes[at + 21];
  if (month === 0 || hour > 23 || minute > 59 || second > 60 || (sign !== 43 && sign !== 45))
    return Number.NaN;
  const zone = (two(bytes, at + 22) * 60 + two(bytes, at + 24)) * (sign === 45 ? -1 : 1);
  const days = daysFromCivil(year, month, day);
  if (days === null) return Number.NaN;
  return days * DAY_MS + ((hour * 60 + minute - zone) * 60 + second) * 1000;
}

/** Milliseconds → `"dd-Mon-yyyy hh:mm:ss +0000"` with its quotes. Throws RangeError outside the years 0 … 9999. */
export function formatInternalDate(ms: number): string {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new RangeError(`no INTERNALDATE for ${ms}`);
  const two = (n: number) => (n < 10 ? `0${n}` : `${n}`);
  const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${String(year).padStart(4, '0')}`;
  return `"${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000"`;
}

/** Days since 1970-01-01 of the proleptic Gregorian calendar; null when the day does not exist. */
function daysFromCivil(year: number, month: number, day: number): number | null {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last =
    month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  if (!(day >= 1 && day <= last)) return null;
  // Years that begin in March put the leap day last.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

function monthOf(name: string): number {
  const wanted = name.toLowerCase();
  return MONTHS.findIndex((month) => month.toLowerCase() === wanted);
}

const MONTH_KEYS = new Map(MONTHS.map((name, index) => [keyOf(Buffer.from(name), 0), index + 1]));

function keyOf(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! | 32) << 16) | ((bytes[at + 1]! | 32) << 8) | (bytes[at + 2]! | 32);
}

function monthAt(bytes: Buffer, at: number): number {
  return MONTH_KEYS.get(keyOf(bytes, at)) ?? 0;
}

function digit(bytes: Buffer, at: number): number {
  const value = bytes[at]! - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function two(bytes: Buffer, at: number): number {
  return digit(bytes, at) * 10 + digit(bytes, at + 1);
}
