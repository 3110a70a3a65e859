import { useLiveMove } from '../../api/live.ts';
import type { Tone } from '../../components/State.tsx';
import { stateLook } from '../../components/State.tsx';
import type { PageWords } from '../../words/words.tsx';
import type { Person } from '../waves/PersonCard.tsx';

export type LiveMove = NonNullable<ReturnType<typeof useLiveMove>>;

/** Where somebody's move stands, from moment to moment where it is under way, else as it was last written down. */
export interface Standing {
  state: string;
  /** Of the messages; null: nobody knows. */
  share: number | null;
  done: number;
  of: number;
  live: LiveMove | undefined;
}

export function useStanding(person: Person): Standing {
  const live = useLiveMove(person.id);
  return standingOf(person, live);
}

/** Pure. */
export function standingOf({ lastPass }: Person, live: LiveMove | undefined): Standing {
  if (live) {
    const { state, done, waiting } = live;
    // Of what this pass has to carry: of a later one that is far less than there is.
    const of = done + waiting;
    return { state, share: of > 0 ? done / of : null, done, of, live };
  }
  if (lastPass === null) return { state: 'none', share: null, done: 0, of: 0, live };
  const { state, counts } = lastPass;
  const accounted = counts.copied + counts.merged + counts.left + counts.asked;
  const over = state === 'proven' || state === 'findings';
  const share = over ? 1 : counts.entries > 0 ? Math.min(1, accounted / counts.entries) : null;
  return { state, share, done: over ? counts.entries : accounted, of: counts.entries, live };
}

/** The bar moves blue, waits yellow, and is green or red at the end. */
export function toneOf(state: string): Tone {
  return stateLook('pass', state)[0];
}

/** `2 à 3 min`, or about so long. */
export function leftSentence(
  { from, to }: NonNullable<LiveMove['remainingMs']>,
  { say, figures }: PageWords,
): string {
  const [least, most] = [figures.span(from / 1000), figures.span(to / 1000)];
  return least === most
    ? say('road.running.left-about', { span: most })
    : say('road.running.left-between', { from: withoutUnitOf(most, least), to: most });
}

/** `2 min`, `3 min` → `2`: the unit is said once, after the second. */
function withoutUnitOf(most: string, least: string): string {
  const [, number, unit] = /^([\d.,]+)(\D+)$/.exec(least) ?? [];
  return number !== undefined && most.endsWith(unit ?? '') && /^[\d.,]+\D+$/.test(most) ? number : least;
}

export type PersonAct = 'start' | 'pause' | 'resume' | 'retry' | 'delta';

/** What can be done with the move of one person in this state. */
export function actsOf(state: string, waveHasBegun: boolean): PersonAct[] {
  if (!waveHasBegun) return [];
  switch (state) {
    case 'none':
      return ['start'];
    case 'waiting':
    case 'running':
    case 'proving':
      return ['pause'];
    case 'resting':
      return ['pause', 'resume'];
    case 'stopped':
      return ['resume'];
    case 'failed':
      return ['retry'];
    default:
      return ['delta'];
  }
}
