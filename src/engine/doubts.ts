import type { Ledger } from '../ledger/ledger.ts';

/**
 * Digests of messages that were put with an unknown end and, later, put again: only of these may the target hold a copy
 * too many that is ours, and only such a copy is ever withdrawn. Kept in the ledger, because it may arrive after the run.
 */
export interface Doubts {
  has(digest: string): boolean;
  add(digest: string): Promise<void>;
}

/** More than this and the oldest are forgotten: a late copy of them would then be reported, not withdrawn. */
const DOUBTS_MAX = 10_000;

export async function openDoubts(ledger: Ledger, place: number): Promise<Doubts> {
  const name = `doubts:${place}`;
  const digests = new Set(JSON.parse((await ledger.recall(name)) ?? '[]') as string[]);
  return {
    has: (digest) => digests.has(digest),
    async add(digest) {
      if (digests.has(digest)) return;
      digests.add(digest);
      const [oldest] = digests;
      if (digests.size > DOUBTS_MAX) digests.delete(oldest!);
      await ledger.remember(name, JSON.stringify([...digests]));
    },
  };
}
