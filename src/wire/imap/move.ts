import { astring, checkedSet, type Part, spell, unsendable } from './command.ts';
import type { Connection } from './connection.ts';
import { type CopyUid, readCopyUid } from './copy.ts';
import { decodeMailboxName } from './mailbox-name.ts';
import type { Status } from './parser.ts';

/**
 * UID MOVE (RFC 6851 §3.2, RFC 9051 §6.4.8). COPYUID comes in an untagged OK before the answer (§4.3), or with it.
 * Throws `refused` where the server has no MOVE, `missing`, `full`, `lost`.
 */
export async function move(conn: Connection, uidSet: string, handle: string): Promise<CopyUid | null> {
  const on = decodeMailboxName(handle).name;
  if (!conn.has('MOVE') && !conn.has('IMAP4REV2')) throw unsendable('the server has no MOVE', on);
  const parts: Part[] = [`UID MOVE ${checkedSet(uidSet)} `, astring(handle, on)];
  let told: CopyUid | null = null;
  const read = (status: Status) => {
    told = readCopyUid(status, conn.limits.uids) ?? told;
    return status.code === 'COPYUID';
  };
  return conn.run({
    tried: 'store-message',
    on,
    inMailbox: true,
    slow: true,
    pieces: (rules) => spell(parts, rules),
    status: read,
    done: (status) => {
      read(status);
      return told;
    },
  });
}
