import { Trouble } from '../../trouble.ts';
import { astring, spell } from './command.ts';
import type { Connection } from './connection.ts';

/** LOGIN (RFC 9051 §6.2.3). Never sent when the server says LOGINDISABLED. Throws `denied`, `busy`, `lost`. */
export async function login(conn: Connection, user: string, password: string): Promise<void> {
  if (conn.has('LOGINDISABLED')) {
    throw new Trouble('denied', {
      tried: 'sign-in',
      on: conn.name,
      answer: 'LOGINDISABLED: the server takes no LOGIN here',
    });
  }
  const parts = ['LOGIN ', asUtf8(user), ' ', asUtf8(password)];
  conn.secrets.keep(password);
  await conn.run({
    tried: 'sign-in',
    on: '',
    pieces: (rules) => spell(parts, rules),
    done: () => undefined,
  });
}

/** RFC 9051 §5.1 has UTF-8 in names; servers compare the bytes. */
function asUtf8(text: string) {
  return astring(Buffer.from(text, 'utf8').toString('latin1'));
}
