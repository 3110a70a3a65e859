import type { Language } from '../../words/figures.ts';

/** `mercredi 2 décembre`, `Wednesday 2 December`: said in full to people who did not ask for tables. Takes a moment or `2026-12-02`. */
export function longDay(at: number | string, language: Language): string {
  // Noon: a day without a time is the same day in every zone.
  const moment = new Date(typeof at === 'string' ? `${at}T12:00:00` : at);
  const year = moment.getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' as const };
  const form = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    ...{ weekday: 'long', day: 'numeric', month: 'long' },
    ...year,
  });
  return form.format(moment).replaceAll(' ', '\u00a0');
}
