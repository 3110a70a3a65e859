import { Trouble } from '../../trouble.ts';
import type { Folder } from '../entry.ts';
import type { Source } from '../source.ts';
import type { Target } from '../target.ts';
import { type Behaviour, goodBehaviour } from './behaviour.ts';
import { type Box, makeBox, type Room, roomHandle, wholeSeconds } from './box.ts';
import { memorySource } from './source.ts';
import { memoryTarget } from './target.ts';

export type { Behaviour, Call, Fate, PutMessage } from './behaviour.ts';

export interface MemoryMessage {
  bytes: Uint8Array;
  marks?: readonly string[];
  /** Milliseconds since 1970; null: the store knows none; left out: now. */
  receivedAt?: number | null;
  alsoIn?: readonly (readonly string[])[];
  /** What the listing says instead of the true size. */
  size?: number;
}

export interface MemoryFolder {
  path: readonly string[];
  role?: Folder['role'];
  selectable?: boolean;
  subscribed?: boolean;
}

export interface MemoryStored {
  key: string;
  bytes: Uint8Array;
  marks: readonly string[];
  receivedAt: number | null;
}

/**
 * One mailbox, as many connections to it as wanted, and the hands of a test on it. What it holds outlives its
 * connections, as on a server.
 */
export interface MemoryMailbox {
  readonly name: string;
  /** May be changed at any time. */
  readonly behaviour: Behaviour;
  source(): Source;
  target(): Target;

  /** Makes the folder (and parents), or changes it. */
  folder(folder: MemoryFolder): void;
  /** Adds a message as another program would; makes the folder. Answers the key. */
  add(path: readonly string[], message: MemoryMessage): string;
  expunge(path: readonly string[], keys: readonly string[] | 'all'): void;
  /** Sets the marks of a message (all of them). */
  flag(path: readonly string[], key: string, marks: readonly string[]): void;
  /** A new UIDVALIDITY: every key becomes another. */
  renumber(path: readonly string[]): void;
  /** Checkpoints told so far are no longer understood. */
  forget(path: readonly string[]): void;
  /** Whatever is still on its way lands now. Answers how many. */
  landLate(): number;

  /** What lies there, in order of arrival; empty when there is no such folder. */
  messages(path: readonly string[]): MemoryStored[];
  paths(): (readonly string[])[];
  /** Still on its way (fate `late`). */
  late(): number;
  /** Connections not closed. */
  open(): number;
  /** Calls so far, see `Call`. */
  calls(): number;
}

export function memoryMailbox(
  options: { name?: string; behaviour?: Partial<Behaviour>; folders?: readonly MemoryFolder[] } = {},
): MemoryMailbox {
  const name = `memory:${options.name ?? ''}`;
  const behaviour = Object.assign(goodBehaviour(), options.behaviour);
  const box = makeBox(behaviour);
  box.make(['INBOX']);
  for (const folder of options.folders ?? []) shape(box, folder);
  return {
    name,
    behaviour,
    source: () => memorySource(name, box),
    target: () => memoryTarget(name, box),
    folder: (folder) => shape(box, folder),
    add(path, message) {
      const room = box.make(path);
      const receivedAt =
        message.receivedAt === undefined ? wholeSeconds(behaviour.now()) : message.receivedAt;
      return box.store(room, { ...message, marks: message.marks ?? [], receivedAt });
    },
    expunge(path, keys) {
      const room = there(box, path);
      for (const uid of keys === 'all'
        ? [...room.messages.keys()]
        : keys.map((key) => uidThere(box, room, key)))
        box.remove(room, uid);
    },
    flag(path, key, marks) {
      const room = there(box, path);
      box.mark(room, uidThere(box, room, key), marks);
    },
    renumber: (path) => box.renumber(there(box, path)),
    forget(path) {
      const room = there(box, path);
      room.modseq += 1;
      room.oldest = room.modseq;
    },
    landLate: () => box.landLate(),
    messages(path) {
      const room = box.rooms.get(roomHandle(path));
      if (!room) return [];
      return [...room.messages.values()].map((message) => ({
        key: `${room.validity}.${message.uid}`,
        bytes: message.bytes,
        marks: message.marks,
        receivedAt: message.receivedAt,
      }));
    },
    paths: () => [...box.rooms.values()].map((room) => room.path),
    late: () => box.late.size,
    open: () => box.open,
    calls: () => box.calls,
  };
}

function shape(box: Box, folder: MemoryFolder): void {
  const room = box.make(folder.path);
  if (folder.role !== undefined) room.role = folder.role;
  if (folder.selectable !== undefined) room.selectable = folder.selectable;
  if (folder.subscribed !== undefined) room.subscribed = folder.subscribed;
}

function there(box: Box, path: readonly string[]): Room {
  const room = box.rooms.get(roomHandle(path));
  if (!room) throw new Trouble('missing', { tried: 'open-folder', on: path.join(' / ') });
  return room;
}

function uidThere(box: Box, room: Room, key: string): number {
  const uid = box.uidOf(room, key);
  if (uid === null) throw new Trouble('missing', { tried: 'read-message', on: key });
  return uid;
}
