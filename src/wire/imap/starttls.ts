import { Trouble } from '../../trouble.ts';
import { capability } from './capability.ts';
import type { Connection } from './connection.ts';

/**
 * STARTTLS (RFC 9051 §6.2.1), then the handshake. Throws `denied` when the server has none, when it greeted with PREAUTH
 * (then TLS can no longer begin, which is what someone between would want), and when anything was sent between its OK
 * and the handshake. What it said before about its capabilities is forgotten.
 */
export async function startTls(conn: Connection): Promise<void> {
  const trouble = (answer: string) => new Trouble('denied', { tried: 'encrypt', on: conn.name, answer });
  if (conn.greeting?.is === 'PREAUTH') throw trouble('the server signs us in before encryption can begin');
  if (!(await capability(conn)).has('STARTTLS')) throw trouble('the server offers no STARTTLS');
  await conn.run({ tried: 'encrypt', on: '', pieces: () => ['STARTTLS'], done: () => conn.seal() });
  await conn.startTls();
}
