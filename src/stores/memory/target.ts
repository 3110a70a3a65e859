import { Trouble } from '../../trouble.ts';
import type { Landed, Parcel, Place, Refused, Target } from '../target.ts';
import type { Fate, PutMessage } from './behaviour.ts';
import { type Box, type NewMessage, type Room, roomHandle, wholeSeconds } from './box.ts';
import { memoryReader } from './source.ts';

/** A connection to a mailbox in memory, for reading and writing. */
export function memoryTarget(name: string, box: Box): Target {
  const reader = memoryReader(name, box);
  const { behaviour } = box;
  return {
    ...reader,
    get traits() {
      const { messageMaxBytes, tellsKey, lanes, lineEnds } = behaviour;
      return { messageMaxBytes, tellsKey, lanes, ...(lineEnds === 'crlf' ? { lineEnds } : {}) };
    },
    async prepare(path, role, subscribe): Promise<Place> {
      reader.check();
      box.call('prepare', path);
      if (!box.rooms.has(roomHandle(path))) {
        const answer = behaviour.refuseFolder(path);
        if (answer !== null)
          throw new Trouble('refused', { tried: 'create-folder', on: path.join(' / '), answer });
      }
      const room = box.make(path);
      room.selectable = true;
      room.role ??= role;
      if (subscribe) room.subscribed = true;
      return { ...box.describe(room), keeps: behaviour.keeps };
    },
    async *put(place, parcels) {
      reader.check();
      box.call('put', place.path);
      yield* putAll(box, box.room(place), parcels);
    },
    async mark(place, changes) {
      reader.check();
      box.call('mark', place.path);
      const room = box.room(place);
      return changes.map(({ key, add, remove }) => {
        const uid = box.uidOf(room, key);
        if (uid === null) return { key, is: 'missing' };
        const marks = new Set(room.messages.get(uid)!.marks);
        for (const mark of remove) marks.delete(mark);
        for (const mark of kept(box, add)) marks.add(mark);
        box.mark(room, uid, [...marks]);
        return { key, is: 'marked' };
      });
    },
    async withdraw(place, keys) {
      reader.check();
      box.call('withdraw', place.path);
      const room = box.room(place);
      if (!behaviour.withdraws)
        throw new Trouble('refused', { tried: 'remove-message', on: place.path.join(' / ') });
      for (const key of keys) {
        const uid = box.uidOf(room, key);
        if (uid !== null) box.remove(room, uid);
      }
    },
    async quota() {
      reader.check();
      box.call('quota', null);
      const limitBytes = behaviour.quotaBytes;
      return limitBytes !== null && behaviour.tellsQuota ? { usedBytes: box.usedBytes, limitBytes } : null;
    },
  };
}

/**
 * As a pipelining client sees it: once the connection is cut no more answers come, but each message that was already
 * on its way has a fate of its own.
 */
async function* putAll(box: Box, room: Room, parcels: readonly Parcel[]): AsyncIterable<Landed | Refused> {
  let lost: Trouble | null = null;
  for (const parcel of parcels) {
    const put = toPut(box, room, parcel);
    const fate = box.behaviour.fate(put);
    if (lost && (fate === 'acknowledged' || fate === 'not-landed')) continue;
    const answer = judge(box, put, lost);
    if (answer !== null) {
      if (lost) continue;
      box.call('answer', room.path);
      yield { is: 'refused', step: parcel.step, trouble: refusal(put, answer) };
      continue;
    }
    const key = land(box, room, put, fate);
    if (fate === 'acknowledged') {
      box.call('answer', room.path);
      yield { is: 'landed', step: parcel.step, key: box.behaviour.tellsKey ? key : null };
    } else {
      lost ??= new Trouble('lost', { tried: 'store-message', on: put.folder.join(' / ') });
    }
  }
  if (lost) throw lost;
}

function toPut(box: Box, room: Room, parcel: Parcel): PutMessage {
  const bytes = new Uint8Array(parcel.body.size);
  let at = 0;
  for (const piece of parcel.body.chunks()) {
    bytes.set(piece, at);
    at += piece.length;
  }
  box.puts += 1;
  const { step, marks, receivedAt } = parcel;
  return { n: box.puts, step, folder: room.path, bytes, marks, receivedAt };
}

/** The server's no, or null. Throws `full`, or the cut that came before it. */
function judge(box: Box, put: PutMessage, lost: Trouble | null): string | null {
  const { behaviour } = box;
  const max = behaviour.messageMaxBytes;
  if (max !== null && put.bytes.length > max) return `NO [TOOBIG] at most ${max} bytes`;
  const answer = behaviour.refuse(put);
  if (answer !== null) return answer;
  if (behaviour.quotaBytes !== null && box.usedBytes + put.bytes.length > behaviour.quotaBytes)
    throw (
      lost ??
      new Trouble('full', {
        tried: 'store-message',
        on: put.folder.join(' / '),
        answer: 'NO [OVERQUOTA]',
      })
    );
  return null;
}

function refusal(put: PutMessage, answer: string): Trouble {
  return new Trouble('refused', { tried: 'store-message', on: put.folder.join(' / '), answer });
}

function land(box: Box, room: Room, put: PutMessage, fate: Fate): string | null {
  if (fate === 'not-landed') return null;
  const message: NewMessage = {
    bytes: box.behaviour.alter(put.bytes),
    marks: kept(box, put.marks),
    receivedAt: box.behaviour.alterDate(put.receivedAt ?? wholeSeconds(box.behaviour.now())),
  };
  if (typeof fate === 'object') {
    box.storeLate(room, message, fate.late);
    return null;
  }
  return box.store(room, message);
}

function kept(box: Box, marks: readonly string[]): string[] {
  const { keeps } = box.behaviour;
  return keeps === 'any' ? [...marks] : marks.filter((mark) => keeps.includes(mark));
}
