import type { Landing } from '../ledger/ledger.ts';
import type { Identity } from '../mail/identity.ts';

/** A message in a place that no landing is known to own. */
export interface Stranger {
  key: string;
  identity: Identity;
  marks: readonly string[];
  receivedAt: number | null;
}

/**
 * Landings of a place whose key is not known: acknowledged without one, or in doubt. Strangers are matched to them as
 * multisets; the acknowledged come first, because each of them certainly has its copy, while one in doubt may only claim
 * what is left over. (The other order was seen to lose messages: a doubtful twin took the acknowledged one's copy.)
 */
export interface Pool {
  /** The landing that this stranger is, or null; a landing is given once. */
  claim(stranger: Stranger, by: 'sent' | 'exact' | 'likely'): Landing | null;
  /** Landings that nothing was matched to. */
  rest(): Landing[];
  readonly size: number;
}

export function makePool(unkeyed: readonly Landing[]): Pool {
  const order = [...unkeyed].sort((a, b) => rank(a) - rank(b) || a.id - b.id);
  const open = new Set(order);
  const lists = {
    sent: listBy(order, (landing) => landing.sent),
    exact: listBy(order, (landing) => landing.exact),
    likely: listBy(order, (landing) => landing.kin),
  };
  return {
    claim(stranger, by) {
      const { identity } = stranger;
      const key = by === 'sent' ? identity.raw : by === 'exact' ? identity.exact : identity.kin;
      const landing = lists[by]
        .get(key)
        ?.find((one) => open.has(one) && (by !== 'likely' || sameLetter(one, identity)));
      if (!landing) return null;
      open.delete(landing);
      return landing;
    },
    rest: () => [...open],
    get size() {
      return open.size;
    },
  };
}

/** The target altered the bytes: the same letter by its header, and by its content where both are known. */
function sameLetter(landing: Landing, identity: Identity): boolean {
  if (landing.messageId !== identity.messageId) return false;
  if (landing.likely !== null && identity.likely !== null) return landing.likely === identity.likely;
  return landing.messageId !== null && Math.abs(landing.size - identity.size) <= landing.size / 10;
}

function rank(landing: Landing): number {
  return landing.state === 'intended' ? 1 : 0;
}

function listBy(landings: readonly Landing[], keyOf: (landing: Landing) => string): Map<string, Landing[]> {
  const lists = new Map<string, Landing[]>();
  for (const landing of landings) {
    const key = keyOf(landing);
    const list = lists.get(key);
    if (list) list.push(landing);
    else lists.set(key, [landing]);
  }
  return lists;
}
