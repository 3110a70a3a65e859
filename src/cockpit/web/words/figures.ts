import { type Figures, figures } from '../../../words/figures.ts';

export type Language = 'fr' | 'en';

/** How one language writes what pages show: numbers, sizes, times of the day, days, guesses. */
export interface PageFigures extends Figures {
  /** Time of the day: `17 h 40`, `5:40 PM`. */
  clock(atMs: number): string;
  /** `2 déc.`; with the year when it is not this one. Takes a moment or `2026-12-02`. */
  day(at: number | string): string;
  /** Day and time, the day left out when it is today. */
  when(atMs: number): string;
  /** A guess between two moments: `vers 17 h 40`, `entre 17 h et 19 h 20`, with days where they differ from today. */
  between(earliestMs: number, latestMs: number): { about: boolean; from: string; to: string };
  /** `il y a 5 min`, `5 min ago`. */
  ago(atMs: number): string;
  /** Several things in one sentence: `a, b et c`. */
  list(things: readonly string[]): string;
}

const NARROW = '\u202f';
const QUARTER_MS = 15 * 60_000;

export function pageFigures(language: Language): PageFigures {
  const base = figures(language);
  const dates = (options: Intl.DateTimeFormatOptions) =>
    once(() => new Intl.DateTimeFormat(language, options));
  const time = dates({ hour: 'numeric', minute: '2-digit' });
  const short = dates({ day: 'numeric', month: 'short' });
  const long = dates({ day: 'numeric', month: 'short', year: 'numeric' });
  const relative = once(() => new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' }));
  const lists = once(() => new Intl.ListFormat(language, { type: 'conjunction' }));

  const clock = (atMs: number): string => {
    if (language !== 'fr') return time().format(atMs);
    const at = new Date(atMs);
    const minutes = at.getMinutes();
    return `${at.getHours()}${NARROW}h${minutes ? `${NARROW}${String(minutes).padStart(2, '0')}` : ''}`;
  };
  const day = (at: number | string): string => {
    // Noon: a day without a time is the same day in every zone.
    const moment = new Date(typeof at === 'string' ? `${at}T12:00:00` : at);
    const form = moment.getFullYear() === new Date().getFullYear() ? short : long;
    return form().format(moment).replaceAll(' ', '\u00a0');
  };
  const when = (atMs: number): string =>
    sameDay(atMs, Date.now()) ? clock(atMs) : `${day(atMs)}, ${clock(atMs)}`;
  return {
    ...base,
    clock,
    day,
    when,
    between(earliestMs, latestMs) {
      const about = latestMs - earliestMs <= QUARTER_MS;
      const to = sameDay(earliestMs, latestMs) ? clock(latestMs) : when(latestMs);
      return { about, from: when(about ? (earliestMs + latestMs) / 2 : earliestMs), to };
    },
    ago(atMs) {
      const seconds = Math.round((atMs - Date.now()) / 1000);
      if (seconds > -60) return relative().format(0, 'second');
      if (seconds > -3600) return relative().format(Math.round(seconds / 60), 'minute');
      if (seconds > -86_400) return relative().format(Math.round(seconds / 3600), 'hour');
      return when(atMs);
    },
    list: (things) => lists().format(things),
  };
}

/** Made when it is first needed: a format of dates takes a browser many milliseconds, and few pages need all. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function sameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
