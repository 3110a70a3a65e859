/** Keys and positions: `UIDVALIDITY.UID` and `UIDVALIDITY.UIDNEXT`. */

/** Null for what is no key of ours. */
export function parseKey(key: string): { validity: number; uid: number } | null {
  const match = /^(\d{1,10})\.(\d{1,10})$/.exec(key);
  if (match === null) return null;
  const uid = Number(match[2]);
  return uid > 0 ? { validity: Number(match[1]), uid } : null;
}

/** A mailbox without UIDVALIDITY has 0: its keys do not outlast a session (RFC 9051 §2.3.1.1). */
export function keyOf(validity: number | null, uid: number): string {
  return `${validity ?? 0}.${uid}`;
}

/** Splits what is asked for into sets that fit a command line, in the order given; each with its UIDs. */
export function inChunks(uids: readonly number[], most: number): number[][] {
  const chunks: number[][] = [];
  for (let at = 0; at < uids.length; at += most) chunks.push(uids.slice(at, at + most));
  return chunks;
}
