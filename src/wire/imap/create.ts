import { isTrouble } from '../../trouble.ts';
import { astring, type Part, spell, unsendable } from './command.ts';
import type { Connection } from './connection.ts';
import { list } from './list.ts';
import { decodeMailboxName, sameMailbox } from './mailbox-name.ts';

/**
 * CREATE (RFC 9051 §6.3.4), with its special use where the server has CREATE-SPECIAL-USE (RFC 6154 §3). A mailbox that is
 * already there is no error. Throws `refused`, `full`, `lost`.
 */
export async function create(
  conn: Connection,
  handle: string,
  options: { use?: string } = {},
): Promise<void> {
  const on = decodeMailboxName(handle).name;
  if (options.use !== undefined && !/^\\[A-Za-z]+$/.test(options.use)) throw unsendable('no special use', on);
  const use = options.use !== undefined && conn.has('CREATE-SPECIAL-USE') ? ` (USE (${options.use}))` : '';
  const parts: Part[] = ['CREATE ', astring(handle, on), use];
  try {
    await conn.run({
      tried: 'create-folder',
      on,
      pieces: (rules) => spell(parts, rules),
      done: () => undefined,
    });
  } catch (error) {
    if (!isTrouble(error, 'refused') || !(await isThere(conn, handle, error.answer ?? ''))) throw error;
  }
}

/** RFC 5530 §3 has ALREADYEXISTS; older servers say it in words, Courier only says that it cannot: then LIST tells. */
async function isThere(conn: Connection, handle: string, answer: string): Promise<boolean> {
  if (/ALREADYEXISTS|already exists|exists already/i.test(answer)) return true;
  if (conn.closed) return false;
  const found = await list(conn, { pattern: handle });
  return found.some((mailbox) => sameMailbox(mailbox.handle, handle));
}
