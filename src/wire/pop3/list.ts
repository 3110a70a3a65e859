import { Trouble } from '../../trouble.ts';
import type { Connection } from './connection.ts';
import { Rows } from './rows.ts';

/**
 * LIST (RFC 1939 §5): message number to size in bytes. Sizes lie (some servers count LF for CRLF, some guess): a hint. A
 * row that cannot be read ends the listing with `malformed`: a message left out here would be lost.
 */
export function list(conn: Connection): Promise<Map<number, number>> {
  return listing(conn, 'LIST', (rest) => {
    const m = /^(\d{1,16})(?!\d)/.exec(rest);
    return m === null ? 0 : Number(m[1]);
  });
}

/** A listing whose rows are a message number and something behind it. Shared with UIDL. */
export function listing<V>(
  conn: Connection,
  line: 'LIST' | 'UIDL',
  read: (rest: string) => V,
): Promise<Map<number, V>> {
  const { lineBytes, messages } = conn.limits;
  const told = new Map<number, V>();
  const rows = new Rows(
    (row) => {
      const m = /^ *(\d{1,10})(?: +|$)/.exec(row);
      const number = m === null ? 0 : Number(m[1]);
      if (m === null || number < 1 || told.has(number)) {
        const answer = `${line}: a row that cannot be read, or a number twice: ${row.slice(0, 100)}`;
        throw new Trouble('malformed', { tried: 'list-messages', on: '', answer });
      }
      told.set(number, read(row.slice(m[0].length)));
    },
    { tried: 'list-messages', lineBytes, lines: messages },
  );
  return conn.run({ tried: 'list-messages', on: '', line, slow: true, lines: rows, done: () => told });
}
