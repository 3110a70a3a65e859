import type { Address } from '../address.ts';
import { type Auth, type Credential, withCredential } from '../credential.ts';
import { signIn } from './authenticate.ts';
import { capability } from './capability.ts';
import { Connection } from './connection.ts';
import { id } from './id.ts';
import type { Limits } from './limits.ts';
import { startTls } from './starttls.ts';

export interface ConnectOptions extends Address<Limits> {
  /** When given, signs in as well; the capabilities are then those after the sign-in. */
  auth?: Auth;
  /** COMPRESS=DEFLATE when offered. Off by default: it costs the server more than it gives. */
  compress?: boolean;
  /** ID fields to send after the sign-in when the server has ID (RFC 2971); some wait for it. Null sends none. */
  id?: Readonly<Record<string, string>> | null;
}

/**
 * Opens a connection: TCP, TLS, greeting, STARTTLS, sign-in, as asked for; see `withCredential`.
 * Throws `lost` (not there, too slow), `denied` (certificate, password, no encryption), `busy`, `malformed`.
 */
export function connect(options: ConnectOptions): Promise<Connection> {
  return withCredential(options.auth, (by) => open(options, by));
}

async function open(options: ConnectOptions, auth: Credential | undefined): Promise<Connection> {
  const conn = await Connection.open(auth === undefined ? options : { ...options, user: auth.user });
  try {
    if (options.security === 'starttls') await startTls(conn);
    if (auth === undefined) await capability(conn);
    else {
      await signIn(conn, auth);
      if (options.id) await id(conn, options.id);
      // zlib costs every start 6 ms, and nearly no line wants it.
      if (options.compress) await (await import('./compress.ts')).compress(conn);
    }
    return conn;
  } catch (error) {
    conn.destroy();
    throw error;
  }
}
