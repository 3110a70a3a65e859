import { astring, type Part, spell } from './command.ts';
import type { Connection } from './connection.ts';
import { collect, type Mailbox, readMailbox } from './list.ts';

/** LSUB (RFC 3501 §6.3.9): what is subscribed, for servers whose LIST does not tell. */
export async function lsub(
  conn: Connection,
  options: { reference?: string; pattern?: string } = {},
): Promise<Mailbox[]> {
  const parts: Part[] = ['LSUB ', astring(options.reference ?? ''), ' ', astring(options.pattern ?? '*')];
  const found = new Map<string, Mailbox>();
  return conn.run({
    tried: 'list-folders',
    on: '',
    pieces: (rules) => spell(parts, rules),
    data: (data) => {
      if (data.name !== 'LSUB') return false;
      collect(conn, found, readMailbox(data));
      return true;
    },
    done: () => [...found.values()],
  });
}
