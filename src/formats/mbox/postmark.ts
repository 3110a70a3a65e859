/**
 * The `From ` line that separates messages in an mbox (RFC 4155 appendix A calls it the separator line; the mail
 * programs of old called it the postmark). Everything a splitter knows about where a message begins stands here.
 */

export interface Postmark {
  /** Milliseconds since 1970; null when the line has no date, an impossible one, or one known to be made up. */
  date: number | null;
  /**
   * `dated`: carries a whole date, which no sentence does by chance. `bare`: sender only or nothing (some
   * exporters and newer Thunderbirds): counts only in files that begin with such a line.
   */
  is: 'dated' | 'bare';
}

/** No postmark of any program known is longer; a longer line is text. */
export const POSTMARK_MAX_BYTES = 1000;

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const MONTH = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '([01]?\\d|2[0-3]):([0-5]\\d)(?::([0-5]\\d|60))?';
const ZONE = '([+-]\\d{4}|[A-Z]{1,5}(?: DST)?)';
const YEAR = '((?:19|20)\\d\\d)';
const TAIL = '(?: remote from \\S+)?[ \\t]*$';

/** `Mon Sep 17 00:00:00 2001`, with a zone before or after the year (Takeout, SysV), seconds optional. */
const ASCTIME = new RegExp(
  `(?:^| )${DAY} +${MONTH} +(\\d\\d?) +${TIME}(?: +${ZONE})? +${YEAR}(?: +${ZONE})?${TAIL}`,
);
/** `Mon, 17 Sep 2001 00:00:00 +0200`: exporters that took the date of the header. */
const INTERNET = new RegExp(
  `(?:^| )(?:${DAY}, +)?(\\d\\d?) +${MONTH} +${YEAR} +${TIME}(?: +${ZONE})?${TAIL}`,
);
const BARE = /^(?:-|MAILER-DAEMON|\S+@\S+)?[ \t]*$/;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Hours east of Greenwich of the names that Unix programs wrote; a name not listed counts as UTC. */
const ZONES: Record<string, number> = {
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  WET: 0,
  WEST: 1,
  BST: 1,
  CET: 1,
  MET: 1,
  CEST: 2,
  MEST: 2,
  'MET DST': 2,
  EET: 2,
  EEST: 3,
  MSK: 3,
  JST: 9,
};

/** What git and old converters write when they know no date; 00:00:00 exactly is no coincidence worth keeping. */
const MADE_UP = Date.UTC(2001, 8, 17);
const DAY_MS = 86_400_000;

/**
 * Reads a line (without its line end) that begins with `From `; null when it is an ordinary line of text.
 * A date without a zone is taken as UTC, as RFC 4155 asks.
 */
export function readPostmark(line: string): Postmark | null {
  if (!line.startsWith('From ') || line.length > POSTMARK_MAX_BYTES) return null;
  const rest = line.slice(5);
  const asctime = ASCTIME.exec(rest);
  if (asctime) {
    const [, month, day, hour, minute, second, zoneBefore, year, zoneAfter] = asctime;
    return dated(year!, month!, day!, [hour!, minute!, second ?? '0'], zoneBefore ?? zoneAfter);
  }
  const internet = INTERNET.exec(rest);
  if (internet) {
    const [, day, month, year, hour, minute, second, zone] = internet;
    return dated(year!, month!, day!, [hour!, minute!, second ?? '0'], zone);
  }
  return BARE.test(rest) ? { is: 'bare', date: null } : null;
}

function dated(year: string, month: string, day: string, time: string[], zone: string | undefined): Postmark {
  const [hour, minute, second] = time.map(Number);
  const local = Date.UTC(+year, MONTHS.indexOf(month), +day, hour, minute, second);
  const possible = new Date(Date.UTC(+year, MONTHS.indexOf(month), +day)).getUTCDate() === +day;
  const date = local - offsetMinutes(zone) * 60_000;
  const known = possible && date >= DAY_MS && local !== MADE_UP;
  return { is: 'dated', date: known ? date : null };
}

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined) return 0;
  if (/^[+-]/.test(zone)) {
    const minutes = +zone.slice(1, 3) * 60 + +zone.slice(3);
    return zone[0] === '-' ? -minutes : minutes;
  }
  return (ZONES[zone] ?? 0) * 60;
}
