import type { SameBy } from '../ledger/ledger.ts';
import { type Identity, likelySame } from '../mail/identity.ts';

/** A landing that an item might join, and what is known of it. */
export interface Candidate {
  landing: number;
  exact: string;
  kin: string;
  likely: string | null;
  messageId: string | null;
  /** Accounts that have an item in it already: each account can join once, so that twins stay twins. */
  absorbed: ReadonlySet<number>;
}

/** An item of the same account that is gone from where it was and still holds its landing. */
export interface Departed {
  item: number;
  exact: string;
}

export interface Question {
  item: number;
  account: number;
  identity: Identity;
}

export type Decision =
  | { is: 'copy'; item: number }
  | { is: 'merge'; item: number; landing: number; by: SameBy }
  | { is: 'follow'; item: number; from: number };

/**
 * Decides for messages just read whether each is copied, joins a copy that is there, or is an old acquaintance under a
 * new key (law 4). Pure. Nothing merges on a Message-ID alone; where it is not sure, both are kept.
 */
export function plan(
  questions: readonly Question[],
  candidates: readonly Candidate[],
  departed: readonly Departed[],
): Decision[] {
  const joined = new Map<number, Set<number>>();
  const free = [...departed];
  return questions.map((question): Decision => {
    const old = free.findIndex((one) => one.exact === question.identity.exact);
    if (old >= 0) {
      const [one] = free.splice(old, 1);
      return { is: 'follow', item: question.item, from: one!.item };
    }
    const open = candidates.filter(
      (one) => !one.absorbed.has(question.account) && !joined.get(one.landing)?.has(question.account),
    );
    const exact = open.find((one) => one.exact === question.identity.exact);
    const match = exact ?? open.find((one) => likelyTheSame(one, question.identity));
    if (!match) return { is: 'copy', item: question.item };
    const accounts = joined.get(match.landing) ?? new Set();
    joined.set(match.landing, accounts.add(question.account));
    return { is: 'merge', item: question.item, landing: match.landing, by: exact ? 'exact' : 'likely' };
  });
}

function likelyTheSame(candidate: Candidate, identity: Identity): boolean {
  return candidate.kin === identity.kin && likelySame(candidate, identity);
}
