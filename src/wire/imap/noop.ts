import type { Connection } from './connection.ts';

/** NOOP (RFC 9051 §6.1.2): is the other side still there? */
export function noop(conn: Connection): Promise<void> {
  return conn.run({ tried: 'converse', on: '', pieces: () => ['NOOP'], done: () => undefined });
}
