import { isTrouble, Trouble } from '../../trouble.ts';
import {
  type AppendMessage,
  type AppendUid,
  append,
  type Connection,
  isSendableFlag,
  status,
} from '../../wire/imap/index.ts';
import type { Landed, Parcel, Place, Refused } from '../target.ts';
import { keyOf } from './keys.ts';
import type { Pool } from './pool.ts';
import { isStorable } from './quirks.ts';

/** A MULTIAPPEND of more gains nothing (measured: most by 10, none past 100) and puts more in doubt at a cut. */
const GROUP_MESSAGES = 100;
const GROUP_BYTES = 8 * 1024 * 1024;

/** One APPEND command and what it carries. */
interface Sent {
  parcels: readonly Parcel[];
  answer: Promise<AppendUid | null>;
}

/**
 * All parcels on one connection, none waiting for the answer to another; answers are told as they come. After a Trouble
 * that is no verdict on a message, what the server still answers for the others is told before it is thrown.
 */
export async function* putAll(
  pool: Pool,
  place: Place,
  parcels: readonly Parcel[],
): AsyncIterable<Landed | Refused> {
  if (parcels.length === 0) return;
  const lane = await pool.share(parcels.reduce((sum, { body }) => sum + body.size, 0));
  const queue: Sent[] = [];
  try {
    for (const group of groups(lane.conn, parcels)) queue.push(send(lane.conn, place, group));
    let stop: unknown = null;
    let isThere = false;
    for (let at = 0; at < queue.length; at += 1) {
      const { parcels: group, answer } = queue[at]!;
      try {
        yield* landed(lane.conn, group, await answer);
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        if (error.kind !== 'refused') stop ??= error;
        if (stop !== null) continue;
        // MULTIAPPEND stores all or none (RFC 3502 §6.3.11): each alone finds the one at fault.
        if (group.length > 1) {
          for (const one of group) queue.push(send(lane.conn, place, [one]));
          continue;
        }
        if (!isThere) stop = await absence(lane.conn, place);
        isThere = true;
        // QUIRK(Exchange): refuses and ends the connection (exchange-bye-append.txt). What it said of this message stands.
        if (stop === null || isTrouble(stop, 'lost'))
          yield { is: 'refused', step: group[0]!.step, trouble: error };
      }
    }
    if (stop !== null) throw stop;
  } finally {
    // Whoever leaves early may give the bodies back: not before nothing reads them any more.
    await Promise.allSettled(queue.map(({ answer }) => answer));
    lane.done();
  }
}

/** Not every server says in a code (TRYCREATE) that the folder is at fault: then no message was refused. */
async function absence(conn: Connection, place: Place): Promise<Trouble | null> {
  try {
    await status(conn, place.handle, ['UIDVALIDITY']);
    return null;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    if (error.kind !== 'refused') return error;
    const answer = error.answer === undefined ? {} : { answer: error.answer };
    return new Trouble('missing', { tried: 'store-message', on: place.path.join(' / '), ...answer });
  }
}

function send(conn: Connection, place: Place, parcels: readonly Parcel[]): Sent {
  const answer = append(conn, place.handle, parcels.map(message));
  answer.catch(() => undefined); // told when its turn comes
  return { parcels, answer };
}

function message({ body, marks, receivedAt }: Parcel): AppendMessage {
  return {
    flags: marks.filter((mark) => isStorable(mark, isSendableFlag)),
    internalDate: receivedAt,
    size: body.size,
    chunks: () => body.chunks(),
  };
}

function* landed(conn: Connection, group: readonly Parcel[], told: AppendUid | null): Iterable<Landed> {
  const keyed = told !== null && conn.has('UIDPLUS');
  for (const [n, { step }] of group.entries())
    yield { is: 'landed', step, key: keyed ? keyOf(told.uidValidity, told.uids[n]!) : null };
}

function groups(conn: Connection, parcels: readonly Parcel[]): (readonly Parcel[])[] {
  if (!conn.has('MULTIAPPEND')) return parcels.map((parcel) => [parcel]);
  const all: Parcel[][] = [];
  let bytes = 0;
  for (const parcel of parcels) {
    const last = all.at(-1);
    if (last && last.length < GROUP_MESSAGES && bytes + parcel.body.size <= GROUP_BYTES) last.push(parcel);
    else {
      all.push([parcel]);
      bytes = 0;
    }
    bytes += parcel.body.size;
  }
  return all;
}
