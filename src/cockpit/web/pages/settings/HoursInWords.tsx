import { useMemo } from 'react';
import { type PageWords, useWords } from '../../words/words.tsx';
import styles from './Hours.module.css';
import { isWhole, type Site, spansOf, type Window, weekOf } from './week.ts';

type Hours = Pick<Site, 'zone' | 'hours' | 'closed'>;

/** Dates that are named; the others are counted. */
const NAMED = 6;

/** When mail may move at a site, as one would say it. */
export function HoursInWords({ site, short }: { site: Hours; short?: boolean }) {
  const words = useWords();
  const { say } = words;
  const lines = useMemo(() => weekInWords(site.hours, words), [site.hours, words]);
  const closed = closedInWords(site.closed, words);
  return (
    <div className={styles.said}>
      {lines.length === 0 ? (
        <p>{say('settings.hours.said-always')}</p>
      ) : (
        lines.map((line) => <p key={line}>{line}</p>)
      )}
      {closed !== null && <p>{closed}</p>}
      {!short && lines.length > 0 && <p>{say('settings.hours.said-else')}</p>}
      {!short && (lines.length > 0 || closed !== null) && (
        <p>
          <small>{say('settings.hours.said-local', { zone: placeOf(site.zone) })}</small>
        </p>
      )}
    </div>
  );
}

export function weekInWords(hours: Site['hours'], words: PageWords): string[] {
  const { say, figures } = words;
  return weekOf(hours).map(({ days, windows }) =>
    say('settings.hours.said-line', {
      days: daysInWords(days, words),
      hours: figures.list(windows.map((window) => windowInWords(window, words))),
    }),
  );
}

function windowInWords(window: Window, { say, figures }: PageWords): string {
  if (isWhole(window)) return say('settings.hours.said-whole');
  const between = { from: timeInWords(window.from, figures), to: timeInWords(window.to, figures) };
  return say(window.over ? 'settings.hours.said-over' : 'settings.hours.said-from', between);
}

/** `20:00` is `20 h`, `8:00 PM`. */
export function timeInWords(time: string, figures: PageWords['figures']): string {
  const [hours, minutes] = [Number(time.slice(0, 2)), Number(time.slice(3))];
  return figures.clock(new Date(2001, 0, 1, hours, minutes).getTime());
}

function daysInWords(days: readonly number[], { say, figures, language }: PageWords): string {
  if (days.length === 7) return say('settings.hours.day-every');
  const parts = spansOf(days).flatMap(([from, to]) => {
    const name = (day: number): string => dayName(day, language);
    if (to - from >= 2) return [say('settings.hours.day-span', { from: name(from), to: name(to) })];
    return Array.from({ length: to - from + 1 }, (_, n) =>
      say('settings.hours.day-one', { day: name(from + n) }),
    );
  });
  const [first = '', ...rest] = parts;
  // One sentence: only its beginning is large, and English days always are.
  return figures.list([first, ...(language === 'fr' ? rest.map((part) => part.toLowerCase()) : rest)]);
}

/** 1 is Monday. */
export function dayName(day: number, language: string, form: 'long' | 'short' = 'long'): string {
  return new Intl.DateTimeFormat(language, { weekday: form }).format(new Date(2001, 0, day));
}

function closedInWords(closed: readonly string[], { say, figures }: PageWords): string | null {
  if (closed.length === 0) return null;
  const named = closed.slice(0, NAMED).map((date) => figures.day(date));
  const more = closed.length - named.length;
  const rest = more > 0 ? [say('settings.hours.said-more', { count: more, n: figures.number(more) })] : [];
  const all = { count: closed.length, n: figures.number(closed.length) };
  return say('settings.hours.said-closed', { ...all, dates: figures.list([...named, ...rest]) });
}

/** `Europe/Paris` is `Paris`. */
export function placeOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}
