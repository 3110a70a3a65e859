import { id } from '../../wire/imap/index.ts';
import type { ServerTold } from '../source.ts';
import type { ImapReader } from './reader.ts';

const NAME_MAX_CHARS = 200;

/** What the server says of itself (ID, RFC 2971; else its greeting) and can do (CAPABILITY, after the sign-in). */
export async function serverTold({ pool }: Pick<ImapReader, 'pool'>): Promise<ServerTold> {
  const lease = await pool.acquire(null);
  try {
    const { conn } = lease;
    const told = await id(conn, null);
    const named = [told?.name, told?.version].filter(Boolean).join(' ');
    const greeting = conn.greeting?.text.replace(/^\[[^\]]*\]\s*/, '') ?? '';
    const name = (named || greeting).slice(0, NAME_MAX_CHARS).trim();
    return { speaks: 'imap', name: name || null, capabilities: [...conn.capabilities].sort() };
  } finally {
    lease.release();
  }
}
