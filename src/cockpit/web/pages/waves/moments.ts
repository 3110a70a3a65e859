import type { PageWords } from '../../words/words.tsx';

/** As `<input type="datetime-local">` holds it, in the time of this browser. */
export function localMoment(atMs: number): string {
  const at = new Date(atMs);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Null: empty, or no moment. */
export function momentOf(local: string): number | null {
  const atMs = local === '' ? Number.NaN : new Date(local).getTime();
  return Number.isFinite(atMs) ? atMs : null;
}

/** A moment inside a sentence: `19 h` today, `le 4 déc., 19 h` on another day. */
export function momentSaid(atMs: number, { say, figures }: Pick<PageWords, 'say' | 'figures'>): string {
  const at = figures.when(atMs);
  return at === figures.clock(atMs) ? at : say('runs.plan.on-day', { at });
}
