import type { PageWords } from '../../words/words.tsx';
import { momentSaid } from '../waves/moments.ts';
import type { Wave } from './acts.ts';

type Estimate = NonNullable<Wave['estimate']>;

/** Further away than this nobody means the hour. */
const HOURS_WITHIN_MS = 3 * 86_400_000;

/** Until when, as a guess that says that it is one. */
export function estimateSentence(estimate: Estimate, words: PageWords): string {
  const { say } = words;
  const { earliestMs, latestMs, limit } = estimate;
  if (limit === null) return say('waves.estimate.nothing');
  if (earliestMs === null) return say('waves.estimate.never');
  if (latestMs === null) return say('waves.estimate.never-sure', { from: guessSaid(earliestMs, words) });
  const { about, from, to } = rangeSaid(earliestMs, latestMs, words);
  return about ? say('waves.estimate.around', { at: from }) : say('waves.estimate.between', { from, to });
}

/** A moment that is guessed: the hour when it is near, else the day. */
export function guessSaid(atMs: number, words: PageWords): string {
  if (atMs - Date.now() <= HOURS_WITHIN_MS) return momentSaid(atMs, words);
  return words.say('runs.plan.on-day', { at: words.figures.day(atMs) });
}

function rangeSaid(earliestMs: number, latestMs: number, words: PageWords) {
  const { figures } = words;
  if (latestMs - Date.now() <= HOURS_WITHIN_MS) {
    const { about, to } = figures.between(earliestMs, latestMs);
    const sameDay = to === figures.clock(latestMs);
    const from = momentSaid(about ? (earliestMs + latestMs) / 2 : earliestMs, words);
    return { about, from, to: sameDay ? to : momentSaid(latestMs, words) };
  }
  const [from, to] = [guessSaid(earliestMs, words), guessSaid(latestMs, words)];
  return { about: from === to, from, to };
}

/** The names that estimates and remedies speak of. */
export interface Names {
  site(id: unknown): string;
  person(id: unknown): string;
}

/** What holds it back most, with its figures. Null: nothing is left. */
export function limitSentence(
  { limit }: Estimate,
  { say, sayIfKnown, figures }: PageWords,
  names: Names,
): string | null {
  if (limit === null) return null;
  const n = (key: string): number => (typeof limit[key] === 'number' ? limit[key] : 0);
  switch (limit.by) {
    case 'line':
      return say('waves.limit.line', {
        site: names.site(limit.site),
        bytes: figures.bytes(n('bytes')),
        rate: figures.rate(n('bytesPerSecond')),
      });
    case 'daily-cap':
      return say('waves.limit.daily-cap', {
        name: names.person(limit.person),
        bytes: figures.bytes(n('bytes')),
        perDay: figures.bytes(n('bytesPerDay')),
        days: daysOf(n('days'), { say, figures }),
      });
    case 'hours':
      return say('waves.limit.hours', {
        site: names.site(limit.site),
        span: figures.span(n('weekMs') / 1000),
      });
    case 'speed':
      return say('waves.limit.speed', {
        count: n('movesAtOnce'),
        n: figures.number(n('movesAtOnce')),
        low: figures.rate(n('lowBytesPerSecond')),
        high: figures.rate(n('highBytesPerSecond')),
      });
    default:
      return sayIfKnown(`waves.limit.${limit.by}`, limit.by);
  }
}

export function daysOf(days: number, { say, figures }: Pick<PageWords, 'say' | 'figures'>): string {
  const whole = Math.ceil(days);
  return say('waves.days', { count: whole, n: figures.number(whole) });
}

type Remedy = Wave['fit']['remedies'][number];

/** What would make it fit; one line each, of a line limit one per site. */
export function remedySentences(remedy: Remedy, words: PageWords, names: Names): string[] {
  const { say, sayIfKnown, figures } = words;
  const n = (key: string): number => (typeof remedy[key] === 'number' ? remedy[key] : 0);
  const at = (key: string) => ({ at: momentSaid(n(key), words) });
  const many = { count: n('movesAtOnce'), n: figures.number(n('movesAtOnce')) };
  switch (remedy.by) {
    case 'start':
      return [say('waves.remedy.start', at('fromMs'))];
    case 'hours':
      return [say('waves.remedy.hours')];
    case 'moves':
      return [say('waves.remedy.moves', many)];
    case 'together':
      return [say('waves.remedy.together', many)];
    case 'deadline':
      return [say('waves.remedy.deadline', { at: figures.when(n('toMs')) })];
    case 'line':
      return sitesOf(remedy).map(({ site, bytesPerSecond }) =>
        bytesPerSecond === null
          ? say('waves.remedy.no-line', { site: names.site(site) })
          : say('waves.remedy.line', { site: names.site(site), rate: figures.rate(bytesPerSecond) }),
      );
    default:
      return [sayIfKnown(`waves.remedy.${remedy.by}`, remedy.by)];
  }
}

function sitesOf({ sites }: Remedy): { site: string; bytesPerSecond: number | null }[] {
  return Array.isArray(sites) ? (sites as { site: string; bytesPerSecond: number | null }[]) : [];
}
