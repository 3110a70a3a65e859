import { Trouble } from '../../trouble.ts';
import { capa } from './capa.ts';
import type { Connection } from './connection.ts';

/**
 * STLS (RFC 2595 §4), then the handshake. Throws `denied` when the server has none or refuses it, and when anything was
 * sent between its +OK and the handshake. What it said before about its capabilities is asked again.
 */
export async function stls(conn: Connection): Promise<void> {
  // A server without CAPA may have it all the same: its answer tells.
  if (conn.capabilities !== null && !conn.has('STLS')) {
    throw new Trouble('denied', { tried: 'encrypt', on: conn.name, answer: 'the server offers no STLS' });
  }
  await conn.run({ tried: 'encrypt', on: '', line: 'STLS', done: () => conn.seal() });
  await conn.startTls();
  await capa(conn);
}
