import { astring, checkedSet, type Part, spell } from './command.ts';
import type { Connection } from './connection.ts';
import { decodeMailboxName } from './mailbox-name.ts';
import type { Status } from './parser.ts';
import { parseUidSet } from './uid-set.ts';

/** Which UID became which (RFC 4315 §3); the two lists run in parallel. */
export interface CopyUid {
  uidValidity: number;
  from: number[];
  to: number[];
}

/** UID COPY (RFC 9051 §6.4.7). Null when the server does not tell where they landed. Throws `missing`, `full`, `refused`, `lost`. */
export async function copy(conn: Connection, uidSet: string, handle: string): Promise<CopyUid | null> {
  const on = decodeMailboxName(handle).name;
  const parts: Part[] = [`UID COPY ${checkedSet(uidSet)} `, astring(handle, on)];
  return conn.run({
    tried: 'store-message',
    on,
    inMailbox: true,
    slow: true,
    pieces: (rules) => spell(parts, rules),
    done: (status) => readCopyUid(status, conn.limits.uids),
  });
}

/** `[COPYUID 38505 304,319:320 3956:3958]`; null when it is not said or the two sets do not fit. */
export function readCopyUid(status: Status, max: number): CopyUid | null {
  const m = status.code === 'COPYUID' ? /^(\d{1,10}) ([\d:,]+) ([\d:,]+)$/.exec(status.facts) : null;
  if (m === null) return null;
  const from = parseUidSet(m[2]!, max);
  const to = parseUidSet(m[3]!, max);
  return from.length === to.length ? { uidValidity: Number(m[1]), from, to } : null;
}
