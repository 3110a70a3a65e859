import { sendable } from './command.ts';
import type { Connection } from './connection.ts';

/** USER and PASS (RFC 1939 §7). The password goes only when the name was taken. Throws `denied`, `busy`, `lost`. */
export async function user(conn: Connection, name: string, password: string): Promise<void> {
  const [who, secret] = [sendable(name), sendable(password)];
  conn.secrets.keep(secret, password);
  await conn.run({ tried: 'sign-in', on: '', line: `USER ${who}`, done: () => undefined });
  await conn.run({ tried: 'sign-in', on: '', line: `PASS ${secret}`, slow: true, done: () => undefined });
}
