import type { Finding } from './event.ts';
import { isIncomplete, isRebuilt } from './rebuilt.ts';

/** What there is to be read of a finding; `same` and `merged` need no reading where nothing is noted of the message. */
export type Weight = Finding['is'] | 'incomplete' | 'rebuilt';

/** Those that matter most first. */
const WEIGHT: readonly Weight[] = [
  'missing',
  'doubled',
  'unread',
  'unseen',
  'asked',
  'left',
  'incomplete',
  'altered',
  'rebuilt',
  'extra',
];

/** `incomplete`: arrived without a part; `rebuilt`: whole as far as it was there, with something made up. */
export function weightOf({ is, classes }: Finding): Weight {
  if (is !== 'same' && is !== 'merged' && is !== 'altered') return is;
  if (isIncomplete(classes)) return 'incomplete';
  return is !== 'altered' && classes.some(isRebuilt) ? 'rebuilt' : is;
}

/** Keeps the findings to be read, up to `max` of each kind, while the rest of the stream passes by. */
export function gatherExceptions(max: number): {
  add(finding: Finding): void;
  /** At most `max` of all, and how many more there were. */
  gathered(): { exceptions: Finding[]; more: number };
} {
  const kept = new Map<Weight, Finding[]>(WEIGHT.map((kind) => [kind, []]));
  let seen = 0;
  return {
    add(finding) {
      const list = kept.get(weightOf(finding));
      if (!list) return;
      seen++;
      if (list.length < max) list.push(finding);
    },
    gathered() {
      const exceptions = [...kept.values()].flat().slice(0, max);
      return { exceptions, more: seen - exceptions.length };
    },
  };
}
