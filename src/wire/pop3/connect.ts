import type { Address } from '../address.ts';
import { type Auth, type Credential, withCredential } from '../credential.ts';
import { capa } from './capa.ts';
import { Connection } from './connection.ts';
import type { Limits } from './limits.ts';
import { signIn } from './sign-in.ts';
import { stls } from './stls.ts';
import { utf8 } from './utf8.ts';

export interface ConnectOptions extends Address<Limits> {
  /** When given, signs in as well: the maildrop is then locked until `quit`. */
  auth?: Auth;
}

/**
 * Opens a connection: TCP, TLS, greeting, STLS, sign-in, as asked for; see `withCredential`.
 * Throws `lost` (not there, too slow), `denied` (certificate, password, no encryption), `busy` (the maildrop is in use, too
 * many sign-ins), `malformed`.
 */
export function connect(options: ConnectOptions): Promise<Connection> {
  return withCredential(options.auth, (by) => open(options, by));
}

async function open(options: ConnectOptions, by: Credential | undefined): Promise<Connection> {
  const conn = await Connection.open(by === undefined ? options : { ...options, user: by.user });
  try {
    await capa(conn);
    if (options.security === 'starttls') await stls(conn);
    if (by !== undefined) {
      await utf8(conn);
      await signIn(conn, by);
      // Signed in, a server may have more or less than before (RFC 2449 §5).
      if (conn.capabilities !== null) await capa(conn);
      conn.pipelining = conn.has('PIPELINING');
    }
    return conn;
  } catch (error) {
    conn.destroy();
    throw error;
  }
}
