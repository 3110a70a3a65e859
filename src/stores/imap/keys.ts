import { randomInt } from 'node:crypto';

/** Keys and positions: `UIDVALIDITY.UID` and `UIDVALIDITY.UIDNEXT`. */

/** Null for what is no key of ours. */
export function parseKey(key: string): { validity: number; uid: number } | null {
  const match = /^(\d{1,10})\.(\d{1,10})$/.exec(key);
  if (match === null) return null;
  const uid = Number(match[2]);
  return uid > 0 ? { validity: Number(match[1]), uid } : null;
}

export function keyOf(validity: number, uid: number): string {
  return `${validity}.${uid}`;
}

/** Above every UIDVALIDITY, which has 32 bits, and no longer than one. */
const PASSING_FROM = 5_000_000_000;

/**
 * What stands for UIDVALIDITY where there is none that lasts (RFC 9051 §2.3.1.1): a number of ours, another one each
 * time such a folder is told from the start. So a UID that names another message by then is never taken for the one it
 * named.
 *
 * QUIRK(unnamed, UW-imap): unnamed-uidvalidity-zero.txt, uw-uid-not-sticky.txt
 */
export class Numbering {
  readonly #passing = new Map<string, number>();

  /** `anew`: the folder is told from the start. */
  of(handle: string, opened: { uidValidity: number | null } | null, anew = false): number {
    if (opened !== null && opened.uidValidity !== null) return opened.uidValidity;
    if (!anew) return this.#passing.get(handle) ?? 0;
    const fresh = PASSING_FROM + randomInt(PASSING_FROM - 1);
    this.#passing.set(handle, fresh);
    return fresh;
  }
}

/** Splits what is asked for into sets that fit a command line, in the order given; each with its UIDs. */
export function inChunks(uids: readonly number[], most: number): number[][] {
  const chunks: number[][] = [];
  for (let at = 0; at < uids.length; at += most) chunks.push(uids.slice(at, at + most));
  return chunks;
}
