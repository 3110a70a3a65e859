import type { AnswerOf, NeedsOf } from '../../api/ask.ts';

export type Group = AnswerOf<'GET /organisations/{organisation}/finding-groups'>[number];
export type Finding = AnswerOf<'GET /organisations/{organisation}/findings'>['rows'][number];
export type FindingsQuery = NonNullable<NeedsOf<'GET /organisations/{organisation}/findings'>['query']>;

export const SHOWS = ['open', 'accepted', 'all'] as const;
export type Show = (typeof SHOWS)[number];

/** What there is to be read of a message; those that matter most first. */
export const KINDS = ['missing', 'doubled', 'unread', 'unseen', 'asked', 'left', 'incomplete'] as const;
type Kind = (typeof KINDS)[number];

/** Another pass may mend it. */
const MENDABLE: ReadonlySet<string> = new Set<Kind>(['missing', 'unread', 'unseen', 'asked', 'left']);
export function isMendable(is: string): boolean {
  return MENDABLE.has(is);
}

/** What the page shows; all of it stands in the address. */
export interface Filter {
  show: Show;
  wave: string | undefined;
  person: string | undefined;
  is: string | undefined;
  text: string | undefined;
}

/** Whose findings. */
export function ofFilter({ wave, person }: Filter): { wave?: string; person?: string } {
  return { ...(wave ? { wave } : {}), ...(person ? { person } : {}) };
}

/** The messages of a group, or of all groups. */
export function queryOf(filter: Filter, group?: Group): FindingsQuery {
  const { show, is, text } = filter;
  return {
    ...ofFilter(filter),
    ...(text ? { text } : {}),
    ...(show === 'all' ? {} : { accepted: String(show === 'accepted') }),
    ...(group ? inGroup(group) : is ? { is } : {}),
  };
}

function inGroup({ is, code, cause }: Group): FindingsQuery {
  return { is, cause, ...(code === null ? {} : { code }) };
}

export function keyOfGroup({ is, code, cause }: Group): string {
  return [is, code ?? '', cause].join('|');
}

/** How many of a group are shown. */
export function shownOf({ count, accepted }: Group, show: Show): number {
  if (show === 'all') return count;
  return show === 'open' ? count - accepted : accepted;
}

/** Those that are shown, what matters most first, then the largest. */
export function shownGroups(groups: readonly Group[], { show, is }: Filter): Group[] {
  const weight = (kind: string): number => (KINDS as readonly string[]).indexOf(kind);
  return groups
    .filter((group) => shownOf(group, show) > 0 && (is === undefined || is.split(',').includes(group.is)))
    .toSorted((a, b) => weight(a.is) - weight(b.is) || shownOf(b, show) - shownOf(a, show));
}
