import { isTrouble } from '../../trouble.ts';
import type { Connection } from './connection.ts';

/**
 * UTF8 (RFC 6856 §2.1), before the sign-in and only where announced: without it a server may rewrite or withhold messages
 * whose headers are UTF-8, with it they come as they are. A refusal means nothing.
 */
export async function utf8(conn: Connection): Promise<void> {
  if (!conn.has('UTF8')) return;
  try {
    await conn.run({ tried: 'converse', on: '', line: 'UTF8', done: () => undefined });
  } catch (error) {
    if (!isTrouble(error) || conn.closed) throw error;
  }
}
