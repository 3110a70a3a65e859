import { createHash } from 'node:crypto';
import { sendable } from './command.ts';
import type { Connection } from './connection.ts';

/**
 * The timestamp of a greeting, brackets included; null where there is none. Only a plain msg-id counts: known attacks on
 * APOP need a challenge with other bytes in it.
 */
export function timestamp(greeting: string): string | null {
  return /<[!-;=?A-~]{1,250}@[!-;=?A-~]{1,250}>/.exec(greeting)?.[0] ?? null;
}

/** APOP (RFC 1939 §7): MD5 (RFC 1321) of timestamp and password in place of the password. Throws `denied`, `busy`, `lost`. */
export async function apop(conn: Connection, stamp: string, name: string, password: string): Promise<void> {
  const digest = createHash('md5').update(stamp, 'latin1').update(password, 'utf8').digest('hex');
  conn.secrets.keep(digest, password);
  const line = `APOP ${sendable(name)} ${digest}`;
  await conn.run({ tried: 'sign-in', on: '', line, slow: true, done: () => undefined });
}
