import { checkedSet, unsendable } from './command.ts';
import type { Connection } from './connection.ts';

/**
 * UID EXPUNGE (RFC 4315 §2.1): removes those of the set that are `\Deleted`, and nothing else. Without UIDPLUS there is
 * no such thing and plain EXPUNGE would remove other people's choices too: throws `refused`, nothing is sent.
 */
export async function expunge(conn: Connection, uidSet: string): Promise<void> {
  if (!conn.has('UIDPLUS') && !conn.has('IMAP4REV2')) throw unsendable('the server has no UID EXPUNGE', '');
  const set = checkedSet(uidSet);
  await conn.run({
    tried: 'remove-message',
    on: '',
    inMailbox: true,
    slow: true,
    pieces: () => [`UID EXPUNGE ${set}`],
    data: (data) => data.name === 'EXPUNGE' || data.name === 'VANISHED',
    done: () => undefined,
  });
}
