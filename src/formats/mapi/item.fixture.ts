import { Trouble } from '../../trouble.ts';
import type { Attachment, Item, Property, PropertyBag, PropertyValue } from './item.ts';
import { Ptyp } from './properties.ts';

/** Outlook items in memory, for tests. */
export interface BagFacts {
  /** By id. The type follows from the value (a Date is a PtypTime) where it is not given. */
  properties?: Readonly<Record<number, PropertyValue | Date | { type: number; value: PropertyValue }>>;
  named?: readonly { set: string; name: number | string; type?: number; value: PropertyValue | Date }[];
  /** Ids whose reading fails as in a damaged file. */
  damaged?: readonly number[];
  /** Values that are only streamed. */
  streams?: Readonly<Record<number, { size: number; chunks: () => Iterable<Uint8Array> }>>;
}

export interface AttachmentFacts extends BagFacts {
  embedded?: Item;
}

export interface ItemFacts extends BagFacts {
  recipients?: readonly BagFacts[];
  attachments?: readonly AttachmentFacts[];
}

export function makeItem(facts: ItemFacts): Item {
  return {
    ...makeBag(facts),
    recipients: () => (facts.recipients ?? []).map(makeBag),
    attachments: () => (facts.attachments ?? []).map(makeAttachment),
  };
}

function makeAttachment(facts: AttachmentFacts): Attachment {
  return { ...makeBag(facts), embedded: () => facts.embedded ?? null };
}

export function makeBag(facts: BagFacts): PropertyBag {
  const all = new Map<number, Property>();
  for (const [key, value] of Object.entries(facts.properties ?? {})) {
    all.set(Number(key), { id: Number(key), ...typed(value) });
  }
  const ids = [...all.keys(), ...Object.keys(facts.streams ?? {}).map(Number)].sort((a, b) => a - b);
  const check = (id: number): void => {
    if (facts.damaged?.includes(id))
      throw new Trouble('malformed', { tried: 'read-file', on: `0x${id.toString(16)}` });
  };
  return {
    ids: () => ids,
    get(id) {
      check(id);
      if (facts.streams?.[id] !== undefined)
        throw new Trouble('malformed', { tried: 'read-file', on: 'too large' });
      return all.get(id) ?? null;
    },
    named(set, name) {
      const found = facts.named?.find((one) => one.set === set && one.name === name);
      if (found === undefined) return null;
      const { type, value } = typed(found.value);
      return { id: 0x8000, type: found.type ?? type, value };
    },
    stream(id) {
      check(id);
      const streamed = facts.streams?.[id];
      if (streamed !== undefined) return { type: Ptyp.Binary, ...streamed };
      const property = all.get(id);
      if (property === undefined) return null;
      const bytes =
        typeof property.value === 'string' ? Buffer.from(property.value, 'utf16le') : property.value;
      if (!(bytes instanceof Uint8Array)) return null;
      return { type: property.type, size: bytes.length, chunks: () => pieces(bytes) };
    },
  };
}

function* pieces(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

function typed(value: PropertyValue | Date | { type: number; value: PropertyValue }): {
  type: number;
  value: PropertyValue;
} {
  if (value instanceof Date) return { type: Ptyp.Time, value: value.getTime() };
  if (typeof value === 'number') return { type: Ptyp.Integer32, value };
  if (typeof value === 'bigint') return { type: Ptyp.Integer64, value };
  if (typeof value === 'boolean') return { type: Ptyp.Boolean, value };
  if (typeof value === 'string') return { type: Ptyp.String, value };
  if (value instanceof Uint8Array) return { type: Ptyp.Binary, value };
  if (Array.isArray(value)) return { type: Ptyp.Multiple | typed(value[0] ?? '').type, value };
  return value as { type: number; value: PropertyValue };
}

/** A PtypString8. */
export function string8(bytes: Uint8Array): { type: number; value: Uint8Array } {
  return { type: Ptyp.String8, value: bytes };
}
