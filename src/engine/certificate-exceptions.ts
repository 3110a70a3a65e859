import { toldAs } from '../mail/rebuild-note.ts';
import type { Finding } from './event.ts';

/** What there is to be read of a finding; `same` and `merged` need no reading where nothing is noted of the message. */
type Weight = ReturnType<typeof toldAs<Finding['is']>>;

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
      const list = kept.get(toldAs(finding));
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
