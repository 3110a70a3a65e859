import type { AnswerOf } from '../../api/ask.ts';
import { folded } from '../../shell/folded.ts';

export type Line = AnswerOf<'GET /organisations/{organisation}/inventory'>[number];

/** Of the addresses that there are; what is none of them is shown as its own scheme. */
const KINDS: Readonly<Record<string, string>> = {
  imap: 'IMAP',
  imaps: 'IMAP',
  pop3: 'POP3',
  pop3s: 'POP3',
  gmail: 'Gmail',
  pst: 'PST',
  mbox: 'mbox',
  maildir: 'Maildir',
  eml: 'EML',
  takeout: 'Takeout',
};
const SERVERS: ReadonlySet<string> = new Set(['IMAP', 'POP3', 'Gmail']);

export function kindOf({ address }: Pick<Line, 'address'>): string {
  const scheme = address.slice(0, Math.max(0, address.indexOf(':'))).toLowerCase();
  return Object.hasOwn(KINDS, scheme) ? KINDS[scheme]! : scheme;
}

/** Files rather than a server: they lie on somebody's machine, and easily get lost. */
export function isArchive(line: Pick<Line, 'address'>): boolean {
  return !SERVERS.has(kindOf(line));
}

/** Without scheme and parameters; of a file, its name. */
export function shortAddress(line: Pick<Line, 'address'>): string {
  const rest = line.address.slice(line.address.indexOf(':') + 1);
  if (isArchive(line)) return rest.split(/[/\\]/).findLast((part) => part !== '') ?? rest;
  return rest.replace(/^\/\//, '').replace(/[/?].*$/, '');
}

/** Counted, by a survey or by a pass. */
export function isKnown({ messages }: Line): boolean {
  return messages !== null;
}

export function importantOf({ risks }: Line): Line['risks'] {
  return risks.filter(({ severity }) => severity === 'important');
}

export function notesOf({ risks }: Line): Line['risks'] {
  return risks.filter(({ severity }) => severity === 'note');
}

export interface Sums {
  accounts: number;
  people: number;
  /** Accounts of which the contents are known; the others count nothing below. */
  known: number;
  messages: number;
  bytes: number;
  oldestMs: number | null;
  newestMs: number | null;
  archives: number;
  archiveBytes: number;
  /** Accounts with at least one important risk. */
  important: number;
  notes: number;
}

export function sumsOf(lines: readonly Line[]): Sums {
  const times = (of: 'oldestMs' | 'newestMs'): number[] => lines.flatMap((line) => line[of] ?? []);
  const add = (of: (line: Line) => number): number => lines.reduce((sum, line) => sum + of(line), 0);
  const archives = lines.filter(isArchive);
  return {
    accounts: lines.length,
    people: new Set(lines.map(({ person }) => person)).size,
    known: lines.filter(isKnown).length,
    messages: add(({ messages }) => messages ?? 0),
    bytes: add(({ bytes }) => bytes ?? 0),
    oldestMs: times('oldestMs').reduce<number | null>((a, b) => Math.min(a ?? b, b), null),
    newestMs: times('newestMs').reduce<number | null>((a, b) => Math.max(a ?? b, b), null),
    archives: archives.length,
    archiveBytes: archives.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    important: lines.filter((line) => importantOf(line).length > 0).length,
    notes: add((line) => notesOf(line).length),
  };
}

/** Lines by what they have in common, in the order in which they are met. */
export function groupedBy<Key>(lines: readonly Line[], keyOf: (line: Line) => Key): Map<Key, Line[]> {
  const groups = new Map<Key, Line[]>();
  for (const line of lines) {
    const key = keyOf(line);
    const group = groups.get(key);
    if (group) group.push(line);
    else groups.set(key, [line]);
  }
  return groups;
}

export const SHOWS = ['all', 'risks', 'todo'] as const;
export type Show = (typeof SHOWS)[number];

/** As a table asks for it; this file knows nothing of tables, so that it can be tried without a browser. */
interface Sort {
  by: string;
  descending: boolean;
}

export interface Wanted {
  text: string | undefined;
  kind: string | undefined;
  show: Show;
  sort: Sort | null;
}

/** What the table shows; without an order asked for, as they came. */
export function foundLines(lines: readonly Line[], { text = '', kind, show, sort }: Wanted): Line[] {
  const wanted = folded(text.trim());
  const found = lines.filter(
    (line) =>
      (kind === undefined || kindOf(line) === kind) &&
      (show !== 'risks' || line.risks.length > 0) &&
      (show !== 'todo' || line.surveyedMs === null || line.trouble !== null) &&
      folded(`${line.personName} ${line.address}`).includes(wanted),
  );
  if (sort === null) return found;
  const order = Object.hasOwn(orders, sort.by) ? orders[sort.by] : undefined;
  if (order) found.sort((a, b) => (sort.descending ? order(b, a) : order(a, b)));
  return found;
}

const { compare } = new Intl.Collator();
const orders: Record<string, (a: Line, b: Line) => number> = {
  account: (a, b) => compare(a.personName, b.personName),
  kind: (a, b) => compare(kindOf(a), kindOf(b)),
  messages: (a, b) => (a.messages ?? -1) - (b.messages ?? -1),
  bytes: (a, b) => (a.bytes ?? -1) - (b.bytes ?? -1),
  period: (a, b) => (a.oldestMs ?? 0) - (b.oldestMs ?? 0),
  folders: (a, b) => (a.folders ?? -1) - (b.folders ?? -1),
  risks: (a, b) => importantOf(a).length - importantOf(b).length || a.risks.length - b.risks.length,
  surveyed: (a, b) => (a.surveyedMs ?? 0) - (b.surveyedMs ?? 0),
};
