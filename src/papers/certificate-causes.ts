import type { Finding, ReasonCode } from '../engine/event.ts';
import { toldAs } from '../mail/rebuild-note.ts';

/** What a person is told that a finding is. */
export type ToldAs = ReturnType<typeof toldAs<Finding['is']>>;

/** Those that matter most first; the others need no reading. */
export const TO_READ: readonly ToldAs[] = [
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

/** Findings of one cause. */
export interface FindingGroup {
  is: ToldAs;
  code: ReasonCode | null;
  /** What was altered or noted, sorted. */
  classes: string[];
  /** The server's own words, figures and addresses taken out so that equal causes meet; empty: it said nothing. */
  answer: string;
  count: number;
  /** The first of them. */
  examples: Finding[];
}

export interface Grouping {
  /** Says nothing of a finding that needs no reading. */
  add(finding: Finding): void;
  /** Those that matter most first, then the largest; `others`: findings of causes beyond the cap, in no group. */
  groups(): { groups: FindingGroup[]; others: number };
}

/** Kept of each group, and causes: a hostile server may give each message one of its own. */
const EXAMPLES_MAX = 12;
const GROUPS_MAX = 200;

/** Groups a stream of findings of any length in bounded memory. */
export function gatherGroups({ examplesMax = EXAMPLES_MAX, groupsMax = GROUPS_MAX } = {}): Grouping {
  const kept = new Map<string, FindingGroup>();
  let others = 0;
  return {
    add(finding) {
      const is = toldAs(finding);
      if (!TO_READ.includes(is)) return;
      const cause = causeOf(finding);
      const key = JSON.stringify([is, cause.code, cause.classes, cause.answer]);
      const group = kept.get(key) ?? { is, ...cause, count: 0, examples: [] };
      if (group.count === 0) {
        // What is missing must not be crowded out by what was altered.
        if (kept.size >= groupsMax && !makeRoom(kept, is)) {
          others++;
          return;
        }
        kept.set(key, group);
      }
      group.count++;
      if (group.examples.length < examplesMax) group.examples.push(finding);
    },
    groups() {
      const groups = [...kept.values()].sort((a, b) => weight(a.is) - weight(b.is) || b.count - a.count);
      return { groups, others };
    },
  };

  /** Gives up the smallest group of a lesser kind; false when there is none. */
  function makeRoom(groups: Map<string, FindingGroup>, is: ToldAs): boolean {
    let least: [string, FindingGroup] | null = null;
    for (const entry of groups) {
      const [, group] = entry;
      if (weight(group.is) <= weight(is)) continue;
      if (least === null || group.count < least[1].count) least = entry;
    }
    if (least === null) return false;
    groups.delete(least[0]);
    others += least[1].count;
    return true;
  }
}

/** The findings that need reading, by cause. */
export function groupFindings(findings: Iterable<Finding>): FindingGroup[] {
  const grouping = gatherGroups();
  for (const finding of findings) grouping.add(finding);
  return grouping.groups().groups;
}

function weight(is: ToldAs): number {
  return TO_READ.indexOf(is);
}

function causeOf({ reason, classes }: Finding): Pick<FindingGroup, 'code' | 'classes' | 'answer'> {
  return {
    code: reason?.code ?? null,
    classes: [...classes].sort(),
    answer: plainAnswer(reason?.answer ?? null),
  };
}

const ANSWER_MAX_CHARS = 500;

/** What stands for what differs from message to message. */
const DIFFERS = '…';

/** SMTP: the reply and the enhanced code are the cause itself (RFC 5321). */
const REPLY_CODE = /^[245]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3})?(?=[ -]|$)/;

const ONE_OF_ITS_OWN = [
  /<[^<>\s]{1,200}>/g,
  // An address; a name in it is its own.
  /[^\s<>@"'`,;:()[\]{}]{1,100}@[^\s<>@"'`,;:()[\]{}]{1,200}/g,
  // Identifiers: a word with a digit in it, of hexadecimal digits and hyphens.
  /(?<![\p{L}\d])(?=[a-f-]{0,40}\d)[\da-f-]{8,}(?![\p{L}\d])/giu,
  // Addresses of machines, sizes, times, numbers.
  /\d+(?:[.,:\u202f']\d+)*/g,
];

/** A server's answer without what is of one message alone. */
export function plainAnswer(answer: string | null): string {
  const text = (answer ?? '')
    .slice(0, ANSWER_MAX_CHARS)
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ')
    .trim();
  const code = REPLY_CODE.exec(text)?.[0] ?? '';
  const rest = ONE_OF_ITS_OWN.reduce((before, one) => before.replace(one, DIFFERS), text.slice(code.length));
  return code + rest.replace(/…(?:[ -]?…)+/g, DIFFERS);
}
