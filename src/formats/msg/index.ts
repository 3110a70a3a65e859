/** MSG files (MS-OXMSG): one Outlook item in a compound file. */
import type { Attachment, Item, Property, PropertyBag, PropertyStream, PropertyValue } from '../mapi/item.ts';
import { malformed, openCompound, type Storage, type Stream } from './compound.ts';
import { type StorageContent, writeCompound } from './compound-write.ts';
import { type NamedIds, namedIds } from './named.ts';
import { fixedSize, fixedValue, readWhole, streamedValue, VALUE_MAX_BYTES } from './value.ts';

const PROPERTIES = '__PROPERTIES_VERSION1.0';
const PROPERTIES_MAX_BYTES = 4 * 1024 * 1024;
/** Before the first property: of the file's item, of one inside another, of a recipient or an attachment. */
const HEAD = { top: 32, embedded: 24, part: 8 } as const;
const ENTRY_BYTES = 16;
const MULTIPLE = 0x1000;
const OBJECT = 0x000d;
const BINARY = 0x0102;
const ATTACH_DATA = 0x3701;
const ATTACH_METHOD = 0x3705;
const EMBEDDED = 5;

export { isCompound } from './compound.ts';

/** `malformed` for what is no compound file or holds no item. The bytes are not copied: they must not change. */
export function openMsg(bytes: Uint8Array): Item {
  const root = openCompound(bytes);
  if (!root.streams.has(PROPERTIES)) throw malformed('no Outlook item in it');
  return new MsgItem(root, HEAD.top, namedIds(root));
}

interface Slot {
  type: number;
  /** The eight bytes in the list of properties. */
  inline: Buffer;
}

class Bag implements PropertyBag {
  protected readonly storage: Storage;
  protected readonly nameIds: NamedIds;
  readonly #head: number;
  #slots: Map<number, Slot> | null = null;

  constructor(storage: Storage, head: number, nameIds: NamedIds) {
    this.storage = storage;
    this.nameIds = nameIds;
    this.#head = head;
  }

  ids(): readonly number[] {
    return [...this.#read().keys()].sort((a, b) => a - b);
  }

  get(id: number): Property | null {
    const slot = this.#read().get(id);
    if (slot === undefined) return null;
    const value = this.#value(id, slot);
    return value === null ? null : { id, type: slot.type, value };
  }

  named(set: string, name: number | string): Property | null {
    const id = this.nameIds(set, name);
    return id === null ? null : this.get(id);
  }

  stream(id: number): PropertyStream | null {
    const type = this.#read().get(id)?.type;
    if (type !== 0x001f && type !== 0x001e && type !== BINARY) return null;
    const stream = this.#streamOf(id, type);
    return stream === null ? null : { type, size: stream.size, chunks: () => stream.chunks() };
  }

  /** The list of properties; what is not in it but has a stream counts too, since some writers leave it incomplete. */
  #read(): Map<number, Slot> {
    if (this.#slots !== null) return this.#slots;
    const slots = new Map<number, Slot>();
    const list = this.storage.streams.get(PROPERTIES);
    const bytes = list === undefined ? Buffer.alloc(0) : readWhole(list, PROPERTIES_MAX_BYTES);
    for (let at = this.#head; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      const id = bytes.readUInt16LE(at + 2);
      if (!slots.has(id))
        slots.set(id, { type: bytes.readUInt16LE(at), inline: bytes.subarray(at + 8, at + 16) });
    }
    for (const name of this.storage.streams.keys()) {
      const tag = /^__SUBSTG1\.0_([0-9A-F]{4})([0-9A-F]{4})$/.exec(name);
      const id = Number.parseInt(tag?.[1] ?? '', 16);
      if (tag !== null && !slots.has(id))
        slots.set(id, { type: Number.parseInt(tag[2]!, 16), inline: Buffer.alloc(8) });
    }
    this.#slots = slots;
    return slots;
  }

  #value(id: number, { type, inline }: Slot): PropertyValue | null {
    if ((type & MULTIPLE) !== 0) return this.#values(id, type);
    const size = fixedSize(type);
    if (size > 0 && size <= 8) return fixedValue(type, inline, 0);
    const stream = this.#streamOf(id, type);
    return stream === null ? null : streamedValue(type, readWhole(stream, VALUE_MAX_BYTES));
  }

  #values(id: number, type: number): PropertyValue | null {
    const stream = this.#streamOf(id, type);
    if (stream === null) return null;
    const bytes = readWhole(stream, VALUE_MAX_BYTES);
    const one = type & ~MULTIPLE;
    const size = fixedSize(one);
    if (size > 0) {
      const count = Math.floor(bytes.length / size);
      return Array.from({ length: count }, (_none, index) => fixedValue(one, bytes, index * size)!);
    }
    return this.#streamedValues(id, type, Math.floor(bytes.length / (one === BINARY ? 8 : 4)));
  }

  /** Each value in a stream of its own (MS-OXMSG §2.1.4.2). */
  #streamedValues(id: number, type: number, count: number): PropertyValue[] {
    const values: PropertyValue[] = [];
    let left = VALUE_MAX_BYTES;
    for (let index = 0; index < count; index++) {
      const stream = this.storage.streams.get(`${streamName(id, type)}-${hex(index, 8)}`);
      if (stream === undefined) break;
      const bytes = readWhole(stream, left);
      left -= bytes.length;
      const value = streamedValue(type & ~MULTIPLE, bytes);
      if (value !== null) values.push(value);
    }
    return values;
  }

  #streamOf(id: number, type: number): Stream | null {
    return this.storage.streams.get(streamName(id, type)) ?? null;
  }

  protected parts(prefix: string): Storage[] {
    const names = [...this.storage.storages.keys()].filter((name) => name.startsWith(prefix));
    return names.sort().map((name) => this.storage.storages.get(name)!);
  }
}

function streamName(id: number, type: number): string {
  return `__SUBSTG1.0_${hex(id, 4)}${hex(type, 4)}`;
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}

class MsgItem extends Bag implements Item {
  recipients(): Iterable<PropertyBag> {
    return this.parts('__RECIP_VERSION1.0_#').map((storage) => new Bag(storage, HEAD.part, this.nameIds));
  }

  attachments(): Iterable<Attachment> {
    return this.parts('__ATTACH_VERSION1.0_#').map(
      (storage) => new MsgAttachment(storage, HEAD.part, this.nameIds),
    );
  }
}

class MsgAttachment extends Bag implements Attachment {
  #object(): Storage | undefined {
    return this.storage.storages.get(streamName(ATTACH_DATA, OBJECT));
  }

  embedded(): Item | null {
    const object = this.#object();
    if (object === undefined || this.get(ATTACH_METHOD)?.value !== EMBEDDED) return null;
    return new MsgItem(object, HEAD.embedded, this.nameIds);
  }

  /** An OLE object lies there as a storage: it comes out as a compound file of its own. */
  override stream(id: number): PropertyStream | null {
    const object =
      id === ATTACH_DATA && this.get(ATTACH_METHOD)?.value !== EMBEDDED ? this.#object() : undefined;
    if (object === undefined) return super.stream(id);
    const bytes = writeCompound(contentOf(object, { left: OLE_MAX_BYTES }, 0));
    return { type: BINARY, size: bytes.length, chunks: () => [bytes] };
  }
}

const OLE_MAX_BYTES = 256 * 1024 * 1024;
const OLE_DEPTH_MAX = 100;

function contentOf({ streams, storages }: Storage, budget: { left: number }, depth: number): StorageContent {
  if (depth > OLE_DEPTH_MAX) throw malformed('storages are nested too deeply');
  const content = new Map<string, Uint8Array>();
  for (const stream of streams.values()) {
    const bytes = readWhole(stream, budget.left);
    budget.left -= bytes.length;
    content.set(stream.name, bytes);
  }
  const inside = [...storages.values()].map((one) => [one.name, contentOf(one, budget, depth + 1)] as const);
  return { streams: content, storages: new Map(inside) };
}
