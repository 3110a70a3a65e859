import { astring, spell } from './command.ts';
import type { Connection } from './connection.ts';
import { decodeMailboxName } from './mailbox-name.ts';

/** SUBSCRIBE (RFC 9051 §6.3.7); twice is once. */
export function subscribe(conn: Connection, handle: string): Promise<void> {
  return say(conn, 'SUBSCRIBE', handle);
}

/** UNSUBSCRIBE (RFC 9051 §6.3.8). */
export function unsubscribe(conn: Connection, handle: string): Promise<void> {
  return say(conn, 'UNSUBSCRIBE', handle);
}

async function say(conn: Connection, word: string, handle: string): Promise<void> {
  const on = decodeMailboxName(handle).name;
  const parts = [`${word} `, astring(handle, on)];
  await conn.run({
    tried: 'create-folder',
    on,
    pieces: (rules) => spell(parts, rules),
    done: () => undefined,
  });
}
