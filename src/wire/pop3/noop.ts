import type { Connection } from './connection.ts';

/** NOOP (RFC 1939 §5): is the other side still there? */
export function noop(conn: Connection): Promise<void> {
  return conn.run({ tried: 'converse', on: '', line: 'NOOP', done: () => undefined });
}
