import type { PageFigures } from '../../words/figures.ts';

/** `12 mars 2009 – 3 nov. 2026`; the two only where they differ. */
export function periodOf(
  { oldestMs, newestMs }: { oldestMs: number | null; newestMs: number | null },
  { date }: Pick<PageFigures, 'date'>,
): string {
  if (oldestMs === null || newestMs === null) return '–';
  const [from, to] = [date(oldestMs), date(newestMs)].map((text) => text.replaceAll(' ', '\u00a0'));
  return from === to ? `${from}` : `${from} – ${to}`;
}
