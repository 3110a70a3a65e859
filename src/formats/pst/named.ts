import type { PropertyBag } from '../mapi/item.ts';
import { part, u16, u32 } from './bytes.ts';
import { damage } from './damage.ts';
import { guidOf, textOf } from './value.ts';

/** Finds the id that a named property has in one file. */
export interface NamedIds {
  idOf(set: string, name: number | string): number | null;
}

export const NO_NAMES: NamedIds = { idOf: () => null };

const PS_MAPI = '00020328-0000-0000-c000-000000000046';
const PS_PUBLIC_STRINGS = '00020329-0000-0000-c000-000000000046';
const FIRST_ID = 0x8000;
const [SETS, ENTRIES, STRINGS] = [0x0002, 0x0003, 0x0004];
const ENTRY_BYTES = 8;

/** The names of a file (MS-PST §2.4.7), from the properties of its node 0x61. Throws `malformed`. */
export function readNames(properties: PropertyBag): NamedIds {
  const [sets, entries, strings] = [SETS, ENTRIES, STRINGS].map((id) => bytesOf(properties, id!));
  const ids = new Map<string, number>();
  for (let at = 0; at + ENTRY_BYTES <= entries!.length; at += ENTRY_BYTES) {
    const name = u32(entries!, at);
    const kind = u16(entries!, at + 4);
    const set = setOf(sets!, kind >>> 1);
    const key = (kind & 1) === 0 ? `${set}#${name}` : `${set}"${stringAt(strings!, name)}`;
    ids.set(key, FIRST_ID + u16(entries!, at + 6));
  }
  return {
    idOf: (set, name) => ids.get(typeof name === 'number' ? `${set}#${name}` : `${set}"${name}`) ?? null,
  };
}

function bytesOf(properties: PropertyBag, id: number): Uint8Array {
  const value = properties.get(id)?.value;
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}

/** MS-PST §2.4.7.1: two sets are known to everyone, the others stand in the list. */
function setOf(sets: Uint8Array, index: number): string {
  if (index === 0) return '';
  if (index === 1) return PS_MAPI;
  if (index === 2) return PS_PUBLIC_STRINGS;
  if ((index - 2) * 16 > sets.length) throw damage('named properties', `there is no set ${index}`);
  return guidOf(sets, (index - 3) * 16);
}

function stringAt(strings: Uint8Array, at: number): string {
  const length = u32(strings, at);
  return textOf(part(strings, at + 4, at + 4 + length));
}
