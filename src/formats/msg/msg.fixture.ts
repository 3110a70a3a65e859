import type { Item, Property, PropertyBag, PropertyValue } from '../mapi/item.ts';
import { type StorageContent, writeCompound } from './compound-write.ts';

export interface NamedFact {
  set: string;
  name: number | string;
  type: number;
  value: PropertyValue;
}

const FIXED = new Set([0x0002, 0x0003, 0x0005, 0x000b, 0x0014, 0x0040]);
const MULTIPLE = 0x1000;

/** A MSG file of an item in memory; `named` properties are those of the item itself. */
export function writeMsg(item: Item, named: readonly NamedFact[] = [], version: 3 | 4 = 3): Buffer {
  const content = itemContent(item, 32, named);
  const storages = new Map(content.storages).set('__nameid_version1.0', nameStorage(named));
  return writeCompound({ streams: content.streams, storages }, version);
}

function itemContent(item: Item, head: number, named: readonly NamedFact[]): StorageContent {
  const storages = new Map<string, StorageContent>();
  for (const [index, bag] of [...item.recipients()].entries()) {
    storages.set(`__recip_version1.0_#${hex(index, 8)}`, {
      streams: bagStreams(bag, 8),
      storages: new Map(),
    });
  }
  for (const [index, attachment] of [...item.attachments()].entries()) {
    const inner = attachment.embedded();
    const inside = new Map<string, StorageContent>();
    if (inner !== null) inside.set('__substg1.0_3701000D', itemContent(inner, 24, []));
    storages.set(`__attach_version1.0_#${hex(index, 8)}`, {
      streams: bagStreams(attachment, 8),
      storages: inside,
    });
  }
  const more = named.map(({ type, value }, index) => ({ id: 0x8000 + index, type, value }));
  return { streams: bagStreams(item, head, more), storages };
}

function bagStreams(bag: PropertyBag, head: number, more: readonly Property[] = []): Map<string, Buffer> {
  const streams = new Map<string, Buffer>();
  const entries: Buffer[] = [Buffer.alloc(head)];
  for (const property of [...bag.ids().map((id) => bag.get(id)!), ...more]) {
    const entry = Buffer.alloc(16);
    entry.writeUInt16LE(property.type, 0);
    entry.writeUInt16LE(property.id, 2);
    if (FIXED.has(property.type)) writeFixed(entry, 8, property.type, property.value);
    else entry.writeUInt32LE(writeStreams(streams, property), 8);
    entries.push(entry);
  }
  return streams.set('__properties_version1.0', Buffer.concat(entries));
}

function writeStreams(streams: Map<string, Buffer>, { id, type, value }: Property): number {
  const name = `__substg1.0_${hex(id, 4)}${hex(type, 4)}`;
  if ((type & MULTIPLE) === 0) {
    const bytes = bytesOf(value);
    streams.set(name, bytes);
    return bytes.length;
  }
  const values = value as readonly PropertyValue[];
  const one = type & ~MULTIPLE;
  if (FIXED.has(one)) {
    const list = Buffer.alloc(4 * values.length);
    for (const [index, each] of values.entries()) list.writeInt32LE(each as number, 4 * index);
    streams.set(name, list);
    return list.length;
  }
  for (const [index, each] of values.entries()) streams.set(`${name}-${hex(index, 8)}`, bytesOf(each));
  const lengths = Buffer.alloc((one === 0x0102 ? 8 : 4) * values.length);
  streams.set(name, lengths);
  return lengths.length;
}

function bytesOf(value: PropertyValue): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf16le');
  return Buffer.from(value as Uint8Array);
}

function writeFixed(entry: Buffer, at: number, type: number, value: PropertyValue): void {
  if (type === 0x0040) entry.writeBigUInt64LE((BigInt(value as number) + 11_644_473_600_000n) * 10_000n, at);
  else if (type === 0x0014) entry.writeBigInt64LE(value as bigint, at);
  else if (type === 0x0005) entry.writeDoubleLE(value as number, at);
  else entry.writeInt32LE(Number(value), at);
}

function nameStorage(named: readonly NamedFact[]): StorageContent {
  const sets = [...new Set(named.map(({ set }) => set))];
  const strings: Buffer[] = [];
  let offset = 0;
  const entries = named.map(({ set, name }, index) => {
    const entry = Buffer.alloc(8);
    if (typeof name === 'number') entry.writeUInt32LE(name, 0);
    else {
      const text = Buffer.from(name, 'utf16le');
      const padded = Buffer.alloc(4 + text.length + (-text.length & 3));
      padded.writeUInt32LE(text.length, 0);
      text.copy(padded, 4);
      strings.push(padded);
      entry.writeUInt32LE(offset, 0);
      offset += padded.length;
    }
    entry.writeUInt16LE(((3 + sets.indexOf(set)) << 1) | (typeof name === 'number' ? 0 : 1), 4);
    entry.writeUInt16LE(index, 6);
    return entry;
  });
  const streams = new Map([
    ['__substg1.0_00020102', Buffer.concat(sets.map(guidBytes))],
    ['__substg1.0_00030102', Buffer.concat(entries)],
    ['__substg1.0_00040102', Buffer.concat(strings)],
  ]);
  return { streams, storages: new Map() };
}

function guidBytes(text: string): Buffer {
  const [a, b, c, d, e] = text.split('-').map((part) => Buffer.from(part, 'hex'));
  return Buffer.concat([a!.reverse(), b!.reverse(), c!.reverse(), d!, e!]);
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}
