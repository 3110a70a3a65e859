import { isTrouble } from '../../trouble.ts';
import type { Connection } from './connection.ts';

/** How long a farewell may take: nothing depends on it. */
const FAREWELL_MS = 2_000;

/** LOGOUT (RFC 9051 §6.1.3), then the connection is closed, whatever the server answers. */
export async function logout(conn: Connection): Promise<void> {
  if (conn.closed) return;
  const timer = setTimeout(() => conn.destroy(), FAREWELL_MS);
  try {
    await conn.run({ tried: 'converse', on: '', pieces: () => ['LOGOUT'], done: () => undefined });
  } catch (error) {
    if (!isTrouble(error)) throw error;
  } finally {
    clearTimeout(timer);
    conn.destroy();
  }
}
