import { isTrouble } from '../../trouble.ts';
import { astring, type Part, spell } from './command.ts';
import type { Connection } from './connection.ts';
import { decodeMailboxName } from './mailbox-name.ts';
import type { Value } from './parser.ts';

export interface Quota {
  usedBytes: number;
  limitBytes: number;
}

/** RFC 9208 §5.1: STORAGE counts units of 1024 bytes. */
const UNIT_BYTES = 1024;

/**
 * GETQUOTAROOT (RFC 9208 §4.1.2): STORAGE of the mailbox; of several roots the one with the least room left.
 * Null when the server has no QUOTA, tells no STORAGE limit, or refuses to tell.
 */
export async function quota(conn: Connection, handle: string): Promise<Quota | null> {
  if (!conn.has('QUOTA') && ![...conn.capabilities].some((name) => name.startsWith('QUOTA='))) return null;
  const on = decodeMailboxName(handle).name;
  const parts: Part[] = ['GETQUOTAROOT ', astring(handle, on)];
  let tightest: Quota | null = null;
  try {
    await conn.run({
      tried: 'ask-quota',
      on,
      pieces: (rules) => spell(parts, rules),
      data: (data) => {
        if (data.name === 'QUOTAROOT') return true;
        if (data.name !== 'QUOTA') return false;
        const cursor = data.cursor();
        cursor.astring();
        cursor.space();
        tightest = tighter(tightest, storage(cursor.value()));
        return true;
      },
      done: () => undefined,
    });
  } catch (error) {
    if (!isTrouble(error, 'refused', 'missing')) throw error;
  }
  return tightest;
}

/** `(STORAGE used limit MESSAGE used limit)`. */
function storage(list: Value): Quota | null {
  if (!Array.isArray(list)) return null;
  for (let at = 0; at + 2 < list.length; at += 3) {
    const [name, used, limit] = [list[at], list[at + 1], list[at + 2]];
    if (typeof name !== 'string' || name.toUpperCase() !== 'STORAGE') continue;
    const quota = { usedBytes: Number(used) * UNIT_BYTES, limitBytes: Number(limit) * UNIT_BYTES };
    if (Number.isFinite(quota.usedBytes) && Number.isFinite(quota.limitBytes)) return quota;
  }
  return null;
}

function tighter(a: Quota | null, b: Quota | null): Quota | null {
  if (a === null || b === null) return a ?? b;
  return a.limitBytes - a.usedBytes <= b.limitBytes - b.usedBytes ? a : b;
}
