import type { Item } from '../ledger/ledger.ts';
import { type Identity, identifier, identify } from '../mail/identity.ts';
import { rebuiltClasses } from '../mail/rebuild-note.ts';
import { saysWrapped, unwrap } from '../mail/repair.ts';
import type { Folder } from '../stores/entry.ts';
import type { Body, Hold } from '../stores/hold.ts';
import type { Source } from '../stores/source.ts';
import type { Trouble } from '../trouble.ts';

/** Repairs and wrapped messages need the whole message in memory; what is larger is neither repaired nor unwrapped. */
export const REPAIR_MAX_BYTES = 64 * 1024 * 1024;

/** A message held here, and who it is. Whoever takes it releases the body. */
export interface Held {
  item: Item;
  body: Body;
  identity: Identity;
  marks: readonly string[];
  receivedAt: number | null;
  /** Of a message that the source built again: `RebuiltClass`es. */
  rebuilt: readonly string[];
}

export interface NotHeld {
  item: Item;
  trouble: Trouble;
}

/**
 * Reads items of one folder and tells who they are. Marks and date are those seen together with the bytes, where the
 * source tells them; else those listed.
 */
export async function* receive(
  source: Source,
  folder: Folder,
  items: readonly Item[],
  hold: Hold<Body>,
  wantLikely: boolean,
): AsyncGenerator<Held | NotHeld> {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const keys = items.map((item) => item.key);
  for await (const got of source.read(folder, keys, hold)) {
    const item = byKey.get(got.key);
    if (!item) throw new Error(`${source.name} answered for a key that was not asked for: ${got.key}`);
    byKey.delete(got.key);
    if (got.is === 'unread') yield { item, trouble: got.trouble };
    else {
      yield {
        item,
        body: got.body,
        identity: identityOf(got.body, wantLikely),
        marks: got.marks ?? item.marks,
        receivedAt: got.receivedAt ?? item.receivedAt,
        rebuilt: rebuiltClasses(got.notes),
      };
    }
  }
  if (byKey.size > 0) throw new Error(`${source.name} left ${byKey.size} keys unanswered`);
}

export function identityOf(body: Body, wantLikely: boolean): Identity {
  if (body.memory) return identify(body.memory, { likely: wantLikely });
  const scan = identifier({ likely: wantLikely });
  for (const piece of body.chunks()) scan.write(piece);
  return scan.end();
}

/**
 * Who a message at the target is: one that was wrapped whole on the ladder is known as the message inside, so that it is
 * recognised even when the ledger was lost.
 */
export function identityAtTarget(body: Body): Identity {
  const identity = identityOf(body, true);
  const wrapped = saysWrapped(headOf(body)) && body.size <= REPAIR_MAX_BYTES ? unwrap(wholeOf(body)) : null;
  return wrapped ? { ...identity, exact: wrapped.exact } : identity;
}

/** The first bytes of a body: enough for its header. */
export function headOf(body: Body): Uint8Array {
  if (body.memory) return body.memory;
  for (const piece of body.chunks()) return piece;
  return new Uint8Array();
}

export function wholeOf(body: Body): Uint8Array {
  if (body.memory) return body.memory;
  const whole = Buffer.allocUnsafe(body.size);
  let at = 0;
  // A piece is valid only until the next one is asked for: each is copied before.
  for (const piece of body.chunks()) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
