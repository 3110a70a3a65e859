import { isTrouble } from '../../trouble.ts';
import type { Connection } from './connection.ts';
import { listing } from './list.ts';

/**
 * UIDL (RFC 1939 §7): message number to unique-id, one character per byte, of any length a line holds, as the server wrote
 * it: it may be empty, or repeat another's. Null where the server has none: it is asked even where CAPA does not name it.
 * Throws `malformed`, `busy`, `lost`.
 */
export async function uidl(conn: Connection): Promise<Map<number, string> | null> {
  try {
    return await listing(conn, 'UIDL', (rest) => rest.trim());
  } catch (error) {
    // Where CAPA does not name it, "unavailable" is no reason to wait.
    const none = isTrouble(error, 'refused') || (isTrouble(error, 'busy') && !conn.has('UIDL'));
    if (none && !conn.closed) return null;
    throw error;
  }
}
