import type { AnswerOf } from '../../api/ask.ts';
import type { RowOf } from '../../components/paged.ts';

export const PEOPLE = 'GET /organisations/{organisation}/people';
export const PERSON = 'GET /organisations/{organisation}/people/{person}';

export type PersonRow = RowOf<typeof PEOPLE>;
export type PersonWhole = AnswerOf<typeof PERSON>;
export type Account = PersonRow['accounts'][number];
export type Pass = NonNullable<PersonRow['lastPass']>;

export const OVER: readonly string[] = ['proven', 'findings', 'failed'];

/** Worst first: what a person must do about the accounts. */
export function needOf({ accounts }: PersonRow): 'secret' | 'check' | null {
  if (accounts.some(({ secret }) => secret === 'none')) return 'secret';
  if (accounts.some(({ check }) => check?.ok === false)) return 'check';
  return null;
}

/** The @ of a user as people know it: `imaps://marie@example.org@mail.example.org/`. */
export function shownAddress(address: string): string {
  return address.replaceAll('%40', '@');
}
