import { Trouble } from '../../trouble.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import type { Hold } from '../hold.ts';
import type { Reader, Received, Source, Unread } from '../source.ts';
import type { Behaviour } from './behaviour.ts';
import type { Box, Kept, Room } from './box.ts';

/** A connection to a mailbox in memory, for reading. */
export function memorySource(name: string, box: Box): Source {
  const reader = memoryReader(name, box);
  return {
    ...reader,
    get traits() {
      const { bytes, tellsMarks, lanes, lineEnds } = box.behaviour;
      return { bytes, marks: tellsMarks, lanes, ...(lineEnds === 'local' ? { lineEnds } : {}) };
    },
    async *changes(folder, since) {
      reader.check();
      box.call('changes', folder.path);
      for (const change of difference(box, box.room(folder), since)) {
        box.call('change', folder.path);
        yield change;
      }
    },
  };
}

/** What sources and targets share. `check` throws `lost` after `close`. */
export function memoryReader(name: string, box: Box): Reader & { check(): void } {
  let closed = false;
  box.open += 1;
  function check(): void {
    if (closed) throw new Trouble('lost', { tried: 'converse', on: name });
  }
  return {
    name,
    check,
    async folders(): Promise<Folder[]> {
      check();
      box.call('folders', null);
      return [...box.rooms.values()].map(box.describe);
    },
    async *entries(folder, since): AsyncIterable<Entry> {
      check();
      box.call('entries', folder.path);
      const room = box.room(folder);
      const from = firstUid(room, since ?? null);
      for (const message of [...room.messages.values()]) {
        if (message.uid < from) continue;
        box.call('entry', folder.path);
        yield box.entry(room, message);
      }
    },
    async *read<B>(
      folder: Folder,
      keys: readonly string[],
      hold: Hold<B>,
    ): AsyncIterable<Received<B> | Unread> {
      check();
      box.call('read', folder.path);
      const room = box.room(folder);
      for (const key of keys) {
        box.call('body', folder.path);
        yield readOne(box, room, key, hold);
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      box.open -= 1;
    },
  };
}

/** A position of another numbering says nothing about this one: everything is told. */
function firstUid(room: Room, since: string | null): number {
  const [validity, uid] = (since ?? '').split('.');
  return Number(validity) === room.validity ? Number(uid) : 0;
}

function difference(box: Box, room: Room, since: string | null): Change[] {
  const messages = [...room.messages.values()];
  const checkpoint: Change = { is: 'checkpoint', checkpoint: `${room.validity}.${room.modseq}` };
  const all = (): Change[] => messages.map((message) => ({ is: 'entry', entry: box.entry(room, message) }));
  if (since === null) return [...all(), checkpoint];
  const [validity, at] = since.split('.').map(Number);
  if (validity !== room.validity || at === undefined || !(at >= room.oldest && at <= room.modseq))
    return [{ is: 'reset' }, ...all(), checkpoint];
  const changes: Change[] = [];
  for (const gone of room.gone)
    if (gone.at > at && gone.bornAt <= at) changes.push({ is: 'gone', key: `${room.validity}.${gone.uid}` });
  for (const message of messages) {
    const entry = box.entry(room, message);
    if (message.bornAt > at) changes.push({ is: 'entry', entry });
    else if (message.changedAt > at && box.behaviour.tellsMarks)
      changes.push({ is: 'marks', key: entry.key, marks: entry.marks });
  }
  return [...changes, checkpoint];
}

function readOne<B>(box: Box, room: Room, key: string, hold: Hold<B>): Received<B> | Unread {
  const uid = box.uidOf(room, key);
  const message = uid === null ? undefined : room.messages.get(uid);
  if (!message || box.behaviour.leavesOut(key))
    return { is: 'unread', key, trouble: new Trouble('missing', { tried: 'read-message', on: key }) };
  const answer = box.behaviour.unreadable(key);
  if (answer !== null)
    return { is: 'unread', key, trouble: new Trouble('refused', { tried: 'read-message', on: key, answer }) };
  const body = pour(message, hold, box.behaviour, key);
  const marks = box.behaviour.tellsMarks ? message.marks : null;
  return { is: 'received', key, marks, receivedAt: message.receivedAt, body };
}

function pour<B>(message: Kept, hold: Hold<B>, behaviour: Behaviour, key: string): B {
  const { pieceBytes, render } = behaviour;
  const cutAt = behaviour.cutBodyAt(key);
  const sink = hold.begin(message.size);
  const rendered = render(message.bytes);
  const bytes = cutAt === null ? rendered : rendered.subarray(0, cutAt);
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) sink.write(bytes.subarray(at, at + pieceBytes));
    if (cutAt !== null) throw new Trouble('lost', { tried: 'read-message', on: key });
  } catch (error) {
    sink.abort();
    throw error;
  }
  return sink.end();
}
