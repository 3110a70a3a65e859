/** Named properties of a MSG file: which id each name has (MS-OXMSG §2.2.3). */
import type { Storage } from './compound.ts';
import { readWhole } from './value.ts';

/** The id of a name in a set; null when the file has none. */
export type NamedIds = (set: string, name: number | string) => number | null;

const PS_MAPI = '00020328-0000-0000-c000-000000000046';
const PS_PUBLIC_STRINGS = '00020329-0000-0000-c000-000000000046';
const NAMES_MAX_BYTES = 4 * 1024 * 1024;

export function namedIds(root: Storage): NamedIds {
  const storage = root.storages.get('__NAMEID_VERSION1.0');
  if (storage === undefined) return () => null;
  const part = (name: string): Buffer => {
    const stream = storage.streams.get(name);
    return stream === undefined ? Buffer.alloc(0) : readWhole(stream, NAMES_MAX_BYTES);
  };
  const sets = part('__SUBSTG1.0_00020102');
  const entries = part('__SUBSTG1.0_00030102');
  const strings = part('__SUBSTG1.0_00040102');
  const ids = new Map<string, number>();
  for (let at = 0; at + 8 <= entries.length; at += 8) {
    const number = entries.readUInt32LE(at);
    const kind = entries.readUInt16LE(at + 4);
    const set = setOf(kind >> 1, sets);
    const name = (kind & 1) === 1 ? stringAt(strings, number) : number;
    if (set !== null && name !== null)
      ids.set(`${set} ${nameKey(name)}`, 0x8000 + entries.readUInt16LE(at + 6));
  }
  return (set, name) => ids.get(`${set} ${nameKey(name)}`) ?? null;
}

/** String names are compared without case, as Outlook does. */
function nameKey(name: number | string): string {
  return typeof name === 'number' ? String(name) : `"${name.toLowerCase()}`;
}

function setOf(index: number, sets: Buffer): string | null {
  if (index === 1) return PS_MAPI;
  if (index === 2) return PS_PUBLIC_STRINGS;
  const at = (index - 3) * 16;
  return at < 0 || at + 16 > sets.length ? null : guidText(sets.subarray(at, at + 16));
}

function stringAt(strings: Buffer, offset: number): string | null {
  if (offset + 4 > strings.length) return null;
  const size = strings.readUInt32LE(offset);
  return size > strings.length - offset - 4
    ? null
    : strings.toString('utf16le', offset + 4, offset + 4 + size);
}

/** Sixteen bytes (MS-DTYP §2.3.4.2) as text, in lower case. */
export function guidText(bytes: Buffer): string {
  const first = Buffer.from(bytes.subarray(0, 4)).reverse().toString('hex');
  const second = Buffer.from(bytes.subarray(4, 6)).reverse().toString('hex');
  const third = Buffer.from(bytes.subarray(6, 8)).reverse().toString('hex');
  return `${first}-${second}-${third}-${bytes.toString('hex', 8, 10)}-${bytes.toString('hex', 10, 16)}`;
}
