import type { Id } from '../records/facts.ts';

export interface Amount {
  messages: number;
  bytes: number;
}

/** Between the least and the most that there may be. */
export interface AmountRange {
  best: Amount;
  worst: Amount;
}

/** As far as amounts go; a person of a plan is one. */
export interface Holder {
  site: Id | null;
  sources: readonly { amount: Amount | null; carried: Amount }[];
}

/** So many known accounts of its site are asked for an unknown one; where there are fewer, all known ones are. */
const ENOUGH = 3;
/**
 * An unknown account holds between these parts of the median. Mailboxes are lopsided: a few are many times as large as the median, so the
 * mean lies well above it, and a sum of many goes by the mean.
 */
const LEAST_OF_MEDIAN = 0.5;
const MOST_OF_MEDIAN = 3;

/**
 * What is left to be moved, for each holder the ranges of its sources. What is known is known; of an account that nobody has
 * looked into it is guessed from the median of its site. Null: an account is unknown, and no other is known that could tell.
 */
export function amountsOf(holders: readonly Holder[]): AmountRange[][] | null {
  const bySite = new Map<Id | null, Amount[]>();
  let unknown = false;
  for (const { site, sources } of holders) {
    const known = sources.flatMap(({ amount }) => amount ?? []);
    unknown ||= known.length < sources.length;
    const before = bySite.get(site);
    if (before === undefined) bySite.set(site, known);
    else before.push(...known);
  }
  const all = [...bySite.values()].flat();
  if (unknown && all.length === 0) return null;
  const whole = medianOf(all);
  const medians = new Map(
    [...bySite].map(([site, known]) => [site, known.length < ENOUGH ? whole : medianOf(known)]),
  );
  return holders.map(({ site, sources }) =>
    sources.map(({ amount, carried }) => {
      const median = medians.get(site) ?? whole;
      return {
        best: less(amount ?? scaled(median, LEAST_OF_MEDIAN), carried),
        worst: less(amount ?? scaled(median, MOST_OF_MEDIAN), carried),
      };
    }),
  );
}

function medianOf(amounts: readonly Amount[]): Amount {
  return {
    messages: median(amounts.map(({ messages }) => messages)),
    bytes: median(amounts.map(({ bytes }) => bytes)),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function scaled({ messages, bytes }: Amount, by: number): Amount {
  return { messages: messages * by, bytes: bytes * by };
}

function less(amount: Amount, carried: Amount): Amount {
  return {
    messages: Math.max(0, amount.messages - carried.messages),
    bytes: Math.max(0, amount.bytes - carried.bytes),
  };
}
