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
  exact: string | null;
  landing: number;
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
  const alike = (landing: number, identity: Identity) =>
    candidates.some((one) => one.landing === landing && likelyTheSame(one, identity));
  const follow = (question: Question, like: (one: Departed) => boolean): Decision | null => {
    const at = free.findIndex(like);
    if (at < 0) return null;
    const [one] = free.splice(at, 1);
    return { is: 'follow', item: question.item, from: one!.item };
  };
  return questions.map((question): Decision => {
    const { identity, account } = question;
    const moved = follow(question, (one) => one.exact === identity.exact);
    if (moved) return moved;
    const open = candidates.filter(
      (one) => !one.absorbed.has(account) && !joined.get(one.landing)?.has(account),
    );
    const exact = open.find((one) => one.exact === identity.exact);
    // An archive that was rewritten: status lines changed inside, the message did not.
    const rewritten = exact ? null : follow(question, (one) => alike(one.landing, identity));
    if (rewritten) return rewritten;
    const match = exact ?? open.find((one) => likelyTheSame(one, identity));
    if (!match) return { is: 'copy', item: question.item };
    const accounts = joined.get(match.landing) ?? new Set();
    joined.set(match.landing, accounts.add(account));
    return { is: 'merge', item: question.item, landing: match.landing, by: exact ? 'exact' : 'likely' };
  });
}

function likelyTheSame(candidate: Candidate, identity: Identity): boolean {
  return candidate.kin === identity.kin && likelySame(candidate, identity);
}
