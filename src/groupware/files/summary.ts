import type { GroupwareKind, Problem } from '../item.ts';

/** How much there was, of what. `items` = all of `written` + `mail` + `other` + `unreadable`. */
export interface Counts {
  items: number;
  written: Record<GroupwareKind, number>;
  /** Messages, for a move. */
  mail: number;
  /** Of a class that has no place in an address book or a calendar: named. */
  other: number;
  /** Named. */
  unreadable: number;
}

export interface FolderCounts extends Counts {
  path: readonly string[];
  /** Written for it. */
  files: string[];
}

export interface SourceCounts {
  /** The address without secrets. */
  name: string;
  folders: FolderCounts[];
}

export interface WrittenFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** What stands in `summary.json`. */
export interface GroupwareSummary {
  format: 'malleposte-groupware';
  version: 1;
  /** False while the files take their places: what a run leaves that ends in between. */
  complete: boolean;
  totals: Counts;
  /** How many items have something that could not be said, by code. */
  problems: Record<string, number>;
  sources: SourceCounts[];
  files: WrittenFile[];
  /** Of the run before, still to be replaced or removed; none when complete. */
  former: WrittenFile[];
}

/** Something that is named, because it is not among what was written, or not whole. */
export type Notice = { source: string; folder: string; name: string } & (
  | { is: 'unreadable'; why: string }
  | { is: 'other'; what: string }
  | { is: 'problem'; kind: GroupwareKind; problems: readonly Problem[] }
);

export function noCounts(): Counts {
  const written: Record<GroupwareKind, number> = {
    ...{ contact: 0, 'distribution-list': 0, appointment: 0, meeting: 0, task: 0, note: 0, journal: 0 },
  };
  return { items: 0, written, mail: 0, other: 0, unreadable: 0 };
}

export function addCounts(to: Counts, more: Counts): void {
  to.items += more.items;
  to.mail += more.mail;
  to.other += more.other;
  to.unreadable += more.unreadable;
  for (const kind of Object.keys(to.written) as GroupwareKind[]) to.written[kind] += more.written[kind];
}

export function writtenIn(counts: Counts): number {
  return Object.values(counts.written).reduce((sum, n) => sum + n, 0);
}

/** Nothing was passed over. */
export function addsUp(counts: Counts): boolean {
  return counts.items === writtenIn(counts) + counts.mail + counts.other + counts.unreadable;
}
