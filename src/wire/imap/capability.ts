import type { Connection } from './connection.ts';

/** CAPABILITY (RFC 9051 §6.1.1), asked only when the server has not told them unasked. */
export async function capability(conn: Connection): Promise<ReadonlySet<string>> {
  if (conn.capabilities.size === 0) {
    await conn.run({ tried: 'greet', on: '', pieces: () => ['CAPABILITY'], done: () => undefined });
  }
  return conn.capabilities;
}
