import type { Role } from '../../mail/role.ts';
import { Trouble } from '../../trouble.ts';
import type { Entry, Folder } from '../entry.ts';
import type { Behaviour, Call } from './behaviour.ts';

/** A message as it lies in memory. Modification sequences as in RFC 7162. */
export interface Kept {
  uid: number;
  bytes: Uint8Array;
  marks: readonly string[];
  receivedAt: number | null;
  size: number;
  alsoIn: readonly (readonly string[])[] | undefined;
  bornAt: number;
  changedAt: number;
}

/** A folder in memory. */
export interface Room {
  path: readonly string[];
  role: Role | null;
  selectable: boolean;
  subscribed: boolean;
  validity: number;
  nextUid: number;
  modseq: number;
  /** Checkpoints below are no longer understood. */
  oldest: number;
  messages: Map<number, Kept>;
  gone: { uid: number; bornAt: number; at: number }[];
}

export interface NewMessage {
  bytes: Uint8Array;
  marks: readonly string[];
  receivedAt: number | null;
  size?: number;
  alsoIn?: readonly (readonly string[])[];
}

interface Late {
  callsLeft: number;
  land: () => void;
}

/** What all connections to one mailbox share. */
export interface Box {
  behaviour: Behaviour;
  rooms: Map<string, Room>;
  late: Set<Late>;
  open: number;
  calls: number;
  puts: number;
  usedBytes: number;
  /** Counts a call and lets faults happen. */
  call(method: Call['method'], folder: readonly string[] | null): void;
  make(path: readonly string[]): Room;
  /** Throws `missing`. */
  room(folder: Folder): Room;
  store(room: Room, message: NewMessage): string;
  storeLate(room: Room, message: NewMessage, when: { ms?: number; calls?: number }): void;
  landLate(): number;
  mark(room: Room, uid: number, marks: readonly string[]): void;
  remove(room: Room, uid: number): void;
  renumber(room: Room): void;
  uidOf(room: Room, key: string): number | null;
  describe(room: Room): Folder;
  entry(room: Room, message: Kept): Entry;
}

/** As IMAP keeps dates. */
export function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

export function roomHandle(path: readonly string[]): string {
  return JSON.stringify(path);
}

export function makeBox(behaviour: Behaviour): Box {
  let validity = 1;
  const box: Box = {
    behaviour,
    rooms: new Map(),
    late: new Set(),
    open: 0,
    calls: 0,
    puts: 0,
    usedBytes: 0,
    call(method, folder) {
      box.calls += 1;
      for (const late of [...box.late]) {
        late.callsLeft -= 1;
        if (late.callsLeft <= 0) late.land();
      }
      behaviour.onCall({ n: box.calls, method, folder });
      if (box.calls === behaviour.cutAtCall)
        throw new Trouble('lost', { tried: 'converse', on: folder?.join(' / ') ?? 'memory' });
    },
    make(path) {
      if (path.length === 0) throw new RangeError('a folder has a name');
      if (path.length > 1) box.make(path.slice(0, -1));
      const handle = roomHandle(path);
      let room = box.rooms.get(handle);
      if (!room) {
        const role = handle === '["INBOX"]' ? 'inbox' : null;
        room = {
          ...{ path: [...path], role, selectable: true, subscribed: false, validity: validity++, nextUid: 1 },
          ...{ modseq: 1, oldest: 1, messages: new Map(), gone: [] },
        };
        box.rooms.set(handle, room);
      }
      return room;
    },
    room(folder) {
      const room = box.rooms.get(folder.handle);
      if (!room?.selectable)
        throw new Trouble('missing', { tried: 'open-folder', on: folder.path.join(' / ') });
      return room;
    },
    store(room, message) {
      room.modseq += 1;
      const uid = room.nextUid++;
      room.messages.set(uid, {
        uid,
        bytes: message.bytes,
        marks: [...message.marks].sort(),
        receivedAt: message.receivedAt,
        size: message.size ?? message.bytes.length,
        alsoIn: message.alsoIn,
        bornAt: room.modseq,
        changedAt: room.modseq,
      });
      box.usedBytes += message.bytes.length;
      return `${room.validity}.${uid}`;
    },
    storeLate(room, message, when) {
      const late: Late = {
        callsLeft: when.calls ?? Number.POSITIVE_INFINITY,
        land() {
          if (box.late.delete(late)) box.store(room, message);
        },
      };
      box.late.add(late);
      if (when.ms !== undefined) setTimeout(late.land, when.ms).unref();
    },
    landLate() {
      const lates = [...box.late];
      for (const late of lates) late.land();
      return lates.length;
    },
    mark(room, uid, marks) {
      const message = room.messages.get(uid);
      if (!message) return;
      const sorted = [...new Set(marks)].sort();
      if (sorted.join(' ') === message.marks.join(' ')) return;
      message.marks = sorted;
      message.changedAt = room.modseq += 1;
    },
    remove(room, uid) {
      const message = room.messages.get(uid);
      if (!message) return;
      room.messages.delete(uid);
      box.usedBytes -= message.bytes.length;
      room.modseq += 1;
      room.gone.push({ uid, bornAt: message.bornAt, at: room.modseq });
    },
    renumber(room) {
      const messages = [...room.messages.values()];
      room.validity = validity++;
      room.nextUid = 1;
      room.messages = new Map();
      room.gone = [];
      for (const message of messages) {
        const uid = room.nextUid++;
        room.messages.set(uid, { ...message, uid });
      }
    },
    uidOf(room, key) {
      const [keyValidity, uid] = key.split('.');
      return Number(keyValidity) === room.validity && room.messages.has(Number(uid)) ? Number(uid) : null;
    },
    describe(room) {
      return {
        path: room.path,
        handle: roomHandle(room.path),
        role: room.role,
        roleBy: room.role === null ? null : 'store',
        selectable: room.selectable,
        subscribed: room.subscribed,
        messages: room.selectable ? room.messages.size : null,
        state: behaviour.tellsState && room.selectable ? `${room.validity}.${room.modseq}` : null,
        position: behaviour.tellsPosition && room.selectable ? `${room.validity}.${room.nextUid}` : null,
      };
    },
    entry(room, message) {
      return {
        key: `${room.validity}.${message.uid}`,
        marks: behaviour.tellsMarks ? message.marks : [],
        receivedAt: message.receivedAt,
        size: message.size,
        ...(message.alsoIn === undefined ? {} : { alsoIn: message.alsoIn }),
      };
    },
  };
  return box;
}
