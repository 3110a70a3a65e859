import { Trouble } from '../../trouble.ts';
import { astring, spell, unsendable } from './command.ts';
import type { Connection } from './connection.ts';
import { decodeMailboxName, sameMailbox } from './mailbox-name.ts';
import type { Cursor, Untagged } from './parser.ts';

export type StatusItem =
  | 'MESSAGES'
  | 'UIDNEXT'
  | 'UIDVALIDITY'
  | 'UNSEEN'
  | 'HIGHESTMODSEQ'
  | 'SIZE'
  | 'APPENDLIMIT';

/** Null: not asked for, or not told. */
export interface MailboxStatus {
  messages: number | null;
  uidNext: number | null;
  uidValidity: number | null;
  unseen: number | null;
  /** Decimal text: may exceed 2^53 (RFC 7162 §7). */
  highestModseq: string | null;
  /** Of all messages, bytes (RFC 8438). */
  size: number | null;
  /** Largest APPEND into this mailbox, bytes (RFC 7889 §4). */
  appendLimit: number | null;
}

/** STATUS (RFC 9051 §6.3.11). Items the server does not have are left out. Throws `missing`, `refused`, `lost`. */
export async function status(
  conn: Connection,
  handle: string,
  items: readonly StatusItem[],
): Promise<MailboxStatus> {
  const known = knownItems(conn, items);
  if (known.length === 0) throw unsendable('STATUS of nothing', handle);
  const on = decodeMailboxName(handle).name;
  const parts = ['STATUS ', astring(handle, on), ` (${known.join(' ')})`];
  let told: MailboxStatus | null = null;
  return conn.run({
    tried: 'open-folder',
    on,
    pieces: (rules) => spell(parts, rules),
    data: (data) => {
      if (data.name !== 'STATUS') return false;
      const read = readMailboxStatus(data);
      if (!sameName(read.handle, handle)) return false;
      told = read.status;
      return true;
    },
    done: () => {
      if (told !== null) return told;
      throw new Trouble('malformed', { tried: 'open-folder', on, answer: 'OK, but no STATUS' });
    },
  });
}

/** Those of the items that this server can tell: one unknown item makes it refuse all. */
export function knownItems(conn: Connection, items: readonly StatusItem[]): StatusItem[] {
  return items.filter((item) => {
    if (item === 'HIGHESTMODSEQ') return conn.has('CONDSTORE') || conn.has('QRESYNC');
    if (item === 'SIZE') return conn.has('STATUS=SIZE') || conn.has('IMAP4REV2');
    if (item === 'APPENDLIMIT') return conn.has('APPENDLIMIT');
    return true;
  });
}

export function readMailboxStatus(data: Untagged): { handle: string; status: MailboxStatus } {
  const cursor = data.cursor();
  const handle = cursor.astring();
  cursor.space();
  return { handle, status: readItems(cursor) };
}

function readItems(cursor: Cursor): MailboxStatus {
  const status: MailboxStatus = {
    messages: null,
    uidNext: null,
    uidValidity: null,
    unseen: null,
    highestModseq: null,
    size: null,
    appendLimit: null,
  };
  cursor.expect(40);
  for (cursor.space(); !cursor.take(41); cursor.space()) {
    const name = cursor.atom().toUpperCase();
    cursor.space();
    const value = cursor.value();
    if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) continue;
    const number = Number(value);
    if (name === 'MESSAGES') status.messages = number;
    else if (name === 'UIDNEXT') status.uidNext = number;
    else if (name === 'UIDVALIDITY') status.uidValidity = number;
    else if (name === 'UNSEEN') status.unseen = number;
    else if (name === 'HIGHESTMODSEQ') status.highestModseq = value;
    else if (name === 'SIZE') status.size = number;
    else if (name === 'APPENDLIMIT') status.appendLimit = number;
  }
  return status;
}

/** Servers may answer a name in another spelling of the same Unicode text (NFC). */
function sameName(a: string, b: string): boolean {
  if (sameMailbox(a, b)) return true;
  return decodeMailboxName(a).name.normalize('NFC') === decodeMailboxName(b).name.normalize('NFC');
}
