import { astring, spell } from './command.ts';
import type { Connection } from './connection.ts';
import { systemFlag } from './flags.ts';
import { decodeMailboxName } from './mailbox-name.ts';
import { Cursor, type Status, type Untagged } from './parser.ts';

export interface Selected {
  handle: string;
  readOnly: boolean;
  exists: number;
  /** Null when the server has none, or says that it does not last: then UIDs do not either (RFC 9051 §2.3.1.1). */
  uidValidity: number | null;
  uidNext: number | null;
  /** Decimal text; null when the mailbox keeps no mod-sequences (RFC 7162 §3.1.2). */
  highestModseq: string | null;
  flags: readonly string[];
  /** Null when not told: all flags last (RFC 9051 §7.1). `\*` stands for new keywords. */
  permanentFlags: readonly string[] | null;
}

/**
 * EXAMINE (RFC 9051 §6.3.3): read-only, nothing changes by looking. Sent at once: commands sent right behind it travel in
 * the same write and fail with it. Throws `missing`, `refused`, `lost`.
 */
export function examine(conn: Connection, handle: string): Promise<Selected> {
  return open(conn, 'EXAMINE', handle);
}

/** SELECT (RFC 9051 §6.3.2): as a target only. */
export function select(conn: Connection, handle: string): Promise<Selected> {
  return open(conn, 'SELECT', handle);
}

async function open(conn: Connection, word: 'SELECT' | 'EXAMINE', handle: string): Promise<Selected> {
  const on = decodeMailboxName(handle).name;
  const condstore = conn.has('CONDSTORE') || conn.has('QRESYNC') ? ' (CONDSTORE)' : '';
  const parts = [`${word} `, astring(handle, on), condstore];
  const selected: Selected = {
    handle,
    readOnly: word === 'EXAMINE',
    exists: 0,
    uidValidity: null,
    uidNext: null,
    highestModseq: null,
    flags: [],
    permanentFlags: null,
  };
  let sticky = true;
  return conn.run({
    tried: 'open-folder',
    on,
    barrier: true,
    pieces: (rules) => spell(parts, rules),
    data: (data) => takeData(selected, data),
    status: (status) => {
      // RFC 4315 §2: UIDs and UIDVALIDITY are others the next time.
      if (status.code === 'UIDNOTSTICKY') sticky = false;
      return takeCode(selected, status);
    },
    done: (status) => {
      takeCode(selected, status);
      if (!sticky) selected.uidValidity = null;
      if (status.code === 'READ-ONLY') selected.readOnly = true;
      conn.selected = selected;
      return selected;
    },
  });
}

function takeData(selected: Selected, data: Untagged): boolean {
  if (data.name === 'EXISTS' && data.number !== null) selected.exists = data.number;
  else if (data.name === 'FLAGS') selected.flags = data.cursor().words().map(systemFlag);
  else return data.name === 'RECENT';
  return true;
}

function takeCode(selected: Selected, status: Status): boolean {
  const number = /^\d{1,20}$/.test(status.facts) ? Number(status.facts) : null;
  if (status.code === 'UIDVALIDITY') selected.uidValidity = number === 0 ? null : number;
  // QUIRK(unnamed): UIDNEXT 0 and UIDVALIDITY 0 (unnamed-uidnext-zero.txt, unnamed-uidvalidity-zero.txt) count as not told.
  else if (status.code === 'UIDNEXT') selected.uidNext = number === 0 ? null : number;
  else if (status.code === 'HIGHESTMODSEQ') selected.highestModseq = number === null ? null : status.facts;
  else if (status.code === 'NOMODSEQ') selected.highestModseq = null;
  else if (status.code === 'PERMANENTFLAGS') selected.permanentFlags = words(status.facts);
  else return false;
  return true;
}

function words(text: string): string[] {
  const bytes = Buffer.from(text, 'latin1');
  return new Cursor(bytes, 0, bytes.length, [], 2).words().map(systemFlag);
}
