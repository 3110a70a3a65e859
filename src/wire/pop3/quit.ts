import { isTrouble } from '../../trouble.ts';
import type { Connection } from './connection.ts';

/** How long a farewell may take: nothing depends on it. */
const FAREWELL_MS = 2_000;

/**
 * RSET, then QUIT (RFC 1939 §5, §6), then the connection is closed, whatever the server answers. Nothing was ever marked for
 * deletion; RSET is there because Dovecot, at a QUIT without it, marks what was fetched as read in the mailbox.
 */
export async function quit(conn: Connection): Promise<void> {
  if (conn.closed) return;
  const timer = setTimeout(() => conn.destroy(), FAREWELL_MS);
  try {
    for (const line of ['RSET', 'QUIT'])
      await conn.run({ tried: 'converse', on: '', line, done: () => undefined }).catch((error: unknown) => {
        if (!isTrouble(error)) throw error;
      });
  } finally {
    clearTimeout(timer);
    conn.destroy();
  }
}
