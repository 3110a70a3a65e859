import type { Finding } from './event.ts';

/** What a person should read, those that matter most first. `same` and `merged` need no reading. */
const WEIGHT: readonly Finding['is'][] = [
  'missing',
  'doubled',
  'unread',
  'unseen',
  'asked',
  'left',
  'altered',
  'extra',
];

/** Keeps the findings to be read, up to `max` of each kind, while the rest of the stream passes by. */
export function gatherExceptions(max: number): {
  add(finding: Finding): void;
  /** At most `max` of all, and how many more there were. */
  gathered(): { exceptions: Finding[]; more: number };
} {
  const kept = new Map<Finding['is'], Finding[]>(WEIGHT.map((kind) => [kind, []]));
  let seen = 0;
  return {
    add(finding) {
      const list = kept.get(finding.is);
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
