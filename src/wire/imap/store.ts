import { checkedSet, unsendable } from './command.ts';
import type { Connection } from './connection.ts';
import { isSendableFlag } from './flags.ts';
import { UidRanges } from './uid-set.ts';

/**
 * UID STORE (RFC 9051 §6.4.6). Answers the messages the server confirmed with their flags as they are now: one that
 * is gone is not among them. Throws `refused`, `lost`.
 */
export async function store(
  conn: Connection,
  uidSet: string,
  how: 'add' | 'remove' | 'replace',
  flags: readonly string[],
): Promise<Map<number, readonly string[]>> {
  const unfit = flags.find((flag) => !isSendableFlag(flag));
  if (unfit !== undefined) throw unsendable(`${JSON.stringify(unfit)} is no flag`, '');
  const sign = how === 'add' ? '+' : how === 'remove' ? '-' : '';
  const ranges = new UidRanges(checkedSet(uidSet));
  const now = new Map<number, readonly string[]>();
  return conn.run({
    tried: 'mark-message',
    on: '',
    inMailbox: true,
    pieces: () => [`UID STORE ${uidSet} ${sign}FLAGS (${flags.join(' ')})`],
    fetch: (data) => {
      if (data.uid === null || data.flags === null || data.hasBody || !ranges.has(data.uid)) return false;
      now.set(data.uid, data.flags);
      return true;
    },
    done: () => now,
  });
}
