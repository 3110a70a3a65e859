/** Addresses inside entry ids: the one-off kind holds them whole (MS-OXCDATA §2.2.5.1), lists of them (§2.3.3). */
import { decodeUnlabelled } from '../../mail/charset.ts';
import { asBuffer } from '../../mail/header.ts';

export interface EntryAddress {
  name: string;
  type: string;
  email: string;
}

const ONE_OFF = Buffer.from('812b1fa4bea310199d6e00dd010f5402', 'hex');
const EXCHANGE = Buffer.from('dca740c8c042101ab4b908002b2fe182', 'hex');
const UNICODE = 0x8000;

/** Null for an entry id that holds no address. */
export function entryAddress(id: Uint8Array): EntryAddress | null {
  const bytes = asBuffer(id);
  if (bytes.length < 24) return null;
  const provider = bytes.subarray(4, 20);
  if (provider.equals(EXCHANGE)) return exchangeAddress(bytes);
  if (!provider.equals(ONE_OFF)) return null;
  const wide = (bytes.readUInt16LE(22) & UNICODE) !== 0;
  const [name = '', type = '', email = ''] = strings(bytes.subarray(24), wide, 3);
  return { name, type, email };
}

/** An address book's: flags, version, type, then the X.500 name (MS-OXCDATA §2.2.5.2). */
function exchangeAddress(bytes: Buffer): EntryAddress {
  const [email = ''] = strings(bytes.subarray(28), false, 1);
  return { name: '', type: 'EX', email };
}

function strings(bytes: Buffer, wide: boolean, count: number): string[] {
  const found: string[] = [];
  let at = 0;
  while (found.length < count && at < bytes.length) {
    const end = wide ? wideEnd(bytes, at) : bytes.indexOf(0, at);
    const stop = end < 0 ? bytes.length : end;
    const text = bytes.subarray(at, stop);
    found.push(wide ? text.toString('utf16le') : decodeUnlabelled(text));
    at = stop + (wide ? 2 : 1);
  }
  return found;
}

function wideEnd(bytes: Buffer, from: number): number {
  for (let at = from; at + 1 < bytes.length; at += 2) if (bytes[at] === 0 && bytes[at + 1] === 0) return at;
  return -1;
}

const ENTRIES_MAX = 1000;

/** The entry ids of a FlatEntryList (PidTagReplyRecipientEntries). */
export function entryList(list: Uint8Array): Uint8Array[] {
  const bytes = asBuffer(list);
  if (bytes.length < 8) return [];
  const count = Math.min(bytes.readUInt32LE(0), ENTRIES_MAX);
  const found: Uint8Array[] = [];
  let at = 8;
  while (found.length < count && at + 4 <= bytes.length) {
    const size = bytes.readUInt32LE(at);
    if (size > bytes.length - at - 4) break;
    found.push(bytes.subarray(at + 4, at + 4 + size));
    at += 4 + size + (-size & 3);
  }
  return found;
}
