import { isTrouble } from '../../trouble.ts';
import type { Connection } from './connection.ts';
import { Rows } from './rows.ts';

/** CAPA (RFC 2449 §5). A server that says no to it, in whatever words, has none: `capabilities` is then null. Throws `lost`, `malformed`. */
export async function capa(conn: Connection): Promise<ReadonlyMap<string, string> | null> {
  const told = new Map<string, string>();
  const rows = new Rows(
    (line) => {
      const [name = '', ...rest] = line.trim().split(/ +/);
      told.set(name.toUpperCase(), rest.join(' '));
    },
    { tried: 'greet', lineBytes: conn.limits.lineBytes, lines: conn.limits.capabilities },
  );
  try {
    await conn.run({ tried: 'converse', on: '', line: 'CAPA', lines: rows, done: () => undefined });
    conn.capabilities = told;
  } catch (error) {
    if (!isTrouble(error) || conn.closed) throw error;
    conn.capabilities = null;
  }
  return conn.capabilities;
}
