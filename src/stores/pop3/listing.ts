import { hash } from 'node:crypto';
import { isTrouble } from '../../trouble.ts';
import { type Connection, list, stat, uidl } from '../../wire/pop3/index.ts';
import { keysByContent } from './content.ts';

/** A message of one session. */
export interface Row {
  key: string;
  /** Its number in this session, and in no other (RFC 1939 §5). */
  number: number;
  /** As LIST tells it, which may lie. */
  size: number;
}

export interface Listing {
  rows: readonly Row[];
  byKey: ReadonlyMap<string, Row>;
}

/**
 * Longer unique-ids are kept as their digest: RFC 1939 §7 allows 70 characters, servers send 500.
 *
 * QUIRK(unnamed): 289 of them (unnamed-uidl-long.txt), several spaces before one (unnamed-uidl-spaces.txt).
 */
const KEPT_ID_CHARS = 128;

/**
 * What the session shows, in the order of the server. The key is the unique-id; where there is none, or another message
 * has the same one, what the message holds (`content.ts`). UIDL is asked for where it is not announced, too:
 * QUIRK(Verizon): not in CAPA (verizon-uidl-unannounced.txt). Throws `lost`, `busy`, `malformed`.
 */
export async function listMaildrop(conn: Connection): Promise<Listing> {
  // Both sent at once: where commands may be pipelined it is one round trip.
  const [sizes, ids] = await both(sizesOf(conn), uidl(conn));
  const keys = new Map<number, string>();
  for (const [number, id] of onlyOnce(ids ?? new Map())) keys.set(number, keyOf(id));
  const numbers = [...new Set([...sizes.keys(), ...(ids?.keys() ?? [])])].sort((a, b) => a - b);
  const nameless = numbers.filter((number) => !keys.has(number));
  if (nameless.length > 0)
    for (const [number, key] of await keysByContent(conn, nameless, sizes)) keys.set(number, key);
  const rows = numbers.map((number) => ({ key: keys.get(number)!, number, size: sizes.get(number) ?? 0 }));
  return { rows, byKey: new Map(rows.map((row) => [row.key, row])) };
}

function keyOf(id: string): string {
  return id.length <= KEPT_ID_CHARS ? `u${id}` : `h${hash('sha256', Buffer.from(id, 'latin1'), 'hex')}`;
}

/** Some servers answer LIST of an empty maildrop with -ERR. */
async function sizesOf(conn: Connection): Promise<Map<number, number>> {
  try {
    return await list(conn);
  } catch (error) {
    if (!isTrouble(error, 'refused', 'missing') || conn.closed) throw error;
    if ((await stat(conn)).messages > 0) throw error;
    return new Map();
  }
}

/** The ids that name one message each. */
function onlyOnce(ids: ReadonlyMap<number, string>): Map<number, string> {
  const times = new Map<string, number>();
  for (const id of ids.values()) times.set(id, (times.get(id) ?? 0) + 1);
  return new Map([...ids].filter(([, id]) => id !== '' && times.get(id) === 1));
}

/** Waits for both whatever becomes of the first, so that no failure goes unseen. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}
